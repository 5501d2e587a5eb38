"""Temporary aid: who may grant how much, how it is paid, and what a closed case leaves (R-TMP-01..08)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.ids import CaseId, LineId, Month, ReferralId
from contracts.relief.household import HouseholdClosed
from contracts.relief.known_person import DeathKnown
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageReleased,
    CoverageReversed,
    NeedClosed,
    NeedRegistered,
    NeedReopened,
)
from contracts.relief.referral import ReferralProposed
from contracts.relief.temp_aid import (
    TempAidClosed,
    TempAidEased,
    TempAidPaid,
    TempAidPapersOverdue,
    TempAidRefusal,
    TempAidRefused,
    TempAidReturned,
    TempAidSupplemented,
)
from contracts.terms import (
    Certainty,
    ClosingCode,
    Dimension,
    FundingSource,
    Layer,
    Measure,
    NeedCategory,
    Period,
    PriorPayer,
    Receiver,
    Scheme,
    TempAidKind,
    Urgency,
)
from kit import testing
from kit.identity import Role
from kit.reaction import household_subject
from kit.store.model import Link, ReleaseAll, SetTimer
from kit.testing import SECOND, WORKER, Given, given, id_for
from kit.timers import timer_command
from services.relief.domain.household import household
from services.relief.domain.known_person import known_person
from services.relief.domain.need import OfferCoverage, need
from services.relief.domain.temp_aid import (
    CloseTempAid,
    GrantTempAid,
    MissPapers,
    PayTempAid,
    RecordEasing,
    RefuseTempAid,
    RequestTempAid,
    ReturnTempAid,
    SupplementTempAid,
    temp_aid,
)
from services.relief.domain.temp_aid_year import temp_aid_year
from tests.relief.family import (
    CASE,
    CHILD,
    FIRE,
    HAISHAN_APPROVER,
    HOME,
    LEUKAEMIA,
    NEED,
    PEOPLE,
    STREET_APPROVER,
    charged,
    family,
    granted,
    line,
    need_of,
    own_line,
    payer,
    requested,
    uid,
)

EMERGENCY, EXPENDITURE = TempAidKind.EMERGENCY, TempAidKind.EXPENDITURE
FIRE_DAY = date(2022, 10, 3)


def asked(kind: TempAidKind = EXPENDITURE, *, affected: int = 1) -> RequestTempAid:
    return RequestTempAid(
        case_id=CASE,
        household_id=HOME,
        need_id=NEED,
        kind=kind,
        cause=LEUKAEMIA,
        affected_ids=PEOPLE[:affected],
        amount_fen=2_000_000,
    )


def grant_of(amount: int, *, conference: bool = False, eased_on: date | None = None) -> GrantTempAid:
    return GrantTempAid(case_id=CASE, amount_fen=amount, source=FundingSource.DISTRICT, conference=conference, eased_on=eased_on)


def pay_of(amount: int, source: FundingSource = FundingSource.DISTRICT) -> PayTempAid:
    return PayTempAid(case_id=CASE, amount_fen=amount, source=source)


def paid(amount: int, source: FundingSource = FundingSource.DISTRICT) -> TempAidPaid:
    return TempAidPaid(case_id=CASE, household_id=HOME, need_id=NEED, line_id=LineId(CASE), amount_fen=amount, source=source)


def delivered(amount: int) -> CoverageDelivered:
    return CoverageDelivered(need_id=NEED, household_id=HOME, line_id=LineId(CASE), amount=amount)


def closed(code: ClosingCode, residual: int) -> TempAidClosed:
    return TempAidClosed(case_id=CASE, household_id=HOME, need_id=NEED, code=code, residual=residual)


def need_closed() -> NeedClosed:
    return NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.PARTLY_MET)


def proposed(residual: int, on: date, send_by: datetime, urgency: Urgency = Urgency.YELLOW) -> ReferralProposed:
    return ReferralProposed(
        referral_id=ReferralId(id_for("referral", on)),
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.MEDICAL,
        receiver=Receiver.CHARITY,
        urgency=urgency,
        residual=residual,
        send_by=send_by,
    )


def new_case(*, members: int = 4, hukou: bool = True, gross: int = 40_000_00) -> Given:
    """A family with a need, before anybody asked."""
    return given(temp_aid, *family(members, hukou=hukou), need_of(gross))


def open_case(kind: TempAidKind = EXPENDITURE, *, members: int = 4, affected: int = 1, gross: int = 1_000_000_00) -> Given:
    """A request of `WORKER` that waits for its decision; the need is larger than any cap."""
    ask = requested(kind, members=members, affected=affected)
    return given(temp_aid, ask, *family(members), need_of(gross))


def granted_case(amount: int, *, kind: TempAidKind = EXPENDITURE, gross: int = 1_000_000_00, payments: int = 0) -> Given:
    """A granted case; `payments` fen of it are paid."""
    facts = [requested(kind), granted(amount, cap=amount), need_of(gross), own_line(amount), charged(amount)]
    return given(temp_aid, *facts, *([paid(payments), delivered(payments)] if payments else []))


# --- the worked cases ---


def test_four_layers_cover_one_need_without_a_fen_too_much() -> None:
    """SC-07: 78,000 after payers, 40,500 after L2, 24,120 after L3, 4,120 after the first donor, of whose 6,000 follower 4,120 is taken."""
    bills = [
        need_of(286_000_00),
        payer(21, PriorPayer.BASIC_INSURANCE, 160_000_00),
        payer(22, PriorPayer.CRITICAL_ILLNESS_INSURANCE, 48_000_00),
    ]
    assert need.fold(bills).residual() == 78_000_00
    with_special = [*bills, line(23, Layer.SPECIAL, Scheme.MEDICAL_AID, 37_500_00)]
    assert need.fold(with_special).residual() == 40_500_00

    conference = given(temp_aid, requested(), *family(4), *with_special).when(grant_of(16_380_00, conference=True), actor=SECOND)
    conference.then(granted(16_380_00, cap=16_380_00, conference=True), own_line(16_380_00), charged(16_380_00))
    with_temporary = [*with_special, conference.events[1]]
    assert need.fold(with_temporary).residual() == 24_120_00

    first = given(need, *with_temporary).when(offered(24, 20_000_00))
    first.then(line(24, Layer.CHARITY, Scheme.CHARITY, 20_000_00))
    with_first_donor = [*with_temporary, *first.events]
    assert need.fold(with_first_donor).residual() == 4_120_00

    second = given(need, *with_first_donor).when(offered(25, 6_000_00))
    second.then(line(25, Layer.CHARITY, Scheme.CHARITY, 4_120_00, offered=6_000_00))
    whole = need.fold([*with_first_donor, *second.events])
    assert whole.residual() == 0
    assert len(whole.payer_lines) == 2
    assert len(whole.lines) == 4


def offered(number: int, amount: int) -> OfferCoverage:
    return OfferCoverage(
        need_id=NEED, household_id=HOME, line_id=LineId(uid(number)), layer=Layer.CHARITY, scheme=Scheme.CHARITY, amount=amount
    )


def test_a_migrant_family_gets_emergency_money_in_a_holiday_from_another_street() -> None:
    """SC-06: two people without local hukou; the street of the fire grants 2,000.00, and the papers are due on 2022-10-20."""
    asking = RequestTempAid(case_id=CASE, household_id=HOME, need_id=NEED, kind=EMERGENCY, cause=FIRE, amount_fen=2_000_00)
    home, fire_need = family(2, hukou=False, on=FIRE_DAY), need_of(5_000_00, urgency=Urgency.RED)
    night = datetime(2022, 10, 2, 18, 30, tzinfo=UTC)  # 02:30 on the third in Shanghai
    ask = requested(EMERGENCY, cause=FIRE, members=2, affected=2, amount=2_000_00, by=HAISHAN_APPROVER.id)
    given(temp_aid, *home, fire_need).when(asking, actor=HAISHAN_APPROVER, at=night).then(ask)

    money = GrantTempAid(case_id=CASE, amount_fen=2_000_00, source=FundingSource.STREET)
    case = given(temp_aid, ask, *home, fire_need)
    outcome = case.when(money, actor=HAISHAN_APPROVER, at=night).then(
        granted(2_000_00, cap=2_730_00, source=FundingSource.STREET, by=HAISHAN_APPROVER.id),
        own_line(2_000_00),
        charged(2_000_00, FIRE_DAY, cause=FIRE),
    )
    over = RecordEasing(case_id=CASE, eased_on=date(2022, 10, 8))
    case.facts(outcome.events).when(over, actor=HAISHAN_APPROVER, on=date(2022, 10, 8)).then(eased(date(2022, 10, 8), date(2022, 10, 20)))


EASED = [(date(2022, 10, 8), date(2022, 10, 20)), (date(2022, 10, 6), date(2022, 10, 19))]


@pytest.mark.parametrize(("eased_on", "due"), EASED)
def test_papers_are_due_ten_working_days_after_the_emergency_eased(eased_on: date, due: date) -> None:
    """SC-06, SG-08: the day itself is not counted, 9 October is a make-up workday; said with the grant or after it."""
    later = open_case(EMERGENCY, members=2).when(grant_of(1_000_00, eased_on=eased_on), actor=SECOND, on=date(2022, 10, 9))
    assert later.events[0].papers_due == due
    case = granted_case(1_000_00, kind=EMERGENCY)
    case.when(RecordEasing(case_id=CASE, eased_on=eased_on), on=date(2022, 10, 9)).then(eased(eased_on, due))
    case.when(RecordEasing(case_id=CASE), on=eased_on).then(eased(eased_on, due))


def test_no_date_for_papers_is_guessed_while_the_emergency_lasts() -> None:
    """R-TMP-01, ruling 21: the period begins with the easing."""
    outcome = open_case(EMERGENCY).when(grant_of(1_000_00), actor=SECOND, on=FIRE_DAY)
    assert outcome.events[0].papers_due is None
    assert list(temp_aid.index(outcome.events[0])) == []


def test_an_emergency_eases_once_and_not_tomorrow() -> None:
    """SG-08: what is not over is not recorded as over."""
    case = granted_case(1_000_00, kind=EMERGENCY)
    tomorrow = RecordEasing(case_id=CASE, eased_on=date(2022, 10, 9))
    case.when(tomorrow, on=date(2022, 10, 8)).refused("not_yet")
    open_case(EMERGENCY).when(grant_of(1_00, eased_on=date(2022, 10, 9)), actor=SECOND, on=date(2022, 10, 8)).refused("not_yet")
    open_case(EMERGENCY).when(tomorrow).refused("not_granted")
    granted_case(1_00).when(tomorrow).refused("not_an_emergency")
    case.facts([EASING]).when(tomorrow, on=date(2022, 10, 9)).refused("eased_already", papers_due="2022-10-20")
    case.facts([SIGNED]).when(tomorrow).refused("supplemented_already")
    case.facts([closed(ClosingCode.MET, 0)]).when(tomorrow).refused("case_closed")


# --- papers ---

EASING = TempAidEased(case_id=CASE, household_id=HOME, eased_on=date(2022, 10, 8), papers_due=date(2022, 10, 20))
SIGNED = TempAidSupplemented(case_id=CASE, household_id=HOME, signed_by=requested().requested_by)
OVERDUE = TempAidPapersOverdue(case_id=CASE, household_id=HOME, papers_due=date(2022, 10, 20))
PAPERS_END = datetime(2022, 10, 20, 16, tzinfo=UTC)  # 24:00 in Shanghai
MISS, SIGN = MissPapers(case_id=CASE), SupplementTempAid(case_id=CASE)


def eased(eased_on: date, due: date) -> TempAidEased:
    return TempAidEased(case_id=CASE, household_id=HOME, eased_on=eased_on, papers_due=due)


def test_missing_papers_are_a_fact_and_nothing_is_taken_back() -> None:
    """SC-06, SG-08: at the end of the last day, once; the money stays where it is."""
    case = granted_case(1_000_00, kind=EMERGENCY).facts([EASING])
    case.when(MISS, at=PAPERS_END - timedelta(seconds=1)).then()
    outcome = case.when(MISS, at=PAPERS_END).then(OVERDUE)
    case.facts(outcome.events).when(MISS, at=PAPERS_END).then()
    case.when(SIGN, actor=WORKER, at=PAPERS_END).then(SIGNED)


def test_papers_signed_too_late_say_so_before_the_timer_did() -> None:
    """SC-06: one breach, whichever comes first; signed on the last day there is none."""
    case = granted_case(1_000_00, kind=EMERGENCY).facts([EASING])
    case.when(SIGN, actor=WORKER, at=PAPERS_END - timedelta(seconds=1)).then(SIGNED)
    case.when(SIGN, actor=WORKER, at=PAPERS_END).then(OVERDUE, SIGNED)
    case.facts([SIGNED]).when(MISS, at=PAPERS_END).then()


def test_the_last_day_for_papers_is_a_timer() -> None:
    """SG-08: set by the grant or the easing, ended by the signature."""
    set_to_end = [SetTimer("miss-papers", PAPERS_END)]
    assert list(temp_aid.index(EASING)) == set_to_end
    assert list(temp_aid.index(granted(1_00, cap=1_00, papers_due=date(2022, 10, 20)))) == set_to_end
    for event in (SIGNED, OVERDUE):
        assert list(temp_aid.index(event)) == [SetTimer("miss-papers", None)]
    assert Role.SYSTEM in timer_command(temp_aid, "miss-papers").roles


# --- requesting ---


def test_a_request_counts_the_members_of_the_day() -> None:
    """R-TMP-01, R-TMP-02: members from the household, affected as named."""
    new_case(members=4).when(asked(affected=2)).then(requested(members=4, affected=2))


def test_an_emergency_without_named_persons_affects_everybody() -> None:
    """R-TMP-01: a fire spares nobody who lives there."""
    new_case(members=3).when(asked(EMERGENCY, affected=0)).then(requested(EMERGENCY, members=3, affected=3))


def test_an_expenditure_names_whom_it_is_for() -> None:
    """R-TMP-07: its cap is for each affected person."""
    new_case().when(asked(affected=0)).refused("affected_missing")


def test_expenditure_type_asks_for_a_hukou_and_emergency_type_does_not() -> None:
    """R-TMP-04: no hukou or residence condition for emergencies."""
    new_case(hukou=False).when(asked(EXPENDITURE)).refused("hukou_missing")
    new_case(hukou=False).when(asked(EMERGENCY)).then(requested(EMERGENCY, affected=1))


def test_another_street_may_act_in_an_emergency_only() -> None:
    """R-TMP-04: acted on where it happens; the rest belongs to the household's own street."""
    new_case().when(asked(EXPENDITURE), actor=HAISHAN_APPROVER).refused("outside_area")
    new_case().when(asked(EMERGENCY), actor=HAISHAN_APPROVER).then(requested(EMERGENCY, by=HAISHAN_APPROVER.id))


