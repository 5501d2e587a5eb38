"""Regular aid: who decides, how much, which months, one payment a month, and how it ends (R-DIB, rulings 4, 6, 17, 18, 21, 22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Event, stream_of
from contracts.ids import HouseholdId, LineId, Month, UnitId
from contracts.relief.entitlement import EntitlementResumed, PaymentLineFailed, StopReason
from contracts.relief.household import (
    HouseholdClosed,
    LeavingReason,
    MemberLeft,
    StatusExpired,
    StatusRecognised,
    UnitDissolved,
)
from contracts.relief.known_person import DeathWithdrawn
from contracts.relief.need import CoverageReversed, NeedClosed, NeedReopened
from contracts.terms import Certainty, ClosingCode, Measure, NeedCategory, Period, Scheme, Status
from kit.clock import months_between
from kit.identity import Role
from kit.store.model import Link, Release, Take
from kit.testing import SECOND, WORKER, Given, given
from services.relief.domain.entitlement import (
    EndForDeath,
    Entitlement,
    GrantEntitlement,
    ProposeEntitlement,
    RecordFailure,
    RecordPayment,
    ResumeAfterRevocation,
    ResumeEntitlement,
    ReviseEntitlement,
    StopEntitlement,
    entitlement,
    index,
)
from services.relief.domain.need import Portion, need
from tests.relief.h1 import (
    AMOUNT,
    CHILD,
    DECIDED,
    ENTITLEMENT,
    GRANDMOTHER,
    H1,
    HOME,
    LINE,
    MAY,
    NEED,
    REVIEW,
    STANDARD,
    TEKUN,
    UNIT,
    committed,
    dead,
    delivered,
    entitled,
    living_need,
    on_aid,
    opened,
    paid,
    proposed,
    released,
    stopped,
    uid,
    unit,
    version,
)

GRANT = GrantEntitlement(entitlement_id=ENTITLEMENT)
RESUME = ResumeEntitlement(entitlement_id=ENTITLEMENT)
DIBAO = StatusRecognised(household_id=HOME, status=Status.DIBAO, from_month=MAY)
CLOSED = HouseholdClosed(household_id=HOME, closed_on=DECIDED, code=ClosingCode.MOVED)
DISSOLVED = UnitDissolved(household_id=HOME, unit_id=UNIT, dissolved_on=DECIDED)


def pay(month: str) -> RecordPayment:
    return RecordPayment(entitlement_id=ENTITLEMENT, month=Month(month))


def revise(income: int, **other: bool) -> ReviseEntitlement:
    return ReviseEntitlement(entitlement_id=ENTITLEMENT, counted_income_fen=income, **other)


def stop(reason: Any = StopReason.INCOME) -> StopEntitlement:
    return StopEntitlement(entitlement_id=ENTITLEMENT, reason=reason)


def case(*facts: Event) -> Given:
    """The entitlement with facts of any streams before the command."""
    return given(entitlement, *facts)


def to_grant(income: int = 260_000, *more: Event) -> Given:
    """H1's proposal, waiting for the approver."""
    return case(*opened(), unit(), living_need(), proposed(income), *more)


# --- proposing ---


def propose(income: int = 260_000, scheme: Any = Scheme.DIBAO, unit_id: UnitId = UNIT) -> ProposeEntitlement:
    return ProposeEntitlement(
        entitlement_id=ENTITLEMENT, household_id=HOME, unit_id=unit_id, need_id=NEED, scheme=scheme, counted_income_fen=income
    )


def test_a_caseworker_proposes_aid_for_a_whole_unit() -> None:
    """R-DIB-19, ruling 21: the whole unit is covered, and the event names who proposed it."""
    case(*opened(), unit(), living_need()).when(propose()).then(proposed())
    case(*opened(), unit(), living_need(), proposed()).when(propose()).refused("already_exists")


