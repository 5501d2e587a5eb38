"""Family care beds: assessed and looked at before anybody signs, suspended by a long stay elsewhere, closed by too long a one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.eldercare.family_care_bed import (
    BedApplied,
    BedAssessed,
    BedClosed,
    BedClosing,
    BedContracted,
    BedDevicesChecked,
    BedFitted,
    BedHeld,
    BedResumed,
    BedServiceDelivered,
    BedStayBegun,
    BedStayEnded,
    BedSuspended,
    StayKind,
)
from contracts.eldercare.known_organisation import ReinstatementKnown, RestrictionKnown
from contracts.envelope import Event
from contracts.ids import AreaCode, CareBedId, OrganisationId, VisitId
from contracts.terms import Certainty
from kit.store.model import Link, ReleaseAll, SetTimer, Take
from kit.testing import Given, given
from policy import end_of
from services.eldercare.domain.family_care_bed import (
    ApplyForBed,
    AssessForBed,
    BedStage,
    BeginStay,
    CheckBedDevices,
    CloseBed,
    CloseBedForDeath,
    DeliverBedService,
    EndStay,
    FitBed,
    HoldBedForDeath,
    LapseBed,
    ResumeBedAfterRevocation,
    SignBedContract,
    SuspendBed,
    family_care_bed,
)
from services.eldercare.domain.family_care_bed.state import index
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_organisation import known_organisation
from services.eldercare.domain.known_person import known_person
from tests.eldercare.facts import ELDER, HOME, ID, death_known, death_withdrawn, home_known

BED, VISIT = CareBedId(f"{ID}c1"), VisitId(f"{ID}c2")
PROVIDER = OrganisationId("52770308mjdem0014u")
AREA = AreaCode("440308003")
LEFT, WAITS, SUSPENDED_UNTIL = date(2022, 3, 1), date(2022, 3, 16), date(2022, 5, 15)

APPLY = ApplyForBed(bed_id=BED, person_id=ELDER, household_id=HOME)
SIGN = SignBedContract(bed_id=BED, provider_id=PROVIDER, visits_month=4)
FIT, DELIVER = FitBed(bed_id=BED), DeliverBedService(bed_id=BED, visit_id=VISIT)
LEAVE, RETURN = BeginStay(bed_id=BED, kind=StayKind.HOSPITAL), EndStay(bed_id=BED)
SUSPEND, LAPSE = SuspendBed(bed_id=BED), LapseBed(bed_id=BED)
HOLD, END, RESUME = HoldBedForDeath(bed_id=BED), CloseBedForDeath(bed_id=BED), ResumeBedAfterRevocation(bed_id=BED)

APPLIED = BedApplied(bed_id=BED, person_id=ELDER, household_id=HOME, area=AREA)
CHECKED = BedDevicesChecked(bed_id=BED, household_id=HOME, fit=True)
FITTED, HELD = BedFitted(bed_id=BED, household_id=HOME), BedHeld(bed_id=BED, household_id=HOME)
BEGUN = BedStayBegun(bed_id=BED, household_id=HOME, kind=StayKind.HOSPITAL, suspend_after=WAITS)
SUSPENDED = BedSuspended(bed_id=BED, household_id=HOME, close_after=SUSPENDED_UNTIL)


def assessed(score: int = 70, grade: int = 3, valid_to: date = date(2023, 1, 10)) -> BedAssessed:
    return BedAssessed(bed_id=BED, household_id=HOME, score=score, grade=grade, valid_to=valid_to)


def contracted(grade: int = 3, visits: int = 4) -> BedContracted:
    return BedContracted(bed_id=BED, person_id=ELDER, household_id=HOME, area=AREA, provider_id=PROVIDER, grade=grade, visits_month=visits)


def returned(on: date) -> BedStayEnded:
    return BedStayEnded(bed_id=BED, person_id=ELDER, household_id=HOME, returned_on=on)


def closed(reason: BedClosing) -> BedClosed:
    return BedClosed(bed_id=BED, household_id=HOME, reason=reason)


LAPSED = closed(BedClosing.SUSPENDED_TOO_LONG)


def applied(*facts: Event) -> Given:
    return given(family_care_bed, APPLIED, *facts)


def ready(*facts: Event) -> Given:
    """Everything that must come before the contract."""
    return applied(assessed(), CHECKED, *facts)


def serving(*facts: Event) -> Given:
    return ready(contracted(), FITTED, *facts)


# --- towards the contract ---


def test_an_elder_of_a_known_household_applies() -> None:
    """E08, ruling 2 of the design."""
    given(family_care_bed).also(known_household, home_known()).when(APPLY).then(APPLIED)
    given(family_care_bed).when(APPLY).refused("household_unknown")
    known = given(family_care_bed).also(known_household, home_known())
    known.also(known_person, death_known(LEFT)).when(APPLY).refused("person_dead")


@pytest.mark.parametrize(("score", "grade"), [(0, 0), (20, 0), (21, 1), (45, 1), (46, 2), (65, 2), (66, 3), (90, 3), (91, 4), (100, 4)])
def test_the_grade_is_that_of_the_pack_s_band(score: int, grade: int) -> None:
    """R-ELD-01, R-ELD-11: both ends of each band belong to it; it counts for twelve months."""
    outcome = applied().when(AssessForBed(bed_id=BED, score=score), on=date(2022, 1, 10))
    outcome.then(assessed(score, grade))


def test_a_contract_needs_an_assessment_that_counts_and_a_home_that_was_looked_at() -> None:
    """R-ELD-11, section 3.2: ability first, then the devices, then the signatures."""
    applied(CHECKED).when(SIGN).refused("not_assessed")
    applied(assessed(valid_to=date(2022, 2, 28)), CHECKED).when(SIGN, on=LEFT).refused("assessment_expired")
    applied(assessed(valid_to=LEFT), CHECKED).when(SIGN, on=LEFT).then(contracted())
    applied(assessed(30, 1), CHECKED).when(SIGN).refused("grade_too_low", grade=1)
    applied(assessed()).when(SIGN).refused("devices_unchecked")
    unfit = BedDevicesChecked(bed_id=BED, household_id=HOME, fit=False)
    applied(assessed(), CHECKED, unfit).when(SIGN).refused("devices_unchecked")
    applied(assessed()).when(CheckBedDevices(bed_id=BED, fit=True)).then(CHECKED)


@pytest.mark.parametrize(("grade", "score", "least"), [(2, 50, 2), (3, 70, 4), (4, 95, 8)])
def test_the_plan_has_the_visits_of_the_grade_at_least(grade: int, score: int, least: int) -> None:
    """R-ELD-11."""
    bed = applied(assessed(score, grade), CHECKED)
    bed.when(SIGN.model_copy(update={"visits_month": least - 1})).refused("too_few_visits", least=least)
    bed.when(SIGN.model_copy(update={"visits_month": least})).then(contracted(grade, least))


def test_a_person_has_one_contract_and_the_living_sign() -> None:
    """R-ELD-11: a claim of the person; a reported death waits to be settled."""
    ready(contracted()).when(SIGN).refused("already_contracted")
    ready().also(known_person, death_known(LEFT)).when(SIGN).refused("person_dead")
    ready().also(known_person, death_known(LEFT, Certainty.REPORTED)).when(SIGN).refused("person_held")
    assert list(index(APPLIED)) == [Link(f"person/{ELDER}")]
    assert list(index(contracted())) == [Take("care-bed", ELDER)]


def test_nobody_signs_with_a_provider_that_is_restricted() -> None:
    """SG-15: until it is reinstated; a contract that was signed before goes on."""
    restricted = RestrictionKnown(organisation_id=PROVIDER, since=LEFT)
    ready().also(known_organisation, restricted).when(SIGN).refused("organisation_restricted", since="2022-03-01")
    again = ReinstatementKnown(organisation_id=PROVIDER)
    ready().also(known_organisation, restricted, again).when(SIGN).then(contracted())
    serving().also(known_organisation, restricted).when(DELIVER).then(
        BedServiceDelivered(bed_id=BED, household_id=HOME, visit_id=VISIT, delivered_on=LEFT)
    )


def test_care_begins_once_the_home_is_fitted_and_visits_count_once() -> None:
    """E08."""
    ready().when(FIT).refused("not_contracted", state=BedStage.APPLIED)
    ready(contracted()).when(FIT).then(FITTED)
    visit = BedServiceDelivered(bed_id=BED, household_id=HOME, visit_id=VISIT, delivered_on=LEFT)
    serving().when(DELIVER, on=LEFT).then(visit)
    serving(visit).when(DELIVER).refused("visit_known")
    ready(contracted()).when(DELIVER).refused("not_serving")


# --- away from home ---


def test_a_stay_suspends_after_fifteen_days_and_closes_after_sixty_more() -> None:
    """R-ELD-11: longer than 15 days, then 60 days' suspension; both by timer."""
    serving().when(LEAVE, on=LEFT).then(BEGUN)
    serving(BEGUN).when(LEAVE).refused("already_away")
    ready().when(LEAVE).refused("not_contracted")
    serving(BEGUN).when(SUSPEND, at=end_of(WAITS)).then(SUSPENDED)
    serving(BEGUN, SUSPENDED).when(LAPSE, at=end_of(SUSPENDED_UNTIL)).then(LAPSED)
    assert list(index(BEGUN)) == [SetTimer("suspend", end_of(WAITS)), SetTimer("lapse", None)]
    assert list(index(SUSPENDED)) == [SetTimer("suspend", None), SetTimer("lapse", end_of(SUSPENDED_UNTIL))]
    assert list(index(LAPSED)) == [ReleaseAll()]