def test_affected_persons_live_in_the_household() -> None:
    """R-TMP-07: nobody raises the cap from outside."""
    new_case(members=1).when(asked(affected=2)).refused("not_a_member", person_id=PEOPLE[1])


def test_no_money_is_asked_for_a_dead_person() -> None:
    """SG-04: the death is known before anybody acts on it."""
    death = DeathKnown(person_id=CHILD, died_on=date(2022, 2, 1), certainty=Certainty.CONFIRMED)
    new_case().also(known_person, death).when(asked()).refused("member_dead", person_id=CHILD)


def test_a_request_needs_an_open_household_of_people() -> None:
    """Section 3.2."""
    over = HouseholdClosed(household_id=HOME, closed_on=date(2022, 3, 1), code=ClosingCode.MOVED)
    new_case().also(household, over).when(asked()).refused("household_closed")
    new_case(members=0).when(asked(affected=0)).refused("household_empty")


def test_a_request_is_for_an_open_money_need_of_that_household() -> None:
    """Rulings 4 and 12."""
    new_case().also(need, need_closed()).when(asked()).refused("need_closed")
    hours = need_of(40, measure=Measure.SESSION)
    given(temp_aid, *family(), hours).when(asked()).refused("other_measure")
    stranger = RequestTempAid.model_validate({**asked().model_dump(), "household_id": uid(99)})
    others = [type(event)(**{**_fields(event), "household_id": uid(99)}) for event in family()]
    given(temp_aid, *others, need_of(1)).when(stranger).refused("other_household")


