"""Needs with their slots, and in each slot the lines in time order with the residual after each (rulings 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.linkage.chain.model import Line, NeedChain, RefusedOffer, Slot
from services.linkage.giving import GiverRow, OpenCase, giver_of, givers, open_cases, said
from services.linkage.rows import HouseholdRows
from services.linkage.views.accepted import AcceptedLine
from services.linkage.views.facts import Amounts, Move, amounts
from services.linkage.views.need import NeedRow, PayerLine
from services.linkage.views.referral import ReferralRow


def by_time(referrals: Iterable[ReferralRow]) -> list[ReferralRow]:
    """Oldest first."""
    return sorted(referrals, key=lambda row: (row.steps[0].fact.recorded_at, row.steps[0].fact.position))


def needs_of(rows: HouseholdRows, as_of: date) -> list[NeedChain]:
    """The needs known by then, in the order they were registered."""
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
        referrals=by_time(other for other in rows.referrals if other.need_id == row.need_id and other.step(as_of)),
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