def test_the_unit_counts_for_the_scheme_and_lives_here() -> None:
    """Ruling 4: a dated set of members, counted for one scheme, inside one household; a tekun person is a unit of one."""
    case(*opened(), living_need()).when(propose()).refused("unit_unknown")
    case(*opened(), unit(), DISSOLVED, living_need()).when(propose()).refused("unit_unknown", unit_id=UNIT)
    case(*opened(), unit(), living_need()).when(propose(scheme=Scheme.TEKUN)).refused("other_scheme", scheme=Scheme.DIBAO)
    case(*opened(), unit(scheme=Scheme.TEKUN), living_need()).when(propose(scheme=Scheme.TEKUN)).refused("tekun_is_for_one")
    left = MemberLeft(household_id=HOME, person_id=CHILD, left_on=date(2022, 2, 28), reason=LeavingReason.MOVED_OUT)
    case(*opened(on=date(2022, 2, 1)), unit(), left, living_need()).when(propose()).refused("not_a_member", person_id=CHILD)
    case(*opened(), unit(), CLOSED, living_need()).when(propose()).refused("household_closed")


def test_the_need_is_the_households_open_monthly_living_need() -> None:
    """Section 3.5 step 1: L1 covers "living" by month."""
    base = [*opened(), unit()]
    case(*base, living_need(home=HouseholdId(uid(3)))).when(propose()).refused("other_household")
    case(*base, living_need(category=NeedCategory.MEDICAL)).when(propose()).refused("not_a_living_need")
    case(*base, living_need(measure=Measure.MEAL)).when(propose()).refused("not_a_living_need")
    case(*base, living_need(period=Period.EVENT, first=None, last=None)).when(propose()).refused("not_a_living_need")
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.MET)
    case(*base, living_need(), over).when(propose()).refused("need_closed")


def test_only_dibao_and_tekun_are_regular_aid_here() -> None:
    """Ruling 4: basic-living schemes; children's and disability benefits stay in special aid (ruling 13)."""
    with pytest.raises(ValidationError):
        propose(scheme=Scheme.MEDICAL_AID)


# --- granting ---


def test_a_grant_pays_from_the_month_after_the_decision() -> None:
    """SC-01: 3 x 1,365.00 - 2,600.00 = 1,495.00; decided on 8 April 2022, first month 2022-05, nothing for 2022-04; review after 12 months."""
    to_grant().when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(149_500), committed(149_500), DIBAO)
    state = entitlement.fold([proposed(), entitled(), version()])
    assert state.owed_fen(Month("2022-04")) == 0
    assert state.owed_fen(MAY) == 149_500


@pytest.mark.parametrize(
    ("income", "amount"),
    [(409_300, 200), (409_400, 100), (260_050, 149_500)],
    ids=["4,093.00 gives 2.00, never 3.00", "4,094.00 gives 1.00", "2,600.50 gives 1,495.00"],
)
def test_the_gap_of_the_whole_unit_is_rounded_up_once(income: int, amount: int) -> None:
    """SC-02, R-DIB-03, ruling 17: three members, at household level, to whole yuan."""
    to_grant(income).when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(amount, income=income), committed(amount), DIBAO)


def test_income_at_the_standard_is_not_dibao() -> None:
    """SC-02: three members with 4,095.00 (1,365.00 each) are an edge household, not dibao; one fen less is dibao, 1.00 yuan."""
    to_grant(409_500).when(GRANT, on=DECIDED, actor=SECOND).refused("not_below_standard", limit_fen=3 * STANDARD)
    to_grant(409_499).when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(100, income=409_499), committed(100), DIBAO)


def test_a_tekun_person_gets_the_tekun_standard() -> None:
    """R-TEK-08, SC-09: 2,184.00 a month without income; the status is tekun."""
    alone = [*opened([GRANDMOTHER]), unit((GRANDMOTHER,), Scheme.TEKUN), living_need(TEKUN)]
    case(*alone, proposed(0, (GRANDMOTHER,), Scheme.TEKUN)).when(GRANT, on=DECIDED, actor=SECOND).then(
        entitled((GRANDMOTHER,)),
        version(218_400, members=1, income=0, scheme=Scheme.TEKUN),
        committed(218_400, scheme=Scheme.TEKUN),
        StatusRecognised(household_id=HOME, status=Status.TEKUN, from_month=MAY),
    )


