"""Nobody of the household is left: an open referral ends with it (SG-04, section 3.5)."""

from __future__ import annotations

from datetime import timedelta

from contracts.ids import ReferralId
from contracts.relief.referral import ReferralClosed, ReferralStage
from contracts.terms import ClosingCode
from kit.command import Command, Context
from services.relief.domain.household import Household
from services.relief.domain.referral.deadlines import Breach, timed
from services.relief.domain.referral.state import Referral

OVER = frozenset({ReferralStage.WITHDRAWN, ReferralStage.CLOSED})


class EndWithHousehold(Command):
    """The last member of the referral's household died."""

    referral_id: ReferralId


@timed
def end_with_household(_command: EndWithHousehold, referral: Referral, context: Context, home: Household) -> list[ReferralClosed | Breach]:
    """The referral is closed as DECEASED, at whatever stage; nothing for one that is over, or whose household is there again.

    It may be opened again within its days if the death was an error.  Source: SG-04, section 3.5, ruling 22.
    """
    if referral.stage in OVER or not home.died_out:
        return []
    return [
        ReferralClosed(
            referral_id=referral.referral_id,
            household_id=referral.household_id,
            need_id=referral.need_id,
            code=ClosingCode.DECEASED,
            reopen_until=context.on + timedelta(days=context.policy.referral_reopen_days),
        )
    ]
