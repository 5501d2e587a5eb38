"""What the tests of visits, opinions, pairs, contacts, signals and screening share: places, people, facts, and relief in memory."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from uuid import uuid4

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, NeedId, PersonId, SignalId, VisitId
from contracts.relief.household import HouseholdOpened, MemberJoined
from contracts.relief.need import NeedRegistered
from contracts.relief.need_signal import (
    NeedSignalMatchedToPerson,
    NeedSignalReceived,
    NeedSignalStale,
    NeedSignalVerified,
    SignalSource,
    Verification,
)
from contracts.relief.visit import Channel, VisitCompleted, VisitScheduled
from contracts.relief.visit_campaign import CampaignKind, TargetGroup, VisitCampaignClosed, VisitCampaignOpened
from contracts.terms import Dimension, Measure, NeedCategory, Period, Urgency
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import Answer, CommandPath, Keys
from kit.identity import Actor
from kit.store.memory import MemoryStore
from kit.testing import WORKER, noon, policy
from services.relief.domain.need import FoundOnTheWay
from services.relief.service import relief


def uid(number: int) -> str:
    return f"0190a000-0000-8000-8000-{number:012}"


TUESDAY = date(2022, 3, 1)
CAMPAIGN, PLACE, DISTRICT = CampaignId("caring-2022"), AreaCode("440308003-qiaodong"), AreaCode("440308")
VISIT, SIGNAL, HOME, OTHER_HOME = VisitId(uid(72)), SignalId(uid(71)), HouseholdId(uid(2)), HouseholdId(uid(22))
MOTHER, CHILD, STRANGER = PersonId(uid(10)), PersonId(uid(11)), PersonId(uid(19))
CADRES = (ActorId("cadre-7"), ActorId("cadre-8"))
NEED, SECOND_NEED = NeedId(uid(1)), NeedId(uid(3))
MEDICAL = FoundOnTheWay(need_id=NEED, category=NeedCategory.MEDICAL, gross=28_600_000, person_id=CHILD)
TUITION = FoundOnTheWay(need_id=SECOND_NEED, category=NeedCategory.EDUCATION, gross=480_000, urgency=Urgency.ORANGE)


def at(day: int, hour: int = 16, month: int = 3) -> datetime:
    """An instant of 2022 in UTC; 16:00 is midnight in Shanghai."""
    return datetime(2022, month, day, hour, tzinfo=UTC)


TUESDAY_24H, WEDNESDAY_24H = at(1), at(2)


def campaign(kind: CampaignKind = CampaignKind.CARING, on: date = date(2022, 1, 4), campaign_id: CampaignId = CAMPAIGN) -> Event:
    return VisitCampaignOpened(
        campaign_id=campaign_id, kind=kind, year=2022, area=DISTRICT, groups=(TargetGroup.DIBAO, TargetGroup.EDGE), opened_on=on
    )


def campaign_closed(on: date) -> Event:
    return VisitCampaignClosed(campaign_id=CAMPAIGN, closed_on=on)


def home(household_id: HouseholdId = HOME, members: tuple[PersonId, ...] = (MOTHER, CHILD)) -> list[Event]:
    """A household in Shatoujiao."""
    opened = HouseholdOpened(household_id=household_id, area=AreaCode("440308003"), hukou=True, opened_on=date(2022, 1, 4))
    return [opened, *(MemberJoined(household_id=household_id, person_id=one, joined_on=date(2022, 1, 4)) for one in members)]


def scheduled(planned_on: date = TUESDAY, due_at: datetime = TUESDAY_24H) -> VisitScheduled:
    return VisitScheduled(
        visit_id=VISIT,
        campaign_id=CAMPAIGN,
        person_id=MOTHER,
        area=PLACE,
        visitors=CADRES,
        planned_on=planned_on,
        due_at=due_at,
        household_id=HOME,
    )


def completed(*, need_ids: tuple[NeedId, ...] = (), late: bool = False, on: date = TUESDAY) -> VisitCompleted:
    return VisitCompleted(
        visit_id=VISIT,
        campaign_id=CAMPAIGN,
        person_id=MOTHER,
        area=PLACE,
        visitors=CADRES,
        channel=Channel.IN_PERSON,
        visited_on=on,
        household_id=HOME,
        need_ids=need_ids,
        late=late,
    )


def registered(found: FoundOnTheWay, household_id: HouseholdId = HOME) -> NeedRegistered:
    """The need as its own stream tells it."""
    return NeedRegistered(
        need_id=found.need_id,
        household_id=household_id,
        category=found.category,
        dimension=Dimension.MATERIAL,
        measure=Measure.FEN,
        period=Period.EVENT,
        gross=found.gross,
        person_id=found.person_id,
        urgency=found.urgency,
    )


def received(
    urgency: Urgency = Urgency.ORANGE,
    due_at: datetime = WEDNESDAY_24H,
    *,
    person_id: PersonId | None = None,
    household_id: HouseholdId | None = None,
) -> NeedSignalReceived:
    """A signal of Tuesday, the 1st of March, at noon."""
    return NeedSignalReceived(
        signal_id=SIGNAL,
        source=SignalSource.GRID,
        category=NeedCategory.LIVING,
        urgency=urgency,
        area=PLACE,
        due_at=due_at,
        person_id=person_id,
        household_id=household_id,
    )


def verified(*, late: bool = False, by: Verification = Verification.ON_SITE) -> NeedSignalVerified:
    return NeedSignalVerified(signal_id=SIGNAL, area=PLACE, verification=by, late=late)


def matched(person_id: PersonId | None = MOTHER, household_id: HouseholdId | None = HOME) -> NeedSignalMatchedToPerson:
    return NeedSignalMatchedToPerson(signal_id=SIGNAL, area=PLACE, person_id=person_id, household_id=household_id)


def stale(missed_at: datetime = WEDNESDAY_24H, urgency: Urgency = Urgency.ORANGE) -> NeedSignalStale:
    return NeedSignalStale(signal_id=SIGNAL, area=PLACE, urgency=urgency, missed_at=missed_at)


class InMemory:
    """Relief's command path over a store in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore("/minsheng/test/relief")
        packs, calendar = policy()
        self.path = CommandPath(relief, self.store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)

    async def give(self, command: Command, on: date = TUESDAY, *, key: str | None = None, actor: Actor = WORKER) -> Answer:
        """Give a command at noon of a day; without a key it is another command each time."""
        timed = command.model_copy(update={"occurred_at": command.occurred_at or noon(on)})
        return await self.path.execute(timed, actor, key or str(uuid4()))

    async def counts(self) -> Counter[str]:
        """How many events of each type the log holds."""
        return Counter(event.meta.type for event in await self.store.read(0, 100_000))

    async def events(self) -> list[Event]:
        return [recorded.event() for recorded in await self.store.read(0, 100_000)]
