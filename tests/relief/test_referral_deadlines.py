"""No referral is forgotten: its deadlines act by themselves, level by level, in whatever order commands and the clock meet (section 3.5)."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import structs

from contracts.envelope import Event, Recorded
from contracts.ids import AreaCode
from contracts.relief.need import UnmetNeedRecorded, UnmetReason
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    Progress,
    ReferralClosed,
    ReferralEscalated,
    ReferralExpired,
    ReferralLevel,
    ReferralStage,
)
from contracts.terms import ClosingCode, NeedCategory, Receiver, Urgency
from kit.command import Command
from kit.commands import CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, system_actor
from kit.store.memory import MemoryStore
from kit.testing import WORKER, policy
from kit.timers import Sweeper
from services.relief.domain.household import OpenHousehold
from services.relief.domain.need import RegisterNeed
from services.relief.domain.referral import (
    EscalateReferral,
    NoteProgress,
    ProposeReferral,
    RecallReferral,
    Referral,
    ReopenReferral,
    ReturnReferral,
    SendReferral,
    StartService,
    TakeReferral,
    TurnDownReferral,
    WithdrawReferral,
    referral,
)
from services.relief.service import relief
from tests.kit.timed import Hands
from tests.relief.family import HOME, NEED, PEOPLE, SHATOUJIAO
from tests.relief.test_referral import (
    IN_TIME,
    LATE,
    NO_FUNDS,
    RAN_OUT,
    REFERRAL,
    RETURNED,
    SEND_BY,
    STARTED,
    TAKEN,
    TO_BUREAU,
    TO_DISTRICT,
    TURNED_DOWN,
    WITHDRAWN,
    at,
    close_as,
    closed,
    escalated,
    facts,
    proposed,
    sent,
    taken,
    turned_down,
    unmet,
)

STREET, DISTRICT, BUREAU = ReferralLevel
ESCALATE = EscalateReferral(referral_id=REFERRAL)
START = StartService(referral_id=REFERRAL)
WITHDRAW = WithdrawReferral(referral_id=REFERRAL)

# --- each deadline ---


@pytest.mark.parametrize(
    ("story", "stage", "due", "next_due"),
    [
        ([proposed()], ReferralStage.PROPOSED, SEND_BY, at(4)),  # Wednesday the 2nd ends; Thursday is the day of the breach
        ([proposed(), sent(), TAKEN], ReferralStage.ACCEPTED, at(9), at(11)),
        ([proposed(), sent(), TAKEN, STARTED], ReferralStage.IN_SERVICE, at(31), at(2, month=4)),
        ([proposed(), sent(), TURNED_DOWN], ReferralStage.DECLINED, at(3), at(7)),
        ([proposed(), sent(), TAKEN, RETURNED], ReferralStage.RETURNED, at(3), at(7)),
    ],
)
def test_a_deadline_that_passes_is_escalated_to_the_street(
    story: list[Event], stage: ReferralStage, due: datetime, next_due: datetime
) -> None:
    """Section 3.5, DET-13, SG-07: not before its end, with a working day for the level that sees to it."""
    case = facts(*story)
    case.when(ESCALATE, at=due - timedelta(seconds=1)).then()
    case.when(ESCALATE, at=due).then(escalated(stage, STREET, due, next_due))


def test_level_by_level_up_to_the_bureau_and_no_further() -> None:
    """DET-13: street, district, bureau leader; the last one keeps it and nothing rings any more."""
    story: list[Event] = [proposed(), sent(), *RAN_OUT]
    facts(*story).when(ESCALATE, at=at(7)).then(TO_DISTRICT)
    facts(*story, TO_DISTRICT).when(ESCALATE, at=at(9)).then(TO_BUREAU)
    facts(*story, TO_DISTRICT, TO_BUREAU).when(ESCALATE, at=at(30)).then()


@pytest.mark.parametrize("last", [WITHDRAWN, closed(ClosingCode.MET)])
def test_what_is_over_is_escalated_to_nobody(last: Event) -> None:
    """Section 3.5."""
    facts(proposed(), sent(), last).when(ESCALATE, at=at(30)).then()


def test_what_happened_too_late_says_so_first() -> None:
    """Section 3.5: the breach is recorded once, by the sweeper or by the late command itself."""
    late = escalated(ReferralStage.PROPOSED, STREET, SEND_BY, at(4))
    send = SendReferral(referral_id=REFERRAL)
    again = sent(answer_by=at(8))  # Thursday the 3rd and three working days
    facts(proposed()).when(send, on=date(2022, 3, 3)).then(late, again)
    facts(proposed(), late).when(send, on=date(2022, 3, 3)).then(again)
    plan = escalated(ReferralStage.ACCEPTED, STREET, at(9), at(11))
    facts(proposed(), sent(), TAKEN).when(START, on=date(2022, 3, 10)).then(plan, structs.replace(STARTED, note_by=date(2022, 4, 9)))
    way = escalated(ReferralStage.DECLINED, STREET, at(3), at(7))
    conference = close_as(ClosingCode.NO_SUPPLY, Follow.CASE_CONFERENCE)
    ended = closed(ClosingCode.NO_SUPPLY, follow=Follow.CASE_CONFERENCE, reopen_until=date(2022, 4, 3))
    facts(proposed(), sent(), TURNED_DOWN).when(conference, on=date(2022, 3, 4)).then(way, ended)


def test_an_unanswered_referral_is_given_up_or_routed_anew_before_the_sweeper_came() -> None:
    """SG-07: it expires and is escalated in the append that ends it."""
    given_up = close_as(ClosingCode.NO_SUPPLY, Follow.UNMET_NEED)
    facts(proposed(), sent()).when(given_up, at=LATE).then(
        *RAN_OUT,
        closed(ClosingCode.NO_SUPPLY, follow=Follow.UNMET_NEED, reopen_until=date(2022, 4, 4)),
        unmet(UnmetReason.NO_ANSWER),
    )


def test_what_happened_in_time_counts_after_the_expiry() -> None:
    """Ruling 14: it was taken back before the deadline, however late that is typed in; closing it was not possible then."""
    ran_out = facts(proposed(), sent(), *RAN_OUT, TO_DISTRICT)
    ran_out.when(WITHDRAW, at=IN_TIME).then(WITHDRAWN)
    ran_out.when(WITHDRAW, at=LATE).refused("wrong_stage", stage=ReferralStage.EXPIRED)
    ran_out.when(close_as(ClosingCode.NO_SUPPLY, Follow.CASE_CONFERENCE), at=IN_TIME).refused("wrong_stage", stage=ReferralStage.SENT)


def test_a_deadline_older_than_one_that_has_acted_is_late_from_the_beginning() -> None:
    """Section 3.5: the no of the 1st of March is typed in after it was escalated to the district at the end of the 7th."""
    story = [proposed(), sent(), *RAN_OUT, TO_DISTRICT]
    late = (
        escalated(ReferralStage.DECLINED, STREET, at(2), at(4)),
        escalated(ReferralStage.DECLINED, DISTRICT, at(4), at(7)),
        escalated(ReferralStage.DECLINED, BUREAU, at(7), None),
    )
    facts(*story).when(TurnDownReferral(referral_id=REFERRAL, reason=NO_FUNDS), on=date(2022, 3, 1)).then(turned_down(at(2)), *late)


def test_an_answer_in_time_ends_the_escalation() -> None:
    """Ruling 14: the same state as if the sweeper had never come."""
    on_time = referral.fold([proposed(), sent(), taken(at(11))])
    after = referral.fold([proposed(), sent(), *RAN_OUT, TO_DISTRICT, TO_BUREAU, taken(at(11))])
    assert dataclasses.replace(after, acted=on_time.acted) == on_time


# --- the law ---

BEGIN = datetime(2022, 3, 1, 1, tzinfo=UTC)
BY_SYSTEM = system_actor("test")
COMMANDS: list[tuple[Command, Actor]] = [
    (SendReferral(referral_id=REFERRAL), WORKER),
    (SendReferral(referral_id=REFERRAL), WORKER),
    (WITHDRAW, WORKER),
    (TakeReferral(referral_id=REFERRAL), BY_SYSTEM),
    (TakeReferral(referral_id=REFERRAL), BY_SYSTEM),
    (TurnDownReferral(referral_id=REFERRAL, reason=NO_FUNDS), BY_SYSTEM),
    (START, WORKER),
    (NoteProgress(referral_id=REFERRAL, progress=Progress.DELAYED), WORKER),
    (ReturnReferral(referral_id=REFERRAL, reason=DeclineReason.NO_CAPACITY), WORKER),
    (RecallReferral(referral_id=REFERRAL), BY_SYSTEM),
    (close_as(ClosingCode.NOT_ELIGIBLE), WORKER),
    (close_as(ClosingCode.NO_SUPPLY, Follow.UNMET_NEED), WORKER),
    (close_as(ClosingCode.NO_SUPPLY, Follow.NEW_REFERRAL), WORKER),
    (ReopenReferral(referral_id=REFERRAL), WORKER),
]


@dataclasses.dataclass(frozen=True)
class Turn:
    """A command typed in `after` hours after the one before, of a thing that had happened `back` hours earlier."""

    command: Command
    actor: Actor
    after: int
    back: int
    swept: bool


BEGINNING = [Turn(command, actor, after=2, back=0, swept=False) for command, actor in (COMMANDS[0], COMMANDS[3], (START, WORKER))]
TURN = st.builds(
    lambda given, after, back, swept: Turn(given[0], given[1], after, back, swept),
    st.sampled_from(COMMANDS),
    st.one_of(st.integers(0, 30), st.integers(0, 400)),
    st.one_of(st.just(0), st.integers(0, 200)),
    st.booleans(),
)
TURNS = st.builds(lambda done, rest: [*BEGINNING[:done], *rest], st.integers(0, 3), st.lists(TURN, max_size=10))


class Relief:
    """The service in memory, with a clock that is moved by hand and a sweeper that comes when it is called."""

    def __init__(self, urgency: Urgency) -> None:
        self.hands, self.store, self.urgency = Hands(BEGIN), MemoryStore("/minsheng/test/relief"), urgency
        self.store.clock = self.hands
        packs, calendar = policy()
        self.path = CommandPath(relief, self.store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=self.hands, partitions=4)
        self.sweeper = Sweeper(self.path, "", self.hands)
        self.given = 0

    async def begin(self) -> None:
        await self.give(OpenHousehold(household_id=HOME, area=AreaCode(SHATOUJIAO), person_ids=PEOPLE[:2]), WORKER)
        need = RegisterNeed(need_id=NEED, household_id=HOME, category=NeedCategory.MEDICAL, gross=24_120_00, urgency=self.urgency)
        await self.give(need, WORKER)
        await self.give(ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY), WORKER)

    async def give(self, command: Command, actor: Actor) -> None:
        self.given += 1
        try:
            await self.path.execute(command, actor, f"command {self.given}")
        except Refused:
            return

    async def take(self, turn: Turn, *, swept: bool) -> None:
        self.hands.at += timedelta(hours=turn.after)
        if swept:
            await self.sweep()
        happened = max(BEGIN, self.hands.at - timedelta(hours=turn.back))
        await self.give(turn.command.model_copy(update={"occurred_at": happened}), turn.actor)

    async def sweep(self) -> None:
        while await self.sweeper.sweep():
            pass

    async def referrals(self) -> dict[str, list[Recorded]]:
        """Every referral's history: the first one and those that replaced it."""
        told = [recorded for recorded in await self.store.read(0, 10_000) if recorded.meta.stream.startswith("referral/")]
        return {stream: [one for one in told if one.meta.stream == stream] for stream in dict.fromkeys(one.meta.stream for one in told)}

    async def timers(self) -> list[tuple[str, str, datetime]]:
        return await self.store.due(datetime.max.replace(tzinfo=UTC), 100)


