"""What somebody must do before an instant that the facts name: answer an opinion or a donor, act on a signal, publish, name a contact, follow a
death to its end, decide about an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from contracts.charity.disclosure_task import DisclosureOverdue, DisclosurePublished, DisclosureTaskOpened
from contracts.charity.donor_query import DonorQueryAnswered, DonorQueryOverdue, DonorQueryReceived
from contracts.envelope import Event, Meta, stream_of
from contracts.registry.organisation import OrganisationDeregistered, OrganisationReinstated, OrganisationRestricted
from contracts.relief.contact_assignment import ContactLeaveBegan, ContactLeaveEnded, ContactListingEnded, ContactPointReassigned
from contracts.relief.death_case import DeathCaseClosed, DeathCaseConfirmed, DeathCaseOpened, DeathCaseRevoked
from contracts.relief.need_signal import NeedSignalClosed, NeedSignalDismissed, NeedSignalReceived, NeedSignalVerified
from contracts.relief.opinion import OpinionAnswered, OpinionClosed, OpinionCollected, OpinionOverdue, OpinionReopened
from kit.view import Row, View
from policy import end_of

OpinionFact = OpinionCollected | OpinionOverdue | OpinionAnswered | OpinionClosed | OpinionReopened
SignalFact = NeedSignalReceived | NeedSignalVerified | NeedSignalDismissed | NeedSignalClosed
DisclosureFact = DisclosureTaskOpened | DisclosurePublished | DisclosureOverdue
QueryFact = DonorQueryReceived | DonorQueryAnswered | DonorQueryOverdue
ContactFact = ContactLeaveBegan | ContactPointReassigned | ContactLeaveEnded | ContactListingEnded
DeathCaseFact = DeathCaseOpened | DeathCaseConfirmed | DeathCaseRevoked | DeathCaseClosed
CureFact = OrganisationRestricted | OrganisationReinstated | OrganisationDeregistered


class DueRow(Row, frozen=True):
    """One stream. due_at: what it was first due by; None: done.  what: a code of the topic, category or kind.  level: who has to act."""

    stream: str
    due_at: datetime | None
    what: str
    level: str


def opinion_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, OpinionFact) else ()


def evolve_opinion(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    match event:
        case OpinionCollected(topic=topic, level=level, due_at=due):
            return DueRow(stream=stream_of(event), due_at=due, what=topic, level=level)
        case OpinionReopened(level=level, due_at=due):
            return row and replace(row, due_at=due, level=level)
        case OpinionOverdue(level=level):
            return row and replace(row, level=level)
        case _:
            return row and replace(row, due_at=None)


def signal_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, SignalFact) else ()


def evolve_signal(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    if isinstance(event, NeedSignalReceived):
        return DueRow(stream=stream_of(event), due_at=event.due_at, what=event.category, level=event.urgency)
    return row and replace(row, due_at=None)


def disclosure_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, DisclosureFact) else ()


def evolve_disclosure(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    match event:
        case DisclosureTaskOpened(kind=kind, due_at=due, fund_id=fund):
            return DueRow(stream=stream_of(event), due_at=due, what=kind, level=fund or "")
        case DisclosurePublished():
            return row and replace(row, due_at=None)
        case _:
            return row


def query_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, QueryFact) else ()


def evolve_query(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    match event:
        case DonorQueryReceived(topic=topic, due_at=due):
            return DueRow(stream=stream_of(event), due_at=due, what=topic, level="")
        case DonorQueryAnswered():
            return None
        case _:
            return row


def contact_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, ContactFact) else ()


def evolve_contact(_row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    """A task stands from the leave of a contact until another is named, the contact is back, or nobody needs one."""
    if isinstance(event, ContactLeaveBegan):
        return DueRow(stream=stream_of(event), due_at=event.due_at, what="leave", level=event.contact)
    return None


def death_case_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, DeathCaseFact) else ()


def evolve_death_case(_row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    """What is asked for changes when a report is confirmed or revoked, and so does until when."""
    match event:
        case DeathCaseOpened(late_at=due, certainty=certainty):
            return DueRow(stream=stream_of(event), due_at=due, what="death", level=certainty)
        case DeathCaseConfirmed(late_at=due):
            return DueRow(stream=stream_of(event), due_at=due, what="death", level="confirmed")
        case DeathCaseRevoked(late_at=due):
            return DueRow(stream=stream_of(event), due_at=due, what="death", level="revoked")
        case _:
            return None


def cure_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, CureFact) else ()


def evolve_cure(_row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    """An organisation that can put things right has until the end of a day; one that cannot has nothing to wait for."""
    if isinstance(event, OrganisationRestricted) and event.cure_by is not None:
        return DueRow(stream=stream_of(event), due_at=end_of(event.cure_by), what=event.reason, level="")
    return None


opinion_due = View("opinion_due", row=DueRow, key=opinion_of, evolve=evolve_opinion)
signal_due = View("signal_due", row=DueRow, key=signal_of, evolve=evolve_signal)
disclosure_due = View("disclosure_due", row=DueRow, key=disclosure_of, evolve=evolve_disclosure)
query_due = View("query_due", row=DueRow, key=query_of, evolve=evolve_query)
contact_due = View("contact_due", row=DueRow, key=contact_of, evolve=evolve_contact)
death_case_due = View("death_case_due", row=DueRow, key=death_case_of, evolve=evolve_death_case)
cure_due = View("cure_due", row=DueRow, key=cure_of, evolve=evolve_cure)
