"""What must be published by when: opened with its cause, done with sums only, late on record, and the next report never waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.charity.disclosure_task import (
    DisclosureKind,
    DisclosureOverdue,
    DisclosurePublished,
    DisclosureTaskOpened,
    Figures,
)
from contracts.charity.fund import Campaign, FundClosed, FundEstablished
from contracts.envelope import Event, registered
from contracts.ids import DisclosureTaskId, NoteRef
from contracts.terms import Purpose
from kit.command import derived_id
from kit.store.model import SetTimer, Take
from kit.testing import SEED, Given, given, id_for, noon
from kit.timers import Timer, command_of, timer_command
from policy import end_of
from services.charity.domain.disclosure_task import (
    DisclosureTask,
    MarkOverdue,
    OpenYearlyReport,
    PublishDisclosure,
    disclosure_task,
    index,
)
from services.charity.domain.fund import EstablishFund, fund
from tests.charity.facts import DAY, FUND, GIFT, SECOND_GIFT, credited, draw, set_aside, spent, task, uuid

TASK = DisclosureTaskId(uuid(0xC2))
PUBLISH, OVERDUE = PublishDisclosure(task_id=TASK), MarkOverdue(task_id=TASK)
PERIODIC, RECEIPTS, FINAL, YEARLY = DisclosureKind.PERIODIC, DisclosureKind.RECEIPTS, DisclosureKind.FINAL, DisclosureKind.YEARLY
REPORT = NoteRef(uuid(0xC5))
JUNE, SEPTEMBER = date(2022, 6, 1), date(2022, 9, 1)
FIRST = (DAY, JUNE)


def campaign(kind: Campaign = Campaign.REGULAR, ends_on: date | None = None) -> FundEstablished:
    """A fund whose campaign begins on the 1st of March."""
    return FundEstablished(fund_id=FUND, purpose=Purpose.EPIDEMIC, certificate_needed=False, campaign=kind, starts_on=DAY, ends_on=ends_on)


def opened(kind: DisclosureKind, last_day: date, covers: tuple[date, date], number: int = 1) -> DisclosureTaskOpened:
    return replace(task(kind, last_day, covers, number=number), task_id=TASK)


def following(kind: DisclosureKind, last_day: date, covers_from: date, number: int, on: date | datetime) -> DisclosureTaskOpened:
    """What a decision opens: its id is that of the decision's instant."""
    instant = on if isinstance(on, datetime) else noon(on)
    found = task(kind, last_day, (covers_from, last_day), number=number)
    return replace(found, task_id=DisclosureTaskId(id_at(f"disclosure:{kind}:{number}", instant)))


def id_at(label: str, instant: datetime) -> str:
    return derived_id(SEED, label, instant)


def published(
    on: date, kind: DisclosureKind = PERIODIC, *, in_time: bool = True, then: DisclosureTaskOpened | None = None, received: int = 0
) -> DisclosurePublished:
    figures = Figures(
        received_fen=received, spent_fen=0, reserved_fen=0, available_fen=received, taken_back_fen=0, donations=1 if received else 0
    )
    return DisclosurePublished(
        task_id=TASK,
        kind=kind,
        published_on=on,
        in_time=in_time,
        fund_id=FUND,
        figures=figures,
        next_task_id=then.task_id if then else None,
    )


def late(then: DisclosureTaskOpened | None = None) -> DisclosureOverdue:
    return DisclosureOverdue(task_id=TASK, kind=PERIODIC, due_at=end_of(JUNE), fund_id=FUND, next_task_id=then.task_id if then else None)


def establish(kind: Campaign, ends_on: date | None = None) -> EstablishFund:
    return EstablishFund(fund_id=FUND, purpose=Purpose.EPIDEMIC, campaign=kind, ends_on=ends_on)


def first_report() -> Given:
    """The first report of a campaign without an end, due on the 1st of June."""
    return given(disclosure_task, opened(PERIODIC, JUNE, FIRST)).also(fund, campaign(), credited(50_000_00))


