"""How much a month is, and how the need follows it."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.ids import Month
from contracts.relief.entitlement import EntitlementVersioned
from contracts.relief.need import CoverageCommitted, CoverageReleased
from contracts.terms import Layer, Scheme, Status
from kit.aggregate import require
from kit.clock import month_of, months_between, next_month
from kit.command import Context
from kit.money import monthly_amount
from policy import Pack
from policy.calendar import add_months
from services.relief.domain.entitlement.state import Entitlement, EntitlementEvent, evolve
from services.relief.domain.need import Need, restated

STATUS_OF: dict[Scheme, Status] = {Scheme.DIBAO: Status.DIBAO, Scheme.TEKUN: Status.TEKUN}


def standard_fen(scheme: Scheme, policy: Pack) -> int:
    """The scheme's standard, a person and month (R-DIB-24, R-TEK-08)."""
    return policy.tekun_standard_fen if scheme is Scheme.TEKUN else policy.dibao_standard_fen


def month_after(context: Context) -> Month:
    """The month after the decision (ruling 6)."""
    return Month(next_month(month_of(context.on)))


def review_due(context: Context, *, stable: bool) -> Month:
    """The month in which the next review is due (R-DIB-14)."""
    period = context.policy.review_stable_months if stable else context.policy.review_unstable_months
    return Month(month_of(add_months(context.on, period)))


def versioned(entitlement: Entitlement, context: Context, *, members: int, income_fen: int, last_month: Month) -> EntitlementVersioned:
    """The amount from the month after the decision, computed for the unit as a whole and rounded once, at the end.

    Raises: Refused("not_below_standard", limit_fen) for an income of standard x members or more.  Source: R-DIB-01..03, ruling 17.
    """
    standard = standard_fen(entitlement.scheme, context.policy)
    require(income_fen < standard * members, "not_below_standard", limit_fen=standard * members)
    return EntitlementVersioned(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        scheme=entitlement.scheme,
        version=len(entitlement.versions) + 1,
        first_month=month_after(context),
        last_month=last_month,
        amount_fen=monthly_amount(standard * members - income_fen, context.policy.monthly_rounding),
        members=members,
        standard_fen=standard,
        counted_income_fen=income_fen,
    )


def followed(
    entitlement: Entitlement, need: Need, context: Context, events: Iterable[EntitlementEvent]
) -> list[CoverageCommitted | CoverageReleased]:
    """After the entitlement's new facts its line on the need stands at what is owed for each month (rulings 3 and 9)."""
    for event in events:
        entitlement = evolve(entitlement, event)
    assert entitlement.first_month is not None  # noqa: S101 - only a granted entitlement has coverage
    planned = months_between(entitlement.first_month, entitlement.review_month)
    months = {*map(Month, planned), *(slot for slot in need.lines.get(entitlement.line_id, {}) if slot is not None)}
    return restated(
        need, entitlement.line_id, layer(entitlement, context), entitlement.scheme, {m: entitlement.owed_fen(m) for m in months}
    )


def layer(entitlement: Entitlement, context: Context) -> Layer:
    """The scheme's layer, data of the pack (ruling 13)."""
    return Layer(context.policy.layer_of(entitlement.scheme))
