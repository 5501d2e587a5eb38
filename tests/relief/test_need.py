"""A need and what covers it: the only guard of the residual (rulings 1-3, 9-12, ruling 20 of the design)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import HouseholdId, LineId, Month
from contracts.relief.household import HouseholdClosed
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageRefusal,
    CoverageRefused,
    CoverageReleased,
    CoverageReversed,
    NeedChanged,
    NeedClosed,
    NeedRegistered,
    NeedReopened,
    NoReferralExplained,
    NoReferralReason,
    PriorPayerRecorded,
)
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, PriorPayer, Scheme
from kit.clock import months_between
from kit.errors import Refused
from kit.testing import given
from services.relief.domain.household import household
from services.relief.domain.need import (
    ChangeNeed,
    CloseNeed,
    DeliverCoverage,
    ExplainNoReferral,
    Need,
    OfferCoverage,
    Portion,
    RecordPriorPayer,
    RegisterNeed,
    ReverseCoverage,
    TrimCoverage,
    committed,
    delivered,
    need,
    released,
    restated,
)
from tests.relief.h1 import CHILD, HOME, NEED, STRANGER, living_need, opened, uid

APRIL, MAY, JUNE, JULY = (Month(f"2022-0{number}") for number in (4, 5, 6, 7))
FIRST, SECOND, THIRD = (LineId(uid(30 + number)) for number in range(3))


def medical(gross: int = 28_600_000, measure: Measure = Measure.FEN) -> NeedRegistered:
    """SC-07: bills of 286,000.00 yuan."""
    return NeedRegistered(
        need_id=NEED,
        household_id=HOME,
        category=NeedCategory.MEDICAL,
        dimension=Dimension.MATERIAL,
        measure=measure,
        period=Period.EVENT,
        gross=gross,
    )


def payer(amount: int, line: LineId = FIRST, month: Month | None = None) -> PriorPayerRecorded:
    return PriorPayerRecorded(need_id=NEED, household_id=HOME, line_id=line, payer=PriorPayer.BASIC_INSURANCE, amount=amount, month=month)


def line(
    amount: int,
    line_id: LineId = FIRST,
    *,
    offered: int | None = None,
    first: Month | None = None,
    last: Month | None = None,
    layer: Layer = Layer.CHARITY,
    scheme: Scheme = Scheme.CHARITY,
) -> CoverageCommitted:
    return CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=line_id,
        layer=layer,
        scheme=scheme,
        offered=amount if offered is None else offered,
        amount=amount,
        first_month=first,
        last_month=last,
    )


def offer(amount: int, line_id: LineId = FIRST, **other: Any) -> OfferCoverage:
    said: dict[str, Any] = {"household_id": HOME, "layer": Layer.CHARITY, "scheme": Scheme.CHARITY, **other}
    return OfferCoverage(need_id=NEED, line_id=line_id, amount=amount, **said)


def refusal(reason: CoverageRefusal, offered: int = 100, home: HouseholdId = HOME) -> CoverageRefused:
    return CoverageRefused(need_id=NEED, household_id=home, line_id=FIRST, layer=Layer.CHARITY, offered=offered, reason=reason)


def arrived(amount: int, line_id: LineId = FIRST, month: Month | None = None) -> CoverageDelivered:
    return CoverageDelivered(need_id=NEED, household_id=HOME, line_id=line_id, amount=amount, month=month)


def given_back(amount: int, line_id: LineId = FIRST, month: Month | None = None) -> CoverageReleased:
    return CoverageReleased(need_id=NEED, household_id=HOME, line_id=line_id, amount=amount, month=month)


def returned(amount: int, line_id: LineId = FIRST, month: Month | None = None) -> CoverageReversed:
    return CoverageReversed(need_id=NEED, household_id=HOME, line_id=line_id, amount=amount, month=month)


def over(code: ClosingCode = ClosingCode.PARTLY_MET) -> NeedClosed:
    return NeedClosed(need_id=NEED, household_id=HOME, code=code)


def state(*events: Event) -> Need:
    return need.fold(events)


# --- registering and changing ---


def register(**other: Any) -> RegisterNeed:
    said = {"category": NeedCategory.MEDICAL, "gross": 28_600_000, **other}
    return RegisterNeed(need_id=NEED, household_id=HOME, **said)


def test_a_need_is_registered_once_for_an_open_household() -> None:
    """Ruling 5: one need, owned by relief."""
    given(need).also(household, *opened()).when(register()).then(medical())
    given(need, medical()).also(household, *opened()).when(register()).refused("already_exists")
    closed = HouseholdClosed(household_id=HOME, closed_on=date(2022, 3, 1), code=ClosingCode.MOVED)
    given(need).also(household, *opened(), closed).when(register()).refused("household_closed")


def test_a_monthly_need_names_its_months_and_an_event_need_none() -> None:
    """Ruling 2."""
    base = given(need).also(household, *opened())
    monthly = {"category": NeedCategory.LIVING, "period": Period.MONTH, "gross": 149_500}
    base.when(register(**monthly, first_month="2022-05", last_month="2023-04")).then(living_need())
    base.when(register(**monthly)).refused("month_missing")
    base.when(register(**monthly, first_month=JUNE, last_month=MAY)).refused("months_reversed")
    base.when(register(first_month=MAY, last_month=MAY)).refused("month_not_wanted")


def test_whose_need_it_is_lives_in_the_household() -> None:
    """Ruling 4."""
    base = given(need).also(household, *opened())
    base.when(register(person_id=STRANGER)).refused("not_a_member", person_id=STRANGER)
    assert base.when(register(person_id=CHILD)).refusal is None


def test_a_changed_gross_counts_for_the_months_named() -> None:
    """Ruling 19 of the design: a dated change names first and last month; the other months keep their amount."""
    changed = NeedChanged(need_id=NEED, household_id=HOME, gross=100_000, first_month=JUNE, last_month=JULY)
    ask = ChangeNeed(need_id=NEED, gross=100_000, first_month=JUNE, last_month=JULY)
    given(need, living_need()).when(ask).then(changed)
    after = state(living_need(), changed)
    assert [after.net(month) for month in (MAY, JUNE, JULY, Month("2022-08"))] == [149_500, 100_000, 100_000, 149_500]
    given(need, living_need()).when(ChangeNeed(need_id=NEED, gross=1)).refused("month_missing")
    given(need, living_need()).when(ChangeNeed(need_id=NEED, gross=1, first_month=JULY, last_month=JUNE)).refused("months_reversed")
    given(need, medical()).when(ChangeNeed(need_id=NEED, gross=1, first_month=MAY, last_month=MAY)).refused("month_not_wanted")
    given(need, medical(), over()).when(ChangeNeed(need_id=NEED, gross=1)).refused("need_closed")


def test_a_prior_payer_reduces_the_need_once_and_never_below_zero() -> None:
    """Ruling 1: net = max(0, gross - prior payers)."""
    ask = RecordPriorPayer(need_id=NEED, line_id=FIRST, payer=PriorPayer.BASIC_INSURANCE, amount=16_000_000)
    given(need, medical()).when(ask).then(payer(16_000_000))
    given(need, medical(), payer(16_000_000)).when(ask).refused("already_recorded")
    given(need, medical(), over()).when(ask).refused("need_closed")
    given(need, living_need()).when(ask).refused("month_missing")
    given(need, medical()).when(ask.model_copy(update={"month": MAY})).refused("month_not_wanted")
    assert state(medical(1_000), payer(1_500)).net(None) == 0
    assert state(medical(1_000), payer(1_500)).residual() == 0


# --- offers ---


def test_four_layers_cover_a_need_and_none_more_than_what_was_left() -> None:
    """SC-07: 78,000.00 after payers; residual 40,500.00 after L2, 24,120.00 after L3, 4,120.00 after the first L4; of 6,000.00 only 4,120.00."""
    paid = [medical(), payer(16_000_000, FIRST), payer(4_800_000, SECOND)]
    assert state(*paid).residual() == 7_800_000
    l2 = line(3_750_000, LineId(uid(40)), layer=Layer.SPECIAL, scheme=Scheme.MEDICAL_AID)
    assert state(*paid, l2).residual() == 4_050_000
    l3 = line(1_638_000, LineId(uid(41)), layer=Layer.TEMPORARY, scheme=Scheme.TEMPORARY_AID)
    assert state(*paid, l2, l3).residual() == 2_412_000
    given(need, *paid, l2, l3).when(offer(2_000_000, LineId(uid(42)))).then(line(2_000_000, LineId(uid(42))))
    before = [*paid, l2, l3, line(2_000_000, LineId(uid(42)))]
    assert state(*before).residual() == 412_000
    given(need, *before).when(offer(600_000, LineId(uid(43)))).then(line(412_000, LineId(uid(43)), offered=600_000))
    assert state(*before, line(412_000, LineId(uid(43)), offered=600_000)).residual() == 0


def test_an_offer_takes_the_residual_exactly_and_no_tolerance() -> None:
    """Ruling 10: the tolerance of 1.00 yuan is for detection only."""
    given(need, medical(100)).when(offer(100)).then(line(100))
    given(need, medical(100)).when(offer(101)).then(line(100, offered=101))
    given(need, medical(100), line(100, SECOND)).when(offer(100)).then(refusal(CoverageRefusal.NOTHING_LEFT))


def test_a_line_is_answered_once() -> None:
    """Ruling 20 of the design: a repeated offer changes nothing, whether it was accepted, refused, or given back since."""
    given(need, medical(), line(100)).when(offer(100)).then()
    given(need, medical(), refusal(CoverageRefusal.NOTHING_LEFT)).when(offer(100)).then()
    given(need, medical(), line(100), given_back(100)).when(offer(100)).then()


def test_an_offer_that_cannot_fit_is_refused_with_its_reason() -> None:
    """Rulings 3 and 12: closed, in another measure, of another household, or unknown."""
    given(need, medical(), over()).when(offer(100)).then(refusal(CoverageRefusal.NEED_CLOSED))
    given(need, medical(10, Measure.VISIT)).when(offer(100)).then(refusal(CoverageRefusal.OTHER_MEASURE))
    other = HouseholdId(uid(3))
    given(need, medical()).when(offer(100, household_id=other)).then(refusal(CoverageRefusal.UNKNOWN_NEED, home=other))
    given(need).when(offer(100)).then(refusal(CoverageRefusal.UNKNOWN_NEED))


def test_an_offer_in_the_needs_own_measure_reduces_it() -> None:
    """Ruling 12: a need has one measure."""
    given(need, medical(6, Measure.VISIT)).when(offer(8, measure=Measure.VISIT)).then(line(6, offered=8))


def test_money_for_several_months_is_what_each_of_them_takes() -> None:
    """Ruling 2: a residual for every month; the amount is the same in each month named."""
    facts = [living_need(149_500), line(100_000, SECOND, first=JUNE, last=JUNE)]
    given(need, *facts).when(offer(80_000, first_month=MAY, last_month=JULY)).then(line(49_500, offered=80_000, first=MAY, last=JULY))
    after = state(*facts, line(49_500, first=MAY, last=JULY))
    assert [after.residual(month) for month in (MAY, JUNE, JULY)] == [100_000, 0, 100_000]


def test_money_without_months_counts_in_the_month_of_the_grant() -> None:
    """Ruling 2: one-off money for a monthly need names its months, else it counts in the month of the grant; one month named is enough."""
    given(need, living_need()).when(offer(5_000), on=date(2022, 6, 10)).then(line(5_000, first=JUNE, last=JUNE))
    given(need, living_need()).when(offer(5_000, first_month=JULY)).then(line(5_000, first=JULY, last=JULY))
    given(need, living_need()).when(offer(5_000, last_month=JULY), on=date(2022, 6, 10)).then(line(5_000, first=JULY, last=JULY))


def test_a_month_outside_the_need_takes_nothing() -> None:
    """Ruling 2: a series for its validity; nothing carries over; months in the wrong order name none."""
    given(need, living_need()).when(offer(100, first_month=APRIL)).then(refusal(CoverageRefusal.NOTHING_LEFT))
    given(need, living_need()).when(offer(100, first_month=JULY, last_month=JUNE)).then(refusal(CoverageRefusal.NOTHING_LEFT))
    assert state(living_need()).residual(APRIL) == 0


def test_months_named_for_an_event_need_do_not_matter() -> None:
    """Ruling 2: an `event` need has one residual over its whole life."""
    given(need, medical()).when(offer(100, first_month=MAY, last_month=JUNE)).then(line(100))


# --- delivering, giving back, returning ---


def test_a_partial_delivery_splits_the_line() -> None:
    """Ruling 1: an amount is in exactly one state; moving it leaves the residual as it is."""
    given(need, medical(), line(500)).when(DeliverCoverage(need_id=NEED, line_id=FIRST, amount=200)).then(arrived(200))
    after = state(medical(1_000), line(500), arrived(200))
    assert after.portion(FIRST, None) == Portion(committed=300, delivered=200)
    assert after.residual() == 500
    given(need, medical(), line(500), arrived(200)).when(DeliverCoverage(need_id=NEED, line_id=FIRST, amount=301)).refused(
        "above_committed", committed=300
    )
    given(need, medical(), line(500)).when(DeliverCoverage(need_id=NEED, line_id=SECOND, amount=1)).refused("above_committed")


def test_a_giver_that_knows_no_months_delivers_to_the_month_of_its_line() -> None:
    """Ruling 2: one-off money for a monthly need counts in the month of the grant, also when it is paid and when it comes back."""
    facts = [living_need(), line(20_000, first=MAY, last=MAY)]
    given(need, *facts).when(DeliverCoverage(need_id=NEED, line_id=FIRST, amount=20_000)).then(arrived(20_000, month=MAY))
    given(need, *facts, arrived(20_000, month=MAY)).when(ReverseCoverage(need_id=NEED, line_id=FIRST, amount=5_000)).then(
        CoverageReversed(need_id=NEED, household_id=HOME, line_id=FIRST, amount=5_000, month=MAY)
    )


def test_late_money_counts_in_the_month_it_is_for() -> None:
    """Ruling 2: not the month it was paid in."""
    facts = [living_need(), line(149_500, first=MAY, last=JUNE)]
    given(need, *facts).when(DeliverCoverage(need_id=NEED, line_id=FIRST, amount=149_500, month=MAY), on=date(2022, 7, 20)).then(
        arrived(149_500, month=MAY)
    )
    given(need, *facts).when(DeliverCoverage(need_id=NEED, line_id=FIRST, amount=1, month=JULY)).refused("above_committed")


def test_a_giver_keeps_only_a_part_and_the_rest_is_open_again() -> None:
    """Ruling 20 of the design: coverage is given back; what was delivered is not, and a smaller line stays as it is."""
    given(need, medical(), line(500)).when(TrimCoverage(need_id=NEED, line_id=FIRST, kept=0)).then(given_back(500))
    given(need, medical(), line(500), arrived(300)).when(TrimCoverage(need_id=NEED, line_id=FIRST, kept=100)).then(given_back(200))
    given(need, medical(), line(500)).when(TrimCoverage(need_id=NEED, line_id=FIRST, kept=500)).then()
    given(need, medical()).when(TrimCoverage(need_id=NEED, line_id=FIRST, kept=0)).then()
    monthly = [living_need(), line(500, first=MAY, last=JUNE)]
    given(need, *monthly).when(TrimCoverage(need_id=NEED, line_id=FIRST, kept=400)).then(
        given_back(100, month=MAY), given_back(100, month=JUNE)
    )


def test_aid_that_came_back_lowers_only_its_own_line() -> None:
    """Ruling 11: the residual is computed anew; nothing is re-allocated by itself."""
    facts = [medical(1_000), line(600), arrived(600), line(400, SECOND)]
    given(need, *facts).when(ReverseCoverage(need_id=NEED, line_id=FIRST, amount=100)).then(returned(100))
    assert state(*facts, returned(100)).residual() == 100
    given(need, *facts).when(ReverseCoverage(need_id=NEED, line_id=FIRST, amount=601)).refused("above_delivered", delivered=600)


def test_a_closed_need_opens_again_when_a_return_leaves_something_open() -> None:
    """Ruling 11: it reopens only if the residual becomes positive."""
    facts = [medical(1_000), line(600), arrived(600), line(400, SECOND), over(ClosingCode.MET)]
    given(need, *facts).when(ReverseCoverage(need_id=NEED, line_id=FIRST, amount=100)).then(
        returned(100), NeedReopened(need_id=NEED, household_id=HOME)
    )
    more = [medical(1_000), line(1_200), arrived(1_200), over(ClosingCode.MET)]
    given(need, *more).when(ReverseCoverage(need_id=NEED, line_id=FIRST, amount=200)).then(returned(200))


def test_a_need_is_closed_as_met_only_when_nothing_is_open() -> None:
    """Section 3.5: residual 0 closes it as met; another code says why something stays open."""
    given(need, medical(100)).when(CloseNeed(need_id=NEED, code=ClosingCode.MET)).refused("not_met", residual=100)
    given(need, medical(100), line(100)).when(CloseNeed(need_id=NEED, code=ClosingCode.MET)).then(over(ClosingCode.MET))
    given(need, medical(100)).when(CloseNeed(need_id=NEED, code=ClosingCode.PARTLY_MET)).then(over())
    given(need, medical(100), over()).when(CloseNeed(need_id=NEED, code=ClosingCode.MOVED)).refused("need_closed")
    assert state(living_need(100)).open_amount() == 1_200


# --- lines of relief's own ---


def test_a_line_of_reliefs_own_enters_whole() -> None:
    """Ruling 3: L1 and other departments' decisions are facts, never trimmed; the residual stays 0."""
    event = committed(state(medical(100)), FIRST, Layer.SPECIAL, Scheme.MEDICAL_AID, 250)
    assert event == line(250, layer=Layer.SPECIAL, scheme=Scheme.MEDICAL_AID)
    assert state(medical(100), event).residual() == 0


