"""The named contact of a listed person, and who stands in while the contact is away (B09)."""

from __future__ import annotations

from datetime import date, timedelta

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
DUE = at(4)
"""Away on Tuesday the 1st: three working days to Friday the 4th."""

ASSIGN = AssignContact(person_id=MOTHER, area=PLACE, contact=CONTACT, household_id=HOME)
REASSIGN, TIMER = ReassignContact(person_id=MOTHER, contact=OTHER), MissReassignment(person_id=MOTHER)
AWAY, BACK = BeginLeave(person_id=MOTHER), EndLeave(person_id=MOTHER)
END = EndListing(person_id=MOTHER, reason=ListingEnd.MOVED)
ASSIGNED = ContactPointAssigned(person_id=MOTHER, area=PLACE, contact=CONTACT, since=TUESDAY, household_id=HOME)
LEFT = ContactLeaveBegan(person_id=MOTHER, area=PLACE, contact=CONTACT, leave_from=TUESDAY, due_at=DUE)


def reassigned(on: date = TUESDAY, *, late: bool = False) -> ContactPointReassigned:
    return ContactPointReassigned(person_id=MOTHER, area=PLACE, contact=OTHER, before=CONTACT, since=on, late=late)


OVERDUE = ReassignmentOverdue(person_id=MOTHER, area=PLACE, contact=CONTACT, missed_at=DUE)


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
    assert list(index(LEFT)) == [SetTimer("overdue", DUE)]
    given(contact_assignment, ASSIGNED, LEFT).when(AWAY).refused("already_away")
    given(contact_assignment, ASSIGNED).when(BACK).refused("not_away")


def test_a_task_that_nobody_did_is_overdue_once_and_stays_open() -> None:
    """B09, ruling 16: the last day counts until 24:00; another may be named afterwards."""
    away = given(contact_assignment, ASSIGNED, LEFT)
    away.when(TIMER, at=DUE - timedelta(seconds=1)).then()
    away.when(TIMER, at=DUE).then(OVERDUE)
    given(contact_assignment, ASSIGNED, LEFT, OVERDUE).when(TIMER, at=at(9)).then()
    given(contact_assignment, ASSIGNED, LEFT, OVERDUE).when(AWAY).refused("already_away")
    given(contact_assignment, ASSIGNED, LEFT, reassigned()).when(TIMER, at=DUE).then()
    for last in (OVERDUE, reassigned()):
        assert list(index(last)) == [SetTimer("overdue", None)]


def test_the_task_ends_when_another_is_named_or_the_contact_is_back() -> None:
    """B09: in time whenever it is told, or late, with the date that passed."""
    back = ContactLeaveEnded(person_id=MOTHER, area=PLACE, contact=CONTACT)
    friday, next_week = date(2022, 3, 4), date(2022, 3, 10)
    away = given(contact_assignment, ASSIGNED, LEFT)
    away.when(REASSIGN, on=friday).then(reassigned(friday))
    away.when(BACK, on=friday).then(back)
    away.when(REASSIGN, on=next_week).then(OVERDUE, reassigned(next_week, late=True))
    told = given(contact_assignment, ASSIGNED, LEFT, OVERDUE)
    told.when(REASSIGN, on=friday).then(reassigned(friday))
    told.when(REASSIGN, on=next_week).then(reassigned(next_week, late=True))
    assert contact_assignment.fold([ASSIGNED, LEFT, OVERDUE, back]) == contact_assignment.fold([ASSIGNED])


def test_who_leaves_the_list_may_come_back_elsewhere() -> None:
    """B09: the contact and the area are named anew."""
    given(contact_assignment, ASSIGNED, LEFT).when(END).then(ended())
    given(contact_assignment, ASSIGNED, ended()).when(REASSIGN).refused("not_listed")
    again = AssignContact(person_id=MOTHER, area=HAISHAN, contact=OTHER)
    given(contact_assignment, ASSIGNED, ended()).when(again).then(
        ContactPointAssigned(person_id=MOTHER, area=HAISHAN, contact=OTHER, since=TUESDAY)
    )
    assert list(index(ended())) == [ReleaseAll()]


@for_all(st.integers(2, 31), st.sampled_from([REASSIGN, BACK, END]), st.booleans())
def test_it_does_not_matter_whether_the_clock_went_first(
    day: int, done: ReassignContact | EndLeave | EndListing, clock_first: bool
) -> None:
    """B09: the same end, and one breach at most; exactly one when the task was done late."""
    story: list[Event] = [ASSIGNED, LEFT]
    for command in (TIMER, done) if clock_first else (done, TIMER):
        story += given(contact_assignment, *story).when(command, at=DUE if command is TIMER else at(day, 4)).events
    breaches = sum(isinstance(event, ReassignmentOverdue) for event in story)
    assert breaches == 1 if at(day, 4) >= DUE else breaches <= 1
    plain = given(contact_assignment, ASSIGNED, LEFT).when(done, at=at(day, 4)).events
    assert contact_assignment.fold(story) == contact_assignment.fold([ASSIGNED, LEFT, *plain])