@pytest.mark.parametrize("kind", [Campaign.REGULAR, Campaign.PROJECT])
def test_a_campaign_of_more_than_six_months_reports_every_three(kind: Campaign) -> None:
    """R-CHA-08: a project likewise; exactly six months are not more."""
    short, long = SEPTEMBER, date(2022, 9, 2)
    end = task(FINAL, date(2022, 12, 1), (DAY, short))
    given(fund).when(establish(kind, short)).then(campaign(kind, short), end)
    first, end = task(PERIODIC, JUNE, FIRST), task(FINAL, date(2022, 12, 2), (DAY, long))
    given(fund).when(establish(kind, long)).then(campaign(kind, long), first, end)
    given(fund).when(establish(kind)).then(campaign(kind), first)


def test_an_emergency_campaign_publishes_receipts_every_five_days() -> None:
    """R-CHA-08, SG-09: and is a campaign like any other besides."""
    receipts = task(RECEIPTS, date(2022, 3, 6), (DAY, date(2022, 3, 6)))
    end = date(2022, 3, 20)
    told = given(fund).when(establish(Campaign.EMERGENCY, end))
    told.then(campaign(Campaign.EMERGENCY, end), receipts, task(FINAL, date(2022, 6, 20), (DAY, end)))
    told = given(fund).when(establish(Campaign.EMERGENCY))
    told.then(campaign(Campaign.EMERGENCY), receipts, task(PERIODIC, JUNE, FIRST))


def test_a_fund_without_a_campaign_has_no_end_and_no_report_of_its_own() -> None:
    """R-CHA-08: the yearly report tells of it."""
    given(fund).when(establish(Campaign.NONE, JUNE)).refused("no_campaign")
    given(fund).when(establish(Campaign.REGULAR, date(2022, 2, 28))).refused("ends_before_it_starts")
    assert len(given(fund).when(establish(Campaign.NONE)).events) == 1


def test_publishing_tells_the_funds_sums_and_opens_the_next_report() -> None:
    """R-CHA-08, R-CHA-09: figures come from the ledger; what is published names nobody."""
    paid = [set_aside(draw(20_000_00)), spent(draw(20_000_00)), credited(5_000_00, SECOND_GIFT)]
    case = first_report().also(fund, *paid)
    command = PublishDisclosure(task_id=TASK, report=REPORT)
    on = date(2022, 5, 30)
    then = following(PERIODIC, SEPTEMBER, date(2022, 6, 2), 2, on)
    figures = Figures(received_fen=55_000_00, spent_fen=20_000_00, reserved_fen=0, available_fen=35_000_00, taken_back_fen=0, donations=2)
    case.when(command, on=on).then(replace(published(on, then=then), figures=figures, report=REPORT), then)


def test_what_may_not_be_published_is_in_no_fact_of_publication() -> None:
    """R-CHA-09: no private data, no donor, no beneficiary; only counts, sums and references."""
    facts: list[type[Event]] = [kind.cls for kind in registered() if kind.name.startswith("charity.disclosure-task.")]
    hidden = {"donor_id", "person_id", "household_id", "need_id", "allocation_id", "organisation_id"}
    facts.append(Figures)
    assert len(facts) == 4
    assert not any(hidden & set(cls.__struct_fields__) for cls in facts)


def test_the_last_day_is_in_time_and_midnight_after_it_is_not() -> None:
    """R-CHA-08, ruling 16: a publication by 24:00 of the last day; later the breach stands in the same append."""
    due = end_of(JUNE)
    before = due - timedelta(seconds=1)
    then = following(PERIODIC, SEPTEMBER, date(2022, 6, 2), 2, before)
    first_report().when(PUBLISH, at=before).then(published(JUNE, then=then, received=50_000_00), then)
    then = following(PERIODIC, SEPTEMBER, date(2022, 6, 2), 2, due)
    told = published(date(2022, 6, 2), in_time=False, received=50_000_00)
    first_report().when(PUBLISH, at=due).then(late(then), then, told)