def test_unstable_income_is_reviewed_after_six_months() -> None:
    """R-DIB-14: every 6 months where income is unstable or members can work."""
    to_grant().when(GrantEntitlement(entitlement_id=ENTITLEMENT, stable=False), on=DECIDED, actor=SECOND).then(
        entitled(review="2022-10"), version(last="2022-10"), committed(last="2022-10"), DIBAO
    )


def test_a_grant_is_recorded_whole_whatever_the_residual() -> None:
    """Ruling 3: L1 is never trimmed, though another line covers the need."""
    other = msgspec.structs.replace(committed(149_500), line_id=LineId(uid(40)))
    to_grant(260_000, other).when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(), committed(), DIBAO)


def test_money_needs_two_different_people() -> None:
    """Ruling 21: who proposed does not approve, also after a restart; and an approver names the version that he saw."""
    to_grant().when(GRANT, on=DECIDED, actor=WORKER).refused("same_person")
    spec = entitlement.by_model[GrantEntitlement]
    assert spec.approval
    assert spec.roles == {Role.APPROVER}


def test_a_grant_is_given_once() -> None:
    """Property 1."""
    case(*on_aid()).when(GRANT, on=DECIDED, actor=SECOND).refused("already_granted")


def test_a_member_known_dead_is_not_granted_anything() -> None:
    """SG-04, ruling 2 of the design; a death that is only reported holds payments, not grants (ruling 22)."""
    to_grant(260_000, dead(CHILD, DECIDED)).when(GRANT, on=DECIDED, actor=SECOND).refused("member_dead", person_id=CHILD)
    to_grant(260_000, dead(CHILD, DECIDED, Certainty.REPORTED)).when(GRANT, on=DECIDED, actor=SECOND).then(
        entitled(), version(), committed(), DIBAO
    )


def test_what_changed_since_the_proposal_is_seen_at_the_grant() -> None:
    """Ruling 1 of the design: the decision rests on household and need as they are now."""
    to_grant(260_000, DISSOLVED).when(GRANT, on=DECIDED, actor=SECOND).refused("unit_unknown")
    to_grant(260_000, CLOSED).when(GRANT, on=DECIDED, actor=SECOND).refused("household_closed")
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.WITHDRAWN_BY_PERSON)
    to_grant(260_000, over).when(GRANT, on=DECIDED, actor=SECOND).refused("need_closed")


def test_a_status_that_holds_already_or_ranks_higher_is_not_recognised_again() -> None:
    """R-LAY-03: tekun before dibao."""
    for status in (Status.DIBAO, Status.TEKUN):
        held = StatusRecognised(household_id=HOME, status=status, from_month=Month("2022-03"))
        to_grant(260_000, held).when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(), committed())
    edge = StatusRecognised(household_id=HOME, status=Status.EDGE, from_month=Month("2022-03"))
    to_grant(260_000, edge).when(GRANT, on=DECIDED, actor=SECOND).then(entitled(), version(), committed(), DIBAO)


def test_a_person_holds_one_basic_living_entitlement() -> None:
    """Ruling 4, DET-07: a claim from grant to stop; the subjects stay, so that a death finds what has ended too."""
    takes, links = [Take("basic-living", person) for person in H1], [Link(f"person/{person}") for person in H1]
    assert list(index(entitled())) == [*takes, *links, Link(f"household/{HOME}")]
    assert list(index(stopped("2022-08", StopReason.INCOME))) == [Release("basic-living", person) for person in H1]
    assert list(index(stopped("2022-06", StopReason.DEATH, ()))) == []
    assert list(index(resumed("2022-09"))) == takes
    assert list(index(proposed())) == list(index(version())) == []