def test_who_is_back_in_time_is_so_however_late_it_is_told() -> None:
    """R-ELD-11, ruling 16: the last day is in time; the timer's facts are taken back."""
    serving(BEGUN).when(RETURN, on=WAITS).then(returned(WAITS))
    serving(BEGUN, SUSPENDED).when(RETURN, on=WAITS).then(returned(WAITS))
    serving(BEGUN, SUSPENDED, LAPSED).when(RETURN, on=SUSPENDED_UNTIL).then(returned(SUSPENDED_UNTIL))
    before = [APPLIED, assessed(), CHECKED, contracted(), FITTED]
    assert family_care_bed.fold([*before, BEGUN, SUSPENDED, LAPSED, returned(WAITS)]) == family_care_bed.fold(before)


def test_a_late_return_tells_the_suspension_and_the_closing_once() -> None:
    """R-ELD-11: whether or not the timers came first."""
    late, too_late = WAITS + timedelta(days=1), SUSPENDED_UNTIL + timedelta(days=1)
    serving(BEGUN).when(RETURN, on=late).then(SUSPENDED, returned(late))
    serving(BEGUN, SUSPENDED).when(RETURN, on=late).then(returned(late))
    serving(BEGUN).when(RETURN, on=too_late).then(SUSPENDED, LAPSED)
    serving(BEGUN, SUSPENDED, LAPSED).when(RETURN, on=too_late).then()


