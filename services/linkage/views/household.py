"""Households as relief knows them: area, status history and units in one row; each member's stays in a row of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
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
from kit.clock import month_before, month_of
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of


class StatusSpan(Value):
    """A status from a month on; `last_month` once it was replaced or expired."""

    status: Status
    first_month: Month
    last_month: Month | None
    fact: Fact


class Unit(Value):
    """The members counted for one scheme."""

    unit_id: UnitId
    scheme: Scheme
    person_ids: tuple[PersonId, ...]
    formed_on: date
    dissolved_on: date | None = None


class HouseholdRow(Row, frozen=True):
    """One household."""

    household_id: HouseholdId
    area: AreaCode
    hukou: bool
    opened: Fact
    statuses: tuple[StatusSpan, ...] = ()
    units: tuple[Unit, ...] = ()
    assessed: tuple[Fact, ...] = ()
    closed: Fact | None = None
    closed_as: ClosingCode | None = None

    def statuses_by(self, as_of: date) -> list[StatusSpan]:
        """The statuses known at the end of a day: said by then, or of a month that has begun, however late it was said."""
        return [span for span in self.statuses if span.fact.on <= as_of or span.first_month <= month_of(as_of)]

    def span(self, as_of: date) -> StatusSpan | None:
        """The status of the month a day lies in, with its months and its fact."""
        month = month_of(as_of)
        holds = [s for s in self.statuses_by(as_of) if s.first_month <= month and (s.last_month is None or month <= s.last_month)]
        return holds[-1] if holds else None

    def status(self, as_of: date) -> Status | None:
        """The status of the month a day lies in."""
        span = self.span(as_of)
        return span.status if span else None


class Stay(Value):
    """From the first day to the last, both included."""

    joined_on: date
    joined: Fact
    left_on: date | None = None
    left: Fact | None = None
    reason: LeavingReason | None = None

    def holds(self, day: date) -> bool:
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)


class MemberRow(Row, frozen=True):
    """One person's stays in one household."""

    household_id: HouseholdId
    person_id: PersonId
    stays: tuple[Stay, ...]


HouseholdFact = (
    HouseholdOpened
    | StatusRecognised
    | StatusExpired
    | UnitFormed
    | UnitDissolved
    | HouseholdAssessed
    | HouseholdClosed
    | HouseholdReopened
)


def household_of(event: Event) -> Iterable[str]:
    return (event.household_id,) if isinstance(event, HouseholdFact) else ()


def evolve(row: HouseholdRow | None, event: Event, meta: Meta) -> HouseholdRow | None:
    if isinstance(event, HouseholdOpened):
        return HouseholdRow(household_id=event.household_id, area=event.area, hukou=event.hukou, opened=fact_of(meta))
    return row and _changed(row, event, meta)


def _changed(row: HouseholdRow, event: Event, meta: Meta) -> HouseholdRow:
    match event:
        case StatusRecognised(status=status, from_month=first, to_month=last):
            span = StatusSpan(status=status, first_month=first, last_month=last, fact=fact_of(meta))
            return replace(row, statuses=(*_replaced(row.statuses, first), span))
        case StatusExpired(last_month=last):
            return replace(row, statuses=_ended(row.statuses, last))
        case UnitFormed():
            unit = Unit(unit_id=event.unit_id, scheme=event.scheme, person_ids=event.person_ids, formed_on=event.formed_on)
            return replace(row, units=(*row.units, unit))
        case UnitDissolved(unit_id=unit_id, dissolved_on=day):
            return replace(row, units=tuple(replace(u, dissolved_on=day) if u.unit_id == unit_id else u for u in row.units))
        case HouseholdAssessed():
            return replace(row, assessed=(*row.assessed, fact_of(meta)))
        case HouseholdClosed(code=code):
            return replace(row, closed=fact_of(meta), closed_as=code)
        case HouseholdReopened():
            return replace(row, closed=None, closed_as=None)
        case _:
            return row


def _replaced(spans: tuple[StatusSpan, ...], first: Month) -> tuple[StatusSpan, ...]:
    """A new status replaces the one before: the old one holds up to the month before."""
    return tuple(span if _over(span, first) else replace(span, last_month=Month(month_before(first))) for span in spans)


def _over(span: StatusSpan, month: Month) -> bool:
    return span.last_month is not None and span.last_month < month


def _ended(spans: tuple[StatusSpan, ...], last: Month) -> tuple[StatusSpan, ...]:
    return (*spans[:-1], replace(spans[-1], last_month=last)) if spans else spans


def member_of(event: Event) -> Iterable[str]:
    return (member_key(event.household_id, event.person_id),) if isinstance(event, MemberJoined | MemberLeft) else ()


def member_key(household_id: str, person_id: str) -> str:
    return f"{household_id}/{person_id}"


def evolve_member(row: MemberRow | None, event: Event, meta: Meta) -> MemberRow | None:
    match event:
        case MemberJoined(joined_on=day):
            stays = tuple(stay for stay in row.stays if stay.joined_on != day) if row else ()  # told again: that stay never ended
            stay = Stay(joined_on=day, joined=fact_of(meta))
            return MemberRow(household_id=event.household_id, person_id=event.person_id, stays=(*stays, stay))
        case MemberLeft(left_on=day, reason=reason):
            if row is None:
                return None
            left = replace(row.stays[-1], left_on=day, left=fact_of(meta), reason=reason)
            return replace(row, stays=(*row.stays[:-1], left))
        case _:
            return row


household = View("household", row=HouseholdRow, key=household_of, evolve=evolve, index=("household_id", "area"))
member = View("member", row=MemberRow, key=member_of, evolve=evolve_member, index=("household_id", "person_id"))
