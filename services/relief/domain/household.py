"""A household: the people who live together. It keys the chain and Kafka; units per scheme live inside it (ruling 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from pydantic import Field

from contracts.ids import AreaCode, HouseholdId, Month, PersonId, UnitId
from contracts.relief.household import (
    HouseholdAssessed,
    HouseholdClosed,
    HouseholdOpened,
    HouseholdReopened,
    LeavingReason,
    MemberJoined,
    MemberLeft,
    StatusExpired,
    StatusRecognised,
    UnitDissolved,
    UnitFormed,
)
from contracts.terms import ClosingCode, Scheme, Status
from kit.aggregate import Aggregate, command, require
from kit.clock import month_of, next_month
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, Release, ReleaseAll, Take, Unlink
from services.relief.domain.known_person import KnownPerson, known_person

HouseholdEvent = (
    HouseholdOpened
    | MemberJoined
    | MemberLeft
    | UnitFormed
    | UnitDissolved
    | StatusRecognised
    | StatusExpired
    | HouseholdAssessed
    | HouseholdClosed
    | HouseholdReopened
)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From the first day to the last, both included; no last day: still so."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """The members counted for one scheme."""

    scheme: Scheme
    person_ids: tuple[PersonId, ...]
    dissolved_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Household:
    """Members as dated intervals, units by id, the current status.

    deceased: members whose stay ended with their death.  died_out: it was closed because nobody was left.
    """

    household_id: HouseholdId = HouseholdId("")
    area: AreaCode | None = None
    hukou: bool = False
    is_open: bool = False
    members: Mapping[PersonId, Interval] = field(default_factory=dict)
    units: Mapping[UnitId, Unit] = field(default_factory=dict)
    status: Status | None = None
    deceased: frozenset[PersonId] = frozenset()
    died_out: bool = False

    def members_on(self, day: date) -> list[PersonId]:
        """Who lived here on a day."""
        return [person for person, interval in self.members.items() if interval.holds(day)]

    def living_here(self) -> set[PersonId]:
        """Whose stay has not ended."""
        return {person for person, interval in self.members.items() if interval.last is None}

    def unit_of(self, scheme: Scheme, person_id: PersonId) -> UnitId | None:
        """The open unit of a scheme that counts a person."""
        found = (i for i, u in self.units.items() if u.scheme is scheme and u.dissolved_on is None and person_id in u.person_ids)
        return next(found, None)


def evolve(home: Household, event: HouseholdEvent) -> Household:
    match event:
        case HouseholdOpened():
            return replace(home, household_id=event.household_id, area=event.area, hukou=event.hukou, is_open=True)
        case MemberJoined(person_id=person, joined_on=day):
            return replace(home, members={**home.members, person: Interval(first=day)}, deceased=home.deceased - {person})
        case MemberLeft(person_id=person, left_on=day, reason=reason):
            members = {**home.members, person: replace(home.members[person], last=day)}
            return replace(home, members=members, deceased=home.deceased | ({person} if reason is LeavingReason.DECEASED else set()))
        case UnitFormed(unit_id=unit, scheme=scheme, person_ids=persons):
            return replace(home, units={**home.units, unit: Unit(scheme=scheme, person_ids=persons)})
        case UnitDissolved(unit_id=unit, dissolved_on=day):
            return replace(home, units={**home.units, unit: replace(home.units[unit], dissolved_on=day)})
        case StatusRecognised(status=status):
            return replace(home, status=status)
        case StatusExpired():
            return replace(home, status=None)
        case HouseholdAssessed():
            return home
        case HouseholdClosed(code=code):
            return replace(home, is_open=False, died_out=code is ClosingCode.DECEASED)
        case HouseholdReopened():
            return replace(home, is_open=True, died_out=False)
        case _:
            assert_never(event)


class OpenHousehold(Command):
    """People who live together become one household; each person may be in one active household only."""

    household_id: HouseholdId
    area: AreaCode
    hukou: bool = Field(default=True, description="registered in the district (户籍)")
    person_ids: tuple[PersonId, ...] = Field(min_length=1, max_length=7)


class AddMember(Command):
    """A person moves in."""

    household_id: HouseholdId
    person_id: PersonId
    joined_on: date


class RemoveMember(Command):
    """A person no longer lives here after a day."""

    household_id: HouseholdId
    person_id: PersonId
    left_on: date
    reason: LeavingReason


class FormUnit(Command):
    """Count some members for one scheme; a person is counted once a scheme."""

    household_id: HouseholdId
    unit_id: UnitId
    scheme: Scheme
    person_ids: tuple[PersonId, ...] = Field(min_length=1, max_length=12)


class DissolveUnit(Command):
    """Count the unit no longer."""

    household_id: HouseholdId
    unit_id: UnitId


class RecogniseStatus(Command):
    """Recognise the household's primary status from the month after the decision (ruling 6)."""

    household_id: HouseholdId
    status: Status


class ExpireStatus(Command):
    """End the status with the month of the decision (ruling 6)."""

    household_id: HouseholdId


class RemoveForDeath(Command):
    """A member died."""

    household_id: HouseholdId
    person_id: PersonId