def _fields(event: object) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}  # type: ignore[attr-defined]


# --- granting ---


def test_a_household_of_two_gets_at_most_two_monthly_standards_in_an_emergency() -> None:
    """R-TMP-07: 2 x 1,365.00 passes, one fen more is refused."""
    open_case(EMERGENCY, members=2).when(grant_of(2_730_00), actor=SECOND).then(
        granted(2_730_00, cap=2_730_00), own_line(2_730_00), charged(2_730_00)
    )
    open_case(EMERGENCY, members=2).when(grant_of(2_730_01), actor=SECOND).refused("above_cap", cap_fen=2_730_00)


@pytest.mark.parametrize(
    ("affected", "conference", "cap_fen"),
    [(1, False, 8_190_00), (1, True, 16_380_00), (2, False, 16_380_00), (2, True, 32_760_00)],
)
def test_an_expenditure_is_capped_by_affected_persons(affected: int, conference: bool, cap_fen: int) -> None:
    """R-TMP-07: 8,190.00 for each, 16,380.00 with a case conference."""
    case = open_case(affected=affected)
    case.when(grant_of(cap_fen, conference=conference), actor=SECOND).then(
        granted(cap_fen, cap=cap_fen, conference=conference), own_line(cap_fen), charged(cap_fen)
    )
    case.when(grant_of(cap_fen + 1, conference=conference), actor=SECOND).refused("above_cap", cap_fen=cap_fen)


