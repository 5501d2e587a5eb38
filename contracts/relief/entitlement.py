"""Facts about regular aid (L1, 常规救助) of one unit and scheme. Amounts are fen a month.

Its coverage line on the need has the entitlement's id; `line_id` of a payment names it, and line + month name the payment.
"""

from __future__ import annotations

from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, EntitlementId, HouseholdId, LineId, Month, NeedId, PersonId, UnitId
from contracts.terms import Scheme


class StopReason(StrEnum):
    DEATH = "death"
    INCOME = "income"
    ASSETS = "assets"
    MOVED = "moved"
    OWN_WISH = "own_wish"
    FRAUD = "fraud"
    OTHER_SCHEME = "other_scheme"


@event("relief.entitlement.proposed", version=1, stream="entitlement_id")
class EntitlementProposed(Event):
    """A caseworker proposed regular aid; another person decides. Source: ruling 21."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    unit_id: UnitId
    need_id: NeedId
    scheme: Scheme
    person_ids: tuple[PersonId, ...]
    counted_income_fen: int
    proposed_by: ActorId


@event("relief.entitlement.granted", version=1, stream="entitlement_id")
class EntitlementGranted(Event):
    """Regular aid was granted; the first amount is `EntitlementVersioned` of the same append. Source: R-DIB-08, ruling 6.

    person_ids: the unit's members, each of whom may have one basic-living entitlement (ruling 4).
    """

    entitlement_id: EntitlementId
    household_id: HouseholdId
    person_ids: tuple[PersonId, ...]
    approved_by: ActorId
    first_month: Month
    review_month: Month


@event("relief.entitlement.versioned", version=1, stream="entitlement_id")
class EntitlementVersioned(Event):
    """The monthly amount from first to last month, with its arithmetic. Source: R-DIB-02, R-DIB-03, ruling 17.

    last_month: the month the review is due; payment goes on after it until a person decides (ruling 21).
    amount_fen: standard_fen x members - counted_income_fen, rounded up to whole yuan once, at the end.
    """

    entitlement_id: EntitlementId
    household_id: HouseholdId
    scheme: Scheme
    version: int
    first_month: Month
    last_month: Month
    amount_fen: int
    members: int
    standard_fen: int
    counted_income_fen: int


@event("relief.entitlement.payment-line-paid", version=1, stream="entitlement_id")
class PaymentLinePaid(Event):
    """The month was paid; one live line a month. `month` is the month the money is for. Source: ruling 18, property 1."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    line_id: LineId
    month: Month
    amount_fen: int


@event("relief.entitlement.payment-line-failed", version=1, stream="entitlement_id")
class PaymentLineFailed(Event):
    """The bank returned the payment; the amount is committed again. Source: ruling 9."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    line_id: LineId
    month: Month
    amount_fen: int


@event("relief.entitlement.review-due", version=1, stream="entitlement_id")
class EntitlementReviewDue(Event):
    """Something happened (a member died) that a person must look at; nothing stops by itself. Source: R-DIB-16, ruling 21."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    reason: StopReason
    person_id: PersonId | None = None


@event("relief.entitlement.stopped", version=1, stream="entitlement_id")
class EntitlementStopped(Event):
    """No month after `last_month` is paid. A later fact of this kind replaces the month. Source: ruling 6, R-DIB-16.

    person_ids: who is free for another entitlement by it; nobody when the entitlement had ended before.
    """

    entitlement_id: EntitlementId
    household_id: HouseholdId
    last_month: Month
    reason: StopReason
    person_ids: tuple[PersonId, ...]


@event("relief.entitlement.resumed", version=1, stream="entitlement_id")
class EntitlementResumed(Event):
    """A stop was in error (a death was revoked); the amounts before it hold again. Source: ruling 22."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    from_month: Month
    person_ids: tuple[PersonId, ...]


@event("relief.entitlement.overpayment-noted", version=1, stream="entitlement_id")
class OverpaymentNoted(Event):
    """Of what was paid for the month so much was not owed; it is not recovered by that. Source: SC-09, rulings 6 and 20."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    month: Month
    amount_fen: int


@event("relief.entitlement.overpayment-cleared", version=1, stream="entitlement_id")
class OverpaymentCleared(Event):
    """Nothing of the month is overpaid any more: it is owed after all, or the bank sent it back. Source: rulings 9 and 22."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    month: Month