def test_nothing_is_given_back_that_the_line_does_not_hold() -> None:
    """Ruling 1: an amount is in exactly one state."""
    with pytest.raises(Refused, match="above_committed"):
        released(state(medical(), line(500), arrived(300)), FIRST, 201)
    assert released(state(medical()), FIRST, 0) == []


def test_a_restated_line_moves_by_the_difference() -> None:
    """Ruling 9: a later version lowers or raises what is committed; delivered months stay."""
    before = state(living_need(), line(1_000, first=MAY, last=JULY), arrived(1_000, month=MAY))
    lower = restated(before, FIRST, Layer.CHARITY, Scheme.CHARITY, {MAY: 700, JUNE: 700, JULY: 700})
    assert lower == [given_back(300, month=JUNE), given_back(300, month=JULY)]
    higher = restated(before, FIRST, Layer.CHARITY, Scheme.CHARITY, {MAY: 1_000, JUNE: 1_200, JULY: 1_200})
    assert higher == [line(200, first=JUNE, last=JULY)]
    gap = restated(state(living_need()), FIRST, Layer.CHARITY, Scheme.CHARITY, {MAY: 10, JULY: 10})
    assert gap == [line(10, first=MAY, last=MAY), line(10, first=JULY, last=JULY)]


# --- laws ---

