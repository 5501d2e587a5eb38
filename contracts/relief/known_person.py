"""What relief was told about a person, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import AreaCode, PersonId, SignalId
from contracts.registry.person import HouseholdChangeKind
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


@event("relief.known-person.household-change-known", version=1, stream="person_id", shared=False)
class HouseholdChangeKnown(Event):
    """Registry said that the person married, parted, or became parent or child. Source: SG-05."""

    person_id: PersonId
    signal_id: SignalId
    other_person_id: PersonId
    kind: HouseholdChangeKind
    on: date


@event("relief.known-person.household-change-forgotten", version=1, stream="person_id", shared=False)
class HouseholdChangeForgotten(Event):
    """Registry said that it did not come about. Source: SG-05, R-MAR-02."""

    person_id: PersonId
    signal_id: SignalId


@event("relief.known-person.residence-known", version=1, stream="person_id", shared=False)
class ResidenceKnown(Event):
    """Registry said that the person lives in an area since a day. Source: SG-06."""

    person_id: PersonId
    area: AreaCode
    since: date
