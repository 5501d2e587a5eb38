"""Who gave a line: the giver's own row, found by the line's id, and what the giver says of its amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.ids import HouseholdId, NeedId
from contracts.terms import Department, Layer
from services.linkage.rows import HouseholdRows
from services.linkage.views.allocation import AllocationRow
from services.linkage.views.entitlement import EntitlementRow
from services.linkage.views.facts import EVENT_SLOT, Amounts, Fact, Move, amounts
from services.linkage.views.special_aid import SpecialAidRow
from services.linkage.views.temp_aid import TempAidRow


class GiverKind(StrEnum):
    """What kind of case stands behind a line."""

    ENTITLEMENT = "entitlement"
    SPECIAL_AID = "special_aid"
    TEMP_AID = "temp_aid"
    ALLOCATION = "allocation"
    VOUCHER = "voucher"
    KITCHEN = "kitchen"
    MEAL_ACCOUNT = "meal_account"
    UNKNOWN = "unknown"  # the giver's topic is behind the need's


@dataclass(frozen=True, kw_only=True, slots=True)
class Giver:
    """The case behind a line. `name`: the code of who pays: a department, a fund, a kind of temporary aid, a shop, an organisation."""

    kind: GiverKind
    id: str
    name: str | None = None


GiverRow = EntitlementRow | SpecialAidRow | TempAidRow | AllocationRow


def givers(rows: HouseholdRows) -> Mapping[str, GiverRow]:
    """The giver's row of each coverage line. A line is named by its giver: an entitlement, a case, an allocation."""
    found: dict[str, GiverRow] = {row.entitlement_id: row for row in rows.entitlements}
    found.update({line: row for row in rows.special_aid for line in row.line_ids or (row.case_id,)})
    found.update({row.line_id or row.case_id: row for row in rows.temp_aid})
    found.update({row.allocation_id: row for row in rows.allocations})
    return found


def giver_of(row: GiverRow | None, line_id: str) -> Giver:
    """Who stands behind a line."""
    match row:
        case EntitlementRow():
            return Giver(kind=GiverKind.ENTITLEMENT, id=row.entitlement_id, name=Department.CIVIL_AFFAIRS)
        case SpecialAidRow():
            return Giver(kind=GiverKind.SPECIAL_AID, id=row.case_id, name=row.department)
        case TempAidRow():
            return Giver(kind=GiverKind.TEMP_AID, id=row.case_id, name=row.kind)
        case AllocationRow():
            return Giver(kind=GiverKind.ALLOCATION, id=row.allocation_id, name=row.fund_id)
        case None:
            return Giver(kind=GiverKind.UNKNOWN, id=line_id)


def said(row: GiverRow | None, line_id: str, slot: str, as_of: date) -> Amounts | None:
    """What the giver says of a line in a slot; None while the giver's topic is behind."""
    match row:
        case None:
            return None
        case EntitlementRow():
            return entitled(row, slot, as_of)
        case SpecialAidRow():
            return amounts(_for_slot([one.move for one in row.moves if one.line_id == line_id], slot), as_of)
        case _:
            return amounts(_for_slot(row.moves, slot), as_of)


def _for_slot(moves: Sequence[Move], slot: str) -> list[Move]:
    """One-off money names no month although the need may: then all of it belongs to the line's one slot."""
    return [move for move in moves if move.slot in {slot, EVENT_SLOT}]


def entitled(row: EntitlementRow, slot: str, as_of: date) -> Amounts:
    """What relief owes and has paid for a month.

    After its review month it is paid on without a version until a person decides: then no more than the payment is said.
    """
    paid = amounts([payment.move for payment in row.payments if payment.move.slot == slot], as_of)
    return Amounts(committed=max(0, row.months().get(slot, 0) + paid.committed), delivered=paid.delivered)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """Help on its way that covers nothing yet: asked for, proposed or reserved (planned; ruling 1). `amount`: None while unknown."""

    layer: Layer
    giver: Giver
    household_id: HouseholdId
    need_id: NeedId
    amount: int | None
    since: Fact


def open_cases(rows: HouseholdRows, as_of: date) -> list[OpenCase]:
    """What is on its way for any need at the end of a day, oldest first."""
    cases = [_case(row) for row in _undecided(rows, as_of)]
    return sorted((case for case in cases if case.since.on <= as_of), key=lambda case: (case.since.recorded_at, case.giver.id))


def _undecided(rows: HouseholdRows, as_of: date) -> list[GiverRow]:
    regular = [row for row in rows.entitlements if not _known(row.granted, as_of)]
    special = [row for row in rows.special_aid if not row.moves and not _known(row.refused or row.closed, as_of)]
    temporary = [row for row in rows.temp_aid if not _known(row.granted or row.refused or row.closed, as_of)]
    charity = [row for row in rows.allocations if not _known(row.refused, as_of) and _waits(row, as_of)]
    return [*regular, *special, *temporary, *charity]


def _known(fact: Fact | None, as_of: date) -> bool:
    return fact is not None and fact.on <= as_of


def _waits(row: AllocationRow, as_of: date) -> bool:
    """Proposed and not yet reserved, or reserved and not yet answered."""
    return not row.moves or amounts(row.moves, as_of).planned > 0


def _case(row: GiverRow) -> OpenCase:
    match row:
        case EntitlementRow():
            return _opened(row, Layer.REGULAR, row.entitlement_id, None, row.proposed)
        case SpecialAidRow():
            return _opened(row, Layer.SPECIAL, row.case_id, None, row.opened)
        case TempAidRow():
            return _opened(row, Layer.TEMPORARY, row.case_id, row.requested_fen, row.requested)
        case AllocationRow():
            return _opened(row, Layer.CHARITY, row.allocation_id, row.proposed_fen, row.proposed)


def _opened(row: GiverRow, layer: Layer, case_id: str, amount: int | None, since: Fact) -> OpenCase:
    return OpenCase(
        layer=layer, giver=giver_of(row, case_id), household_id=row.household_id, need_id=row.need_id, amount=amount, since=since
    )