# --- paying ---


def test_a_month_is_paid_with_its_versions_amount_and_delivered() -> None:
    """Ruling 9: `PaymentLinePaid` moves the month of the line from committed to delivered."""
    case(*on_aid()).when(pay(MAY), on=date(2022, 5, 10)).then(paid(MAY), delivered(MAY))
    later = version(109_500, number=2, first="2022-07", income=300_000)
    lower = [*on_aid(), later, *released("2022-07", amount=40_000)]
    case(*lower).when(pay("2022-06"), on=date(2022, 7, 8)).then(paid("2022-06"), delivered("2022-06"))
    case(*lower).when(pay("2022-07"), on=date(2022, 7, 8)).then(paid("2022-07", 109_500), delivered("2022-07", 109_500))


def test_there_is_one_live_payment_a_month() -> None:
    """Property 1, ruling 18."""
    case(*on_aid(), paid(MAY), delivered(MAY)).when(pay(MAY), on=date(2022, 5, 10)).refused("already_paid", month=MAY)


def test_only_months_of_the_entitlement_that_have_begun_are_paid() -> None:
    """Ruling 6: nothing before the first month, nothing after the last; ruling 19: each month in its time."""
    case(*on_aid()).when(pay("2022-04"), on=date(2022, 5, 10)).refused("before_first_month", first_month=MAY)
    case(*on_aid()).when(pay("2022-06"), on=date(2022, 5, 31)).refused("month_not_begun")
    ended = [*on_aid(), stopped("2022-08", StopReason.INCOME), *released("2022-09")]
    case(*ended).when(pay("2022-09"), on=date(2022, 9, 9)).refused("month_after_stop", stop="2022-08")
    case(*ended).when(pay("2022-08"), on=date(2022, 9, 9)).then(paid("2022-08"), delivered("2022-08"))
    to_grant().when(pay(MAY), on=date(2022, 5, 10)).refused("not_granted")


def test_a_month_after_an_overdue_review_is_paid_too() -> None:
    """Ruling 21, DET-12: an overdue review warns and blocks increases; it never stops payment. The month is committed when it is paid."""
    case(*on_aid()).when(pay("2023-05"), on=date(2023, 5, 10)).then(
        paid("2023-05"), committed(first="2023-05", last="2023-05"), delivered("2023-05")
    )


def test_the_bank_returns_a_payment_and_the_month_may_be_paid_again() -> None:
    """Ruling 9, R-PAY-02: failed means committed again; the payment is no longer live."""
    failed = PaymentLineFailed(entitlement_id=ENTITLEMENT, household_id=HOME, line_id=LINE, month=MAY, amount_fen=AMOUNT)
    back = CoverageReversed(need_id=NEED, household_id=HOME, line_id=LINE, amount=AMOUNT, month=MAY)
    ask = RecordFailure(entitlement_id=ENTITLEMENT, month=MAY)
    before = [*on_aid(), paid(MAY), delivered(MAY)]
    case(*before).when(ask).then(failed, back, committed(first=MAY, last=MAY))
    case(*before, failed, back, committed(first=MAY, last=MAY)).when(pay(MAY), on=date(2022, 5, 20)).then(paid(MAY), delivered(MAY))
    case(*on_aid()).when(ask).refused("not_paid", month=MAY)


def test_a_returned_payment_of_a_month_no_longer_owed_is_open_again() -> None:
    """SC-09, ruling 11: July's money comes back from the bank after the death in June; only this line falls, and a closed need opens."""
    failed = PaymentLineFailed(entitlement_id=ENTITLEMENT, household_id=HOME, line_id=LINE, month=Month("2022-07"), amount_fen=AMOUNT)
    back = CoverageReversed(need_id=NEED, household_id=HOME, line_id=LINE, amount=AMOUNT, month=Month("2022-07"))
    ended = [*on_aid(), paid("2022-07"), delivered("2022-07"), stopped("2022-06", StopReason.DEATH)]
    ask = RecordFailure(entitlement_id=ENTITLEMENT, month=Month("2022-07"))
    case(*ended).when(ask).then(failed, back)
    over = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.DECEASED)
    case(*ended, over).when(ask).then(failed, back, NeedReopened(need_id=NEED, household_id=HOME))


