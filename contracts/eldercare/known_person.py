"""What eldercare was told about a person, kept here before it has an effect. Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import PersonId
from contracts.terms import Certainty


@event("eldercare.known-person.death-known", version=1, stream="person_id", shared=False)
class DeathKnown(Event):
    """Registry said that the person died. Source: SG-04."""

    person_id: PersonId
    died_on: date
    certainty: Certainty


@event("eldercare.known-person.death-withdrawn", version=1, stream="person_id", shared=False)
class DeathWithdrawn(Event):
    """Registry said that the death was an error. Source: ruling 22."""

    person_id: PersonId