def test_the_households_year_caps_what_the_case_would_allow() -> None:
    """R-TMP-07: one person, 12 x 1,365.00 = 16,380.00 a year; of it 10,000.00 are gone."""
    case = open_case(members=1, affected=1).also(temp_aid_year, charged(10_000_00, date(2022, 2, 1), cause=FIRE))
    case.when(grant_of(6_380_00), actor=SECOND).then(granted(6_380_00, cap=6_380_00), own_line(6_380_00), charged(6_380_00))
    case.when(grant_of(6_380_01), actor=SECOND).refused("above_cap", cap_fen=6_380_00)


def test_last_years_grants_leave_this_years_cap_whole() -> None:
    """R-TMP-07: a household and year."""
    case = open_case(members=1).also(temp_aid_year, charged(16_380_00, date(2021, 12, 31), cause=FIRE))
    case.when(grant_of(8_190_00), actor=SECOND).then(granted(8_190_00, cap=8_190_00), own_line(8_190_00), charged(8_190_00))


def test_two_grants_decided_from_the_same_ledger_state_both_pass() -> None:
    """Ruling 1 of the design: only the version check of the ledger's stream stops the second, so each returns the ledger's fact."""
    case = open_case(members=1).also(temp_aid_year, charged(10_000_00, date(2022, 2, 1), cause=FIRE))
    first = case.when(grant_of(6_000_00), actor=SECOND)
    second = case.when(grant_of(6_000_00), actor=SECOND)
    assert first.events[2] == second.events[2] == charged(6_000_00)
    case.facts(first.events[2:]).when(grant_of(6_000_00, conference=True), actor=SECOND).refused("above_cap", cap_fen=380_00)


