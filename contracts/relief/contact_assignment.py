"""Facts about who is the named contact of a person on the list (挂点联系人): one contact each, and one who stands in (B09)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, HouseholdId, PersonId
from contracts.relief.visit import Channel


class ListingEnd(StrEnum):
    """Why a person is on the list no longer."""

    NO_LONGER_IN_NEED = "no_longer_in_need"  # 已脱困
    MOVED = "moved"  # 已迁出
    DECEASED = "deceased"  # 已去世


@event("relief.contact-assignment.assigned", version=1, stream="person_id")
class ContactPointAssigned(Event):
    """The person is on the list and has this one contact. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    since: date
    household_id: HouseholdId | None = None


@event("relief.contact-assignment.reassigned", version=1, stream="person_id")
class ContactPointReassigned(Event):
    """Another contact took over; no task is open. `late`: after the task's due instant. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    before: ActorId
    since: date
    late: bool = False


@event("relief.contact-assignment.contact-made", version=1, stream="person_id")
class ContactMade(Event):
    """The contact, or whoever stood in, met the person. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    channel: Channel
    made_on: date


@event("relief.contact-assignment.leave-began", version=1, stream="person_id")
class ContactLeaveBegan(Event):
    """The contact is away: a task to name another is open, due before `due_at`. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    leave_from: date
    due_at: datetime


@event("relief.contact-assignment.leave-ended", version=1, stream="person_id")
class ContactLeaveEnded(Event):
    """The contact is back before another was named; the task is gone. `late`: after its due instant. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    late: bool = False


@event("relief.contact-assignment.reassignment-overdue", version=1, stream="person_id")
class ReassignmentOverdue(Event):
    """Nobody named another contact before `missed_at`; the task stays open until somebody does. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    missed_at: datetime


@event("relief.contact-assignment.ended", version=1, stream="person_id")
class ContactListingEnded(Event):
    """The person is on the list no longer; listed again, the person gets a contact anew. Source: B09."""

    person_id: PersonId
    area: AreaCode
    contact: ActorId
    reason: ListingEnd
    ended_on: date
