"""What registry tells of residents: written down here, then a task for each household that it concerns (SG-05, SG-06, ruling 21).

A signal names two people, and each may live in a household of their own: one reaction for the first, one for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts.envelope import Meta
from contracts.ids import CaseId, HouseholdId, PersonId
from contracts.registry.person import HouseholdChangeSignalled, HouseholdChangeWithdrawn, ResidenceChanged
from kit.command import Command
from kit.reaction import Reaction, ids_of, person_subject
from services.relief.domain.known_person import ForgetHouseholdChange, NoteHouseholdChange, NoteResidence
from services.relief.domain.resident_change import AskAboutHousehold, AskAboutMove, WithdrawChange, resident_change

Who = Callable[[Any], PersonId]


def change_of(told: str, household_id: str) -> CaseId:
    """The id of a household's task: the same for both people of a signal who live in one household."""
    return CaseId(str(uuid5(NAMESPACE_URL, f"resident-change/{told}/{household_id}")))


def _first(event: HouseholdChangeSignalled | HouseholdChangeWithdrawn) -> PersonId:
    return event.person_id


def _other(event: HouseholdChangeSignalled | HouseholdChangeWithdrawn) -> PersonId:
    return event.other_person_id


def _signalled(name: str, who: Who, other: Who) -> Reaction:
    def note(event: HouseholdChangeSignalled, meta: Meta) -> Iterable[Command]:
        """The change is known before it is asked about, so a task that comes late sees that it was taken back."""
        yield NoteHouseholdChange(
            person_id=who(event),
            signal_id=event.signal_id,
            other_person_id=other(event),
            kind=event.kind,
            on=event.on,
            occurred_at=meta.occurred_at,
        )

    def ask(event: HouseholdChangeSignalled, streams: Sequence[str]) -> Iterable[Command]:
        """Each household of the person is to confirm or dismiss it."""
        for home in map(HouseholdId, ids_of(streams, "household")):
            task = change_of(event.signal_id, home)
            yield AskAboutHousehold(change_id=task, household_id=home, person_id=who(event), signal_id=event.signal_id)

    return Reaction(name, on=HouseholdChangeSignalled, record=note, subject=lambda event: person_subject(who(event)), then=ask)


def _withdrawn(name: str, who: Who) -> Reaction:
    def forget(event: HouseholdChangeWithdrawn, meta: Meta) -> Iterable[Command]:
        """The change counts no longer."""
        yield ForgetHouseholdChange(person_id=who(event), signal_id=event.signal_id, occurred_at=meta.occurred_at)

    def withdraw(event: HouseholdChangeWithdrawn, streams: Sequence[str]) -> Iterable[Command]:
        """Of the person's tasks those of this signal end."""
        for task in map(CaseId, ids_of(streams, resident_change.name)):
            yield WithdrawChange(change_id=task, signal_id=event.signal_id)

    return Reaction(name, on=HouseholdChangeWithdrawn, record=forget, subject=lambda event: person_subject(who(event)), then=withdraw)


def note_residence(event: ResidenceChanged, meta: Meta) -> Iterable[Command]:
    """Where the person lives is known here; who pays does not change by it."""
    yield NoteResidence(person_id=event.person_id, area=event.to_area, since=event.on, occurred_at=meta.occurred_at)


def ask_receiving_street(event: ResidenceChanged, streams: Sequence[str]) -> Iterable[Command]:
    """The street that the person moved to is to take it up, for each household of theirs."""
    for home in map(HouseholdId, ids_of(streams, "household")):
        yield AskAboutMove(
            change_id=change_of(f"{event.person_id}/{event.to_area}/{event.on}", home),
            household_id=home,
            person_id=event.person_id,
            from_area=event.from_area,
            to_area=event.to_area,
            on=event.on,
        )


def _who_moved(event: ResidenceChanged) -> str:
    return person_subject(event.person_id)


resident_reactions = (
    _signalled("household-change", _first, _other),
    _signalled("household-change-other", _other, _first),
    _withdrawn("household-change-withdrawn", _first),
    _withdrawn("household-change-withdrawn-other", _other),
    Reaction("residence-changed", on=ResidenceChanged, record=note_residence, subject=_who_moved, then=ask_receiving_street),
)
