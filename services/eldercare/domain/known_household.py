"""What eldercare was told about a household's home and status: it has a home before any meal account exists (ruling 2 of the design)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from contracts.eldercare.known_household import HomeKnown, StatusEnded, StatusKnown
from contracts.ids import AreaCode, HouseholdId, Month
from contracts.terms import Status
from kit.aggregate import Aggregate, command
from kit.clock import next_month
from kit.command import Command, Context
from kit.identity import Role

KnownHouseholdEvent = HomeKnown | StatusKnown | StatusEnded


@dataclass(frozen=True, kw_only=True)
class Span:
    """A status from its first month until `end`, the first month without it; no end: until it is said to end."""

    status: Status
    first: Month
    end: Month | None = None

    def holds(self, month: Month) -> bool:
        return self.first <= month and (self.end is None or month < self.end)

    def before(self, month: Month) -> Span | None:
        """What of the span lies before a month."""
        if month <= self.first:
            return None
        return self if self.end is not None and self.end <= month else replace(self, end=month)


@dataclass(frozen=True, kw_only=True)
class KnownHousehold:
    """Where it lives, and the statuses by month; what was said later holds from its first month on. At most one in any month (R-LAY-03)."""

    area: AreaCode | None = None
    spans: tuple[Span, ...] = ()

    def status_in(self, month: Month) -> Status | None:
        """The household's primary status in a month."""
        return next((span.status for span in self.spans if span.holds(month)), None)


def evolve(home: KnownHousehold, event: KnownHouseholdEvent) -> KnownHousehold:
    match event:
        case HomeKnown(area=area):
            return replace(home, area=area)
        case StatusKnown(status=status, from_month=first, to_month=last):
            kept = (span.before(first) for span in home.spans)
            span = Span(status=status, first=first, end=Month(next_month(last)) if last else None)
            return replace(home, spans=(*filter(None, kept), span))
        case StatusEnded(status=status, last_month=last):
            ended = (span.before(Month(next_month(last))) if span.status is status else span for span in home.spans)
            return replace(home, spans=tuple(filter(None, ended)))
        case _:
            assert_never(event)


class NoteHome(Command):
    """Relief said where the household lives."""

    household_id: HouseholdId
    area: AreaCode


class NoteStatus(Command):
    """Relief recognised a status from a month on."""

    household_id: HouseholdId
    status: Status
    from_month: Month
    to_month: Month | None = None


class NoteStatusEnd(Command):
    """Relief said with which month a status ends."""

    household_id: HouseholdId
    status: Status
    last_month: Month


def note_home(command: NoteHome, home: KnownHousehold, _context: Context) -> list[HomeKnown]:
    """The household's area is known here. Source: section 3.4."""
    return [HomeKnown(household_id=command.household_id, area=command.area)] if home.area != command.area else []


def note_status(command: NoteStatus, home: KnownHousehold, _context: Context) -> list[StatusKnown]:
    """The status is known here from its first month on; it replaces what was said before about these months. Source: section 3.4."""
    known = StatusKnown(household_id=command.household_id, status=command.status, from_month=command.from_month, to_month=command.to_month)
    return [known] if evolve(home, known) != home else []


def note_status_end(command: NoteStatusEnd, home: KnownHousehold, _context: Context) -> list[StatusEnded]:
    """What rests on the status ends at the month boundary. Nothing happens when it ends by then anyway. Source: E02."""
    ended = StatusEnded(household_id=command.household_id, status=command.status, last_month=command.last_month)
    return [ended] if evolve(home, ended) != home else []


_HOME = HouseholdId("0190a000-0000-8000-8000-000000000002")

known_household = Aggregate(
    "known-household",
    id="household_id",
    state=KnownHousehold,
    evolve=evolve,
    key="household_id",
    area="area",
    commands=[
        command(note_home, stream="any", roles={Role.SYSTEM}, example=NoteHome(household_id=_HOME, area=AreaCode("440308003"))),
        command(
            note_status,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteStatus(household_id=_HOME, status=Status.DIBAO, from_month=Month("2022-03")),
        ),
        command(
            note_status_end,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteStatusEnd(household_id=_HOME, status=Status.DIBAO, last_month=Month("2022-09")),
        ),
    ],
)
