"""The named contact of a person on the list (挂点联系人): the stream is the person's, so there is one; someone stands in on leave (B09)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from contracts.ids import ActorId, AreaCode, HouseholdId, PersonId
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
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer

ContactEvent = (
    ContactPointAssigned
    | ContactPointReassigned
    | ContactMade
    | ContactLeaveBegan
    | ContactLeaveEnded
    | ReassignmentOverdue
    | ContactListingEnded
)


@dataclass(frozen=True, kw_only=True)
class ContactAssignment:
    """The contact, and the task to name another while the contact is away. No contact: the person is not on the list."""

    person_id: PersonId = PersonId("")
    area: AreaCode | None = None
    contact: ActorId | None = None
    due_at: datetime | None = None
    is_overdue: bool = False

    @property
    def place(self) -> AreaCode:
        return self.area or AreaCode("")

    @property
    def is_away(self) -> bool:
        return self.due_at is not None

    def named(self) -> ActorId:
        """The contact. Raises: Refused("not_listed")."""
        require(self.contact is not None, "not_listed")
        return self.contact or ActorId("")


def evolve(assignment: ContactAssignment, event: ContactEvent) -> ContactAssignment:
    match event:
        case ContactPointAssigned(person_id=person, area=area, contact=contact):
            return ContactAssignment(person_id=person, area=area, contact=contact)
        case ContactPointReassigned(contact=contact):
            return replace(assignment, contact=contact, due_at=None, is_overdue=False)
        case ContactMade():
            return assignment
        case ContactLeaveBegan(due_at=due):
            return replace(assignment, due_at=due)
        case ContactLeaveEnded():
            return replace(assignment, due_at=None, is_overdue=False)
        case ReassignmentOverdue():
            return replace(assignment, is_overdue=True)
        case ContactListingEnded():
            return ContactAssignment()  # listed again, the person may live elsewhere
        case _:
            assert_never(event)


class AssignContact(Command):
    """Put a person on the list, with a contact."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    household_id: HouseholdId | None = None


class ReassignContact(Command):
    """Name another contact."""

    person_id: PersonId
    contact: ActorId


class MakeContact(Command):
    """The contact, or whoever stood in (`by`), met the person."""

    person_id: PersonId
    channel: Channel
    by: ActorId | None = None


class BeginLeave(Command):
    """The contact is away from a day on: another is to be named."""

    person_id: PersonId
    leave_from: date | None = None


class EndLeave(Command):
    """The contact is back."""

    person_id: PersonId


class MissReassignment(Command):
    """Nobody named another contact in time."""

    person_id: PersonId


class EndListing(Command):
    """The person is on the list no longer."""

    person_id: PersonId
    reason: ListingEnd


def assign(command: AssignContact, assignment: ContactAssignment, context: Context) -> list[ContactPointAssigned]:
    """The person has one contact; the same one named again changes nothing.

    Raises: Refused("already_listed", contact).  Source: B09.
    """
    if assignment.contact is not None:
        require(assignment.contact == command.contact, "already_listed", contact=assignment.contact)
        return []
    return [ContactPointAssigned(since=context.on, **command.model_dump(exclude={"occurred_at"}))]


def reassign(
    command: ReassignContact, assignment: ContactAssignment, context: Context
) -> list[ReassignmentOverdue | ContactPointReassigned]:
    """The other contact took over and the task is done; a due date that passed before is told with it, if no clock has told it.

    Raises: Refused("not_listed" | "same_contact").  Source: B09.
    """
    before = assignment.named()
    require(command.contact != before, "same_contact")
    taken_over = ContactPointReassigned(
        person_id=assignment.person_id,
        area=assignment.place,
        contact=command.contact,
        before=before,
        since=context.on,
        late=_is_late(assignment, context),
    )
    return [*_missed(assignment, context), taken_over]


def _is_late(assignment: ContactAssignment, context: Context) -> bool:
    return assignment.due_at is not None and context.occurred_at >= assignment.due_at


def make_contact(command: MakeContact, assignment: ContactAssignment, context: Context) -> list[ContactMade]:
    """It is known that the person was met.

    Raises: Refused("not_listed").  Source: B09.
    """
    contact = command.by or assignment.named()
    assignment.named()
    return [
        ContactMade(person_id=assignment.person_id, area=assignment.place, contact=contact, channel=command.channel, made_on=context.on)
    ]