# --- deciding anew ---


def test_a_new_income_counts_from_the_month_after_the_decision() -> None:
    """Ruling 6; ruling 9: a later version lowers committed by the difference, a higher one raises it."""
    case(*on_aid()).when(revise(300_000), on=date(2022, 6, 20), actor=SECOND).then(
        version(109_500, number=2, first="2022-07", income=300_000), *released("2022-07", amount=40_000)
    )
    case(*on_aid()).when(revise(200_000), on=date(2022, 6, 20), actor=SECOND).then(
        version(209_500, number=2, first="2022-07", income=200_000), committed(60_000, first="2022-07")
    )


def test_delivered_months_stay_when_a_later_decision_lowers_the_amount() -> None:
    """Ruling 6: a change known within 3 months counts from the month after the decision, nothing is recovered."""
    case(*on_aid(), paid(MAY), delivered(MAY)).when(revise(300_000), on=date(2022, 5, 20), actor=SECOND).then(
        version(109_500, number=2, first="2022-06", income=300_000), *released("2022-06", amount=40_000)
    )


def test_an_income_at_the_standard_is_no_revision() -> None:
    """R-DIB-15, ruling 7: then grace or a stop is to be decided by a person."""
    case(*on_aid()).when(revise(409_500), on=date(2022, 6, 20), actor=SECOND).refused("not_below_standard", limit_fen=409_500)


def test_an_increase_needs_another_person_and_a_review_in_time() -> None:
    """Ruling 21, DET-12: a cut takes one signature and is never blocked; an increase needs a second person and no overdue review."""
    case(*on_aid()).when(revise(200_000), on=date(2022, 6, 20), actor=WORKER).refused("same_person")
    case(*on_aid()).when(revise(200_000), on=date(2023, 5, 4), actor=SECOND).refused("review_overdue", review_month=REVIEW)
    case(*on_aid()).when(revise(300_000), on=date(2023, 5, 4), actor=WORKER).then(
        version(109_500, number=2, first="2023-06", last="2023-06", income=300_000),
        committed(first="2023-05", last="2023-05"),
        committed(109_500, first="2023-06", last="2023-06"),
    )


def test_a_review_moves_the_next_one_by_a_period() -> None:
    """R-DIB-14: 12 months for stable households, 6 for others; the months up to it are committed, with those that went on meanwhile."""
    case(*on_aid()).when(revise(260_000, reviewed=True), on=date(2023, 4, 20), actor=SECOND).then(
        version(number=2, first="2023-05", last="2024-04"), committed(first="2023-05", last="2024-04")
    )
    case(*on_aid()).when(revise(200_000, reviewed=True, stable=False), on=date(2023, 5, 4), actor=SECOND).then(
        version(209_500, number=2, first="2023-06", last="2023-11", income=200_000),
        committed(first="2023-05", last="2023-05"),
        committed(209_500, first="2023-06", last="2023-11"),
    )


def test_after_a_death_the_living_members_are_counted() -> None:
    """R-DIB-16: two members: 2 x 1,365.00 - 2,600.00 = 130.00; if nobody lives, there is nothing to decide."""
    case(*on_aid(), dead(GRANDMOTHER, date(2022, 6, 14))).when(revise(260_000), on=date(2022, 7, 20), actor=SECOND).then(
        version(13_000, number=2, first="2022-08", members=2), *released("2022-08", amount=136_500)
    )
    nobody = [dead(person, date(2022, 6, 14)) for person in H1]
    case(*on_aid(), *nobody).when(revise(260_000), on=date(2022, 7, 20), actor=SECOND).refused("recipient_dead")


