"""Charity's answer to a referral (转介) of relief. Relief owns the referral and its clock (rulings 14, 15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from contracts.charity.referral_answer import ReferralAccepted, ReferralDeclined, ReferralReceived
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import DeclineReason
from contracts.terms import NeedCategory
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

ReferralAnswerEvent = ReferralReceived | ReferralAccepted | ReferralDeclined


class Stage(StrEnum):
    UNKNOWN = "unknown"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True)
class ReferralAnswer:
    """Whom the referral is about, and what was answered."""

    referral_id: ReferralId = ReferralId("")
    household_id: HouseholdId = HouseholdId("")
    need_id: NeedId | None = None
    stage: Stage = Stage.UNKNOWN


def evolve(answer: ReferralAnswer, event: ReferralAnswerEvent) -> ReferralAnswer:
    match event:
        case ReferralReceived(referral_id=referral, household_id=home, need_id=need):
            return ReferralAnswer(referral_id=referral, household_id=home, need_id=need, stage=Stage.RECEIVED)
        case ReferralAccepted():
            return replace(answer, stage=Stage.ACCEPTED)
        case ReferralDeclined():
            return replace(answer, stage=Stage.DECLINED)
        case _:
            assert_never(event)


class NoteReferral(Command):
    """Relief sent a referral to charity."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    residual: int


class AcceptReferral(Command):
    """Charity will look for a fund."""

    referral_id: ReferralId


class DeclineReferral(Command):
    """Charity cannot help, or gives an accepted referral back."""

    referral_id: ReferralId
    reason: DeclineReason


def note(command: NoteReferral, answer: ReferralAnswer, _context: Context) -> list[ReferralReceived]:
    """The referral waits for an answer. Relief sends one again only when it was reopened: what was answered before was of that asking.

    Source: section 3.5, ruling 15 (reopening keeps the id).
    """
    if answer.stage is Stage.RECEIVED:
        return []  # nobody answered the first asking, so it still waits
    return [ReferralReceived(**command.model_dump(exclude={"occurred_at"}))]


def accept(_command: AcceptReferral, answer: ReferralAnswer, _context: Context) -> list[ReferralAccepted]:
    """Charity took it on.

    Raises: Refused("already_answered", stage).  Source: section 3.5.
    """
    require(answer.stage is Stage.RECEIVED, "already_answered", stage=answer.stage)
    return [ReferralAccepted(referral_id=answer.referral_id, household_id=answer.household_id)]


def decline(command: DeclineReferral, answer: ReferralAnswer, _context: Context) -> list[ReferralDeclined]:
    """Charity said no with a reason; relief re-routes it. Also after an acceptance: then it is given back.

    Raises: Refused("already_answered", stage) when it was declined before.  Source: section 3.5, ruling 15.
    """
    require(answer.stage in {Stage.RECEIVED, Stage.ACCEPTED}, "already_answered", stage=answer.stage)
    return [ReferralDeclined(referral_id=answer.referral_id, household_id=answer.household_id, reason=command.reason)]


_ID = "0190a000-0000-8000-8000-0000000000"
_REFERRAL, _HOME, _NEED = ReferralId(f"{_ID}05"), HouseholdId(f"{_ID}02"), NeedId(f"{_ID}01")

referral_answer = Aggregate(
    "referral-answer",
    id="referral_id",
    state=ReferralAnswer,
    evolve=evolve,
    key="household_id",
    commands=[
        command(
            note,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteReferral(
                referral_id=_REFERRAL, household_id=_HOME, need_id=_NEED, category=NeedCategory.MEDICAL, residual=2_412_000
            ),
        ),
        command(accept, roles={Role.CHARITY_OFFICER}, example=AcceptReferral(referral_id=_REFERRAL)),
        command(
            decline,
            roles={Role.CHARITY_OFFICER},
            example=DeclineReferral(referral_id=_REFERRAL, reason=DeclineReason.NO_FUNDS),
        ),
    ],
)
