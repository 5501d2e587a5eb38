"""Special aid: other departments' decisions and money, as facts beside the need they cover (rulings 3, 9, 11, 13)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Event
from contracts.ids import CaseId, HouseholdId, LineId, Month, NeedId
from contracts.relief.household import HouseholdClosed
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageReleased,
    CoverageReversed,
    NeedClosed,
    NeedRegistered,
    NeedReopened,
)
from contracts.relief.special_aid import (
    SpecialAidClosed,
    SpecialAidOpened,
    SpecialAidRefused,
    SubsidyApproved,
    SubsidyPaid,
    SubsidyReversed,
)
from contracts.terms import ClosingCode, Department, Dimension, Layer, Measure, NeedCategory, Period, Scheme
from kit.store.model import Link
from kit.testing import Given, given, id_for
from services.relief.domain.need import Portion, need
from services.relief.domain.special_aid import (
    CloseSpecialAid,
    OpenSpecialAid,
    RecordDecision,
    RecordRefusal,
    RecordSubsidyPayment,
    ReverseSubsidy,
    index,
    special_aid,
)
from tests.relief.h1 import CHILD, HOME, NEED, STRANGER, living_need, opened, uid

CASE = CaseId(uid(7))
MARCH = date(2022, 3, 1)
LINE = LineId(id_for("subsidy", MARCH))
AMOUNT = 3_750_000
"""SC-07: medical assistance of 37,500.00 yuan."""


def medical(gross: int = 7_800_000, measure: Measure = Measure.FEN, home: HouseholdId = HOME) -> NeedRegistered:
    """SC-07: 78,000.00 yuan after insurance."""
    return NeedRegistered(
        need_id=NEED,
        household_id=home,
        category=NeedCategory.MEDICAL,
        dimension=Dimension.MATERIAL,
        measure=measure,
        period=Period.EVENT,
        gross=gross,
    )


def started(scheme: Scheme = Scheme.MEDICAL_AID) -> SpecialAidOpened:
    return SpecialAidOpened(case_id=CASE, household_id=HOME, need_id=NEED, scheme=scheme, person_id=CHILD)


def approved(amount: int = AMOUNT, month: str | None = None) -> SubsidyApproved:
    return SubsidyApproved(
        case_id=CASE,
        household_id=HOME,
        line_id=LINE,
        department=Department.MEDICAL_SECURITY,
        decided_on=MARCH,
        amount_fen=amount,
        month=Month(month) if month else None,
    )


def covered(
    amount: int = AMOUNT, month: str | None = None, scheme: Scheme = Scheme.MEDICAL_AID, layer: Layer = Layer.SPECIAL
) -> CoverageCommitted:
    return CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LINE,
        layer=layer,
        scheme=scheme,
        offered=amount,
        amount=amount,
        first_month=Month(month) if month else None,
        last_month=Month(month) if month else None,
    )


def paid(amount: int) -> list[Event]:
    return [
        SubsidyPaid(case_id=CASE, household_id=HOME, line_id=LINE, amount_fen=amount),
        CoverageDelivered(need_id=NEED, household_id=HOME, line_id=LINE, amount=amount),
    ]


def taken_back(amount: int) -> list[Event]:
    return [
        SubsidyReversed(case_id=CASE, household_id=HOME, line_id=LINE, amount_fen=amount),
        CoverageReversed(need_id=NEED, household_id=HOME, line_id=LINE, amount=amount),
    ]


def decide(amount: int = AMOUNT, on: date = MARCH, month: str | None = None) -> RecordDecision:
    return RecordDecision(
        case_id=CASE,
        department=Department.MEDICAL_SECURITY,
        decided_on=on,
        amount_fen=amount,
        month=Month(month) if month else None,
    )


def pay(amount: int, line_id: LineId = LINE) -> RecordSubsidyPayment:
    return RecordSubsidyPayment(case_id=CASE, line_id=line_id, amount_fen=amount)


def reverse(amount: int, line_id: LineId = LINE) -> ReverseSubsidy:
    return ReverseSubsidy(case_id=CASE, line_id=line_id, amount_fen=amount)


def closed(code: ClosingCode = ClosingCode.PARTLY_MET) -> SpecialAidClosed:
    return SpecialAidClosed(case_id=CASE, household_id=HOME, code=code)


def case(*facts: Event) -> Given:
    return given(special_aid, *facts)


DECIDED = [medical(), started(), approved(), covered()]


# --- opening ---


def open_case(scheme: Any = Scheme.MEDICAL_AID, person: Any = CHILD) -> OpenSpecialAid:
    return OpenSpecialAid(case_id=CASE, household_id=HOME, need_id=NEED, scheme=scheme, person_id=person)


def test_a_case_on_its_way_covers_nothing_yet() -> None:
    """Section 3.5 step 2, ruling 9: planned; ruling 1: planned amounts never count."""
    case(*opened(), medical()).when(open_case()).then(started())
    case(*opened(), medical(), started()).when(open_case()).refused("already_exists")
    assert need.fold([medical()]).residual() == 7_800_000
    assert list(index(started())) == [Link(f"household/{HOME}"), Link(f"person/{CHILD}")]


def test_a_case_needs_an_open_money_need_of_the_household() -> None:
    """Rulings 1, 4 and 12."""
    gone = HouseholdClosed(household_id=HOME, closed_on=MARCH, code=ClosingCode.MOVED)
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.MET)
    case(*opened(), gone, medical()).when(open_case()).refused("household_closed")
    case(*opened(), medical(home=HouseholdId(uid(3)))).when(open_case()).refused("other_household")
    case(*opened(), medical(10, Measure.VISIT)).when(open_case()).refused("other_measure", measure=Measure.VISIT)
    case(*opened(), medical(), over).when(open_case()).refused("need_closed")
    case(*opened(), medical()).when(open_case(person=STRANGER)).refused("not_a_member", person_id=STRANGER)


def test_basic_living_and_temporary_aid_are_no_special_aid() -> None:
    """Ruling 13: the owning module of a scheme does not change."""
    for scheme in (Scheme.DIBAO, Scheme.TEMPORARY_AID, Scheme.CHARITY):
        with pytest.raises(ValidationError):
            open_case(scheme)


# --- the department's decision ---


def test_a_departments_decision_covers_the_need() -> None:
    """SC-07: 37,500.00 of medical assistance leave 40,500.00 of 78,000.00."""
    case(medical(), started()).when(decide(), on=MARCH).then(approved(), covered())
    assert need.fold([medical(), covered()]).residual() == 4_050_000


def test_a_departments_decision_is_never_trimmed() -> None:
    """Ruling 3: a fact is recorded whole, also above what the need has left, and on a need that was closed meanwhile."""
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.MET)
    for before in ([medical(1_000)], [medical(1_000), over]):
        case(*before, started()).when(decide(), on=MARCH).then(approved(), covered())
    assert need.fold([medical(1_000), covered()]).residual() == 0


@pytest.mark.parametrize(
    ("scheme", "layer"),
    [(Scheme.EDUCATION_AID, Layer.SPECIAL), (Scheme.DISABILITY_AID, Layer.SPECIAL), (Scheme.CHILD_SUBSIDY, Layer.REGULAR)],
)
def test_the_layer_is_the_packs(scheme: Scheme, layer: Layer) -> None:
    """Ruling 13: the layer is data of the scheme; the monthly child subsidy is L1 although this module owns it."""
    case(medical(), started(scheme)).when(decide(), on=MARCH).then(approved(), covered(scheme=scheme, layer=layer))


def test_money_for_a_monthly_need_names_its_month() -> None:
    """Ruling 2: else it counts in the month of the decision."""
    base = [living_need(first="2022-03", last="2022-12"), started(Scheme.CHILD_SUBSIDY)]
    child = {"scheme": Scheme.CHILD_SUBSIDY, "layer": Layer.REGULAR}
    case(*base).when(decide(200_000, month="2022-04"), on=MARCH).then(
        approved(200_000, "2022-04"),
        covered(200_000, "2022-04", **child),  # type: ignore[arg-type]
    )
    case(*base).when(decide(200_000), on=MARCH).then(approved(200_000, "2022-03"), covered(200_000, "2022-03", **child))  # type: ignore[arg-type]
    case(medical(), started()).when(decide(month="2022-04"), on=MARCH).refused("month_not_wanted")


def test_a_decision_lies_in_the_past_of_a_running_case() -> None:
    """Section 3.2: a recorded fact with its date."""
    case(medical(), started()).when(decide(on=date(2022, 3, 2)), on=MARCH).refused("decided_in_future", decided_on="2022-03-02")
    case(medical(), started(), closed()).when(decide(), on=MARCH).refused("case_closed")


def test_a_refusal_is_a_fact_and_not_the_end() -> None:
    """Section 3.2: the department said no; on appeal it may decide otherwise."""
    no = SpecialAidRefused(case_id=CASE, household_id=HOME, department=Department.EDUCATION, decided_on=MARCH)
    ask = RecordRefusal(case_id=CASE, department=Department.EDUCATION, decided_on=MARCH)
    case(medical(), started()).when(ask, on=MARCH).then(no)
    case(medical(), started(), no).when(decide(), on=MARCH).then(approved(), covered())
    case(medical(), started()).when(ask, on=date(2022, 2, 28)).refused("decided_in_future")
    case(medical(), started(), closed()).when(ask, on=MARCH).refused("case_closed")


# --- money ---


def test_money_that_arrives_moves_from_committed_to_delivered() -> None:
    """Rulings 1 and 9: in parts, up to what was approved."""
    case(*DECIDED).when(pay(3_000_000)).then(*paid(3_000_000))
    after = need.fold([medical(), covered(), paid(3_000_000)[1]])
    assert after.portion(LINE, None) == Portion(committed=750_000, delivered=3_000_000)
    case(*DECIDED, *paid(3_000_000)).when(pay(750_001)).refused("above_approved", unpaid_fen=750_000)
    case(*DECIDED, *paid(3_000_000)).when(pay(750_000)).then(*paid(750_000))
    case(*DECIDED).when(pay(1, LineId(uid(40)))).refused("line_unknown")


def test_money_taken_back_lowers_the_line_and_is_not_due_again() -> None:
    """Ruling 11: only this line falls; it is a new fact, so the paid amount is not owed a second time."""
    facts = [*DECIDED, *paid(AMOUNT)]
    case(*facts).when(reverse(500_000)).then(*taken_back(500_000))
    case(*facts, *taken_back(500_000)).when(pay(1)).refused("above_approved", unpaid_fen=0)
    case(*facts, *taken_back(500_000)).when(reverse(AMOUNT)).refused("above_paid", paid_fen=AMOUNT - 500_000)
    case(*facts).when(reverse(1, LineId(uid(40)))).refused("line_unknown")
    assert need.fold([medical(AMOUNT), covered(), paid(AMOUNT)[1], taken_back(500_000)[1]]).residual() == 500_000


def test_a_closed_need_opens_when_money_is_taken_back() -> None:
    """Ruling 11, also after the case was closed."""
    met = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.MET)
    facts = [medical(AMOUNT), started(), approved(), covered(), *paid(AMOUNT), met, closed(ClosingCode.MET)]
    case(*facts).when(reverse(1_000)).then(*taken_back(1_000), NeedReopened(need_id=NEED, household_id=HOME))


def test_closing_gives_back_what_was_never_paid() -> None:
    """Ruling 20 of the design: an approved amount that will not come must not keep others from helping."""
    ask = CloseSpecialAid(case_id=CASE, code=ClosingCode.PARTLY_MET)
    rest = CoverageReleased(need_id=NEED, household_id=HOME, line_id=LINE, amount=750_000)
    case(*DECIDED, *paid(3_000_000)).when(ask).then(closed(), rest)
    case(*DECIDED, *paid(AMOUNT)).when(ask).then(closed())
    case(*DECIDED, *paid(AMOUNT), closed()).when(ask).refused("case_closed")
    case(*DECIDED, *paid(3_000_000), closed(), rest).when(pay(1)).refused("case_closed")


steps = st.lists(
    st.one_of(
        st.builds(pay, st.integers(1, AMOUNT)),
        st.builds(reverse, st.integers(1, AMOUNT)),
        st.just(CloseSpecialAid(case_id=CASE, code=ClosingCode.PARTLY_MET)),
    ),
    max_size=12,
)


@any_of(steps)
def test_case_and_need_always_tell_the_same_amounts(commands: list[Any]) -> None:
    """Rulings 1 and 9: delivered on the need = paid - taken back; committed = approved - paid, or nothing once the case is closed."""
    facts: list[Event] = list(DECIDED)
    for command in commands:
        facts += case(*facts).when(command).events
    told: Any = case(*facts).state(special_aid, CASE)
    subsidy = told.subsidies[LINE]
    portion = case(*facts).state(need, NeedId(NEED)).portion(LINE, None)
    assert portion.delivered == subsidy.paid_fen - subsidy.reversed_fen >= 0
    assert portion.committed == (0 if told.is_closed else subsidy.unpaid_fen) >= 0
