"""One visit of one person under a campaign (走访): planned and made, made at once, or missed when its day has passed (A03, B10, C06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import assert_never

from pydantic import Field

from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, NeedId, NoteRef, PersonId, VisitId
from contracts.relief.need import NeedRegistered
from contracts.relief.visit import (
    Channel,
    LivingState,
    MissedReason,
    Mood,
    VisitCompleted,
    VisitMissed,
    VisitMissExplained,
    VisitScheduled,
)
from contracts.relief.visit_campaign import CampaignKind
from contracts.terms import NeedCategory
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, SetTimer
from policy.calendar import end_of
from services.relief.domain.household import Household, household
from services.relief.domain.need import FoundOnTheWay, Need, found_needs, need
from services.relief.domain.need.found import MOST_NEEDS
from services.relief.domain.visit_campaign import VisitCampaign, visit_campaign

VisitEvent = VisitScheduled | VisitCompleted | VisitMissed | VisitMissExplained
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Whom it is to, what was planned, and how it went. `missed`: why, unless it was made in time."""

    visit_id: VisitId = VisitId("")
    campaign_id: CampaignId | None = None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    visitors: tuple[ActorId, ...] = ()
    due_at: datetime = NEVER
    missed: MissedReason | None = None
    completed: VisitCompleted | None = None


def evolve(visit: Visit, event: VisitEvent) -> Visit:
    match event:
        case VisitScheduled(due_at=due):
            return replace(_of(visit, event), due_at=due)
        case VisitCompleted(late=late):
            return replace(_of(visit, event), completed=event, missed=visit.missed if late else None)
        case VisitMissed(reason=reason) | VisitMissExplained(reason=reason):
            return replace(visit, missed=reason)
        case _:
            assert_never(event)


def _of(visit: Visit, event: VisitScheduled | VisitCompleted) -> Visit:
    return replace(
        visit,
        visit_id=event.visit_id,
        campaign_id=event.campaign_id,
        person_id=event.person_id,
        household_id=event.household_id,
        area=event.area,
        visitors=event.visitors,
    )


class ScheduleVisit(Command):
    """Plan to visit a person on a day."""

    visit_id: VisitId
    campaign_id: CampaignId
    person_id: PersonId
    area: AreaCode = Field(description="the community of the visit")
    visitors: tuple[ActorId, ...] = Field(min_length=1, max_length=10)
    planned_on: date
    household_id: HouseholdId | None = None


class CompleteVisit(Command):
    """The person was met: now, or as `occurred_at` says. What a planned visit has said already may be left out.

    needs: found at the visit, registered with it.  photo_refs: pictures; those of a minor need the guardian's consent.
    """

    visit_id: VisitId
    campaign_id: CampaignId | None = None
    person_id: PersonId | None = None
    area: AreaCode | None = Field(default=None, description="the community of the visit")
    visitors: tuple[ActorId, ...] | None = Field(default=None, min_length=1, max_length=10)
    household_id: HouseholdId | None = None
    channel: Channel = Channel.IN_PERSON
    living: tuple[LivingState, ...] = Field(default=(), max_length=8)
    mood: Mood | None = None
    note: NoteRef | None = None
    needs: tuple[FoundOnTheWay, ...] = Field(default=(), max_length=MOST_NEEDS)
    photo_refs: tuple[NoteRef, ...] = Field(default=(), max_length=10)
    minor_in_photos: bool = False
    guardian_consent: NoteRef | None = None

    @property
    def need_ids(self) -> tuple[NeedId, ...]:
        return tuple(found.need_id for found in self.needs)


class MissVisit(Command):
    """The planned visit was not made."""

    visit_id: VisitId
    reason: MissedReason = MissedReason.NOT_MADE


def schedule(command: ScheduleVisit, _visit: Visit, context: Context, campaign: VisitCampaign, home: Household) -> list[VisitScheduled]:
    """The visit is to be made on its day and is missed at the day's end.

    Raises: Refused("day_past" | "campaign_not_begun" | "campaign_closed" | "not_a_member").  Source: A03, ruling 16.
    """
    _require_lives_there(command.person_id, command.household_id, home)
    require(command.planned_on >= context.on, "day_past", planned_on=command.planned_on.isoformat())
    campaign.require_open(command.planned_on)
    return [VisitScheduled(due_at=end_of(command.planned_on), **command.model_dump(exclude={"occurred_at"}))]


def _require_lives_there(person_id: PersonId | None, household_id: HouseholdId | None, home: Household) -> None:
    require(household_id is None or person_id in home.members, "not_a_member", person_id=person_id)


def complete(
    command: CompleteVisit, visit: Visit, context: Context, campaign: VisitCampaign, home: Household, needs: Mapping[str, Need]
) -> list[VisitMissed | VisitCompleted | NeedRegistered]:
    """The visit is made, and every need found is registered. Telling the same again changes nothing.

    Raises: Refused("details_missing", fields) of a visit that nobody planned; Refused("other_visit", fields) when it contradicts the plan;
    Refused("told_otherwise") after another account; Refused("consent_missing" | "not_a_member" | "campaign_not_begun" |
    "campaign_closed"); of needs as `found_needs`.  Source: A03, B10, C06.
    """
    completed = _completed(_filled(command, visit), context, late=context.occurred_at >= visit.due_at)
    if visit.completed is not None:
        require(visit.completed == completed, "told_otherwise")
        return []
    campaign.require_open(context.on)
    _require_lives_there(completed.person_id, completed.household_id, home)
    minors = command.minor_in_photos or campaign.kind is CampaignKind.CHILD
    require(not (command.photo_refs and minors) or command.guardian_consent is not None, "consent_missing")
    registered = found_needs(command.needs, completed.household_id, home, needs)
    breach = [_missed(visit, MissedReason.NOT_MADE)] if completed.late and visit.missed is None else []
    return [*breach, completed, *registered]


