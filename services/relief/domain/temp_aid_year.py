"""The ledger of a household's temporary aid: what bounds the sum of a year and closes a cause for a time (ruling 1 of the design).

Two cases granted at once both read this stream, so the second append finds another version and is decided again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from contracts.ids import CaseId, EventCause
from contracts.relief.temp_aid_year import TempAidCharged
from kit.aggregate import Aggregate
from policy.calendar import add_months
from services.relief.domain.household import household


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One grant; staged payments are one grant (ruling 25)."""

    case_id: CaseId
    cause: EventCause
    granted_on: date
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class TempAidYear:
    """All grants of the household. A grant counts whole in the calendar year of its day, also where money was returned later."""

    charges: tuple[Charge, ...] = ()

    def charged_fen(self, year: int) -> int:
        """The sum of the grants of a calendar year."""
        return sum(charge.amount_fen for charge in self.charges if charge.granted_on.year == year)

    def left_fen(self, cap_fen: int, on: date) -> int:
        """What may still be granted in the day's year under a cap; never below zero, also after the household became smaller."""
        return max(0, cap_fen - self.charged_fen(on.year))

    def same_cause(self, cause: EventCause, on: date, months: int) -> Charge | None:
        """A grant for the same named event less than `months` away, the corresponding day included (rulings 16, 25)."""
        return next((charge for charge in self.charges if charge.cause == cause and _within(charge.granted_on, on, months)), None)


def _within(one: date, other: date, months: int) -> bool:
    return max(one, other) <= add_months(min(one, other), months)


def evolve(year: TempAidYear, event: TempAidCharged) -> TempAidYear:
    charge = Charge(case_id=event.case_id, cause=event.cause, granted_on=event.granted_on, amount_fen=event.amount_fen)
    return replace(year, charges=(*year.charges, charge))


temp_aid_year = Aggregate(
    "temp-aid-year",
    id="household_id",
    state=TempAidYear,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
)
"""Without commands of its own: only a grant writes here, in its own append."""