def test_at_its_instant_a_report_is_overdue_and_the_next_one_open() -> None:
    """R-CHA-08: DisclosureOverdue, once; the next period does not wait."""
    due = end_of(JUNE)
    then = following(PERIODIC, SEPTEMBER, date(2022, 6, 2), 2, due)
    outcome = first_report().when(OVERDUE, at=due).then(late(then), then)
    first_report().when(OVERDUE, at=due - timedelta(seconds=1)).refused("not_yet")
    after = first_report().facts([outcome.events[0]])
    after.when(OVERDUE, at=due).then()
    told = published(date(2022, 6, 9), in_time=False, received=50_000_00)
    after.when(PUBLISH, on=date(2022, 6, 9)).then(told)
    after.facts([told]).when(PUBLISH, on=date(2022, 6, 10)).refused("already_published")
    first_report().facts([told]).when(OVERDUE, at=due).then()


def test_a_publication_in_time_that_is_told_after_the_timer_is_in_time() -> None:
    """R-CHA-08: the state is the same whether the timer came first or not."""
    due, on = end_of(JUNE), date(2022, 5, 31)
    timer_first = first_report()
    timer_first.facts(timer_first.when(OVERDUE, at=due).events)
    timer_first.facts(timer_first.when(PUBLISH, on=on).events)
    told_first = first_report()
    told_first.facts(told_first.when(PUBLISH, on=on).events)
    told_first.facts(told_first.when(OVERDUE, at=due).events)
    states: list[DisclosureTask] = [case.state(disclosure_task, TASK) for case in (timer_first, told_first)]
    assert states[0] == states[1]
    assert (states[0].published_on, states[0].overdue) == (on, False)
    for case in (timer_first, told_first):
        opened_ = [e for events in case.streams.values() for e in events if isinstance(e, DisclosureTaskOpened) and e.number == 2]
        assert [(e.covers_from, e.covers_to) for e in opened_] == [(date(2022, 6, 2), SEPTEMBER)]


def test_periodic_reports_stop_where_the_full_one_tells() -> None:
    """R-CHA-08: a campaign to the end of the year reports in June, September and December; then comes the full report."""
    end = date(2022, 12, 31)
    third = given(disclosure_task, opened(PERIODIC, date(2022, 12, 1), (date(2022, 9, 2), date(2022, 12, 1)), 3))
    third.also(fund, campaign(ends_on=end)).when(PUBLISH, on=date(2022, 11, 30)).then(published(date(2022, 11, 30)))
    closed = first_report().also(fund, FundClosed(fund_id=FUND, closed_on=date(2022, 5, 2)))
    closed.when(PUBLISH, on=date(2022, 5, 30)).then(published(date(2022, 5, 30), received=50_000_00))


def test_receipts_of_the_last_days_are_published_too() -> None:
    """R-CHA-08: an emergency campaign to the 12th of March publishes on the 6th, the 11th and the 16th."""
    told = campaign(Campaign.EMERGENCY, date(2022, 3, 12))
    second = given(disclosure_task, opened(RECEIPTS, date(2022, 3, 11), (date(2022, 3, 7), date(2022, 3, 11)), 2)).also(fund, told)
    on = date(2022, 3, 11)
    then = following(RECEIPTS, date(2022, 3, 16), date(2022, 3, 12), 3, on)
    second.when(PUBLISH, on=on).then(published(on, RECEIPTS, then=then), then)
    third = given(disclosure_task, opened(RECEIPTS, date(2022, 3, 16), (date(2022, 3, 12), date(2022, 3, 16)), 3)).also(fund, told)
    third.when(PUBLISH, on=on).then(published(on, RECEIPTS))


