"""What eldercare was told about a person: the home of a death before it has an effect (ruling 2 of the design)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from contracts.eldercare.known_person import DeathKnown, DeathWithdrawn
from contracts.ids import PersonId
from contracts.terms import Certainty
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role

KnownPersonEvent = DeathKnown | DeathWithdrawn


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    """A confirmed death ends what a person has; a report holds visits and beds and leaves meals alone (ruling 22)."""

    died_on: date | None = None
    certainty: Certainty | None = None

    @property
    def is_dead(self) -> bool:
        """A death is confirmed."""
        return self.died_on is not None and self.certainty is Certainty.CONFIRMED

    @property
    def is_held(self) -> bool:
        """A death is reported and neither confirmed nor withdrawn."""
        return self.certainty is Certainty.REPORTED

    def died_before(self, day: date) -> bool:
        """A confirmed death lies before the day."""
        return self.is_dead and self.died_on is not None and self.died_on < day


def evolve(person: KnownPerson, event: KnownPersonEvent) -> KnownPerson:
    match event:
        case DeathKnown(died_on=day, certainty=certainty):
            return replace(person, died_on=day, certainty=certainty)
        case DeathWithdrawn():
            return KnownPerson()
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


def note_death(command: NoteDeath, person: KnownPerson, _context: Context) -> list[DeathKnown]:
    """The death is known here; a confirmation replaces a report. Source: SG-04."""
    if person.is_dead and command.certainty is Certainty.REPORTED:
        return []
    return [DeathKnown(person_id=command.person_id, died_on=command.died_on, certainty=command.certainty)]


def withdraw_death(command: WithdrawDeath, person: KnownPerson, _context: Context) -> list[DeathWithdrawn]:
    """The death counts no longer. Source: ruling 22."""
    return [DeathWithdrawn(person_id=command.person_id)] if person.died_on is not None else []


_PERSON = PersonId("0190a000-0000-8000-8000-000000000010")

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
    ],
)
