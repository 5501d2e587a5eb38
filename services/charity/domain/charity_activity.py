"""A charity activity: kitchen, visit to border guards, camp. It is told in counts; only a camp knows whose child comes (C03–C06, F03)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from contracts.charity.charity_activity import (
    ActivityHeld,
    CharityActivityCancelled,
    CharityActivityKind,
    CharityActivityPlanned,
    ChildEnrolled,
    SafetyLesson,
)
from contracts.ids import ActivityId, AreaCode, NoteRef, OrganisationId, PersonId, ShopId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Fen
from kit.identity import Role
from services.charity.domain.shop import Shop, shop

CharityActivityEvent = CharityActivityPlanned | ChildEnrolled | ActivityHeld | CharityActivityCancelled
FOR_ORGANISATIONS = frozenset({CharityActivityKind.BORDER_GUARDS})
"""Kinds whose beneficiaries are organisations: no person or household stands in their facts (C05)."""


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class CharityActivity:
    """What is planned, which children are enrolled, whether and when it was held. `plan` is None only before it is planned."""

    activity_id: ActivityId | None = None
    plan: CharityActivityPlanned | None = None
    area: AreaCode | None = None
    children: frozenset[PersonId] = frozenset()
    stage: Stage = Stage.UNKNOWN
    held_on: date = date.max

    @property
    def planned(self) -> CharityActivityPlanned:
        assert self.plan is not None  # noqa: S101 - every activity begins with a plan
        return self.plan

    def require(self, *stages: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(activity: CharityActivity, event: CharityActivityEvent) -> CharityActivity:
    match event:
        case CharityActivityPlanned():
            return CharityActivity(activity_id=event.activity_id, plan=event, area=event.area, stage=Stage.PLANNED)
        case ChildEnrolled(person_id=child):
            return replace(activity, children=activity.children | {child})
        case ActivityHeld(held_on=day):
            return replace(activity, stage=Stage.HELD, held_on=day)
        case CharityActivityCancelled():
            return replace(activity, stage=Stage.CANCELLED)
        case _:
            assert_never(event)


class PlanActivity(Command):
    """An activity is put into the calendar."""

    activity_id: ActivityId
    kind: CharityActivityKind
    organisation_id: OrganisationId
    area: AreaCode
    planned_on: date
    site_id: ShopId | None = Field(default=None, description="of the shop whose site it uses")


class EnrolChild(Command):
    """A child is to take part in a camp."""

    activity_id: ActivityId
    person_id: PersonId
    guardian_id: PersonId
    consent: NoteRef | None = Field(default=None, description="where the guardian's written consent stands")


class HoldActivity(Command):
    """The activity took place."""

    activity_id: ActivityId
    person_times: int = Field(default=0, strict=True, ge=0, le=100_000)
    organisations: int = Field(default=0, strict=True, ge=0, le=10_000, description="organisations that were visited or helped")
    goods_fen: Fen = Field(default=0, description="goods given by the organisation, at list value in fen")
    lessons: tuple[SafetyLesson, ...] = ()


class CallOffActivity(Command):
    """The activity does not take place."""

    activity_id: ActivityId


def plan(command: PlanActivity, _activity: CharityActivity, _context: Context, _site: Shop) -> list[CharityActivityPlanned]:
    """The activity is known, with the organisation that does it and the site it uses. Source: C03, C10."""
    return [CharityActivityPlanned(**command.model_dump(exclude={"occurred_at"}))]


def enrol(command: EnrolChild, activity: CharityActivity, _context: Context) -> list[ChildEnrolled]:
    """The child takes part; the guardian's consent was stored before.

    Raises: Refused("wrong_stage" | "no_camp" | "consent_missing" | "own_guardian" | "already_enrolled").  Source: F03, R-PI-02.
    """
    activity.require(Stage.PLANNED)
    require(activity.planned.kind is CharityActivityKind.SUMMER_CAMP, "no_camp", kind=activity.planned.kind)
    consent = command.consent
    require(consent is not None, "consent_missing")
    require(command.guardian_id != command.person_id, "own_guardian")
    require(command.person_id not in activity.children, "already_enrolled")
    assert consent is not None  # noqa: S101 - required above
    return [ChildEnrolled(activity_id=command.activity_id, person_id=command.person_id, guardian_id=command.guardian_id, consent=consent)]


def hold(command: HoldActivity, activity: CharityActivity, context: Context) -> list[ActivityHeld]:
    """The activity counts, for the organisation that did it.

    Raises: Refused("wrong_stage"); Refused("organisations_missing" | "persons_counted") where organisations are the beneficiaries.
    Source: C03, C04, C05, C10, D03, F03.
    """
    activity.require(Stage.PLANNED)
    planned = activity.planned
    if planned.kind in FOR_ORGANISATIONS:
        require(command.organisations > 0, "organisations_missing")
        require(command.person_times == 0, "persons_counted")
    return [
        ActivityHeld(
            activity_id=planned.activity_id,
            kind=planned.kind,
            organisation_id=planned.organisation_id,
            area=planned.area,
            held_on=context.on,
            person_times=command.person_times,
            organisations=command.organisations,
            goods_fen=command.goods_fen,
            site_id=planned.site_id,
            lessons=command.lessons,
        )
    ]


def call_off(_command: CallOffActivity, activity: CharityActivity, _context: Context) -> list[CharityActivityCancelled]:
    """The activity counts nowhere.

    Raises: Refused("wrong_stage").  Source: C03.
    """
    activity.require(Stage.PLANNED)
    return [CharityActivityCancelled(activity_id=activity.planned.activity_id, kind=activity.planned.kind)]


_ID = "0190a000-0000-8000-8000-0000000000"
_KITCHEN = ActivityId(f"{_ID}a2")

charity_activity = Aggregate(
    "charity-activity",
    id="activity_id",
    state=CharityActivity,
    evolve=evolve,
    area="area",
    commands=[
        command(
            plan,
            stream="new",
            also=[shop.by("site_id")],
            roles={Role.CHARITY_OFFICER},
            example=PlanActivity(
                activity_id=_KITCHEN,
                kind=CharityActivityKind.KITCHEN,
                organisation_id=OrganisationId("51440308mj00000001"),
                area=AreaCode("440308003"),
                planned_on=date(2022, 3, 5),
                site_id=ShopId("zhongyi-home"),
            ),
        ),
        command(
            enrol,
            roles={Role.CHARITY_OFFICER},
            example=EnrolChild(
                activity_id=_KITCHEN,
                person_id=PersonId(f"{_ID}11"),
                guardian_id=PersonId(f"{_ID}10"),
                consent=NoteRef(f"{_ID}c1"),
            ),
        ),
        command(hold, roles={Role.CHARITY_OFFICER}, example=HoldActivity(activity_id=_KITCHEN, person_times=60, goods_fen=120_000)),
        command(call_off, roles={Role.CHARITY_OFFICER}, example=CallOffActivity(activity_id=_KITCHEN)),
    ],
)
