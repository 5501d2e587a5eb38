"""A referral (转介): relief owns its stream and clock, the receiver answers with events of its own (section 3.5, rulings 14, 15).

proposed → sent → accepted → in_service → closed; declined, returned and expired stay open until a person says what follows.
`sending` is our side, `answering` the receiver's, `deadlines` the clock's, `closing` the end, `state` folds.
"""

from __future__ import annotations

from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import DeclineReason, Follow, Progress, ReferralStage
from contracts.terms import ClosingCode, Receiver
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.relief.domain.household import household
from services.relief.domain.known_organisation import known_organisation
from services.relief.domain.need import need
from services.relief.domain.referral.answering import (
    CoverReferral,
    NoteProgress,
    ReturnReferral,
    StartService,
    TakeReferral,
    TurnDownReferral,
    cover,
    note_progress,
    return_to_sender,
    start_service,
    take,
    turn_down,
)
from services.relief.domain.referral.closing import CloseReferral, ReopenReferral, close, reopen
from services.relief.domain.referral.deadlines import EscalateReferral, ExpireReferral, escalate, expire
from services.relief.domain.referral.dying_out import EndWithHousehold, end_with_household
from services.relief.domain.referral.sending import (
    ProposeReferral,
    RecallReferral,
    SendReferral,
    WithdrawReferral,
    propose,
    recall,
    send,
    withdraw,
)
from services.relief.domain.referral.state import Referral, ReferralEvent, evolve, index

_ID = "0190a000-0000-8000-8000-00000000000"
_REFERRAL, _NEED, _HOME = ReferralId(f"{_ID}6"), NeedId(f"{_ID}1"), HouseholdId(f"{_ID}2")
_ORGANISATION = known_organisation.by("organisation_id", missing_ok=True)

referral = Aggregate(
    "referral",
    id="referral_id",
    state=Referral,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            propose,
            stream="new",
            also=[need.by("need_id"), _ORGANISATION, household.by("household_id", missing_ok=True)],
            roles={Role.CASEWORKER},
            example=ProposeReferral(referral_id=_REFERRAL, household_id=_HOME, need_id=_NEED, receiver=Receiver.CHARITY),
        ),
        command(send, also=[need.by("need_id"), _ORGANISATION], roles={Role.CASEWORKER}, example=SendReferral(referral_id=_REFERRAL)),
        command(withdraw, roles={Role.CASEWORKER}, example=WithdrawReferral(referral_id=_REFERRAL)),
        command(recall, roles={Role.SYSTEM}, example=RecallReferral(referral_id=_REFERRAL)),
        command(escalate, roles={Role.SYSTEM}, example=EscalateReferral(referral_id=_REFERRAL)),
        command(expire, roles={Role.SYSTEM, Role.DISTRICT_OFFICER, Role.OPERATOR}, example=ExpireReferral(referral_id=_REFERRAL)),
        command(take, roles={Role.SYSTEM}, example=TakeReferral(referral_id=_REFERRAL)),
        command(turn_down, roles={Role.SYSTEM}, example=TurnDownReferral(referral_id=_REFERRAL, reason=DeclineReason.NO_FUNDS)),
        command(start_service, roles={Role.SYSTEM, Role.CASEWORKER}, example=StartService(referral_id=_REFERRAL)),
        command(
            note_progress,
            roles={Role.SYSTEM, Role.CASEWORKER},
            example=NoteProgress(referral_id=_REFERRAL, progress=Progress.ON_COURSE),
        ),
        command(
            return_to_sender,
            roles={Role.SYSTEM, Role.CASEWORKER},
            example=ReturnReferral(referral_id=_REFERRAL, reason=DeclineReason.NO_CAPACITY),
        ),
        command(cover, roles={Role.SYSTEM}, example=CoverReferral(referral_id=_REFERRAL, amount=412_000)),
        command(
            close,
            also=[need.by("need_id"), _ORGANISATION],
            roles={Role.CASEWORKER},
            example=CloseReferral(referral_id=_REFERRAL, code=ClosingCode.NO_SUPPLY, follow=Follow.UNMET_NEED),
        ),
        command(
            end_with_household,
            also=[household.by("household_id", missing_ok=True)],
            roles={Role.SYSTEM},
            example=EndWithHousehold(referral_id=_REFERRAL),
        ),
        command(reopen, also=[need.by("need_id"), _ORGANISATION], roles={Role.CASEWORKER}, example=ReopenReferral(referral_id=_REFERRAL)),
    ],
)

__all__ = [
    "CloseReferral",
    "CoverReferral",
    "EndWithHousehold",
    "EscalateReferral",
    "ExpireReferral",
    "NoteProgress",
    "ProposeReferral",
    "RecallReferral",
    "Referral",
    "ReferralEvent",
    "ReferralStage",
    "ReopenReferral",
    "ReturnReferral",
    "SendReferral",
    "StartService",
    "TakeReferral",
    "TurnDownReferral",
    "WithdrawReferral",
    "referral",
]
