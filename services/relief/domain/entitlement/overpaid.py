"""What was paid for months that, as is known now, were not owed: noted, never taken back by itself (rulings 6, 20, 21)."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.entitlement import OverpaymentCleared, OverpaymentNoted
from services.relief.domain.entitlement.state import Entitlement, EntitlementEvent, evolve


def overpayments(entitlement: Entitlement, events: Iterable[EntitlementEvent]) -> list[OverpaymentNoted | OverpaymentCleared]:
    """After the entitlement's new facts: each month whose overpayment is another than was noted."""
    for event in events:
        entitlement = evolve(entitlement, event)
    noted = entitlement.overpaid_by_month
    found = {month: fen - entitlement.owed_fen(month) for month, fen in entitlement.paid_by_month.items()}
    found = {month: fen for month, fen in found.items() if fen > 0}
    one, home = entitlement.entitlement_id, entitlement.household_id
    return [
        *(
            OverpaymentNoted(entitlement_id=one, household_id=home, month=month, amount_fen=fen)
            for month, fen in sorted(found.items())
            if noted.get(month) != fen
        ),
        *(OverpaymentCleared(entitlement_id=one, household_id=home, month=month) for month in sorted(noted) if month not in found),
    ]
