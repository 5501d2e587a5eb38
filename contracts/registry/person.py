"""Facts about a person: an id and a vital status, never a name or number."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, PersonId, SignalId
from contracts.terms import Certainty, DeathSource


class RevocationReason(StrEnum):
    WRONG_PERSON = "wrong_person"
    FALSE_REPORT = "false_report"
    COURT_RULING = "court_ruling"


class HouseholdChangeKind(StrEnum):
    """What changed between two people; what it means for aid is somebody's decision (SG-05)."""

    MARRIAGE = "marriage"  # 结婚
    DIVORCE = "divorce"  # 离婚
    BIRTH = "birth"  # 出生: the other person is the child
    ADOPTION = "adoption"  # 收养: the other person is the child


class ShredReason(StrEnum):
    RETENTION_OVER = "retention_over"
    REQUEST = "request"


@event("registry.person.registered", version=1, stream="person_id")
class PersonRegistered(Event):
    """A person is known under a pseudonymous id; name, number, address and phone went into the vault in the same append. Source: R-PI-09."""

    person_id: PersonId
    area: AreaCode


@event("registry.person.deceased", version=1, stream="person_id")
class PersonDeceased(Event):
    """A death became known. `reported` only holds payments, `confirmed` starts the closing of entitlements. Source: ruling 22, SG-04."""

    person_id: PersonId
    died_on: date
    source: DeathSource
    certainty: Certainty


@event("registry.person.death-revoked", version=1, stream="person_id")
class PersonDeathRevoked(Event):
    """The death was an error; what it closed is opened again. Source: ruling 22."""

    person_id: PersonId
    reason: RevocationReason


@event("registry.person.household-change-signalled", version=1, stream="person_id")
class HouseholdChangeSignalled(Event):
    """Two people married, parted or became parent and child on a day; never why, never what they agreed. Source: section 3.4, SG-05, R-MON-06.

    signal_id: of the register's entry; a withdrawal names it.
    """

    person_id: PersonId
    signal_id: SignalId
    other_person_id: PersonId
    kind: HouseholdChangeKind
    on: date


@event("registry.person.household-change-withdrawn", version=1, stream="person_id")
class HouseholdChangeWithdrawn(Event):
    """What was signalled did not come about: the divorce was withdrawn within its 30 days, the entry was an error. Source: SG-05, R-MAR-02."""

    person_id: PersonId
    signal_id: SignalId
    other_person_id: PersonId


@event("registry.person.residence-changed", version=1, stream="person_id")
class ResidenceChanged(Event):
    """The person lives in another area from a day on. Which street pays is not said by it. Source: section 3.4, SG-06."""

    person_id: PersonId
    from_area: AreaCode
    to_area: AreaCode
    on: date


@event("registry.person.shredded", version=1, stream="person_id")
class PersonShredded(Event):
    """The person is forgotten for ever: the key is destroyed right after this (again after every restore), every sum stays.

    Source: R-PI-09, property 8, ruling 10 of the design.
    """

    person_id: PersonId
    reason: ShredReason
