"""What charity was told about a household: the home of relief's facts before they have an effect (ruling 2 of the design)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from contracts.charity.known_household import (
    HouseholdKnownClosed,
    HouseholdKnownReopened,
    MemberGone,
    MemberKnown,
    NeedKnownClosed,
    NeedKnownReopened,
    StatusEnded,
    StatusKnown,
)
from contracts.ids import HouseholdId, Month, NeedId, PersonId
from contracts.terms import ClosingCode, Status
from kit.aggregate import Aggregate, Decision, command
from kit.command import Command, Context
from kit.identity import Role

KnownHouseholdEvent = (
    StatusKnown
    | StatusEnded
    | MemberKnown
    | MemberGone
    | NeedKnownClosed
    | NeedKnownReopened
    | HouseholdKnownClosed
    | HouseholdKnownReopened
)


@dataclass(frozen=True, kw_only=True)
class StatusPeriod:
    """A status from a month on; no last month: until another one follows."""

    status: Status
    first: Month
    last: Month | None = None


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A person lives here from a day on, up to and including the last."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class KnownHousehold:
    """Statuses in the order told, members, closed needs. died_out: closed because nobody of it lives."""

    statuses: tuple[StatusPeriod, ...] = ()
    members: Mapping[PersonId, Stay] = field(default_factory=dict)
    closed_needs: frozenset[NeedId] = frozenset()
    closed_on: date | None = None
    died_out: bool = False

    def status_in(self, month: Month) -> Status | None:
        """The status of a month: of those that had begun, the one told last (it replaces the others), unless it had ended."""
        begun = [period for period in self.statuses if period.first <= month]
        if not begun or (begun[-1].last is not None and begun[-1].last < month):
            return None
        return begun[-1].status

    def members_on(self, day: date) -> list[PersonId]:
        """Who lives here on a day; nobody once the household is closed."""
        if self.closed_on is not None and self.closed_on < day:
            return []
        return [person for person, stay in self.members.items() if stay.holds(day)]


def evolve(home: KnownHousehold, event: KnownHouseholdEvent) -> KnownHousehold:
    match event:
        case StatusKnown(status=status, from_month=first, to_month=last):
            return replace(home, statuses=(*home.statuses, StatusPeriod(status=status, first=first, last=last)))
        case StatusEnded(status=status, last_month=month):
            return _ended(home, status, month)
        case MemberKnown(person_id=person, joined_on=day):
            return replace(home, members={**home.members, person: Stay(first=day)})
        case MemberGone(person_id=person, left_on=day):
            stay = home.members.get(person, Stay(first=day))
            return replace(home, members={**home.members, person: replace(stay, last=day)})
        case NeedKnownClosed(need_id=need):
            return replace(home, closed_needs=home.closed_needs | {need})
        case NeedKnownReopened(need_id=need):
            return replace(home, closed_needs=home.closed_needs - {need})
        case HouseholdKnownClosed(closed_on=day, code=code):
            return replace(home, closed_on=day, died_out=code is ClosingCode.DECEASED)
        case HouseholdKnownReopened():
            return replace(home, closed_on=None, died_out=False)
        case _:
            assert_never(event)


def _ended(home: KnownHousehold, status: Status, month: Month) -> KnownHousehold:
    """The newest period of the status ends; one that had not begun by then holds no month."""
    newest = max((at for at, period in enumerate(home.statuses) if period.status is status), default=None)
    if newest is None:
        return home
    periods = list(home.statuses)
    periods[newest] = replace(periods[newest], last=month)
    return replace(home, statuses=tuple(periods))


class NoteStatus(Command):
    """Relief recognised a status."""

    household_id: HouseholdId
    status: Status
    from_month: Month
    to_month: Month | None = None


class EndStatus(Command):
    """Relief ended a status."""

    household_id: HouseholdId
    status: Status
    last_month: Month


class NoteMember(Command):
    """Relief said that a person lives in the household."""

    household_id: HouseholdId
    person_id: PersonId
    joined_on: date


class NoteMemberGone(Command):
    """Relief said that a person left the household."""

    household_id: HouseholdId
    person_id: PersonId
    left_on: date


class NoteNeedClosed(Command):
    """Relief closed a need."""

    household_id: HouseholdId
    need_id: NeedId


class NoteNeedReopened(Command):
    """Relief opened a closed need again."""

    household_id: HouseholdId
    need_id: NeedId


class NoteHouseholdClosed(Command):
    """Relief closed the household."""

    household_id: HouseholdId
    closed_on: date
    code: ClosingCode | None = None


class NoteHouseholdReopened(Command):
    """Relief opened the household again."""

    household_id: HouseholdId


def note_status(command: NoteStatus, _home: KnownHousehold, _context: Context) -> list[StatusKnown]:
    """The status counts from its month on. Source: section 3.4, ruling 6."""
    return [StatusKnown(**command.model_dump(exclude={"occurred_at"}))]


def end_status(command: EndStatus, _home: KnownHousehold, _context: Context) -> list[StatusEnded]:
    """The status counts up to its last month. Source: E02."""
    return [StatusEnded(**command.model_dump(exclude={"occurred_at"}))]


def note_member(command: NoteMember, _home: KnownHousehold, _context: Context) -> list[MemberKnown]:
    """The person is counted from the day on. Source: section 3.4."""
    return [MemberKnown(**command.model_dump(exclude={"occurred_at"}))]


def note_member_gone(command: NoteMemberGone, _home: KnownHousehold, _context: Context) -> list[MemberGone]:
    """The person is counted up to the day. Source: section 3.4."""
    return [MemberGone(**command.model_dump(exclude={"occurred_at"}))]


def note_need_closed(command: NoteNeedClosed, _home: KnownHousehold, _context: Context) -> list[NeedKnownClosed]:
    """No fund reserves for the need any more. Source: SC-16."""
    return [NeedKnownClosed(household_id=command.household_id, need_id=command.need_id)]


def note_need_reopened(command: NoteNeedReopened, _home: KnownHousehold, _context: Context) -> list[NeedKnownReopened]:
    """Funds may reserve for the need again. Source: ruling 11."""
    return [NeedKnownReopened(household_id=command.household_id, need_id=command.need_id)]


def note_household_closed(command: NoteHouseholdClosed, _home: KnownHousehold, _context: Context) -> list[HouseholdKnownClosed]:
    """Nobody is counted here after the day. Source: ruling 4."""
    return [HouseholdKnownClosed(household_id=command.household_id, closed_on=command.closed_on, code=command.code)]


def note_household_reopened(command: NoteHouseholdReopened, _home: KnownHousehold, _context: Context) -> list[HouseholdKnownReopened]:
    """Its members are counted as if it had never been closed. Source: ruling 22."""
    return [HouseholdKnownReopened(household_id=command.household_id)]


_ID = "0190a000-0000-8000-8000-0000000000"
_HOME, _NEED, _CHILD = HouseholdId(f"{_ID}02"), NeedId(f"{_ID}01"), PersonId(f"{_ID}11")
_DAY = date(2022, 3, 1)
_COMMANDS: list[tuple[Callable[..., Decision], Command]] = [
    (note_status, NoteStatus(household_id=_HOME, status=Status.DIBAO, from_month=Month("2022-04"))),
    (end_status, EndStatus(household_id=_HOME, status=Status.DIBAO, last_month=Month("2022-09"))),
    (note_member, NoteMember(household_id=_HOME, person_id=_CHILD, joined_on=_DAY)),
    (note_member_gone, NoteMemberGone(household_id=_HOME, person_id=_CHILD, left_on=_DAY)),
    (note_need_closed, NoteNeedClosed(household_id=_HOME, need_id=_NEED)),
    (note_need_reopened, NoteNeedReopened(household_id=_HOME, need_id=_NEED)),
    (note_household_closed, NoteHouseholdClosed(household_id=_HOME, closed_on=_DAY)),
    (note_household_reopened, NoteHouseholdReopened(household_id=_HOME)),
]

known_household = Aggregate(
    "known-household",
    id="household_id",
    state=KnownHousehold,
    evolve=evolve,
    key="household_id",
    commands=[command(decide, stream="any", roles={Role.SYSTEM}, example=example) for decide, example in _COMMANDS],
)