def test_timers_are_moot_for_who_is_back() -> None:
    """R-ELD-11."""
    for command in (SUSPEND, LAPSE):
        serving(BEGUN, returned(WAITS)).when(command, at=end_of(WAITS)).then()
    serving(BEGUN).when(SUSPEND, on=WAITS).then()
    serving().when(RETURN).refused("not_away")


def test_nothing_is_delivered_while_the_bed_is_suspended() -> None:
    """R-ELD-11: whether the suspension was told or not."""
    serving(BEGUN).when(DELIVER, on=WAITS + timedelta(days=1)).refused("not_serving")
    serving(BEGUN, SUSPENDED).when(DELIVER, on=WAITS + timedelta(days=1)).refused("not_serving")


# --- the end ---


def test_a_bed_is_closed_once_and_gives_the_person_free() -> None:
    """R-ELD-11: on a move, by wish, or with the provider; a stay that had closed it before says so itself."""
    close = CloseBed(bed_id=BED, reason=BedClosing.MOVED)
    serving().when(close).then(closed(BedClosing.MOVED))
    serving(closed(BedClosing.MOVED)).when(close).refused("bed_closed", reason=BedClosing.MOVED)
    serving(BEGUN).when(close, on=date(2022, 6, 1)).then(SUSPENDED, LAPSED)
    for command in (SIGN, FIT, DELIVER, LEAVE, AssessForBed(bed_id=BED, score=70), CheckBedDevices(bed_id=BED, fit=True), RETURN):
        serving(closed(BedClosing.MOVED)).when(command).refused("bed_closed")
    assert list(index(closed(BedClosing.MOVED))) == [ReleaseAll()]