class ReturnAfterRevocation(Command):
    """A member's death was an error."""

    household_id: HouseholdId
    person_id: PersonId


class CloseHousehold(Command):
    """The household no longer exists; its members are free for another."""

    household_id: HouseholdId
    code: ClosingCode


def open_household(
    command: OpenHousehold, _home: Household, context: Context, persons: Mapping[str, KnownPerson]
) -> list[HouseholdOpened | MemberJoined]:
    """The household exists with its members from the day of the decision.

    Somebody whose death is known is no member, also of a day before it: nobody would ever end that stay.
    Raises: Refused("member_dead", person_id); Refused("named_twice").  Source: ruling 4, SG-04.
    """
    require(len(set(command.person_ids)) == len(command.person_ids), "named_twice")
    for person in command.person_ids:
        require(not persons[person].is_dead, "member_dead", person_id=person)
    opened = HouseholdOpened(household_id=command.household_id, area=command.area, hukou=command.hukou, opened_on=context.on)
    return [opened, *(MemberJoined(household_id=command.household_id, person_id=p, joined_on=context.on) for p in command.person_ids)]


def add_member(command: AddMember, home: Household, _context: Context, person: KnownPerson) -> list[MemberJoined]:
    """The person lives here from the day named.

    Raises: Refused("household_closed" | "already_member" | "member_dead").  Source: ruling 4.
    """
    require(home.is_open, "household_closed")
    interval = home.members.get(command.person_id)
    require(interval is None or interval.last is not None, "already_member", person_id=command.person_id)
    require(not person.is_dead, "member_dead", person_id=command.person_id)
    return [MemberJoined(household_id=home.household_id, person_id=command.person_id, joined_on=command.joined_on)]


def remove_member(command: RemoveMember, home: Household, _context: Context) -> list[MemberLeft]:
    """The person lived here up to the day named. Nothing happens for a death that has ended the stay already.

    Raises: Refused("household_closed" | "not_a_member" | "left_before_joining").  Source: ruling 4, SG-04.
    """
    if command.reason is LeavingReason.DECEASED and command.person_id in home.deceased:
        return []
    require(home.is_open, "household_closed")  # closing has set its members free already
    interval = home.members.get(command.person_id)
    require(interval is not None and interval.last is None, "not_a_member", person_id=command.person_id)
    require(interval is not None and command.left_on >= interval.first, "left_before_joining")
    return [MemberLeft(household_id=home.household_id, person_id=command.person_id, left_on=command.left_on, reason=command.reason)]


def form_unit(command: FormUnit, home: Household, context: Context) -> list[UnitFormed]:
    """The members are counted for the scheme.

    Raises: Refused("household_closed" | "unit_exists" | "named_twice" | "not_a_member" | "counted_already").  Source: ruling 4, section 3.2.
    """
    require(home.is_open, "household_closed")
    require(len(set(command.person_ids)) == len(command.person_ids), "named_twice")
    require(command.unit_id not in home.units, "unit_exists")
    living_here = home.members_on(context.on)
    for person in command.person_ids:
        require(person in living_here, "not_a_member", person_id=person)
        require(home.unit_of(command.scheme, person) is None, "counted_already", person_id=person, scheme=command.scheme)
    return [
        UnitFormed(
            household_id=home.household_id,
            unit_id=command.unit_id,
            scheme=command.scheme,
            person_ids=command.person_ids,
            formed_on=context.on,
        )
    ]


def dissolve_unit(command: DissolveUnit, home: Household, context: Context) -> list[UnitDissolved]:
    """The unit counts no longer.

    Raises: Refused("unit_unknown").  Source: ruling 4.
    """
    unit = home.units.get(command.unit_id)
    require(unit is not None and unit.dissolved_on is None, "unit_unknown", unit_id=command.unit_id)
    return [UnitDissolved(household_id=home.household_id, unit_id=command.unit_id, dissolved_on=context.on)]


def recognise_status(command: RecogniseStatus, home: Household, context: Context) -> list[StatusRecognised]:
    """The household holds the status from the month after the decision.

    Raises: Refused("household_closed" | "status_unchanged").  Source: R-LAY-03, ruling 6.
    """
    require(home.is_open, "household_closed")
    require(home.status is not command.status, "status_unchanged", status=home.status)
    return recognised(home, command.status, context)


def recognised(home: Household, status: Status, context: Context) -> list[StatusRecognised]:
    """The status from the month after the decision; nothing when the household holds it already."""
    if home.status is status:
        return []
    return [StatusRecognised(household_id=home.household_id, status=status, from_month=Month(next_month(month_of(context.on))))]


def expire_status(_command: ExpireStatus, home: Household, context: Context) -> list[StatusExpired]:
    """The status ends with the month of the decision.

    Raises: Refused("no_status").  Source: ruling 6, E02.
    """
    require(home.status is not None, "no_status")
    status = home.status
    return [StatusExpired(household_id=home.household_id, status=status, last_month=Month(month_of(context.on)))] if status else []


