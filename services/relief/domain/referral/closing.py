"""The end of a referral: relief closes it, only as its own coverage facts say, and no open need is dropped (section 3.5, ruling 15)."""

from __future__ import annotations

from datetime import timedelta

from contracts.ids import OrganisationId, ReferralId
from contracts.relief.need import UnmetNeedRecorded, UnmetReason
from contracts.relief.referral import Follow, ReferralClosed, ReferralProposed, ReferralReopened, ReferralStage
from contracts.terms import ClosingCode, Receiver
from kit.aggregate import require
from kit.command import Command, Context
from services.relief.domain.known_organisation import KnownOrganisation
from services.relief.domain.need import Need, unmet
from services.relief.domain.referral.answering import AT_WORK, reopened
from services.relief.domain.referral.deadlines import Breach, timed
from services.relief.domain.referral.sending import proposed, require_open_need
from services.relief.domain.referral.state import Referral

NOT_HELPED = frozenset({ReferralStage.DECLINED, ReferralStage.RETURNED, ReferralStage.EXPIRED})
Following = ReferralProposed | UnmetNeedRecorded


class CloseReferral(Command):
    """The referral is over.

    follow: what becomes of the open rest.  receiver: of the new referral, default the same service (another fund or provider).
    organisation_id: who of the new receiver's side is meant.
    """

    referral_id: ReferralId
    code: ClosingCode
    follow: Follow | None = None
    receiver: Receiver | None = None
    organisation_id: OrganisationId | None = None


class ReopenReferral(Command):
    """Open a closed referral again under the same id."""

    referral_id: ReferralId


@timed
def close(
    command: CloseReferral, referral: Referral, context: Context, need: Need, organisation: KnownOrganisation
) -> list[ReferralClosed | Following | Breach]:
    """The referral is over; a new referral that follows is proposed, an unmet need recorded, in the same append.

    Raises: Refused("wrong_stage" | "nothing_left" | "need_closed" | "organisation_restricted"); Refused("not_met", residual) for MET while
    something is open; Refused("nothing_covered") for PARTLY_MET without coverage; Refused("follow_missing", residual) when help was not
    given (declined, returned, expired or NO_SUPPLY) and something of the need is open.  Source: section 3.5, ruling 15.
    """
    referral.require(*AT_WORK, *NOT_HELPED)
    _require_facts_agree(command, referral, need)
    following = _following(command, referral, context, need, organisation)
    replacement = next((event.referral_id for event in following if isinstance(event, ReferralProposed)), None)
    closed = ReferralClosed(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        need_id=referral.need_id,
        code=command.code,
        follow=command.follow,
        replaced_by=replacement,
        reopen_until=context.on + timedelta(days=context.policy.referral_reopen_days),
    )
    return [closed, *following]


def _require_facts_agree(command: CloseReferral, referral: Referral, need: Need) -> None:
    """The need's own stream says what was covered, and whether something is left that may not simply be dropped."""
    residual = need.open_amount()
    covered = referral.covered > 0 or residual < referral.residual
    require(command.code is not ClosingCode.MET or residual == 0, "not_met", residual=residual)
    require(command.code is not ClosingCode.PARTLY_MET or covered, "nothing_covered")
    not_helped = referral.stage in NOT_HELPED or command.code is ClosingCode.NO_SUPPLY
    dropped = not_helped and need.closed is None and residual > 0
    require(not dropped or command.follow is not None, "follow_missing", residual=residual)


def _following(
    command: CloseReferral, referral: Referral, context: Context, need: Need, organisation: KnownOrganisation
) -> list[Following]:
    """What the closing leads to beside itself. A case conference is called by people."""
    match command.follow:
        case Follow.NEW_REFERRAL:
            require_open_need(need)
            receiver, meant = command.receiver or referral.receiver, command.organisation_id
            if meant is not None:
                organisation.require_unrestricted()
            referral_id = ReferralId(context.new_id("referral"))
            return [proposed(referral_id, need, receiver, referral.urgency, context, organisation_id=meant)]
        case Follow.UNMET_NEED:
            require_open_need(need)
            return [unmet(need, _unmet_reason(referral), referral.referral_id)]
        case _:
            return []


def _unmet_reason(referral: Referral) -> UnmetReason:
    """What the receiver said last; without a word from it, how the referral stands."""
    match referral.stage:
        case ReferralStage.EXPIRED:
            return UnmetReason.NO_ANSWER
        case ReferralStage.DECLINED | ReferralStage.RETURNED if referral.reason is not None:
            return UnmetReason(referral.reason)
        case _:
            return UnmetReason.NO_SUPPLY


@timed
def reopen(
    _command: ReopenReferral, referral: Referral, context: Context, need: Need, organisation: KnownOrganisation
) -> list[ReferralReopened | Breach]:
    """The same referral is proposed again and is to be sent within one working day.

    Raises: Refused("wrong_stage" | "rerouted" | "too_late" | "need_closed" | "nothing_left" | "organisation_restricted").
    Source: section 3.5, ruling 15 (30 days).
    """
    referral.require(ReferralStage.CLOSED)
    require(referral.replaced_by is None, "rerouted", replaced_by=referral.replaced_by)
    until = referral.reopen_until
    require(until is not None and context.on <= until, "too_late", reopen_until=until and until.isoformat())
    require_open_need(need)
    organisation.require_unrestricted()
    return [reopened(referral, context)]