def story_of(history: Iterable[Recorded]) -> list[Any]:
    return [recorded.event() for recorded in history]


async def played(turns: Sequence[Turn], urgency: Urgency, *, swept: bool | None = None) -> Relief:
    """All turns were taken; after each, every open referral has its one deadline. swept: the sweeper comes always, never, or as told."""
    place = Relief(urgency)
    await place.begin()
    for turn in turns:
        await place.take(turn, swept=turn.swept if swept is None else swept)
        await each_open_one_has_its_deadline(place)
    return place


async def each_open_one_has_its_deadline(place: Relief) -> None:
    due = await place.timers()
    for stream, history in (await place.referrals()).items():
        state = referral.fold(story_of(history))
        assert [one[2] for one in due if one[0] == stream] == ([state.due] if state.due else [])
        assert (state.due is not None) == is_waiting(state)


def is_waiting(state: Referral) -> bool:
    """Open, and not with the last level yet."""
    return state.stage not in {ReferralStage.CLOSED, ReferralStage.WITHDRAWN} and state.level is not BUREAU


@settings(max_examples=120)
@for_all(TURNS, st.sampled_from(Urgency))
def test_none_vanishes(turns: list[Turn], urgency: Urgency) -> None:
    """Property 9, B02, SG-07: it ends in a closing code that says what follows, or the clock alone brings it to the last level."""

    async def law() -> None:
        place = await played(turns, urgency)
        place.hands.at += timedelta(days=90)
        await place.sweep()
        histories = await place.referrals()
        told = [recorded.event() for recorded in await place.store.read(0, 10_000)]
        unmet_of = {event.referral_id for event in told if isinstance(event, UnmetNeedRecorded)}
        for history in histories.values():
            story = story_of(history)
            state = referral.fold(story)
            assert not is_waiting(state)
            assert (state.stage is ReferralStage.CLOSED) == (state.closed_as is not None)
            each_level_comes_once(story)
            for ended in (event for event in story if isinstance(event, ReferralClosed)):
                assert ended.follow is not Follow.NEW_REFERRAL or f"referral/{ended.replaced_by}" in histories
                assert ended.follow is not Follow.UNMET_NEED or ended.referral_id in unmet_of

    asyncio.run(law())


