"""Facts about a person: an id and a vital status, never a name or number."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, PersonId
from contracts.terms import Certainty, DeathSource


class RevocationReason(StrEnum):
    WRONG_PERSON = "wrong_person"
    FALSE_REPORT = "false_report"
    COURT_RULING = "court_ruling"


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


@event("registry.person.shredded", version=1, stream="person_id")
class PersonShredded(Event):
    """The person is forgotten for ever: the key is destroyed right after this (again after every restore), every sum stays.

    Source: R-PI-09, property 8, ruling 10 of the design.
    """

    person_id: PersonId
    reason: ShredReason