def test_an_earlier_decision_does_not_overtake_a_later_one() -> None:
    """Ruling 6: decisions count in their order."""
    later = [version(109_500, number=2, first="2022-09", income=300_000), *released("2022-09", amount=40_000)]
    case(*on_aid(), *later).when(revise(310_000), on=date(2022, 6, 20), actor=SECOND).refused("before_last_version")


def test_what_is_not_running_is_not_revised() -> None:
    """Ruling 6."""
    to_grant().when(revise(300_000), actor=SECOND).refused("not_granted")
    case(*on_aid(), stopped("2022-08", StopReason.INCOME)).when(revise(300_000), on=date(2022, 9, 1), actor=SECOND).refused("stopped")


# --- stopping and resuming ---


def resumed(first: str) -> EntitlementResumed:
    return EntitlementResumed(entitlement_id=ENTITLEMENT, household_id=HOME, from_month=Month(first), person_ids=H1)


def test_a_stop_ends_with_the_month_of_the_decision() -> None:
    """Ruling 6: the months after it are open again on the need, and the status that rested on the unit ends with it (E02)."""
    expired = StatusExpired(household_id=HOME, status=Status.DIBAO, last_month=Month("2022-08"))
    ended = stopped("2022-08", StopReason.INCOME)
    case(*on_aid(), DIBAO).when(stop(), on=date(2022, 8, 26), actor=SECOND).then(ended, *released("2022-09"), expired)
    case(*on_aid()).when(stop(), on=date(2022, 8, 26), actor=SECOND).then(ended, *released("2022-09"))


def test_a_status_that_another_unit_holds_stays() -> None:
    """R-LAY-03: another open dibao unit of the household keeps the status; a status of another kind is not touched."""
    second = unit((GRANDMOTHER,), unit_id=UnitId(uid(5)))
    edge = StatusRecognised(household_id=HOME, status=Status.EDGE, from_month=Month("2022-09"))
    for held in ([DIBAO, second], [DIBAO, edge]):
        case(*on_aid(), *held).when(stop(), on=date(2022, 8, 26), actor=SECOND).then(
            stopped("2022-08", StopReason.INCOME), *released("2022-09")
        )


def test_a_stop_is_signed_once_and_names_a_reason_of_the_living() -> None:
    """Ruling 21: one person signs a stop; a death comes through registry (ruling 22)."""
    assert entitlement.by_model[StopEntitlement].roles == {Role.APPROVER}
    to_grant().when(stop()).refused("not_granted")
    case(*on_aid(), stopped("2022-08", StopReason.INCOME)).when(stop()).refused("stopped")
    with pytest.raises(ValidationError):
        stop(StopReason.DEATH)


