"""The named contact of a listed person, and who stands in while the contact is away (B09)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode
from contracts.relief.contact_assignment import (
    ContactLeaveBegan,
    ContactLeaveEnded,
    ContactListingEnded,
    ContactMade,
    ContactPointAssigned,
    ContactPointReassigned,
    ListingEnd,
    ReassignmentOverdue,
)
from contracts.relief.visit import Channel
from kit.store.model import ReleaseAll, SetTimer
from kit.testing import given
from services.relief.domain.contact_assignment import (
    AssignContact,
    BeginLeave,
    EndLeave,
    EndListing,
    MakeContact,
    MissReassignment,
    ReassignContact,
    contact_assignment,
    index,
)
from tests.relief.discovery import HOME, MOTHER, PLACE, TUESDAY, at

CONTACT, OTHER, HAISHAN = ActorId("cadre-7"), ActorId("cadre-8"), AreaCode("440308004-haiyue")
FIRST, SECOND, THIRD = at(4), at(9), at(15)
"""Away on Tuesday the 1st: three working days to Friday the 4th; then, counted from each breach, to the 9th and to the 15th."""

ASSIGN = AssignContact(person_id=MOTHER, area=PLACE, contact=CONTACT, household_id=HOME)
REASSIGN, TIMER = ReassignContact(person_id=MOTHER, contact=OTHER), MissReassignment(person_id=MOTHER)
AWAY, BACK = BeginLeave(person_id=MOTHER), EndLeave(person_id=MOTHER)
END = EndListing(person_id=MOTHER, reason=ListingEnd.MOVED)
ASSIGNED = ContactPointAssigned(person_id=MOTHER, area=PLACE, contact=CONTACT, since=TUESDAY, household_id=HOME)
LEFT = ContactLeaveBegan(person_id=MOTHER, area=PLACE, contact=CONTACT, leave_from=TUESDAY, due_at=FIRST)


def reassigned(on: date = TUESDAY, *, late: bool = False) -> ContactPointReassigned:
    return ContactPointReassigned(person_id=MOTHER, area=PLACE, contact=OTHER, before=CONTACT, since=on, late=late)


def overdue(missed_at: datetime, due_at: datetime) -> ReassignmentOverdue:
    return ReassignmentOverdue(person_id=MOTHER, area=PLACE, contact=CONTACT, missed_at=missed_at, due_at=due_at)


def ended(on: date = TUESDAY) -> ContactListingEnded:
    return ContactListingEnded(person_id=MOTHER, area=PLACE, contact=CONTACT, reason=ListingEnd.MOVED, ended_on=on)


def test_a_listed_person_has_one_named_contact() -> None:
    """B09: the stream is the person's, so a second contact is no second assignment."""
    given(contact_assignment).when(ASSIGN).then(ASSIGNED)
    given(contact_assignment, ASSIGNED).when(ASSIGN).then()
    given(contact_assignment, ASSIGNED).when(ASSIGN.model_copy(update={"contact": OTHER})).refused("already_listed", contact=CONTACT)
    given(contact_assignment, ASSIGNED).when(REASSIGN).then(reassigned())
    given(contact_assignment, ASSIGNED, reassigned()).when(REASSIGN).refused("same_contact")


def test_whoever_met_the_person_is_recorded() -> None:
    """B09."""
    made = ContactMade(person_id=MOTHER, area=PLACE, contact=CONTACT, channel=Channel.PHONE, made_on=TUESDAY)
    given(contact_assignment, ASSIGNED).when(MakeContact(person_id=MOTHER, channel=Channel.PHONE)).then(made)
    stand_in = MakeContact(person_id=MOTHER, channel=Channel.PHONE, by=OTHER)
    assert given(contact_assignment, ASSIGNED).when(stand_in).events[0].contact == OTHER
    given(contact_assignment, ASSIGNED, ended()).when(stand_in).refused("not_listed")


def test_the_leave_of_a_contact_opens_a_task() -> None:
    """B09: to name another within three working days."""
    given(contact_assignment, ASSIGNED).when(AWAY).then(LEFT)
    assert list(index(LEFT)) == [SetTimer("overdue", FIRST)]
    given(contact_assignment, ASSIGNED, LEFT).when(AWAY).refused("already_away")
    given(contact_assignment, ASSIGNED).when(BACK).refused("not_away")


def test_the_task_is_asked_for_until_somebody_is_named() -> None:
    """B09, ruling 16: each date is counted from the one before."""
    away = given(contact_assignment, ASSIGNED, LEFT)
    away.when(TIMER, at=FIRST - timedelta(seconds=1)).then()
    away.when(TIMER, at=FIRST).then(overdue(FIRST, SECOND))
    given(contact_assignment, ASSIGNED, LEFT, overdue(FIRST, SECOND)).when(TIMER, at=SECOND).then(overdue(SECOND, at(15)))
    given(contact_assignment, ASSIGNED, LEFT, reassigned()).when(TIMER, at=SECOND).then()
    assert list(index(overdue(FIRST, SECOND))) == [SetTimer("overdue", SECOND)]
    assert list(index(reassigned())) == [SetTimer("overdue", None)]


def test_the_task_ends_when_another_is_named_or_the_contact_is_back() -> None:
    """B09: in time, or with every date that passed."""
    back = ContactLeaveEnded(person_id=MOTHER, area=PLACE, contact=CONTACT)
    away = given(contact_assignment, ASSIGNED, LEFT)
    away.when(REASSIGN, on=date(2022, 3, 4)).then(reassigned(date(2022, 3, 4)))
    away.when(BACK, on=date(2022, 3, 4)).then(back)
    late = reassigned(date(2022, 3, 10), late=True)
    away.when(REASSIGN, on=date(2022, 3, 10)).then(overdue(FIRST, SECOND), overdue(SECOND, THIRD), late)
    given(contact_assignment, ASSIGNED, LEFT, overdue(FIRST, SECOND)).when(REASSIGN, on=date(2022, 3, 4)).then(reassigned(date(2022, 3, 4)))


def test_who_leaves_the_list_may_come_back_elsewhere() -> None:
    """B09: the contact and the area are named anew."""
    given(contact_assignment, ASSIGNED, LEFT).when(END).then(ended())
    given(contact_assignment, ASSIGNED, ended()).when(REASSIGN).refused("not_listed")
    again = AssignContact(person_id=MOTHER, area=HAISHAN, contact=OTHER)
    given(contact_assignment, ASSIGNED, ended()).when(again).then(
        ContactPointAssigned(person_id=MOTHER, area=HAISHAN, contact=OTHER, since=TUESDAY)
    )
    assert list(index(ended())) == [ReleaseAll()]


@for_all(st.integers(2, 31), st.integers(2, 31), st.sampled_from([REASSIGN, BACK, END]))
def test_it_does_not_matter_when_the_sweeper_came_by(done_on: int, swept_on: int, done: ReassignContact | EndLeave | EndListing) -> None:
    """B09: the same end, and each missed date once."""
    ends = []
    for until in (at(swept_on, 4), None):
        story: list[Event] = [ASSIGNED, LEFT]
        while until and (due := contact_assignment.fold(story).due_at) and due <= until:
            story += given(contact_assignment, *story).when(TIMER, at=due).events
        story += given(contact_assignment, *story).when(done, at=at(done_on, 4)).events
        missed = [event.missed_at for event in story if isinstance(event, ReassignmentOverdue)]
        assert len(set(missed)) == len(missed)
        ends.append(contact_assignment.fold(story))
    assert ends[0] == ends[1]
