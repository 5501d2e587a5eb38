"""What relief's guard of a need lets in, and what the board says of it, over histories that nobody planned."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import LineId
from contracts.relief.need import CoverageCommitted
from contracts.terms import Layer, PriorPayer, Scheme
from kit.command import Command
from kit.errors import Refused
from kit.testing import given, policy
from services.linkage.chain import chain
from services.linkage.rows import folded
from services.relief.domain.need import ChangeNeed, DeliverCoverage, OfferCoverage, RecordPriorPayer, ReverseCoverage, TrimCoverage, need
from services.relief.domain.need.coverage import committed
from tests.linkage.cases import BILLS, HOUSEHOLD, a_need, opened
from tests.linkage.looking import found_by
from tests.linkage.story import Story, an_id, at

GROSS = 1_000_00
BEGINS = date(2022, 4, 1)
KINDS = ("offer", "offer", "deliver", "trim", "reverse", "payer", "change", "outside")
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(1, 1_200_00), st.integers(0, 40)),
    min_size=1, max_size=14,
)  # fmt: skip
"""What happens, to which line, with how much, and how many days late it is told."""


def line(number: int) -> LineId:
    return LineId(an_id(300 + number))


def command(kind: str, number: int, fen: int) -> Command:
    match kind:
        case "offer":
            return OfferCoverage(need_id=BILLS, household_id=HOUSEHOLD, line_id=line(number), layer=Layer.CHARITY, scheme=Scheme.CHARITY, amount=fen)  # fmt: skip  # noqa: E501
        case "deliver":
            return DeliverCoverage(need_id=BILLS, line_id=line(number), amount=fen)
        case "trim":
            return TrimCoverage(need_id=BILLS, line_id=line(number), kept=fen)
        case "reverse":
            return ReverseCoverage(need_id=BILLS, line_id=line(number), amount=fen)
        case "payer":
            return RecordPriorPayer(need_id=BILLS, line_id=line(10 + number), payer=PriorPayer.BASIC_INSURANCE, amount=fen)
        case _:
            return ChangeNeed(need_id=BILLS, gross=fen)


def decided(kind: str, number: int, fen: int, history: list[Event]) -> list[Event]:
    """What relief writes; nothing when it refuses. Decisions of other departments enter whole, whatever is open (ruling 3)."""
    if kind == "outside":
        return [committed(need.fold(history), line(20 + number), Layer.SPECIAL, Scheme.MEDICAL_AID, fen)]
    try:
        return [one for one in given(need, *history).when(command(kind, number, fen)).events if isinstance(one, Event)]
    except Refused:
        return []


@settings(max_examples=150)
@for_all(STEPS)
def test_covered_above_the_need_exactly_when_the_board_says_so(steps: list[tuple[str, int, int, int]]) -> None:
    """Property 4, ruling 10: whoever offers, pays late, takes back or decides elsewhere: above the need by more than 1.00 yuan is DET-09."""
    history: list[Event] = [a_need(BILLS, GROSS)]
    story = opened(Story(), "2022-03-01").tell(*history, on=BEGINS.isoformat())
    for number, (kind, which, fen, late) in enumerate(steps):
        events = decided(kind, which, fen, history)
        for event in events:
            if kind == "offer" and isinstance(event, CoverageCommitted):
                assert event.amount <= need.fold(history).residual(None), "an offer is accepted up to the residual exactly"
        history += events
        told = BEGINS + timedelta(days=number + 1)
        story.tell(*events, on=max(BEGINS, told - timedelta(days=late)).isoformat(), recorded=told.isoformat())
    end = at((BEGINS + timedelta(days=60)).isoformat())
    rows = folded(story.known(end))
    assert rows
    (only,) = chain(rows, end.date()).needs
    (slot,) = only.slots
    tolerance = policy()[0].at(end.date(), "440308003").overlap_tolerance_fen
    is_open = [one for one in found_by(story, end, "DET-09") if one.until is None]
    assert bool(is_open) == (slot.covered - slot.net > tolerance)
    assert slot.residual == need.fold(history).residual(None) == max(0, slot.net - slot.covered)
