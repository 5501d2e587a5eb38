"""A person: a pseudonymous id, an area and a vital status. Names and numbers stand in the vault alone (R-PI-09)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from pydantic import SecretStr

from contracts.ids import AreaCode, PersonId, SignalId
from contracts.registry.person import (
    HouseholdChangeKind,
    HouseholdChangeSignalled,
    HouseholdChangeWithdrawn,
    PersonDeathRevoked,
    PersonDeceased,
    PersonRegistered,
    PersonShredded,
    ResidenceChanged,
    RevocationReason,
    ShredReason,
)
from contracts.terms import Certainty, DeathSource
from kit.aggregate import Aggregate, command, require, same
from kit.command import Command, Context
from kit.errors import Refused
from kit.identity import Role
from kit.store.model import IndexChange, Link, SideRow
from kit.vault import invent_document_number
from services.registry.domain.area import Area, area
from services.registry.domain.personal_values import PersonalCommand, Sealed, seal_values

PersonEvent = (
    PersonRegistered
    | PersonDeceased
    | PersonDeathRevoked
    | HouseholdChangeSignalled
    | HouseholdChangeWithdrawn
    | ResidenceChanged
    | PersonShredded
)
SHREDDED = "shredded-persons"
"""The subject under which everybody is found whose key must not exist."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Where the person lives, whether they live, who they married or parted from, and whether they were forgotten.

    signals: the other person of each change that was told and not withdrawn.  told: every change ever told.
    """

    area: AreaCode | None = None
    died_on: date | None = None
    certainty: Certainty | None = None
    signals: Mapping[SignalId, PersonId] = field(default_factory=dict)
    told: frozenset[SignalId] = frozenset()
    shredded: bool = False

    @property
    def is_dead(self) -> bool:
        """A death is confirmed: only closing commands follow (section 3.2)."""
        return self.certainty is Certainty.CONFIRMED


def evolve(person: Person, event: PersonEvent) -> Person:
    match event:
        case PersonRegistered(area=area):
            return Person(area=area)
        case PersonDeceased(died_on=day, certainty=certainty):
            return replace(person, died_on=day, certainty=certainty)
        case PersonDeathRevoked():
            return replace(person, died_on=None, certainty=None)
        case HouseholdChangeSignalled(signal_id=signal, other_person_id=other):
            return replace(person, signals={**person.signals, signal: other}, told=person.told | {signal})
        case HouseholdChangeWithdrawn(signal_id=signal):
            return replace(person, signals={known: other for known, other in person.signals.items() if known != signal})
        case ResidenceChanged(to_area=area):
            return replace(person, area=area)
        case PersonShredded():
            return replace(person, shredded=True)
        case _:
            assert_never(event)


class RegisterPerson(PersonalCommand):
    """A person becomes known under an id; the values go into the vault."""

    area: AreaCode


class ReportDeath(Command):
    """A death became known; `confirmed` needs the register's or an authority's proof."""

    person_id: PersonId
    died_on: date
    source: DeathSource
    certainty: Certainty


class RevokeDeath(Command):
    """The death was an error."""

    person_id: PersonId
    reason: RevocationReason


class SignalHouseholdChange(Command):
    """Two people married or parted, or one became the other's child. signal_id: given by whoever tells it, once."""

    person_id: PersonId
    signal_id: SignalId
    other_person_id: PersonId
    kind: HouseholdChangeKind
    on: date


class WithdrawHouseholdChange(Command):
    """What was told did not come about."""

    person_id: PersonId
    signal_id: SignalId


class ChangeResidence(Command):
    """The person lives in another area from a day on."""

    person_id: PersonId
    to_area: AreaCode
    on: date


class ShredPerson(Command):
    """Forget the person's values for ever. There is no way back."""

    person_id: PersonId
    reason: ShredReason


def register(command: RegisterPerson, _person: Person, context: Context, place: Area) -> list[PersonRegistered | SideRow]:
    """The person is known; the vault holds the values and refuses a second person with this document number.

    Raises: Refused("area_unknown"); Refused("document_invalid", reason); Refused("document_known", person_id).
    Source: R-PI-09, section 3.2 (one living person per national id), rulings 9 and 10 of the design.
    """
    require(place.holds_on(context.on), "area_unknown", area=command.area)
    sealed: Sealed = context.prepared
    require(sealed.bad_number is None, "document_invalid", reason=sealed.bad_number)
    require(sealed.existing is None, "document_known", person_id=sealed.existing)
    return [PersonRegistered(person_id=command.person_id, area=command.area), *sealed.rows]


def report_death(command: ReportDeath, person: Person, context: Context) -> list[PersonDeceased]:
    """The death is known; a confirmation replaces a report (also its date), nothing replaces a confirmation but a revocation.

    Raises: Refused("death_in_future"); Refused("death_known", died_on, certainty).  Source: ruling 22, SG-04.
    """
    require(command.died_on <= context.on, "death_in_future")
    confirms = person.certainty is Certainty.REPORTED and command.certainty is Certainty.CONFIRMED
    known_on = person.died_on.isoformat() if person.died_on else None
    require(person.died_on is None or confirms, "death_known", died_on=known_on, certainty=person.certainty)
    return [PersonDeceased(person_id=command.person_id, died_on=command.died_on, source=command.source, certainty=command.certainty)]