def each_level_comes_once(story: Sequence[Any]) -> None:
    """Within a stage the levels follow each other, each for the deadline of the one before; an expiry is escalated at once."""
    for number, event in enumerate(story):
        if isinstance(event, ReferralExpired):
            assert isinstance(story[number + 1], ReferralEscalated)
        if isinstance(event, ReferralEscalated):
            entered = next((place for place in reversed(range(number)) if not keeps_stage(story[place])), 0)
            levels = [one.level for one in story[entered:number] if isinstance(one, ReferralEscalated)]
            assert event.level is (STREET, DISTRICT, BUREAU)[len(levels)]


def keeps_stage(event: Any) -> bool:
    return isinstance(event, ReferralEscalated) or getattr(event, "keeps_date", False)


@settings(max_examples=120)
@for_all(TURNS, st.sampled_from(Urgency))
def test_the_end_does_not_depend_on_when_the_sweeper_came(turns: list[Turn], urgency: Urgency) -> None:
    """Property 5, ruling 14: punctual or never until the end, the same commands lead to the same states."""

    async def law() -> None:
        ends = []
        for swept in (True, False):
            place = await played(turns, urgency, swept=swept)
            place.hands.at += timedelta(days=90)
            await place.sweep()
            states = {stream: referral.fold(story_of(history)) for stream, history in (await place.referrals()).items()}
            ends.append({stream: dataclasses.replace(state, acted=BEGIN) for stream, state in states.items()})
        assert ends[0] == ends[1]

    asyncio.run(law())