def test_the_full_report_comes_after_the_end() -> None:
    """R-CHA-08: within three months after it, not before it."""
    end = date(2022, 3, 20)
    case = given(disclosure_task, opened(FINAL, date(2022, 6, 20), (DAY, end))).also(fund, campaign(ends_on=end))
    case.when(PUBLISH, on=end).refused("period_running", covers_to="2022-03-20")
    case.when(PUBLISH, on=date(2022, 3, 21)).then(published(date(2022, 3, 21), FINAL))


def test_each_year_is_reported_in_the_next_and_opens_the_report_of_its_own_year() -> None:
    """R-CHA-08: yearly report, by the pack's 31st of March; one a year."""
    first = DisclosureTaskOpened(
        task_id=TASK,
        kind=YEARLY,
        due_at=end_of(date(2022, 3, 31)),
        covers_from=date(2021, 1, 1),
        covers_to=date(2021, 12, 31),
        number=2021,
    )
    given(disclosure_task).when(OpenYearlyReport(task_id=TASK, year=2021)).then(first)
    on = date(2022, 3, 15)
    then = replace(
        first,
        task_id=DisclosureTaskId(id_for("disclosure:yearly:2022", on)),
        due_at=end_of(date(2023, 3, 31)),
        covers_from=date(2022, 1, 1),
        covers_to=date(2022, 12, 31),
        number=2022,
    )
    told = DisclosurePublished(task_id=TASK, kind=YEARLY, published_on=on, in_time=True, next_task_id=then.task_id)
    given(disclosure_task, first).when(PUBLISH, on=on).then(told, then)
    assert list(index(first)) == [Take("yearly-report", "2021"), SetTimer("overdue", datetime(2022, 3, 31, 16, tzinfo=UTC))]


def test_a_corrected_disclosure_opens_no_further_one() -> None:
    """SC-17: what was published about the reversed donation is put right once."""
    to_correct = replace(task(DisclosureKind.CORRECTION, date(2022, 3, 11), (DAY, DAY), gift=GIFT), task_id=TASK)
    told = replace(published(DAY, DisclosureKind.CORRECTION), donation_id=GIFT)
    given(disclosure_task, to_correct).also(fund, campaign()).when(PUBLISH, on=DAY).then(told)


def test_a_task_has_one_timer_until_it_is_done_or_late() -> None:
    """R-CHA-08: the timer's name is a command that needs nothing but the task."""
    spec = timer_command(disclosure_task, "overdue")
    assert command_of(disclosure_task, spec, Timer(f"disclosure-task/{TASK}", "overdue", end_of(JUNE))).task_id == TASK  # type: ignore[attr-defined]
    assert list(index(opened(PERIODIC, JUNE, FIRST))) == [SetTimer("overdue", end_of(JUNE))]
    assert list(index(published(JUNE))) == [SetTimer("overdue", None)]
    assert list(index(late())) == [SetTimer("overdue", None)]


@forall(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 20))
def test_a_campaigns_reports_cover_every_day_once_whoever_is_late(in_time: list[bool], wait: int) -> None:
    """R-CHA-08: periods follow each other without gap or overlap, from the campaign's start, whenever a report really came."""
    current, told = opened(PERIODIC, JUNE, FIRST), [opened(PERIODIC, JUNE, FIRST)]
    for prompt in in_time:
        case = given(disclosure_task, replace(current, task_id=TASK)).also(fund, campaign())
        at = current.due_at - timedelta(days=wait + 1) if prompt else current.due_at + timedelta(days=wait)
        events: list[Event] = list(case.when(PUBLISH, at=at).events)
        assert sum(isinstance(event, DisclosureOverdue) for event in events) == (not prompt)
        current = next(event for event in events if isinstance(event, DisclosureTaskOpened))
        told.append(current)
    for before, after in pairwise(told):
        assert after.covers_from == before.covers_to + timedelta(days=1)
        assert after.number == before.number + 1