def revoke_death(command: RevokeDeath, person: Person, _context: Context) -> list[PersonDeathRevoked]:
    """The person lives; whoever closed something for the death opens it again.

    Raises: Refused("not_deceased").  Source: ruling 22.
    """
    require(person.died_on is not None, "not_deceased")
    return [PersonDeathRevoked(person_id=command.person_id, reason=command.reason)]


def signal_household_change(
    command: SignalHouseholdChange, person: Person, context: Context, other: Person
) -> list[HouseholdChangeSignalled]:
    """Others know who and when; what it means for aid a caseworker decides.

    Raises: Refused("signalled_already" | "with_oneself" | "in_future"); Refused("person_dead", person_id).
    Source: section 3.4, SG-05, R-MON-06.
    """
    require(command.signal_id not in person.told, "signalled_already")
    require(command.other_person_id != command.person_id, "with_oneself")
    require(command.on <= context.on, "in_future")
    for who, known in ((command.person_id, person), (command.other_person_id, other)):
        require(not known.is_dead, "person_dead", person_id=who)
    return [HouseholdChangeSignalled(**command.model_dump(exclude={"occurred_at"}))]


def withdraw_household_change(command: WithdrawHouseholdChange, person: Person, _context: Context) -> list[HouseholdChangeWithdrawn]:
    """Whoever has not acted on it yet need not.

    Raises: Refused("not_signalled").  Source: SG-05, R-MAR-02.
    """
    other = person.signals.get(command.signal_id)
    if other is None:
        raise Refused("not_signalled", signal_id=command.signal_id)
    return [HouseholdChangeWithdrawn(person_id=command.person_id, signal_id=command.signal_id, other_person_id=other)]


def change_residence(command: ChangeResidence, person: Person, context: Context, place: Area) -> list[ResidenceChanged]:
    """The person's area is the new one, also for who may read and act (ruling 26 of the design); who pays aid is relief's to decide.

    Raises: Refused("person_dead" | "in_future" | "same_area"); Refused("area_unknown", area).  Source: section 3.4, SG-06.
    """
    require(not person.is_dead, "person_dead", person_id=command.person_id)
    require(command.on <= context.on, "in_future")
    require(place.holds_on(command.on), "area_unknown", area=command.to_area)
    before = person.area
    require(before is not None and before != command.to_area, "same_area", area=before)
    return [ResidenceChanged(person_id=command.person_id, from_area=before or command.to_area, to_area=command.to_area, on=command.on)]


def shred(command: ShredPerson, person: Person, _context: Context) -> list[PersonShredded]:
    """The order to forget is on record; `services.registry.forgetting` destroys the key, at once and again after every restore.

    The event comes first: a crash between the two is made up for at the next look, and a refused command destroys nothing.
    Raises: Refused("already_shredded").  Source: R-PI-09, ruling 10 of the design.
    """
    require(not person.shredded, "already_shredded")
    return [PersonShredded(person_id=command.person_id, reason=command.reason)]


def index(event: PersonEvent) -> Iterable[IndexChange]:
    """Who must be forgotten is found without reading the log."""
    return [Link(SHREDDED)] if isinstance(event, PersonShredded) else []


_ID = "0190a000-0000-8000-8000-0000000000"
_PERSON, _OTHER, _SIGNAL = PersonId(f"{_ID}10"), PersonId(f"{_ID}11"), SignalId(f"{_ID}71")
_STREET, _ELSEWHERE = AreaCode("440308003-qiaodong"), AreaCode("440308004-pengwan")
_REGISTRARS = frozenset({Role.REGISTRAR, Role.CIVIL_REGISTRAR})

person = Aggregate(
    "person",
    id="person_id",
    state=Person,
    evolve=evolve,
    area="area",
    index=index,
    commands=[
        command(
            register,
            stream="new",
            also=[area.by("area", missing_ok=True)],
            roles={Role.REGISTRAR},
            prepare=seal_values,
            example=RegisterPerson(
                person_id=_PERSON,
                area=_STREET,
                name=SecretStr("王示范"),
                document_number=SecretStr(invent_document_number(date(1948, 1, 15), 12, male=False)),
                address=SecretStr("桥东示范路 901 号"),
            ),
        ),
        command(
            report_death,
            roles={Role.REGISTRAR},
            example=ReportDeath(
                person_id=_PERSON, died_on=date(2022, 6, 14), source=DeathSource.FUNERAL_HOME, certainty=Certainty.CONFIRMED
            ),
        ),
        command(
            revoke_death,
            roles={Role.REGISTRAR},
            example=RevokeDeath(person_id=_PERSON, reason=RevocationReason.WRONG_PERSON),
        ),
        command(
            signal_household_change,
            also=[same("other_person_id")],
            roles=_REGISTRARS,
            example=SignalHouseholdChange(
                person_id=_PERSON,
                signal_id=_SIGNAL,
                other_person_id=_OTHER,
                kind=HouseholdChangeKind.MARRIAGE,
                on=date(2022, 5, 20),
            ),
        ),
        command(
            withdraw_household_change,
            roles=_REGISTRARS,
            example=WithdrawHouseholdChange(person_id=_PERSON, signal_id=_SIGNAL),
        ),
        command(
            change_residence,
            also=[area.by("to_area", missing_ok=True)],
            roles=_REGISTRARS,
            example=ChangeResidence(person_id=_PERSON, to_area=_ELSEWHERE, on=date(2022, 9, 1)),
        ),
        command(shred, roles={Role.REGISTRAR}, example=ShredPerson(person_id=_PERSON, reason=ShredReason.RETENTION_OVER)),
    ],
)