PLANNED = ("campaign_id", "person_id", "area", "visitors", "household_id")


def _filled(command: CompleteVisit, visit: Visit) -> CompleteVisit:
    """The account with what the plan said. Others may go than planned, and a household may be found; nothing else changes."""
    plan = {name: getattr(visit, name) or None for name in PLANNED}
    told = {name: getattr(command, name) for name in PLANNED}
    other = [name for name in PLANNED if name != "visitors" and plan[name] and told[name] and plan[name] != told[name]]
    require(not other, "other_visit", fields=other)
    filled = {name: told[name] or plan[name] for name in PLANNED}
    missing = [name for name in PLANNED if name != "household_id" and not filled[name]]
    require(not missing, "details_missing", fields=missing)
    return command.model_copy(update=filled)


def _completed(command: CompleteVisit, context: Context, *, late: bool) -> VisitCompleted:
    told = command.model_dump(exclude={"occurred_at", "needs", "minor_in_photos"})
    return VisitCompleted(**told, visited_on=context.on, need_ids=command.need_ids, late=late)


def miss(command: MissVisit, visit: Visit, context: Context) -> list[VisitMissed | VisitMissExplained]:
    """The visit is missed, by its clock or with somebody's reason; a reason told after the clock explains it.

    Raises: Refused("not_due", due_at) without a reason while its day runs; Refused("never_planned").  Source: A03, ruling 16.
    """
    if visit.completed is not None or visit.missed is command.reason:
        return []
    require(visit.due_at != NEVER, "never_planned")
    if visit.missed is not None:
        return _explained(command, visit)
    due = context.occurred_at >= visit.due_at or command.reason is not MissedReason.NOT_MADE
    require(due, "not_due", due_at=visit.due_at.isoformat())
    return [_missed(visit, command.reason)]


def _explained(command: MissVisit, visit: Visit) -> list[VisitMissed | VisitMissExplained]:
    """Only a miss without a reason waits for one."""
    if visit.missed is not MissedReason.NOT_MADE:
        return []
    return [
        VisitMissExplained(visit_id=visit.visit_id, area=visit.area or AreaCode(""), reason=command.reason, household_id=visit.household_id)
    ]


def _missed(visit: Visit, reason: MissedReason) -> VisitMissed:
    return VisitMissed(
        visit_id=visit.visit_id,
        campaign_id=visit.campaign_id or CampaignId(""),
        person_id=visit.person_id or PersonId(""),
        area=visit.area or AreaCode(""),
        visitors=visit.visitors,
        reason=reason,
        household_id=visit.household_id,
    )


def index(event: VisitEvent) -> Iterable[IndexChange]:
    """A visit is found from its person; a planned one has a clock until it is made or missed."""
    match event:
        case VisitScheduled(person_id=person, due_at=due):
            return [Link(person_subject(person)), SetTimer("miss", due)]
        case VisitCompleted(person_id=person):
            return [Link(person_subject(person)), SetTimer("miss", None)]
        case VisitMissed():
            return [SetTimer("miss", None)]
        case VisitMissExplained():
            return []
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_VISIT, _HOME, _PERSON = VisitId(f"{_ID}72"), HouseholdId(f"{_ID}02"), PersonId(f"{_ID}10")
_CAMPAIGN, _PLACE, _VISITORS = CampaignId("caring-2022"), AreaCode("440308003-qiaodong"), (ActorId("cadre-7"), ActorId("cadre-8"))
_WHO = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

visit = Aggregate(
    "visit",
    id="visit_id",
    state=Visit,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            schedule,
            stream="new",
            also=[visit_campaign.by("campaign_id"), household.by("household_id")],
            roles=_WHO,
            example=ScheduleVisit(
                visit_id=_VISIT,
                campaign_id=_CAMPAIGN,
                person_id=_PERSON,
                area=_PLACE,
                visitors=_VISITORS,
                planned_on=date(2022, 1, 20),
                household_id=_HOME,
            ),
        ),
        command(
            complete,
            stream="any",
            also=[visit_campaign.by("campaign_id"), household.by("household_id"), need.each("need_ids", missing_ok=True)],
            roles=_WHO,
            example=CompleteVisit(
                visit_id=_VISIT,
                campaign_id=_CAMPAIGN,
                person_id=_PERSON,
                area=_PLACE,
                visitors=_VISITORS,
                household_id=_HOME,
                living=(LivingState.SERIOUSLY_ILL,),
                needs=(FoundOnTheWay(need_id=NeedId(f"{_ID}01"), category=NeedCategory.MEDICAL, gross=28_600_000),),
            ),
        ),
        command(miss, roles={Role.SYSTEM, *_WHO}, example=MissVisit(visit_id=_VISIT, reason=MissedReason.NOBODY_HOME)),
    ],
)
