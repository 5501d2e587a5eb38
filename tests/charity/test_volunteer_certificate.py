"""A certificate of served time: of one organisation's records, of what counts, free."""

from __future__ import annotations

from datetime import date

from hypothesis import given as forall
from hypothesis import strategies as st

from contracts.charity.volunteer_certificate import VolunteerCertificateIssued
from contracts.charity.volunteer_record import HoursCorrection
from contracts.ids import OrganisationId, VolunteerCertificateId, VolunteerRecordId
from kit.testing import given
from services.charity.domain.volunteer_certificate import IssueCertificate, volunteer_certificate
from services.charity.domain.volunteer_hours import volunteer_hours
from services.charity.domain.volunteer_record import volunteer_record
from tests.charity.facts import AGENCY, MOTHER, OTHER_AGENCY, uuid
from tests.charity.test_volunteer_record import LAST_DAY, NEXT_DAY, correction, counted, recorded, shift, theirs

CERTIFICATE = VolunteerCertificateId(uuid(0xB9))
SATURDAY, SUNDAY = date(2022, 3, 5), date(2022, 3, 6)


def ask(first: date = date(2022, 3, 1), last: date = LAST_DAY, organisation: OrganisationId = AGENCY) -> IssueCertificate:
    return IssueCertificate(certificate_id=CERTIFICATE, person_id=MOTHER, organisation_id=organisation, first=first, last=last)


def issued(command: IssueCertificate, shifts: int, minutes: int, trained: int = 0, on: date = NEXT_DAY) -> VolunteerCertificateIssued:
    told = command.model_dump(exclude={"occurred_at"})
    return VolunteerCertificateIssued(**told, shifts=shifts, minutes=minutes, trained_minutes=trained, issued_on=on)


def test_it_adds_up_the_organisations_own_records_with_their_training() -> None:
    """R-VOL-01: 150 and 60 minutes with 45 of training; the other organisation's 60 stand on its own certificate."""
    first, second = shift(trained_minutes=45), shift(24, 26, 60, of=VolunteerRecordId(uuid(0xB3)))
    case = given(volunteer_certificate).also(volunteer_hours, counted(first), counted(second), counted(theirs(4, 6)))
    case.when(ask(), on=NEXT_DAY).then(issued(ask(), 2, 210, 45))
    other = ask(organisation=OTHER_AGENCY)
    case.when(other, on=NEXT_DAY).then(issued(other, 1, 60))


def test_only_the_days_asked_for_count_both_included() -> None:
    """R-VOL-01: a shift on Saturday and one on Sunday, each asked for alone; the day before holds nothing."""
    case = given(volunteer_certificate).also(
        volunteer_hours, counted(shift()), counted(shift(24, 26, 60, of=VolunteerRecordId(uuid(0xB3))))
    )
    for day, minutes in ((SATURDAY, 150), (SUNDAY, 60)):
        one = ask(day, day)
        case.when(one, on=NEXT_DAY).then(issued(one, 1, minutes))
    case.when(ask(date(2022, 3, 4), date(2022, 3, 4)), on=NEXT_DAY).refused("nothing_served")


def test_it_is_of_time_that_is_over_and_was_served() -> None:
    """R-VOL-01: no certificate of nothing, of days to come, or of days that end before they begin."""
    case = given(volunteer_certificate)
    case.when(ask(), on=NEXT_DAY).refused("nothing_served")
    served = case.also(volunteer_hours, counted(shift()))
    served.when(ask(last=date(2022, 3, 22)), on=NEXT_DAY).refused("period_running", last="2022-03-22")
    served.when(ask(first=LAST_DAY, last=SATURDAY), on=NEXT_DAY).refused("ends_before_it_starts")
    served.when(ask(organisation=OTHER_AGENCY), on=NEXT_DAY).refused("nothing_served")


def test_a_corrected_record_counts_as_it_was_put_right_and_keeps_its_training() -> None:
    """R-VOL-01: 90 minutes after the correction; once nothing was served, there is nothing to certify."""
    first, less = shift(trained_minutes=30), correction(0, 2.5, 90)
    lowered = given(volunteer_record, recorded(first)).also(volunteer_hours, counted(first)).when(less, on=LAST_DAY)
    ledger = [event for event in lowered.events if type(event) is type(counted(first))]
    given(volunteer_certificate).also(volunteer_hours, counted(first), *ledger).when(ask(), on=NEXT_DAY).then(issued(ask(), 1, 90, 30))
    struck = given(volunteer_record, recorded(first)).also(volunteer_hours, counted(first))
    gone = struck.when(correction(0, 2.5, 0, HoursCorrection.NOT_SERVED), on=LAST_DAY).events[1:]
    given(volunteer_certificate).also(volunteer_hours, counted(first), *gone).when(ask(), on=NEXT_DAY).refused("nothing_served")


@forall(st.lists(st.tuples(st.integers(1, 120), st.booleans()), min_size=1, max_size=12))
def test_the_certificates_of_all_organisations_are_the_ledger(served: list[tuple[int, bool]]) -> None:
    """R-VOL-01, H03: however shifts are spread over two organisations, their certificates together certify each minute once."""
    told = [
        counted(shift(3 * n, 3 * n + 2, minutes, of=VolunteerRecordId(uuid(0x3000 + n)), organisation=AGENCY if own else OTHER_AGENCY))
        for n, (minutes, own) in enumerate(served)
    ]
    case = given(volunteer_certificate).also(volunteer_hours, *told)
    outcomes = [case.when(ask(organisation=one), on=NEXT_DAY) for one in (AGENCY, OTHER_AGENCY)]
    assert sum(event.minutes for outcome in outcomes for event in outcome.events) == sum(minutes for minutes, _ in served)
