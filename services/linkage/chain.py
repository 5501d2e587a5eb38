"""The chain of aid of one household (一户一条救助链), as pure functions from rows to answers.

Needs, their slots, the lines of the four layers in time order with the residual after each, aid outside a need, referrals, members, statuses,
reviews. `as_of` filters dated values; what was known when is decided before, by the events that were folded (ruling 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.ids import AreaCode, HouseholdId, LineId, Month, NeedId, PersonId
from contracts.relief.entitlement import StopReason
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, Scheme, Status, Urgency
from kit.clock import month_of
from services.linkage.giving import Giver, GiverKind, GiverRow, OpenCase, giver_of, givers, open_cases, said
from services.linkage.rows import HouseholdRows
from services.linkage.views.accepted import AcceptedLine, Refusal
from services.linkage.views.entitlement import EntitlementRow
from services.linkage.views.facts import EVENT_SLOT, Amounts, Fact, Move, amounts
from services.linkage.views.household import StatusSpan, Stay
from services.linkage.views.meal import MealMonthRow
from services.linkage.views.need import NeedRow, PayerLine
from services.linkage.views.referral import ReferralRow
from services.linkage.views.vital import Death
from services.linkage.views.voucher import VoucherRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line in one slot of a need. `residual_after`: what was still open once it and all lines before it counted.

    said: what the giver itself says of the line; None while its topic is behind.
    """

    line_id: LineId
    layer: Layer
    scheme: Scheme | None
    giver: Giver
    slot: str
    offered: int
    amounts: Amounts
    residual_after: int
    source: Fact
    facts: Sequence[Fact]
    moves: Sequence[Move]
    said: Amounts | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One month of a `month` need, or the whole life of an `event` need."""

    slot: str
    gross: int
    payers: Sequence[PayerLine]
    net: int
    lines: Sequence[Line]
    residual: int

    @property
    def covered(self) -> int:
        return sum(line.amounts.covering for line in self.lines)

    def begun(self, as_of: date) -> bool:
        """Matrix and detections look at months up to the current one (ruling 9)."""
        return self.slot == EVENT_SLOT or self.slot <= month_of(as_of)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedOffer:
    """An offer of which the need accepted nothing."""

    line_id: LineId
    layer: Layer
    giver: Giver
    offered: int
    refusal: Refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedChain:
    """One need with everything that covers it. `residual`: over the months up to the current one."""

    need_id: NeedId
    category: NeedCategory
    dimension: Dimension
    measure: Measure
    period: Period
    urgency: Urgency
    person_id: PersonId | None
    registered: Fact
    closed_as: ClosingCode | None
    slots: Sequence[Slot]
    residual: int
    refused: Sequence[RefusedOffer]
    cases: Sequence[OpenCase]
    referrals: Sequence[ReferralRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideLine:
    """Aid that names no need: in totals, never in a residual (ruling 5). Goods stand at list value, beside the money (ruling 12)."""

    scheme: Scheme
    giver: Giver
    month: Month
    measure: Measure
    quantity: int
    delivered_fen: int
    list_value_fen: int
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person's stays in the household and the death that holds, if any."""

    person_id: PersonId
    present: bool
    stays: Sequence[Stay]
    death: Death | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """An entitlement that a person must look at: at its review month, or because something happened (`reason`)."""

    entitlement_id: str
    scheme: Scheme
    due_month: Month
    reason: StopReason | None
    source: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class AidChain:
    """One household's chain at the end of a day."""

    household_id: HouseholdId
    area: AreaCode
    as_of: date
    opened: Fact
    closed: Fact | None
    status: Status | None
    statuses: Sequence[StatusSpan]
    members: Sequence[Member]
    needs: Sequence[NeedChain]
    outside: Sequence[OutsideLine]
    referrals: Sequence[ReferralRow]
    reviews: Sequence[Review]


def chain(rows: HouseholdRows, as_of: date) -> AidChain:
    """The chain at the end of a Shanghai day."""
    home = rows.household
    statuses = [span for span in home.statuses if span.fact.on <= as_of or span.first_month <= month_of(as_of)]
    return AidChain(
        household_id=home.household_id,
        area=home.area,
        as_of=as_of,
        opened=home.opened,
        closed=home.closed if home.closed and home.closed.on <= as_of else None,
        status=_status(statuses, month_of(as_of)),
        statuses=statuses,
        members=[member for row in rows.members if (member := _member(rows, row.person_id, row.stays, as_of)).stays],
        needs=_needs(rows, as_of),
        outside=sorted(_outside(rows, as_of), key=lambda line: (line.month, line.facts[0].recorded_at, line.facts[0].position)),
        referrals=_by_time(row for row in rows.referrals if row.step(as_of)),
        reviews=[review for row in rows.entitlements for review in _reviews(row, as_of)],
    )


def _status(statuses: Sequence[StatusSpan], month: str) -> Status | None:
    holds = [s for s in statuses if s.first_month <= month and (s.last_month is None or month <= s.last_month)]
    return holds[-1].status if holds else None


def _member(rows: HouseholdRows, person_id: PersonId, stays: Iterable[Stay], as_of: date) -> Member:
    begun = [stay for stay in stays if stay.joined_on <= as_of]
    vital = rows.vitals.get(person_id)
    death = vital.death(as_of) if vital else None
    return Member(person_id=person_id, present=death is None and any(stay.holds(as_of) for stay in begun), stays=begun, death=death)


def _by_time(referrals: Iterable[ReferralRow]) -> list[ReferralRow]:
    return sorted(referrals, key=lambda row: (row.steps[0].fact.recorded_at, row.steps[0].fact.position))


