"""What relief was told about a person, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import PersonId
from contracts.terms import Certainty


@event("relief.known-person.death-known", version=1, stream="person_id", shared=False)
class DeathKnown(Event):
    """Registry said that the person died. Source: SG-04."""

    person_id: PersonId
    died_on: date
    certainty: Certainty


@event("relief.known-person.death-withdrawn", version=1, stream="person_id", shared=False)
class DeathWithdrawn(Event):
    """Registry said that the death was an error. Source: ruling 22."""

    person_id: PersonId
