"""Regular aid (L1) as relief tells it: monthly amounts by version, payments, reviews, stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import EntitlementId, HouseholdId, LineId, Month, NeedId, PersonId, UnitId
from contracts.relief.entitlement import (
    EntitlementGranted,
    EntitlementProposed,
    EntitlementResumed,
    EntitlementReviewDue,
    EntitlementStopped,
    EntitlementVersioned,
    PaymentLineFailed,
    PaymentLinePaid,
    StopReason,
)
from contracts.terms import Scheme
from kit.clock import month_of
from kit.view import Row, View
from services.linkage.views.facts import Fact, Move, MoveKind, Value, fact_of, months_of


class Version(Value):
    """The amount of each month from first to last."""

    number: int
    first_month: Month
    last_month: Month
    amount_fen: int
    fact: Fact


class Payment(Value):
    """One month's payment line; `kind` is `failed` when the bank sent it back."""

    line_id: LineId
    move: Move


class Stop(Value):
    """No month after `last_month` is paid; `resumed` when that was an error."""

    last_month: Month
    reason: StopReason
    fact: Fact
    resumed: Fact | None = None


class ReviewDue(Value):
    """Something that a person must look at."""

    reason: StopReason
    person_id: PersonId | None
    fact: Fact


class EntitlementRow(Row, frozen=True):
    """One unit's entitlement to one scheme."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    unit_id: UnitId
    need_id: NeedId
    scheme: Scheme
    person_ids: tuple[PersonId, ...]
    proposed: Fact
    granted: Fact | None = None
    first_month: Month | None = None
    review_month: Month | None = None
    versions: tuple[Version, ...] = ()
    payments: tuple[Payment, ...] = ()
    stops: tuple[Stop, ...] = ()
    reviews: tuple[ReviewDue, ...] = ()

    def months(self) -> Mapping[str, int]:
        """The amount of each month after all versions, stops and resumptions, in fen."""
        amounts: dict[str, int] = {}
        for version in self.versions:
            amounts.update(dict.fromkeys(months_of(version.first_month, version.last_month), version.amount_fen))
        last = self.last_month
        return {month: fen for month, fen in amounts.items() if last is None or month <= last}

    @property
    def last_month(self) -> Month | None:
        """The last month that is paid, once it was stopped; a later stop replaces an earlier one."""
        return self.stops[-1].last_month if self.stops and self.stops[-1].resumed is None else None

    @property
    def review_due(self) -> Month | None:
        """The month at whose end a person must have looked at it: the last month that a version names; a correction brings none nearer."""
        return max((version.last_month for version in self.versions), default=self.review_month)

    def ended(self, as_of: date) -> bool:
        """Whether it was stopped, and its last month is over at the end of a day."""
        return self.last_month is not None and self.last_month < month_of(as_of)

    def granted_by(self, as_of: date) -> bool:
        return self.granted is not None and self.granted.on <= as_of


EntitlementFact = (
    EntitlementProposed
    | EntitlementGranted
    | EntitlementVersioned
    | PaymentLinePaid
    | PaymentLineFailed
    | EntitlementReviewDue
    | EntitlementStopped
    | EntitlementResumed
)


def entitlement_of(event: Event) -> Iterable[str]:
    return (event.entitlement_id,) if isinstance(event, EntitlementFact) else ()


def evolve(row: EntitlementRow | None, event: Event, meta: Meta) -> EntitlementRow | None:
    if isinstance(event, EntitlementProposed):
        return _proposed(event, fact_of(meta))
    return row and _changed(row, event, fact_of(meta))


def _proposed(event: EntitlementProposed, fact: Fact) -> EntitlementRow:
    return EntitlementRow(
        entitlement_id=event.entitlement_id,
        household_id=event.household_id,
        unit_id=event.unit_id,
        need_id=event.need_id,
        scheme=event.scheme,
        person_ids=event.person_ids,
        proposed=fact,
    )


def _changed(row: EntitlementRow, event: Event, fact: Fact) -> EntitlementRow:
    match event:
        case EntitlementGranted(person_ids=persons, first_month=first, review_month=review):
            return replace(row, granted=fact, person_ids=persons, first_month=first, review_month=review)
        case EntitlementVersioned(version=number, first_month=first, last_month=last, amount_fen=fen):
            version = Version(number=number, first_month=first, last_month=last, amount_fen=fen, fact=fact)
            return replace(row, versions=(*row.versions, version))
        case PaymentLinePaid() | PaymentLineFailed():
            return replace(row, payments=(*row.payments, _payment(event, fact)))
        case EntitlementReviewDue(reason=reason, person_id=person):
            return replace(row, reviews=(*row.reviews, ReviewDue(reason=reason, person_id=person, fact=fact)))
        case EntitlementStopped(last_month=last, reason=reason):
            return replace(row, stops=(*row.stops, Stop(last_month=last, reason=reason, fact=fact)))
        case EntitlementResumed():
            return replace(row, stops=tuple(stop if stop.resumed else replace(stop, resumed=fact) for stop in row.stops))
        case _:
            return row


def _payment(event: PaymentLinePaid | PaymentLineFailed, fact: Fact) -> Payment:
    kind = MoveKind.DELIVERED if isinstance(event, PaymentLinePaid) else MoveKind.FAILED
    return Payment(line_id=event.line_id, move=Move(kind=kind, slot=event.month, amount=event.amount_fen, fact=fact))


entitlement = View(
    "entitlement", row=EntitlementRow, key=entitlement_of, evolve=evolve, index=("household_id", "need_id", "entitlement_id")
)
