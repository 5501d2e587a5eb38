"""One live payment a month, and what the bank returns."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import Month, PersonId
from contracts.relief.entitlement import OverpaymentCleared, OverpaymentNoted, PaymentLineFailed, PaymentLinePaid
from contracts.relief.need import CoverageCommitted, CoverageDelivered, CoverageReleased, CoverageReversed, NeedReopened
from kit.aggregate import require
from kit.clock import month_of
from kit.command import Context
from kit.errors import Refused
from services.relief.domain.entitlement.amount import layer
from services.relief.domain.entitlement.commands import RecordFailure, RecordPayment
from services.relief.domain.entitlement.overpaid import overpayments
from services.relief.domain.entitlement.state import Entitlement
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need, delivered, restated, reversed_line
from services.relief.domain.need import need as need_aggregate


def record_payment(
    command: RecordPayment, entitlement: Entitlement, context: Context, need: Need, persons: Mapping[PersonId, KnownPerson]
) -> list[PaymentLinePaid | CoverageCommitted | CoverageReleased | CoverageDelivered]:
    """The month is paid with its version's amount and delivered on the need. A month after an overdue review is paid too (ruling 21).

    Raises: Refused("not_granted" | "before_first_month" | "month_after_stop" | "month_not_begun" | "already_paid" | "recipient_dead"
    | "payment_held").  Source: rulings 18, 19, 22, property 1, DET-17.
    """
    month = command.month
    require(entitlement.is_granted, "not_granted")
    require(entitlement.amount_fen(month) > 0, "before_first_month", first_month=entitlement.first_month)
    require(entitlement.owed_fen(month) > 0, "month_after_stop", stop=entitlement.stop and entitlement.stop.last_month)
    require(month <= month_of(context.on), "month_not_begun")
    require(month not in entitlement.paid_by_month, "already_paid", month=month)
    _require_recipient([persons[person] for person in entitlement.person_ids], month)
    amount = entitlement.owed_fen(month)
    covered = _restated(entitlement, need, context, month)
    return [_paid(entitlement, month, amount), *covered, *delivered(need_aggregate.fold(covered, need), entitlement.line_id, amount, month)]


def _require_recipient(persons: list[KnownPerson], month: Month) -> None:
    """Somebody of the unit may receive the month.

    While one member is not known to have died before the month, the line is paid: a unit with living members is reviewed, never stopped by
    itself. If all died before it, it is refused; if for one of them the death is only reported, it waits (ruling 22).
    """
    if not all(person.died_on is not None and month_of(person.died_on) < month for person in persons):
        return
    raise Refused("recipient_dead" if all(person.is_dead for person in persons) else "payment_held", month=month)


def record_failure(
    command: RecordFailure, entitlement: Entitlement, context: Context, need: Need
) -> list[
    PaymentLineFailed | CoverageReversed | NeedReopened | CoverageCommitted | CoverageReleased | OverpaymentNoted | OverpaymentCleared
]:
    """The month is unpaid again and may be paid anew; its amount is committed again if it is still owed. It is overpaid no more.

    Raises: Refused("not_paid").  Source: ruling 9, R-PAY-02.
    """
    paid = entitlement.paid_by_month.get(command.month)
    if paid is None:
        raise Refused("not_paid", month=command.month)
    back = reversed_line(need, entitlement.line_id, paid, command.month)
    again = _restated(entitlement, need_aggregate.fold(back, need), context, command.month)
    failed = PaymentLineFailed(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        line_id=entitlement.line_id,
        month=command.month,
        amount_fen=paid,
    )
    return [failed, *back, *again, *overpayments(entitlement, [failed])]


def _restated(entitlement: Entitlement, need: Need, context: Context, month: Month) -> list[CoverageCommitted | CoverageReleased]:
    """The one month stands at what is owed."""
    return restated(need, entitlement.line_id, layer(entitlement, context), entitlement.scheme, {month: entitlement.owed_fen(month)})


def _paid(entitlement: Entitlement, month: Month, amount: int) -> PaymentLinePaid:
    return PaymentLinePaid(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        line_id=entitlement.line_id,
        month=month,
        amount_fen=amount,
    )