MONTHS = [MAY, JUNE, JULY]
lines = st.sampled_from([FIRST, SECOND, THIRD])
amounts = st.integers(1, 300)
months = st.sampled_from([*MONTHS, Month("2022-08")])
maybe_month = st.one_of(st.none(), months)
needs = st.sampled_from([medical(500), living_need(200, first=MAY, last=JULY)])
asked = st.one_of(
    st.builds(offer, amounts, lines, first_month=maybe_month, last_month=maybe_month),
    st.builds(lambda a, b, m: DeliverCoverage(need_id=NEED, line_id=b, amount=a, month=m), amounts, lines, maybe_month),
    st.builds(lambda k, b: TrimCoverage(need_id=NEED, line_id=b, kept=k), st.integers(0, 200), lines),
    st.builds(lambda a, b, m: ReverseCoverage(need_id=NEED, line_id=b, amount=a, month=m), amounts, lines, maybe_month),
    st.builds(
        lambda a, n, m: RecordPriorPayer(need_id=NEED, line_id=LineId(uid(n)), payer=PriorPayer.OTHER, amount=a, month=m),
        amounts,
        st.integers(50, 59),
        maybe_month,
    ),
    st.builds(lambda a: ChangeNeed(need_id=NEED, gross=a, first_month=MAY, last_month=JUNE), amounts),
    st.builds(lambda c: CloseNeed(need_id=NEED, code=c), st.sampled_from([ClosingCode.MET, ClosingCode.PARTLY_MET])),
)