def begin_leave(command: BeginLeave, assignment: ContactAssignment, context: Context) -> list[ContactLeaveBegan]:
    """A task to name another contact is open, until it is done or the contact is back.

    Raises: Refused("not_listed" | "already_away").  Source: B09.
    """
    contact = assignment.named()
    require(not assignment.is_away, "already_away")
    return [
        ContactLeaveBegan(
            person_id=assignment.person_id,
            area=assignment.place,
            contact=contact,
            leave_from=command.leave_from or context.on,
            due_at=context.calendar.due_at(context.occurred_at, context.policy.contact_reassign_wd),
        )
    ]


def end_leave(_command: EndLeave, assignment: ContactAssignment, context: Context) -> list[ReassignmentOverdue | ContactLeaveEnded]:
    """The task is gone; a due date that passed before is told with it, if no clock has told it.

    Raises: Refused("not_listed" | "not_away").  Source: B09.
    """
    contact = assignment.named()
    require(assignment.is_away, "not_away")
    back = ContactLeaveEnded(person_id=assignment.person_id, area=assignment.place, contact=contact, late=_is_late(assignment, context))
    return [*_missed(assignment, context), back]


def overdue(_command: MissReassignment, assignment: ContactAssignment, context: Context) -> list[ReassignmentOverdue]:
    """The task was missed; it stays open. Nothing happens when it is done, before its date, or a second time. Source: B09."""
    return _missed(assignment, context)


def _missed(assignment: ContactAssignment, context: Context) -> list[ReassignmentOverdue]:
    due = assignment.due_at
    if due is None or assignment.is_overdue or context.occurred_at < due:
        return []
    return [ReassignmentOverdue(person_id=assignment.person_id, area=assignment.place, contact=assignment.named(), missed_at=due)]


def end_listing(command: EndListing, assignment: ContactAssignment, context: Context) -> list[ReassignmentOverdue | ContactListingEnded]:
    """The person needs no contact any more; an open task is gone.

    Raises: Refused("not_listed").  Source: B09.
    """
    ended = ContactListingEnded(
        person_id=assignment.person_id,
        area=assignment.place,
        contact=assignment.named(),
        reason=command.reason,
        ended_on=context.on,
    )
    return [*_missed(assignment, context), ended]


def index(event: ContactEvent) -> Iterable[IndexChange]:
    """Found from the person; while the contact is away, a clock runs until its date."""
    match event:
        case ContactPointAssigned(person_id=person):
            return [Link(person_subject(person))]
        case ContactLeaveBegan(due_at=due):
            return [SetTimer("overdue", due)]
        case ContactPointReassigned() | ContactLeaveEnded() | ReassignmentOverdue():
            return [SetTimer("overdue", None)]
        case ContactListingEnded():
            return [ReleaseAll()]
        case ContactMade():
            return []
        case _:
            assert_never(event)


_PERSON = PersonId("0190a000-0000-8000-8000-000000000010")
_WHO = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

contact_assignment = Aggregate(
    "contact-assignment",
    id="person_id",
    state=ContactAssignment,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            assign,
            stream="any",
            roles=_WHO,
            example=AssignContact(person_id=_PERSON, area=AreaCode("440308003-qiaodong"), contact=ActorId("cadre-7")),
        ),
        command(reassign, roles=_WHO, example=ReassignContact(person_id=_PERSON, contact=ActorId("cadre-8"))),
        command(make_contact, roles=_WHO, example=MakeContact(person_id=_PERSON, channel=Channel.PHONE)),
        command(begin_leave, roles=_WHO, example=BeginLeave(person_id=_PERSON)),
        command(end_leave, roles=_WHO, example=EndLeave(person_id=_PERSON)),
        command(end_listing, roles=_WHO, example=EndListing(person_id=_PERSON, reason=ListingEnd.NO_LONGER_IN_NEED)),
        command(overdue, roles={Role.SYSTEM}, example=MissReassignment(person_id=_PERSON)),
    ],
)
