"""The ledger of a household's year: its arithmetic, and that no order of grants gets past the cap (R-TMP-07, ruling 25)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import EventCause
from contracts.relief.temp_aid_year import TempAidCharged
from contracts.terms import FundingSource, TempAidKind
from kit.testing import SECOND, given
from services.relief.domain.temp_aid import GrantTempAid, temp_aid
from services.relief.domain.temp_aid_year import TempAidYear, temp_aid_year
from tests.relief.family import CASE, FIRE, HOME, LEUKAEMIA, charged, family, need_of, requested

STANDARD_FEN = 1_365_00


def ledger(*charges: TempAidCharged) -> TempAidYear:
    return temp_aid_year.fold(charges)


def test_a_year_adds_up_its_own_grants() -> None:
    """R-TMP-07: a household and year, by the day of the grant in Shanghai."""
    year = ledger(charged(5_00, date(2021, 12, 31)), charged(7_00, date(2022, 1, 1)), charged(11_00, date(2022, 12, 31)))
    assert [year.charged_fen(number) for number in (2021, 2022, 2023)] == [5_00, 18_00, 0]
    assert year.left_fen(20_00, date(2022, 6, 1)) == 2_00


def test_nothing_is_left_rather_than_less_than_nothing() -> None:
    """A household that became smaller has a smaller cap than it was given."""
    assert ledger(charged(30_00)).left_fen(20_00, date(2022, 3, 1)) == 0


@pytest.mark.parametrize(
    ("asked_on", "blocked"),
    [
        (date(2022, 3, 1), True),
        (date(2023, 3, 1), True),
        (date(2023, 3, 2), False),
        (date(2021, 3, 1), True),
        (date(2021, 2, 28), False),
    ],
)
def test_a_cause_is_closed_for_twelve_months_both_ways(asked_on: date, blocked: bool) -> None:
    """Ruling 25 from the grant, ruling 16 with the corresponding day; a decision entered late counts by its own day."""
    year = ledger(charged(1_00, date(2022, 3, 1), cause=FIRE))
    assert (year.same_cause(FIRE, asked_on, 12) is not None) is blocked
    assert year.same_cause(LEUKAEMIA, asked_on, 12) is None


def test_the_ledger_names_its_stream_by_the_household() -> None:
    """Design: a small ledger stream of its own, `temp-aid-year/{household_id}`."""
    assert temp_aid_year.stream(HOME) == f"temp-aid-year/{HOME}"
    assert not temp_aid_year.commands


class Asked:
    """One decision tried against the ledger as it stands."""

    def __init__(self, number: int, day: int, kind: TempAidKind, amount: int, *, conference: bool) -> None:
        self.on = date(2022, 1, 1) + timedelta(days=day)
        self.ask = requested(kind, cause=EventCause(f"cause-{number % 3}"), members=2)
        self.command = GrantTempAid(case_id=CASE, amount_fen=amount, source=FundingSource.DISTRICT, conference=conference)

    def events(self, charges: list[Event]) -> list[TempAidCharged]:
        """The ledger's fact; none when the grant was refused."""
        case = given(temp_aid, self.ask, *family(2, on=date(2022, 1, 1)), need_of(100_000_00), *charges)
        outcome = case.when(self.command, actor=SECOND, on=self.on)
        return [event for event in outcome.events if isinstance(event, TempAidCharged)]


@st.composite
def decisions(draw: st.DrawFn) -> list[Asked]:
    count = draw(st.integers(min_value=1, max_value=12))
    return [
        Asked(
            number,
            draw(st.integers(min_value=0, max_value=700)),
            draw(st.sampled_from(TempAidKind)),
            draw(st.integers(min_value=1, max_value=17_000_00)),
            conference=draw(st.booleans()),
        )
        for number in range(count)
    ]


@settings(max_examples=60)
@for_all(decisions())
def test_no_sequence_of_allowed_grants_exceeds_the_cap_of_a_year(asked: list[Asked]) -> None:
    """R-TMP-07: 12 x standard x members, here 32,760.00; days in any order, as decisions are entered late."""
    charges: list[Event] = []
    for one in asked:
        charges += one.events(charges)
    sums: Counter[int] = Counter()
    for charge in charges:
        assert isinstance(charge, TempAidCharged)
        sums[charge.granted_on.year] += charge.amount_fen
    assert all(total <= 12 * STANDARD_FEN * 2 for total in sums.values()), sums


@settings(max_examples=60)
@for_all(st.lists(st.tuples(st.integers(0, 800), st.integers(1, 1_000_00)), max_size=12))
def test_the_order_of_grants_does_not_change_the_sum(grants: list[tuple[int, int]]) -> None:
    """Addition knows no order."""
    charges = [charged(fen, date(2022, 1, 1) + timedelta(days=day)) for day, fen in grants]
    assert [ledger(*charges).charged_fen(year) for year in range(2022, 2025)] == [
        ledger(*reversed(charges)).charged_fen(year) for year in range(2022, 2025)
    ]
