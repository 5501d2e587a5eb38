"""What relief was told about a person: the home of a death, a marriage or a move before it has an effect (ruling 2 of the design)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from contracts.ids import AreaCode, PersonId, SignalId
from contracts.registry.person import HouseholdChangeKind
from contracts.relief.known_person import (
    DeathKnown,
    DeathWithdrawn,
    HouseholdChangeForgotten,
    HouseholdChangeKnown,
    ResidenceKnown,
)
from contracts.terms import Certainty
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role

KnownPersonEvent = DeathKnown | DeathWithdrawn | HouseholdChangeKnown | HouseholdChangeForgotten | ResidenceKnown


@dataclass(frozen=True, kw_only=True)
class KnownChange:
    """A marriage, a divorce, a child."""

    other_person_id: PersonId
    kind: HouseholdChangeKind
    on: date


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    """A reported death only holds payments; a confirmed one ends entitlements (ruling 22). area: since the last move, else unknown."""

    died_on: date | None = None
    certainty: Certainty | None = None
    changes: Mapping[SignalId, KnownChange] = field(default_factory=dict)
    area: AreaCode | None = None

    @property
    def is_dead(self) -> bool:
        """A death is confirmed."""
        return self.died_on is not None and self.certainty is Certainty.CONFIRMED

    def died_before(self, day: date) -> bool:
        """A confirmed death lies before the day."""
        return self.is_dead and self.died_on is not None and self.died_on < day


def evolve(person: KnownPerson, event: KnownPersonEvent) -> KnownPerson:
    match event:
        case DeathKnown(died_on=day, certainty=certainty):
            return replace(person, died_on=day, certainty=certainty)
        case DeathWithdrawn():
            return replace(person, died_on=None, certainty=None)
        case HouseholdChangeKnown(signal_id=signal):
            change = KnownChange(other_person_id=event.other_person_id, kind=event.kind, on=event.on)
            return replace(person, changes={**person.changes, signal: change})
        case HouseholdChangeForgotten(signal_id=signal):
            return replace(person, changes={known: change for known, change in person.changes.items() if known != signal})
        case ResidenceKnown(area=area):
            return replace(person, area=area)
        case _:
            assert_never(event)


class NoteDeath(Command):
    """Registry said that a person died."""

    person_id: PersonId
    died_on: date
    certainty: Certainty


class WithdrawDeath(Command):
    """Registry said that the death was an error."""

    person_id: PersonId


class NoteHouseholdChange(Command):
    """Registry said that something changed between two people."""

    person_id: PersonId
    signal_id: SignalId
    other_person_id: PersonId
    kind: HouseholdChangeKind
    on: date


class ForgetHouseholdChange(Command):
    """Registry said that it did not come about."""

    person_id: PersonId
    signal_id: SignalId


class NoteResidence(Command):
    """Registry said where a person lives."""

    person_id: PersonId
    area: AreaCode
    since: date


def note_death(command: NoteDeath, person: KnownPerson, _context: Context) -> list[DeathKnown]:
    """The death is known here; a confirmation replaces a report. Source: SG-04."""
    if person.is_dead and command.certainty is Certainty.REPORTED:
        return []
    return [DeathKnown(person_id=command.person_id, died_on=command.died_on, certainty=command.certainty)]


def withdraw_death(command: WithdrawDeath, person: KnownPerson, _context: Context) -> list[DeathWithdrawn]:
    """The death counts no longer. Source: ruling 22."""
    return [DeathWithdrawn(person_id=command.person_id)] if person.died_on is not None else []


def note_household_change(command: NoteHouseholdChange, person: KnownPerson, _context: Context) -> list[HouseholdChangeKnown]:
    """The change is known here. Source: SG-05."""
    if command.signal_id in person.changes:
        return []
    return [HouseholdChangeKnown(**command.model_dump(exclude={"occurred_at"}))]


def forget_household_change(command: ForgetHouseholdChange, person: KnownPerson, _context: Context) -> list[HouseholdChangeForgotten]:
    """The change counts no longer. Source: SG-05, R-MAR-02."""
    if command.signal_id not in person.changes:
        return []
    return [HouseholdChangeForgotten(person_id=command.person_id, signal_id=command.signal_id)]


def note_residence(command: NoteResidence, _person: KnownPerson, _context: Context) -> list[ResidenceKnown]:
    """The person's area is known here. Source: SG-06."""
    return [ResidenceKnown(person_id=command.person_id, area=command.area, since=command.since)]


_ID = "0190a000-0000-8000-8000-0000000000"
_PERSON, _OTHER, _SIGNAL = PersonId(f"{_ID}10"), PersonId(f"{_ID}11"), SignalId(f"{_ID}71")

known_person = Aggregate(
    "known-person",
    id="person_id",
    state=KnownPerson,
    evolve=evolve,
    commands=[
        command(
            note_death,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteDeath(person_id=_PERSON, died_on=date(2022, 6, 14), certainty=Certainty.CONFIRMED),
        ),
        command(withdraw_death, stream="any", roles={Role.SYSTEM}, example=WithdrawDeath(person_id=_PERSON)),
        command(
            note_household_change,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteHouseholdChange(
                person_id=_PERSON,
                signal_id=_SIGNAL,
                other_person_id=_OTHER,
                kind=HouseholdChangeKind.MARRIAGE,
                on=date(2022, 5, 20),
            ),
        ),
        command(
            forget_household_change,
            stream="any",
            roles={Role.SYSTEM},
            example=ForgetHouseholdChange(person_id=_PERSON, signal_id=_SIGNAL),
        ),
        command(
            note_residence,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteResidence(person_id=_PERSON, area=AreaCode("440308004-pengwan"), since=date(2022, 9, 1)),
        ),
    ],
)
