"""Whom a recognised status entitles to basic living at the end of a day, and whether they had it (B05, DET-02).

What the log knows for certain: the status of the month has the name of a basic-living scheme of the pack (dibao, tekun), and somebody lives
there. Who would be eligible by income and assets and was never recognised, it cannot know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.ids import AreaCode, HouseholdId, PersonId
from contracts.terms import Status
from services.linkage.rows import HouseholdRows
from services.linkage.views.entitlement import EntitlementRow
from services.linkage.views.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Entitled:
    """A household with such a status. benefit: the entitlement it had; None: it had none.  fact: the grant, else the recognition."""

    household_id: HouseholdId
    area: AreaCode
    status: Status
    benefit: EntitlementRow | None
    fact: Fact

    @property
    def place(self) -> str:
        """Where it stands in the list."""
        return self.household_id


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """How many of those who are entitled have the benefit; with and without are together all."""

    entitled: int
    with_benefit: int

    @property
    def without_benefit(self) -> int:
        return self.entitled - self.with_benefit

    @property
    def share_permille(self) -> int | None:
        """In thousandths, rounded down: a thousand only when nobody is left out; None where nobody is entitled."""
        return self.with_benefit * 1000 // self.entitled if self.entitled else None


def entitled(rows: HouseholdRows, day: date, schemes: Collection[str]) -> Entitled | None:
    """The household as it stood at the end of a day; None for one that no status entitles. A grant counts before its first month begins."""
    home, span = rows.household, rows.household.span(day)
    over = home.closed is not None and home.closed.on <= day
    if over or span is None or span.status.value not in schemes or not somebody_lives_there(rows, day):
        return None
    has = [row for row in rows.entitlements if row.scheme in schemes and row.granted_by(day) and not row.ended(day)]
    benefit = has[0] if has else None
    fact = benefit.granted if benefit and benefit.granted else span.fact
    return Entitled(household_id=home.household_id, area=home.area, status=span.status, benefit=benefit, fact=fact)


def somebody_lives_there(rows: HouseholdRows, day: date) -> bool:
    """Whether one of its members is there and not known dead."""
    return any(_alive(rows, member.person_id, day) for member in rows.members if any(stay.holds(day) for stay in member.stays))


def _alive(rows: HouseholdRows, person_id: PersonId, day: date) -> bool:
    vital = rows.vitals.get(person_id)
    return vital is None or vital.death(day) is None


def ratio(found: Sequence[Entitled]) -> Ratio:
    return Ratio(entitled=len(found), with_benefit=sum(one.benefit is not None for one in found))
