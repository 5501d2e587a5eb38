"""The coverage matrix of a household: need category x layer x month, with sums that also hold aid outside a need (ruling 24).

A `month` need stands in the months it is for; an `event` need stands in the month it was registered, its deliveries in their months
(ruling 2). Only months up to the current one are looked at (ruling 9). Money and list values are never added (ruling 12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from contracts.ids import HouseholdId, Month
from contracts.terms import Layer, Measure, NeedCategory
from kit.clock import month_of
from services.linkage.chain import AidChain, Line, NeedChain, Slot
from services.linkage.views.facts import EVENT_SLOT, MoveKind

LayerOf = Callable[[str], str]
"""The layer of a scheme: data of the policy pack (ruling 13)."""


class Channel(StrEnum):
    """Through whom aid comes (B13)."""

    GOVERNMENT = "government"  # 政府
    PUBLIC_GOOD = "public_good"  # 公益
    CHARITY = "charity"  # 慈善


class Schemes(Protocol):
    """What the policy pack says of schemes: their layers are data (ruling 13), and so are the channels."""

    def layer_of(self, scheme: str) -> str: ...

    def channel_of(self, layer: str, scheme: str | None) -> str: ...


@dataclass(kw_only=True, slots=True)
class Covered:
    """What one layer or channel gives in one month of a category. list_value_fen: goods, beside the money."""

    committed: int = 0
    delivered: int = 0
    list_value_fen: int = 0

    def add(self, other: Covered) -> None:
        self.committed += other.committed
        self.delivered += other.delivered
        self.list_value_fen += other.list_value_fen

    @property
    def total(self) -> int:
        return self.committed + self.delivered


@dataclass(kw_only=True, slots=True)
class MatrixRow:
    """One category (None: outside a need), measure and month (None: the sum of all)."""

    category: NeedCategory | None
    measure: Measure
    month: Month | None
    gross: int = 0
    need: int = 0
    residual: int = 0
    layers: dict[Layer, Covered] = field(default_factory=lambda: {layer: Covered() for layer in Layer})
    channels: dict[Channel, Covered] = field(default_factory=lambda: {channel: Covered() for channel in Channel})

    def give(self, layer: Layer, channel: str, covered: Covered) -> None:
        """The same amount stands once among the layers and once among the channels: both have the same total (B13)."""
        self.layers[layer].add(covered)
        self.channels[Channel(channel)].add(covered)

    def share_permille(self, layer: Layer) -> int | None:
        """How much of the need the layer covers, in thousandths, rounded down; None where nothing is needed."""
        return self.layers[layer].total * 1000 // self.need if self.need else None

    def add(self, other: MatrixRow) -> None:
        self.gross += other.gross
        self.need += other.need
        self.residual += other.residual
        for layer, covered in other.layers.items():
            self.layers[layer].add(covered)
        for channel, covered in other.channels.items():
            self.channels[channel].add(covered)


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageMatrix:
    """Rows by category, measure and month; one sum for each measure."""

    household_id: HouseholdId
    first: Month
    last: Month
    rows: Sequence[MatrixRow]
    sums: Sequence[MatrixRow]


Key = tuple[NeedCategory | None, Measure, Month]


class _Rows:
    """The rows while they are added up."""

    def __init__(self) -> None:
        self.by_key: dict[Key, MatrixRow] = {}

    def of(self, category: NeedCategory | None, measure: Measure, month: str) -> MatrixRow:
        key = (category, measure, Month(month))
        if key not in self.by_key:
            self.by_key[key] = MatrixRow(category=category, measure=measure, month=Month(month))
        return self.by_key[key]


def matrix(aid: AidChain, schemes: Schemes, first: Month | None = None, last: Month | None = None) -> CoverageMatrix:
    """The matrix from month to month; by default from the first month with anything to the current one."""
    rows = _Rows()
    for need in aid.needs:
        for slot in need.slots:
            if slot.begun(aid.as_of):
                _add_slot(rows, need, slot, schemes)
    for line in aid.outside:
        money = Covered(delivered=line.delivered_fen, list_value_fen=line.list_value_fen)
        layer = Layer(schemes.layer_of(line.scheme))
        rows.of(None, Measure.FEN, line.month).give(layer, schemes.channel_of(layer, line.scheme), money)
    now = Month(month_of(aid.as_of))
    until = min(last or now, now)
    since = first or min((key[2] for key in rows.by_key), default=until)
    shown = [row for key, row in sorted(rows.by_key.items(), key=_order) if since <= key[2] <= until]
    return CoverageMatrix(household_id=aid.household_id, first=since, last=until, rows=shown, sums=_sums(shown))


def _order(item: tuple[Key, MatrixRow]) -> tuple[str, str, str]:
    category, measure, month = item[0]
    return (category.value if category else "~", measure.value, month)


def _sums(rows: Iterable[MatrixRow]) -> list[MatrixRow]:
    sums: dict[Measure, MatrixRow] = {}
    for row in rows:
        total = sums.setdefault(row.measure, MatrixRow(category=None, measure=row.measure, month=None))
        total.add(row)
    return list(sums.values())


def _add_slot(rows: _Rows, need: NeedChain, slot: Slot, schemes: Schemes) -> None:
    month = month_of(need.registered.on) if slot.slot == EVENT_SLOT else slot.slot
    row = rows.of(need.category, need.measure, month)
    row.gross += slot.gross
    row.need += slot.net
    row.residual += slot.residual
    for line in slot.lines:
        for where, covered in (_by_month(line) if slot.slot == EVENT_SLOT else {slot.slot: _whole(line)}).items():
            rows.of(need.category, need.measure, where).give(line.layer, schemes.channel_of(line.layer, line.scheme), covered)


def _whole(line: Line) -> Covered:
    return Covered(committed=line.amounts.committed, delivered=line.amounts.delivered)


def _by_month(line: Line) -> Mapping[str, Covered]:
    """An event line by month: what is still committed where it was committed, what was delivered where it was delivered.

    A return lowers the deliveries it took back, newest first (ruling 20: the month it was paid for).
    """
    committed = _left(line, MoveKind.COMMITTED, line.amounts.committed)
    delivered = _left(line, MoveKind.DELIVERED, line.amounts.delivered)
    months: dict[str, Covered] = defaultdict(Covered)
    for month, amount in committed.items():
        months[month].committed += amount
    for month, amount in delivered.items():
        months[month].delivered += amount
    return months


def _left(line: Line, kind: MoveKind, standing: int) -> dict[str, int]:
    """Of what came month by month, the oldest that is still standing."""
    found: dict[str, int] = {}
    for move in line.moves:
        if move.kind is kind and standing > 0:
            part = min(move.amount, standing)
            month = month_of(move.fact.on)
            found[month] = found.get(month, 0) + part
            standing -= part
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class AfterGovernment:
    """Charity money that needs took (committed and delivered, fen), and how much of it after the first decision of L1 to L3 (C07)."""

    given: int
    after: int

    @property
    def share_permille(self) -> int | None:
        """In thousandths, rounded down; None where charity gave nothing."""
        return self.after * 1000 // self.given if self.given else None


def after_government(aid: AidChain, since: date = date.min) -> AfterGovernment:
    """Relief's own order says what came first: the needs took both. since: of charity that the needs took from this day on."""
    taken = [
        line for need in aid.needs if need.measure is Measure.FEN for slot in need.slots if slot.begun(aid.as_of) for line in slot.lines
    ]
    decided = min((line.source.position for line in taken if line.layer is not Layer.CHARITY), default=None)
    gifts = [line for line in taken if line.layer is Layer.CHARITY and line.source.on >= since]
    later = [line for line in gifts if decided is not None and line.source.position > decided]
    return AfterGovernment(given=sum(line.amounts.covering for line in gifts), after=sum(line.amounts.covering for line in later))