def test_a_stop_in_error_is_taken_back_with_the_months_between() -> None:
    """Ruling 6, our own error: what was not paid since is owed and may be paid."""
    ended = [*on_aid(), stopped("2022-08", StopReason.FRAUD), *released("2022-09")]
    again = StatusRecognised(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-12"))
    case(*ended).when(RESUME, on=date(2022, 11, 3), actor=SECOND).then(resumed("2022-09"), committed(first="2022-09"), again)
    facts = [*ended, resumed("2022-09"), committed(first="2022-09")]
    case(*facts).when(pay("2022-09"), on=date(2022, 11, 10)).then(paid("2022-09"), delivered("2022-09"))


def test_only_a_signed_stop_of_a_living_unit_is_taken_back_by_a_person() -> None:
    """Rulings 21 and 22: a death is taken back by registry alone."""
    case(*on_aid()).when(RESUME, actor=SECOND).refused("not_stopped")
    case(*on_aid(), stopped("2022-06", StopReason.DEATH)).when(RESUME, actor=SECOND).refused("stopped_by_death")
    ended = [*on_aid(), stopped("2022-08", StopReason.MOVED), *released("2022-09")]
    case(*ended, *(dead(person, date(2022, 9, 1)) for person in H1)).when(RESUME, actor=SECOND).refused("recipient_dead")
    case(*ended, CLOSED).when(RESUME, actor=SECOND).refused("household_closed")


# --- laws ---

DAYS = [date(2022, month, day) for month in range(4, 13) for day in (2, 20)] + [date(2023, month, 9) for month in range(1, 7)]
PAYABLE = st.sampled_from([Month(month) for month in months_between("2022-04", "2023-06")])
person = st.sampled_from(H1)
asked = st.one_of(
    st.builds(pay, PAYABLE),
    st.builds(lambda month: RecordFailure(entitlement_id=ENTITLEMENT, month=month), PAYABLE),
    st.builds(lambda income, reviewed: revise(income, reviewed=reviewed), st.integers(0, 410_000), st.booleans()),
    st.just(stop()),
    st.just(RESUME),
    st.builds(dead, person, st.sampled_from(DAYS)),
    st.builds(lambda who: DeathWithdrawn(person_id=who), person),
)


def _consequences(step: Any) -> list[Any]:
    """A fact about a person, then what the reaction asks for; or a command by itself."""
    if isinstance(step, DeathWithdrawn):
        return [step, ResumeAfterRevocation(entitlement_id=ENTITLEMENT, person_id=step.person_id)]
    if hasattr(step, "died_on"):
        return [step, EndForDeath(entitlement_id=ENTITLEMENT, person_id=step.person_id)]
    return [step]


def _played(steps: Sequence[Any], days: Sequence[date]) -> Given:
    """H1 on aid, then each step on its day, refused or not."""
    facts = on_aid()
    for step, day in zip(steps, sorted(days), strict=False):
        for one in _consequences(step):
            facts += [one] if isinstance(one, Event) else case(*facts).when(one, on=day, actor=SECOND).events
    return case(*facts)


history = st.tuples(st.lists(asked, max_size=14), st.lists(st.sampled_from(DAYS), min_size=14, max_size=14))


@any_of(history)
def test_the_need_always_stands_at_what_is_owed_and_paid(played: tuple[list[Any], list[date]]) -> None:
    """Rulings 1, 3, 9: for each month, delivered = the live payment, committed = what is owed beyond it."""
    facts = _played(*played)
    aid, needed = facts.state(entitlement, ENTITLEMENT), facts.state(need, NEED)
    for month in (Month(month) for month in months_between(MAY, aid.review_month)):
        live = aid.paid_by_month.get(month, 0)
        assert needed.portion(LINE, month) == Portion(committed=max(0, aid.owed_fen(month) - live), delivered=live)


@any_of(history)
def test_a_persons_claim_is_always_held_exactly_while_the_aid_runs(played: tuple[list[Any], list[date]]) -> None:
    """Ruling 4: taken once, released once, whatever deaths, revocations and signatures come in between."""
    held: set[str] = set()
    facts = _played(*played)
    for event in facts.streams[f"entitlement/{ENTITLEMENT}"]:
        for change in index(event):  # type: ignore[arg-type]
            if isinstance(change, Take):
                assert change.key not in held
                held.add(change.key)
            if isinstance(change, Release):
                held.remove(change.key)
    assert held == (set() if facts.state(entitlement, ENTITLEMENT).stop else set(H1))


@any_of(history)
def test_facts_are_always_about_the_streams_that_were_read(played: tuple[list[Any], list[date]]) -> None:
    """Ruling 1 of the design: a decision writes only streams of its own household, need and entitlement."""
    streams = {stream_of(event) for events in _played(*played).streams.values() for event in events}
    assert streams - {f"known-person/{one}" for one in H1} == {f"household/{HOME}", f"need/{NEED}", f"entitlement/{ENTITLEMENT}"}


def test_an_empty_entitlement_owes_nothing() -> None:
    """Ruling 6: before a decision there is no month."""
    assert Entitlement().owed_fen(MAY) == 0
    assert not Entitlement().is_granted