def test_the_same_cause_is_not_paid_twice_in_twelve_months() -> None:
    """R-TMP-07, ruling 25: twelve months from the grant, the corresponding day included (ruling 16)."""
    case = open_case().also(temp_aid_year, charged(1_000_00, date(2021, 3, 1), case=CaseId(uid(77))))
    case.when(grant_of(1_000_00), actor=SECOND, on=date(2022, 3, 1)).refused("same_cause", case_id=uid(77), granted_on="2021-03-01")
    case.when(grant_of(1_000_00), actor=SECOND, on=date(2022, 3, 2)).then(
        granted(1_000_00, cap=8_190_00), own_line(1_000_00), charged(1_000_00, date(2022, 3, 2))
    )


def test_a_conference_may_allow_the_same_cause_again() -> None:
    """Ruling 25: a conference may allow more."""
    case = open_case().also(temp_aid_year, charged(1_000_00, date(2022, 2, 1), case=CaseId(uid(77))))
    case.when(grant_of(1_000_00, conference=True), actor=SECOND).then(
        granted(1_000_00, cap=16_380_00, conference=True), own_line(1_000_00), charged(1_000_00)
    )


def test_a_street_decides_up_to_its_limit_and_the_district_above() -> None:
    """R-TMP-05, R-TMP-07: 4,095.00 a case."""
    open_case().when(grant_of(4_095_00), actor=STREET_APPROVER).then(
        granted(4_095_00, cap=8_190_00, by=STREET_APPROVER.id), own_line(4_095_00), charged(4_095_00)
    )
    open_case().when(grant_of(4_095_01), actor=STREET_APPROVER).refused("above_street_limit", limit_fen=4_095_00)
    open_case().when(grant_of(4_095_01), actor=SECOND).then(granted(4_095_01, cap=8_190_00), own_line(4_095_01), charged(4_095_01))


