"""What an entitlement holds: whom it counts, the dated monthly amounts, what was paid, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from contracts.ids import ActorId, EntitlementId, HouseholdId, LineId, Month, NeedId, PersonId, UnitId
from contracts.relief.entitlement import (
    EntitlementGranted,
    EntitlementProposed,
    EntitlementResumed,
    EntitlementReviewDue,
    EntitlementStopped,
    EntitlementVersioned,
    OverpaymentCleared,
    OverpaymentNoted,
    PaymentLineFailed,
    PaymentLinePaid,
    StopReason,
)
from contracts.terms import Scheme

EntitlementEvent = (
    EntitlementProposed
    | EntitlementGranted
    | EntitlementVersioned
    | PaymentLinePaid
    | PaymentLineFailed
    | EntitlementReviewDue
    | EntitlementStopped
    | EntitlementResumed
    | OverpaymentNoted
    | OverpaymentCleared
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A monthly amount from a month on, until a later version; its review is due in `last_month`."""

    first_month: Month
    last_month: Month
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class Stop:
    """No month after `last_month` is paid."""

    last_month: Month
    reason: StopReason


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """Regular aid of one unit.

    signed_stop: what a person decided.  death_stop: what the death of all recipients did; it goes away when the death is revoked (ruling 22).
    deaths_told: members whose death was put before a person (`EntitlementReviewDue`) and is not answered by a new version yet.
    overpaid_by_month: what was paid and, as is known now, was not owed.
    """

    entitlement_id: EntitlementId = EntitlementId("")
    household_id: HouseholdId = HouseholdId("")
    unit_id: UnitId = UnitId("")
    need_id: NeedId = NeedId("")
    scheme: Scheme = Scheme.DIBAO
    person_ids: tuple[PersonId, ...] = ()
    counted_income_fen: int = 0
    proposed_by: ActorId = ActorId("")
    first_month: Month | None = None
    versions: tuple[Version, ...] = ()
    paid_by_month: Mapping[Month, int] = field(default_factory=dict)
    overpaid_by_month: Mapping[Month, int] = field(default_factory=dict)
    signed_stop: Stop | None = None
    death_stop: Stop | None = None
    deaths_told: frozenset[PersonId] = frozenset()

    @property
    def line_id(self) -> LineId:
        """The coverage line on the need has the entitlement's id."""
        return LineId(self.entitlement_id)

    @property
    def is_granted(self) -> bool:
        return self.first_month is not None

    @property
    def stop(self) -> Stop | None:
        """The stop that holds: a death's where there is one, since it is only written when it lies earlier."""
        return self.death_stop or self.signed_stop

    @property
    def review_month(self) -> Month:
        """The month in which the newest version must be reviewed."""
        return self.versions[-1].last_month

    def amount_fen(self, month: Month) -> int:
        """The newest version that has begun by then; it goes on after its review month (ruling 21). 0 before the first month."""
        begun = [version for version in self.versions if version.first_month <= month]
        return begun[-1].amount_fen if begun else 0

    def owed_fen(self, month: Month) -> int:
        """What the unit is entitled to in a month."""
        return 0 if self.stop is not None and month > self.stop.last_month else self.amount_fen(month)


def evolve(entitlement: Entitlement, event: EntitlementEvent) -> Entitlement:
    match event:
        case EntitlementProposed():
            return _proposed(entitlement, event)
        case EntitlementGranted(first_month=month):
            return replace(entitlement, first_month=month)
        case EntitlementVersioned(first_month=first, last_month=last, amount_fen=fen):
            version = Version(first_month=first, last_month=last, amount_fen=fen)
            return replace(entitlement, versions=(*entitlement.versions, version), deaths_told=frozenset())
        case PaymentLinePaid(month=month, amount_fen=fen):
            return replace(entitlement, paid_by_month={**entitlement.paid_by_month, month: fen})
        case PaymentLineFailed(month=month):
            return replace(entitlement, paid_by_month={m: fen for m, fen in entitlement.paid_by_month.items() if m != month})
        case EntitlementReviewDue(person_id=person):
            return replace(entitlement, deaths_told=entitlement.deaths_told | ({person} if person else set()))
        case EntitlementStopped(last_month=month, reason=reason):
            return _stopped(entitlement, Stop(last_month=month, reason=reason))
        case OverpaymentNoted(month=month, amount_fen=fen):
            return replace(entitlement, overpaid_by_month={**entitlement.overpaid_by_month, month: fen})
        case OverpaymentCleared(month=month):
            return replace(entitlement, overpaid_by_month={m: fen for m, fen in entitlement.overpaid_by_month.items() if m != month})
        case EntitlementResumed():
            return replace(entitlement, signed_stop=None, death_stop=None)
        case _:
            assert_never(event)


def _proposed(entitlement: Entitlement, event: EntitlementProposed) -> Entitlement:
    return replace(
        entitlement,
        entitlement_id=event.entitlement_id,
        household_id=event.household_id,
        unit_id=event.unit_id,
        need_id=event.need_id,
        scheme=event.scheme,
        person_ids=event.person_ids,
        counted_income_fen=event.counted_income_fen,
        proposed_by=event.proposed_by,
    )


def _stopped(entitlement: Entitlement, stop: Stop) -> Entitlement:
    if stop.reason is StopReason.DEATH:
        return replace(entitlement, death_stop=stop)
    return replace(entitlement, signed_stop=stop, death_stop=None)