def close_household(command: CloseHousehold, home: Household, context: Context) -> list[HouseholdClosed]:
    """The household is over; nobody is claimed by it. Nothing happens to one that died out and is to be closed for that.

    Raises: Refused("household_closed"); Refused("members_live") for DECEASED while a stay has not ended.  Source: ruling 4, SG-04.
    """
    if home.died_out and command.code is ClosingCode.DECEASED:
        return []
    require(home.is_open, "household_closed")
    require(command.code is not ClosingCode.DECEASED or not home.living_here(), "members_live")
    return [HouseholdClosed(household_id=home.household_id, closed_on=context.on, code=command.code)]


def remove_for_death(command: RemoveForDeath, home: Household, context: Context, person: KnownPerson) -> list[MemberLeft | HouseholdClosed]:
    """The member lived here up to the day of death; with the last one the household is closed. What it was given stays with it.

    Nothing for a death that is not confirmed, or for somebody who left before. A caseworker may have ended the stay already.
    Source: SG-04, ruling 4.
    """
    one, living = command.person_id, home.living_here()
    if not person.is_dead or person.died_on is None or not home.is_open or one not in living | home.deceased:
        return []
    closed = HouseholdClosed(household_id=home.household_id, closed_on=context.on, code=ClosingCode.DECEASED)
    ends = [] if living - {one} else [closed]
    if one not in living:
        return [*ends]
    last = max(person.died_on, home.members[one].first)
    return [MemberLeft(household_id=home.household_id, person_id=one, left_on=last, reason=LeavingReason.DECEASED), *ends]


def return_after_revocation(
    command: ReturnAfterRevocation, home: Household, _context: Context, person: KnownPerson
) -> list[HouseholdReopened | MemberJoined]:
    """The member's stay goes on as if it had never ended, in a household that is open again if it had died out.

    Nothing where no death ended the stay, or where the household was closed for another reason since.  Source: ruling 22.
    """
    if person.is_dead or command.person_id not in home.deceased or not (home.is_open or home.died_out):
        return []
    again = MemberJoined(household_id=home.household_id, person_id=command.person_id, joined_on=home.members[command.person_id].first)
    return [again] if home.is_open else [HouseholdReopened(household_id=home.household_id), again]


def index(event: HouseholdEvent) -> Iterable[IndexChange]:
    """One active household a person (claim); a person's household is found by subject, by the dead too: a death may be revoked."""
    match event:
        case MemberJoined(person_id=person):
            return [Take("active-household", person), Link(person_subject(person))]
        case MemberLeft(person_id=person, reason=LeavingReason.DECEASED):
            return [Release("active-household", person)]
        case MemberLeft(person_id=person):
            return [Release("active-household", person), Unlink(person_subject(person))]
        case HouseholdClosed(code=ClosingCode.DECEASED):
            return []  # nobody is claimed any more
        case HouseholdClosed():
            return [ReleaseAll()]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_HOME, _UNIT = HouseholdId(f"{_ID}02"), UnitId(f"{_ID}04")
_MOTHER, _CHILD = PersonId(f"{_ID}10"), PersonId(f"{_ID}11")
_STREET = AreaCode("440308003")

household = Aggregate(
    "household",
    id="household_id",
    state=Household,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            open_household,
            stream="new",
            also=[known_person.each("person_ids", missing_ok=True)],
            roles={Role.CASEWORKER},
            example=OpenHousehold(household_id=_HOME, area=_STREET, person_ids=(_MOTHER, _CHILD)),
        ),
        command(
            add_member,
            also=[known_person.by("person_id", missing_ok=True)],
            roles={Role.CASEWORKER},
            example=AddMember(household_id=_HOME, person_id=_CHILD, joined_on=date(2022, 3, 1)),
        ),
        command(
            remove_member,
            roles={Role.CASEWORKER},
            example=RemoveMember(household_id=_HOME, person_id=_CHILD, left_on=date(2022, 9, 1), reason=LeavingReason.MOVED_OUT),
        ),
        command(
            form_unit,
            roles={Role.CASEWORKER},
            example=FormUnit(household_id=_HOME, unit_id=_UNIT, scheme=Scheme.DIBAO, person_ids=(_MOTHER, _CHILD)),
        ),
        command(dissolve_unit, roles={Role.CASEWORKER}, example=DissolveUnit(household_id=_HOME, unit_id=_UNIT)),
        command(recognise_status, roles={Role.APPROVER}, example=RecogniseStatus(household_id=_HOME, status=Status.EDGE)),
        command(expire_status, roles={Role.APPROVER}, example=ExpireStatus(household_id=_HOME)),
        command(
            remove_for_death,
            also=[known_person.by("person_id", missing_ok=True)],
            roles={Role.SYSTEM},
            example=RemoveForDeath(household_id=_HOME, person_id=_CHILD),
        ),
        command(
            return_after_revocation,
            also=[known_person.by("person_id", missing_ok=True)],
            roles={Role.SYSTEM},
            example=ReturnAfterRevocation(household_id=_HOME, person_id=_CHILD),
        ),
        command(close_household, roles={Role.CASEWORKER}, example=CloseHousehold(household_id=_HOME, code=ClosingCode.MERGED)),
    ],
)