def _needs(rows: HouseholdRows, as_of: date) -> list[NeedChain]:
    by_line, cases = givers(rows), open_cases(rows, as_of)
    shown = sorted((row for row in rows.needs if row.gross_by_slot(as_of)), key=lambda row: row.registered.position)
    return [_need(row, rows, by_line, cases, as_of) for row in shown]


def _need(row: NeedRow, rows: HouseholdRows, by_line: Mapping[str, GiverRow], cases: Sequence[OpenCase], as_of: date) -> NeedChain:
    lines = [line for line in rows.accepted if line.need_id == row.need_id]
    slots = _slots(row, lines, by_line, as_of)
    return NeedChain(
        need_id=row.need_id,
        category=row.category,
        dimension=row.dimension,
        measure=row.measure,
        period=row.period,
        urgency=row.urgency,
        person_id=row.person_id,
        registered=row.registered,
        closed_as=row.closed_as(as_of),
        slots=slots,
        residual=sum(slot.residual for slot in slots if slot.begun(as_of)),
        refused=[refused for line in lines if (refused := _refused(line, by_line, as_of))],
        cases=[case for case in cases if case.need_id == row.need_id],
        referrals=_by_time(other for other in rows.referrals if other.need_id == row.need_id and other.step(as_of)),
    )


def _refused(line: AcceptedLine, by_line: Mapping[str, GiverRow], as_of: date) -> RefusedOffer | None:
    if line.refusal is None or line.refusal.fact.on > as_of:
        return None
    giver = giver_of(by_line.get(line.line_id), line.line_id)
    return RefusedOffer(line_id=line.line_id, layer=line.layer, giver=giver, offered=line.offered, refusal=line.refusal)


def _slots(row: NeedRow, lines: Sequence[AcceptedLine], by_line: Mapping[str, GiverRow], as_of: date) -> list[Slot]:
    gross = row.gross_by_slot(as_of)
    moves: dict[str, list[tuple[AcceptedLine, list[Move]]]] = {}
    for line in lines:
        for slot, effective in _effective(line, as_of).items():
            moves.setdefault(slot, []).append((line, effective))
    payers = [payer for payer in row.payers if payer.effective(as_of)]
    return [
        _slot(slot, gross.get(slot, 0), [p for p in payers if p.slot == slot], moves.get(slot, []), by_line, as_of)
        for slot in sorted({*gross, *moves})
    ]


def _effective(line: AcceptedLine, as_of: date) -> dict[str, list[Move]]:
    by_slot: dict[str, list[Move]] = {}
    for move in line.moves:
        if move.effective(as_of):
            by_slot.setdefault(move.slot, []).append(move)
    return by_slot


def _slot(
    slot: str,
    gross: int,
    payers: Sequence[PayerLine],
    moved: Sequence[tuple[AcceptedLine, list[Move]]],
    by_line: Mapping[str, GiverRow],
    as_of: date,
) -> Slot:
    """A slot with its lines in the order the need accepted them; the residual falls with each (ruling 1)."""
    net = max(0, gross - sum(payer.amount for payer in payers))
    lines, covered = [], 0
    for line, moves in sorted(moved, key=lambda pair: pair[1][0].fact.position):
        amount = amounts(moves, as_of)
        covered += amount.covering
        lines.append(_line(line, slot, moves, amount, max(0, net - covered), by_line.get(line.line_id), as_of))
    return Slot(slot=slot, gross=gross, payers=payers, net=net, lines=lines, residual=max(0, net - covered))


def _line(row: AcceptedLine, slot: str, moves: Sequence[Move], amount: Amounts, residual: int, giver: GiverRow | None, as_of: date) -> Line:
    return Line(
        line_id=row.line_id,
        layer=row.layer,
        scheme=row.scheme,
        giver=giver_of(giver, row.line_id),
        slot=slot,
        offered=row.offered,
        amounts=amount,
        residual_after=residual,
        source=moves[0].fact,
        facts=[move.fact for move in moves],
        moves=moves,
        said=said(giver, row.line_id, slot, as_of),
    )


def _outside(rows: HouseholdRows, as_of: date) -> list[OutsideLine]:
    goods = [line for row in rows.vouchers for line in _goods(row, as_of)]
    meals = [line for row in rows.meal_months if (line := _meals(row, as_of))]
    return [*goods, *meals]


def _goods(row: VoucherRow, as_of: date) -> list[OutsideLine]:
    return [
        OutsideLine(
            scheme=Scheme.SHOP_POINTS,
            giver=Giver(kind=GiverKind.VOUCHER, id=row.voucher_id, name=taken.shop_id),
            month=Month(month_of(taken.fact.on)),
            measure=Measure.ITEM,
            quantity=taken.quantity,
            delivered_fen=0,
            list_value_fen=taken.value_fen,
            facts=[taken.fact],
        )
        for taken in row.redemptions
        if taken.fact.on <= as_of
    ]


def _meals(row: MealMonthRow, as_of: date) -> OutsideLine | None:
    """The subsidised lunches of a month; the money is what the state added."""
    meals = [(meal.subsidy_fen, meal.subsidy) for meal in row.meals if meal.subsidy and meal.served_on <= as_of]
    if not meals:
        return None
    return OutsideLine(
        scheme=Scheme.MEAL_SUBSIDY,
        giver=Giver(kind=GiverKind.MEAL_ACCOUNT, id=row.account_id),
        month=row.month,
        measure=Measure.MEAL,
        quantity=len(meals),
        delivered_fen=sum(fen for fen, _ in meals),
        list_value_fen=0,
        facts=[fact for _, fact in meals],
    )


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