def test_a_reported_death_only_holds_the_bed() -> None:
    """SG-04, ruling 22: nothing is signed or delivered; a false report leaves no trace."""
    reported = death_known(LEFT, Certainty.REPORTED)
    serving().also(known_person, reported).when(HOLD).then(HELD)
    serving(HELD).also(known_person, reported).when(HOLD).then()
    serving().also(known_person, reported).when(END).then()
    serving(HELD).when(DELIVER).refused("held")
    serving(HELD).also(known_person, reported).when(RESUME).then()
    resumed = BedResumed(bed_id=BED, household_id=HOME)
    serving(HELD).also(known_person, reported, death_withdrawn()).when(RESUME).then(resumed)
    assert family_care_bed.fold([APPLIED, HELD, resumed]) == family_care_bed.fold([APPLIED])


def test_a_confirmed_death_closes_the_bed_and_a_revocation_gives_it_back_as_it_was() -> None:
    """SG-04, R-ELD-11, ruling 22: also a running stay has its limits again."""
    dead, by_death = death_known(LEFT), closed(BedClosing.DEATH)
    serving().also(known_person, dead).when(END).then(by_death)
    serving(HELD).also(known_person, dead).when(END).then(by_death)
    serving(by_death).also(known_person, dead).when(END).then()
    serving(by_death).also(known_person, dead).when(RESUME).then()
    alive = [dead, death_withdrawn()]
    serving(by_death).also(known_person, *alive).when(RESUME).then(BedResumed(bed_id=BED, household_id=HOME))
    away = BedResumed(bed_id=BED, household_id=HOME, suspend_after=WAITS)
    serving(BEGUN, by_death).also(known_person, *alive).when(RESUME).then(away)
    suspended = BedResumed(bed_id=BED, household_id=HOME, close_after=SUSPENDED_UNTIL)
    serving(BEGUN, SUSPENDED, by_death).also(known_person, *alive).when(RESUME).then(suspended)
    assert list(index(by_death)) == [SetTimer("suspend", None), SetTimer("lapse", None)]
    assert list(index(away)) == [SetTimer("suspend", end_of(WAITS)), SetTimer("lapse", None)]


def test_a_revocation_brings_back_nothing_that_a_person_closed() -> None:
    """Ruling 22."""
    serving(closed(BedClosing.OWN_WISH)).also(known_person, death_known(LEFT)).when(END).then()
    serving(HELD, closed(BedClosing.OWN_WISH)).when(RESUME).then()
    serving().when(HOLD).then()


def test_active_contracts_are_counted_from_facts() -> None:
    """E08: signed and not closed, whether suspended, held or fitted; an application is none."""
    signed: list[Event] = [APPLIED, assessed(), CHECKED, contracted()]
    stories: list[list[Event]] = [
        signed,
        [*signed, FITTED, BEGUN, SUSPENDED],
        [*signed, HELD],
        [*signed, closed(BedClosing.MOVED)],
        [APPLIED],
    ]
    assert [family_care_bed.fold(story).has_contract for story in stories] == [True, True, True, False, False]


@settings(deadline=None)
@hypothesis_given(days=st.integers(0, 90), swept=st.integers(0, 90))
def test_a_stay_ends_alike_whenever_the_timers_came(days: int, swept: int) -> None:
    """R-ELD-11: the day of return alone decides between serving and closed."""
    back = LEFT + timedelta(days=days)
    facts: list[Event] = [APPLIED, assessed(), CHECKED, contracted(), FITTED, BEGUN]
    if swept > (WAITS - LEFT).days:
        facts += given(family_care_bed, *facts).when(SUSPEND, at=end_of(WAITS)).events
    if swept > (SUSPENDED_UNTIL - LEFT).days:
        facts += given(family_care_bed, *facts).when(LAPSE, at=end_of(SUSPENDED_UNTIL)).events
    facts += given(family_care_bed, *facts).when(RETURN, on=back).events
    state = family_care_bed.fold(facts)
    assert state.closed is (BedClosing.SUSPENDED_TOO_LONG if back > SUSPENDED_UNTIL else None)
    assert state.serves(back) is (back <= SUSPENDED_UNTIL)
    assert [type(fact) for fact in facts].count(BedSuspended) <= 1
