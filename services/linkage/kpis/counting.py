"""A measure over counted rows: the share, and the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.linkage.kpis.catalogue import Kpi, Kpis, Operand
from services.linkage.views.counted import CountedRow


@dataclass(frozen=True, kw_only=True)
class KpiFigure:
    """A measure. whole: the list behind it, by day; part: the keys of those in it that count."""

    kpi: Kpi
    whole: Sequence[CountedRow]
    part: frozenset[str]

    @property
    def share_permille(self) -> int | None:
        """In thousandths, rounded down; None where there is nothing to be a share of."""
        return len(self.part) * 1000 // len(self.whole) if self.whole else None


def figure_of(kpi: Kpi, measures: Kpis, rows: Iterable[CountedRow]) -> KpiFigure:
    """The measure over these rows."""
    part, whole = measures.operands_of(kpi)
    found = sorted((row for row in rows if picks(whole, row)), key=lambda row: (row.on, row.key))
    return KpiFigure(kpi=kpi, whole=found, part=frozenset(row.key for row in found if picks(part, row)))


def picks(operand: Operand, row: CountedRow) -> bool:
    """Whether the operand counts the row."""
    if row.kind is not operand.kind or (operand.codes and row.code not in operand.codes):
        return False
    return operand.within_days is None or (row.ended is not None and (row.ended - row.on).days <= operand.within_days)
