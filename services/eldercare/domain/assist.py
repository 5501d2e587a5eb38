"""Help with a shared stair climber (共享爬楼机): a unit and a trained operator, for one part of a day (E14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal, assert_never

from contracts.eldercare.assist import AssistBooked, AssistCancelled, AssistCancelling, AssistCompleted, PartOfDay
from contracts.eldercare.mobility_asset import AssetKind
from contracts.ids import ActorId, AreaCode, AssetId, AssistId, HouseholdId, PersonId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, Take
from services.eldercare.domain.known_person import KnownPerson, known_person
from services.eldercare.domain.mobility_asset import MobilityAsset, mobility_asset, require_free
from services.eldercare.domain.operator_training import OperatorTraining, operator_training

AssistEvent = AssistBooked | AssistCompleted | AssistCancelled


class AssistStage(StrEnum):
    BOOKED = "booked"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Assist:
    """Who is helped, with which unit, when."""

    assist_id: AssistId = AssistId("")
    asset_id: AssetId = AssetId("")
    person_id: PersonId = PersonId("")
    household_id: HouseholdId | None = None
    area: AreaCode = AreaCode("")
    day: date | None = None
    stage: AssistStage = AssistStage.BOOKED


def evolve(assist: Assist, event: AssistEvent) -> Assist:
    match event:
        case AssistBooked():
            return Assist(
                assist_id=event.assist_id,
                asset_id=event.asset_id,
                person_id=event.person_id,
                household_id=event.household_id,
                area=event.area,
                day=event.day,
            )
        case AssistCompleted():
            return replace(assist, stage=AssistStage.COMPLETED)
        case AssistCancelled():
            return replace(assist, stage=AssistStage.CANCELLED)
        case _:
            assert_never(event)


class BookAssist(Command):
    """A person needs help on the stairs, today or later; an operator comes with the unit."""

    assist_id: AssistId
    asset_id: AssetId
    person_id: PersonId
    operator_id: ActorId
    day: date
    part: PartOfDay
    household_id: HouseholdId | None = None


class CompleteAssist(Command):
    """The person was helped."""

    assist_id: AssistId


class CancelAssist(Command):
    """Nobody comes."""

    assist_id: AssistId
    reason: Literal[AssistCancelling.OWN_WISH, AssistCancelling.OPERATOR_ABSENT, AssistCancelling.ASSET_FAULT]


class CancelAssistForDeath(Command):
    """The person's death was confirmed."""

    assist_id: AssistId


def book(
    command: BookAssist, _assist: Assist, context: Context, asset: MobilityAsset, operator: OperatorTraining, person: KnownPerson
) -> list[AssistBooked]:
    """Unit and operator are taken for that part of the day; the operator's training must count on the day.

    Raises: Refused("person_dead" | "day_over" | "no_stair_climber"); Refused("asset_faulty" | "asset_retired", state);
    Refused("operator_untrained", operator_id); Refused("claimed") when unit or operator is booked already.  Source: E14.
    """
    require(not person.is_dead, "person_dead")
    require(command.day >= context.on, "day_over")
    require(asset.kind is AssetKind.STAIR_CLIMBER, "no_stair_climber")
    require_free(asset, context.occurred_at)
    require(operator.holds(command.day), "operator_untrained", operator_id=command.operator_id)
    terms = command.model_dump(exclude={"occurred_at"})
    return [AssistBooked(**terms, area=asset.area or AreaCode(context.area))]


def complete(_command: CompleteAssist, assist: Assist, context: Context) -> list[AssistCompleted]:
    """The help was given, on the booked day or told after it.

    Raises: Refused("not_booked", state); Refused("too_early") before the day.  Source: E14.
    """
    require(assist.stage is AssistStage.BOOKED, "not_booked", state=assist.stage)
    require(assist.day is not None and context.on >= assist.day, "too_early")
    return [AssistCompleted(assist_id=assist.assist_id, asset_id=assist.asset_id, household_id=assist.household_id, area=assist.area)]


def cancel(command: CancelAssist, assist: Assist, _context: Context) -> list[AssistCancelled]:
    """Unit and operator are free again.

    Raises: Refused("not_booked", state).  Source: E14.
    """
    require(assist.stage is AssistStage.BOOKED, "not_booked", state=assist.stage)
    return [_cancelled(assist, command.reason)]


def cancel_for_death(_command: CancelAssistForDeath, assist: Assist, _context: Context, person: KnownPerson) -> list[AssistCancelled]:
    """Unit and operator are free again; after a revocation it is booked anew by whoever still needs it. Source: SG-04."""
    return [_cancelled(assist, AssistCancelling.DEATH)] if assist.stage is AssistStage.BOOKED and person.is_dead else []


def _cancelled(assist: Assist, reason: AssistCancelling) -> AssistCancelled:
    return AssistCancelled(
        assist_id=assist.assist_id, asset_id=assist.asset_id, household_id=assist.household_id, area=assist.area, reason=reason
    )


def index(event: AssistEvent) -> Iterable[IndexChange]:
    """One booking a unit and an operator in a part of a day (claims); what was done keeps its part of the day."""
    match event:
        case AssistBooked(asset_id=asset, operator_id=operator, day=day, part=part, person_id=person):
            slot = f"{day}:{part}"
            return [Take("assist-asset", f"{asset}:{slot}"), Take("assist-operator", f"{operator}:{slot}"), Link(person_subject(person))]
        case AssistCancelled():
            return [ReleaseAll()]
        case AssistCompleted():
            return []
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_ASSIST, _ELDER = AssistId(f"{_ID}a5"), PersonId(f"{_ID}10")
_PERSON = known_person.by("person_id", missing_ok=True)
_STAFF = {Role.CARE_WORKER, Role.CASEWORKER}

assist = Aggregate(
    "assist",
    id="assist_id",
    state=Assist,
    evolve=evolve,
    key="household_id",
    area=mobility_asset.by("asset_id"),
    index=index,
    commands=[
        command(
            book,
            stream="new",
            also=[mobility_asset.by("asset_id"), operator_training.by("operator_id", missing_ok=True), _PERSON],
            roles=_STAFF,
            example=BookAssist(
                assist_id=_ASSIST,
                asset_id=AssetId("stair-climber-1"),
                person_id=_ELDER,
                operator_id=ActorId("care-worker-7"),
                day=date(2022, 3, 2),
                part=PartOfDay.MORNING,
            ),
        ),
        command(complete, roles=_STAFF, example=CompleteAssist(assist_id=_ASSIST)),
        command(cancel, roles=_STAFF, example=CancelAssist(assist_id=_ASSIST, reason=AssistCancelling.OWN_WISH)),
        command(cancel_for_death, also=[_PERSON], roles={Role.SYSTEM}, example=CancelAssistForDeath(assist_id=_ASSIST)),
    ],
)