def test_a_grant_never_exceeds_what_is_open_of_the_need() -> None:
    """Rulings 3 and 10: the residual exactly, without the tolerance."""
    open_case(gross=5_000_00).when(grant_of(5_000_00), actor=SECOND).then(
        granted(5_000_00, cap=8_190_00), own_line(5_000_00), charged(5_000_00)
    )
    open_case(gross=5_000_00).when(grant_of(5_000_01), actor=SECOND).refused("above_residual", residual_fen=5_000_00)


def test_money_for_a_monthly_need_counts_in_the_month_of_the_grant() -> None:
    """Ruling 2: one-off money that names no months."""
    month = Month("2022-03")
    living = NeedRegistered(
        need_id=NEED,
        household_id=HOME,
        category=NeedCategory.LIVING,
        dimension=Dimension.MATERIAL,
        measure=Measure.FEN,
        period=Period.MONTH,
        gross=1_000_00,
        first_month=month,
        last_month=Month("2022-08"),
    )
    case = given(temp_aid, requested(), *family(), living)
    case.when(grant_of(1_000_01), actor=SECOND).refused("above_residual", residual_fen=1_000_00)
    outcome = case.when(grant_of(1_000_00), actor=SECOND)
    assert outcome.events[1] == CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LineId(CASE),
        layer=Layer.TEMPORARY,
        scheme=Scheme.TEMPORARY_AID,
        offered=1_000_00,
        amount=1_000_00,
        first_month=month,
        last_month=month,
    )
    in_april = case.facts(outcome.events).when(pay_of(400_00), on=date(2022, 4, 6))
    assert in_april.events[1] == CoverageDelivered(need_id=NEED, household_id=HOME, line_id=LineId(CASE), amount=400_00, month=month)


def test_who_asked_does_not_grant_except_in_an_emergency() -> None:
    """Ruling 21: two different people; in emergency L3 the second signs with the papers."""
    open_case(EXPENDITURE).when(grant_of(1_000_00), actor=WORKER).refused("same_person")
    open_case(EMERGENCY).when(grant_of(1_000_00), actor=WORKER).then(
        granted(1_000_00, cap=5_460_00, by=WORKER.id), own_line(1_000_00), charged(1_000_00)
    )


def test_a_case_is_decided_once() -> None:
    """R-TMP-05: one approval, staged payment."""
    granted_case(1_000_00).also(household, *family()).when(grant_of(1_000_00), actor=SECOND).refused("decided_already")
    granted_case(1_000_00).when(RefuseTempAid(case_id=CASE, reason=TempAidRefusal.NO_PROOF)).refused("decided_already")


def test_a_grant_needs_an_open_household_and_an_open_need() -> None:
    """Section 3.5."""
    over = HouseholdClosed(household_id=HOME, closed_on=date(2022, 3, 1), code=ClosingCode.MOVED)
    open_case().also(household, over).when(grant_of(1_000_00), actor=SECOND).refused("household_closed")
    open_case().also(need, need_closed()).when(grant_of(1_000_00), actor=SECOND).refused("need_closed")


def test_a_grant_outside_the_own_street_is_for_emergencies() -> None:
    """R-TMP-04."""
    open_case(EXPENDITURE).when(grant_of(1_000_00), actor=HAISHAN_APPROVER).refused("outside_area")


def test_conferences_are_for_expenditure_and_easing_is_for_emergencies() -> None:
    """R-TMP-07 and SC-06: neither says anything about the other kind."""
    open_case(EMERGENCY).when(grant_of(1_000_00, conference=True), actor=SECOND).refused("conference_not_needed")
    open_case(EXPENDITURE).when(grant_of(1_000_00, eased_on=date(2022, 3, 1)), actor=SECOND).refused("not_an_emergency")


def test_money_comes_from_a_source_the_policy_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """B11, R-TMP-05: which sources there are is data of the pack."""
    packs, calendar = testing.policy()
    municipal_only = replace(packs, all=tuple(pack.model_copy(update={"temp_sources": frozenset({"municipal"})}) for pack in packs.all))
    monkeypatch.setattr(testing, "policy", lambda: (municipal_only, calendar))
    open_case().when(grant_of(1_000_00), actor=SECOND).refused("source_unknown", source=FundingSource.DISTRICT)
    granted_case(1_000_00).when(pay_of(1_000_00)).refused("source_unknown", source=FundingSource.DISTRICT)


