"""The chain at the end of a day: `as_of` filters dated values; what was known when is decided before, by the events that were folded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from contracts.ids import Month, PersonId
from kit.clock import month_of
from services.linkage.chain.model import AidChain, Member, Review
from services.linkage.chain.needs import by_time, needs_of
from services.linkage.chain.outside import outside_of
from services.linkage.rows import HouseholdRows
from services.linkage.views.entitlement import EntitlementRow
from services.linkage.views.household import Stay


def chain(rows: HouseholdRows, as_of: date) -> AidChain:
    """The chain at the end of a Shanghai day."""
    home = rows.household
    return AidChain(
        household_id=home.household_id,
        area=home.area,
        as_of=as_of,
        opened=home.opened,
        closed=home.closed if home.closed and home.closed.on <= as_of else None,
        status=home.status(as_of),
        statuses=home.statuses_by(as_of),
        members=[member for row in rows.members if (member := _member(rows, row.person_id, row.stays, as_of)).stays],
        needs=needs_of(rows, as_of),
        outside=sorted(outside_of(rows, as_of), key=lambda line: (line.month, line.facts[0].recorded_at, line.facts[0].position)),
        referrals=by_time(row for row in rows.referrals if row.step(as_of)),
        reviews=[review for row in rows.entitlements for review in _reviews(row, as_of)],
    )


def _member(rows: HouseholdRows, person_id: PersonId, stays: Iterable[Stay], as_of: date) -> Member:
    begun = [stay for stay in stays if stay.joined_on <= as_of]
    vital = rows.vitals.get(person_id)
    death = vital.death(as_of) if vital else None
    return Member(person_id=person_id, present=death is None and any(stay.holds(as_of) for stay in begun), stays=begun, death=death)


def _reviews(row: EntitlementRow, as_of: date) -> list[Review]:
    """What a person must look at while months are still to be paid."""
    if row.granted is None or row.review_due is None or not row.granted_by(as_of) or row.ended(as_of):
        return []
    regular = Review(entitlement_id=row.entitlement_id, scheme=row.scheme, due_month=row.review_due, reason=None, source=row.granted)
    decided = max((version.fact.position for version in row.versions), default=0)
    special = [
        Review(
            entitlement_id=row.entitlement_id,
            scheme=row.scheme,
            due_month=Month(month_of(due.fact.on)),
            reason=due.reason,
            source=due.fact,
        )
        for due in row.reviews
        if due.fact.on <= as_of and due.fact.position > decided
    ]
    return [regular, *special]