def _slots(event: CoverageCommitted) -> list[Month | None]:
    """The slots that an accepted line counts in."""
    if event.first_month is None or event.last_month is None:
        return [None]
    return [Month(month) for month in months_between(event.first_month, event.last_month)]


def _history(registered: NeedRegistered, commands: list[Any]) -> list[tuple[Need, list[Any]]]:
    """The state before each command and the facts it led to."""
    facts: list[Event] = [registered]
    history = []
    for command in commands:
        before = state(*facts)
        events = given(need, *facts).when(command, on=date(2022, 6, 10)).events
        history.append((before, events))
        facts += events
    return [*history, (state(*facts), [])]


@any_of(needs, st.lists(asked, max_size=30))
def test_an_amount_is_always_in_exactly_one_state(registered: NeedRegistered, commands: list[Any]) -> None:
    """Ruling 1: per line and slot, all that was ever accepted = committed + delivered + released + reversed; no part is negative."""
    history = _history(registered, commands)
    accepted: Counter[tuple[LineId, Month | None]] = Counter()
    gone: Counter[tuple[LineId, Month | None]] = Counter()
    for event in (event for _, events in history for event in events):
        match event:
            case CoverageCommitted():
                accepted.update({(event.line_id, slot): event.amount for slot in _slots(event)})
            case CoverageReleased() | CoverageReversed():
                gone[event.line_id, event.month] += event.amount
            case _:
                pass
    final = history[-1][0]
    portions = {(line_id, slot): portion for line_id, by_slot in final.lines.items() for slot, portion in by_slot.items()}
    assert all(portion.committed >= 0 and portion.delivered >= 0 for portion in portions.values())
    assert {key: portion.total + gone[key] for key, portion in portions.items()} == dict(accepted)