def test_a_refusal_is_a_fact_with_its_reason() -> None:
    """B11."""
    refusal = RefuseTempAid(case_id=CASE, reason=TempAidRefusal.NO_PROOF)
    said_no = TempAidRefused(case_id=CASE, household_id=HOME, reason=TempAidRefusal.NO_PROOF, refused_by=granted(1, cap=1).approved_by)
    open_case().when(refusal, actor=SECOND).then(said_no)
    open_case().facts([said_no]).when(grant_of(1_000_00), actor=SECOND).refused("decided_already")
    open_case().when(refusal, actor=HAISHAN_APPROVER).refused("outside_area")


# --- paying ---


def test_municipal_and_district_money_are_two_payments_of_one_grant() -> None:
    """B11: two payment lines with two funding sources; R-TMP-05: in stages."""
    case = granted_case(8_000_00)
    first = case.when(pay_of(3_000_00, FundingSource.MUNICIPAL)).then(paid(3_000_00, FundingSource.MUNICIPAL), delivered(3_000_00))
    case.facts(first.events)
    second = case.when(pay_of(5_000_00)).then(paid(5_000_00), delivered(5_000_00))
    case.facts(second.events).when(pay_of(1)).refused("above_granted", left_fen=0)


def test_a_payment_needs_an_open_grant() -> None:
    """Section 3.2."""
    open_case().when(pay_of(1_00)).refused("not_granted")
    granted_case(1_00, payments=1_00).facts([closed(ClosingCode.MET, 0)]).when(pay_of(1)).refused("case_closed")


def test_another_street_pays_in_an_emergency_only() -> None:
    """R-TMP-04."""
    granted_case(1_00).when(pay_of(1_00), actor=HAISHAN_APPROVER).refused("outside_area")
    granted_case(1_00, kind=EMERGENCY).when(pay_of(1_00), actor=HAISHAN_APPROVER).then(paid(1_00), delivered(1_00))


def test_returned_money_no_longer_covers_the_need() -> None:
    """Rulings 9 and 11: only this line falls."""
    case = granted_case(8_000_00, payments=8_000_00)
    back = ReturnTempAid(case_id=CASE, amount_fen=1_200_00)
    returned = TempAidReturned(case_id=CASE, household_id=HOME, need_id=NEED, line_id=LineId(CASE), amount_fen=1_200_00)
    reversal = CoverageReversed(need_id=NEED, household_id=HOME, line_id=LineId(CASE), amount=1_200_00)
    case.when(back).then(returned, reversal)
    case.facts([returned, reversal]).when(ReturnTempAid(case_id=CASE, amount_fen=6_800_01)).refused("above_paid", kept_fen=6_800_00)


def test_returned_money_opens_a_closed_need_again() -> None:
    """Ruling 11."""
    case = granted_case(8_000_00, payments=8_000_00).also(need, need_closed())
    outcome = case.when(ReturnTempAid(case_id=CASE, amount_fen=1_00))
    assert outcome.events[-1] == NeedReopened(need_id=NEED, household_id=HOME)


def test_a_second_person_signs_the_papers_of_an_emergency() -> None:
    """Ruling 21, R-TMP-01."""
    case = granted_case(1_000_00, kind=EMERGENCY)
    sign = SupplementTempAid(case_id=CASE)
    signed = TempAidSupplemented(case_id=CASE, household_id=HOME, signed_by=requested().requested_by)
    case.when(sign, actor=SECOND).refused("same_person")
    case.when(sign, actor=WORKER).then(signed)
    case.facts([signed]).when(sign, actor=WORKER).refused("supplemented_already")


def test_papers_belong_to_a_granted_emergency() -> None:
    """R-TMP-01: the expenditure type has them before."""
    granted_case(1_00).when(SupplementTempAid(case_id=CASE)).refused("not_an_emergency")
    open_case(EMERGENCY).when(SupplementTempAid(case_id=CASE)).refused("not_granted")


# --- closing ---


def test_a_case_closed_with_a_residual_proposes_a_charity_referral_in_the_same_append() -> None:
    """B16: within one working day; Tuesday 2022-03-01 closes, so by the end of the 2nd in Shanghai."""
    case = granted_case(16_380_00, gross=40_500_00, payments=16_380_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.PARTLY_MET)).then(
        closed(ClosingCode.PARTLY_MET, 24_120_00),
        proposed(24_120_00, date(2022, 3, 1), datetime(2022, 3, 2, 16, tzinfo=UTC)),
    )