@any_of(needs, st.lists(asked, max_size=30))
def test_no_offer_is_ever_accepted_above_the_residual_of_its_time(registered: NeedRegistered, commands: list[Any]) -> None:
    """Rulings 1, 3 and 10, property 4: the residual is never below zero, and an offer gets at most the smallest residual of its months, exactly."""
    for before, events in _history(registered, commands):
        assert all(before.residual(slot) >= 0 for slot in [None, *MONTHS])
        for event in events:
            if isinstance(event, CoverageCommitted):
                assert 0 < event.amount <= event.offered
                assert event.amount == min(event.offered, *(before.residual(slot) for slot in _slots(event)))


@any_of(needs, st.lists(asked, max_size=30))
def test_a_line_is_always_answered_once(registered: NeedRegistered, commands: list[Any]) -> None:
    """Ruling 20 of the design: the first offer of a line has one answer, later ones none."""
    offers = {command.line_id for command in commands if isinstance(command, OfferCoverage)}
    history = _history(registered, commands)
    answers = Counter(e.line_id for _, events in history for e in events if isinstance(e, CoverageCommitted | CoverageRefused))
    assert answers == Counter(offers)


@any_of(st.lists(st.tuples(st.dictionaries(months, st.integers(0, 300)), st.booleans()), max_size=12))
def test_a_restated_line_always_stands_at_its_target(steps: list[tuple[dict[Month, int], bool]]) -> None:
    """Rulings 3 and 9: each month holds the target, or what was delivered before if that is more."""
    facts: list[Event] = [living_need(200, first=MAY, last=JULY)]
    for targets, deliver in steps:
        before = state(*facts)
        facts += restated(before, FIRST, Layer.REGULAR, Scheme.DIBAO, targets)
        after = state(*facts)
        for month, target in targets.items():
            assert after.portion(FIRST, month).total == max(target, before.portion(FIRST, month).delivered)
        if deliver and after.portion(FIRST, MAY).committed:
            facts += delivered(after, FIRST, after.portion(FIRST, MAY).committed, MAY)


def test_a_need_without_a_referral_has_a_recorded_reason() -> None:
    """B02: the last reason counts; saying it again changes nothing; a need that is over needs none."""
    said = NoReferralExplained(need_id=NEED, household_id=HOME, reason=NoReferralReason.OWN_AID_COVERS)
    ask = ExplainNoReferral(need_id=NEED, reason=NoReferralReason.OWN_AID_COVERS)
    given(need, medical()).when(ask).then(said)
    given(need, medical(), said).when(ask).then()
    assert need.fold([medical(), said]).no_referral is NoReferralReason.OWN_AID_COVERS
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.DECEASED)
    given(need, medical(), over).when(ask).refused("need_closed")