def test_a_referral_proposed_before_a_holiday_may_be_sent_after_it() -> None:
    """Ruling 16: Saturday 2022-04-02 is worked, the holiday is 3-5 April: by the end of the 6th (SC-01)."""
    case = granted_case(1_00, gross=2_00, payments=1_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.PARTLY_MET), on=date(2022, 4, 2)).then(
        closed(ClosingCode.PARTLY_MET, 1_00), proposed(1_00, date(2022, 4, 2), datetime(2022, 4, 6, 16, tzinfo=UTC))
    )


def test_a_case_that_met_the_need_proposes_nothing() -> None:
    """R-TMP-08."""
    case = granted_case(8_000_00, gross=8_000_00, payments=8_000_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.MET)).then(closed(ClosingCode.MET, 0))


def test_a_refused_case_also_leads_on_to_charity() -> None:
    """R-TMP-08: then referral to charity funds for what remains."""
    refusal = TempAidRefused(case_id=CASE, household_id=HOME, reason=TempAidRefusal.NO_PROOF, refused_by=requested().requested_by)
    open_case(gross=5_00).facts([refusal]).when(CloseTempAid(case_id=CASE, code=ClosingCode.NOT_ELIGIBLE)).then(
        closed(ClosingCode.NOT_ELIGIBLE, 5_00), proposed(5_00, date(2022, 3, 1), datetime(2022, 3, 2, 16, tzinfo=UTC))
    )


def test_nobody_is_asked_to_help_with_a_need_that_is_closed() -> None:
    """Section 3.5: a closed need has nothing to be done."""
    case = granted_case(1_00, gross=5_00, payments=1_00).also(need, need_closed())
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.PARTLY_MET)).then(closed(ClosingCode.PARTLY_MET, 0))


def test_met_is_not_said_while_something_is_open() -> None:
    """Section 3.5: both sides' facts agree."""
    case = granted_case(1_00, gross=5_00, payments=1_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.MET)).refused("not_met", residual_fen=4_00)


def test_granted_money_is_not_dropped_by_closing() -> None:
    """Ruling 9: an unpaid rest stays committed; a family that no longer wants it gives it back to the need."""
    case = granted_case(8_000_00, gross=8_000_00, payments=3_000_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.PARTLY_MET)).refused("unpaid", unpaid_fen=5_000_00)
    released = CoverageReleased(need_id=NEED, household_id=HOME, line_id=LineId(CASE), amount=5_000_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.WITHDRAWN_BY_PERSON)).then(
        released, closed(ClosingCode.WITHDRAWN_BY_PERSON, 5_000_00)
    )


def test_an_undecided_case_ends_only_for_an_outside_reason() -> None:
    """Section 3.2."""
    open_case(gross=1_00).when(CloseTempAid(case_id=CASE, code=ClosingCode.NO_SUPPLY)).refused("not_decided")
    open_case(gross=1_00).when(CloseTempAid(case_id=CASE, code=ClosingCode.MOVED)).then(closed(ClosingCode.MOVED, 1_00))


def test_an_emergency_is_not_closed_before_its_papers_are_signed() -> None:
    """Section 3.2, DET-25: the fast path must be supplemented."""
    case = granted_case(1_00, kind=EMERGENCY, gross=1_00, payments=1_00)
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.MET)).refused("papers_missing")


def test_a_case_is_closed_once() -> None:
    """Section 3.2."""
    case = granted_case(1_00, gross=1_00, payments=1_00).facts([closed(ClosingCode.MET, 0)])
    case.when(CloseTempAid(case_id=CASE, code=ClosingCode.MET)).refused("case_closed")


def test_an_open_case_is_found_from_its_household() -> None:
    """Ruling 2 of the design: reactions start from the subjects index."""
    assert list(temp_aid.index(requested())) == [Link(household_subject(HOME))]
    assert list(temp_aid.index(closed(ClosingCode.MET, 0))) == [ReleaseAll()]


def test_every_example_fits_its_command() -> None:
    """The API page shows them."""
    for spec in temp_aid.commands:
        assert spec.model.model_validate(spec.example.model_dump()) == spec.example
