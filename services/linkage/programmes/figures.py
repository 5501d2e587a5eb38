"""Counting: pure functions over the rows of a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.ids import AreaCode
from services.linkage.programmes.catalogue import Catalogue, Comparator, FigureSpec, Have, Of
from services.linkage.views.counted import CountedRow, Counts

MINUTES = 60


class Verdict(StrEnum):
    """Whether the log bears the report out."""

    BORNE_OUT = "borne_out"  # 相符
    SHORT = "short"  # 不足
    ABOVE = "above"  # 超出


@dataclass(frozen=True)
class Figure:
    """A figure of the report beside what the log says. rows: the list behind it."""

    spec: FigureSpec
    counted: int
    verdict: Verdict
    rows: Sequence[CountedRow]


def figure_of(spec: FigureSpec, rows: Mapping[str, CountedRow], tolerance_percent: int) -> Figure:
    """The figure over the rows of a year, by key."""
    behind = list_of(spec, rows)
    number = counting(spec.of, behind)
    return Figure(spec, number, verdict(spec, number, tolerance_percent), behind)


def list_of(spec: FigureSpec, rows: Mapping[str, CountedRow]) -> list[CountedRow]:
    """The rows a figure counts, by day."""
    found = [row for row in rows.values() if row.kind is spec.kind and _fits(spec, row, rows)]
    return sorted(found, key=lambda row: (row.on, row.key))


def _fits(spec: FigureSpec, row: CountedRow, rows: Mapping[str, CountedRow]) -> bool:
    if spec.codes and row.code not in spec.codes:
        return False
    if spec.part_of is None:
        return True
    whole = rows.get(row.part_of or "")
    return whole is not None and whole.code == spec.part_of


def counting(of: Of, rows: Iterable[CountedRow]) -> int:
    """Counted: rows, times, distinct ids, fen, or whole hours."""
    match of:
        case Of.ROWS:
            return sum(1 for _ in rows)
        case Of.TIMES:
            return sum(row.times for row in rows)
        case Of.FEN:
            return sum(row.fen for row in rows)
        case Of.HOURS:
            return sum(row.minutes for row in rows) // MINUTES
        case Of.PEOPLE:
            return len({one for row in rows for one in row.people})
        case Of.PERSONS:
            return len({row.person_id for row in rows if row.person_id})
        case Of.HOUSEHOLDS:
            return len({row.household_id for row in rows if row.household_id})
        case Of.ORGANISATIONS:
            return len({row.organisation_id for row in rows if row.organisation_id})
        case Of.CODES:
            return len({row.code for row in rows if row.code})


def verdict(spec: FigureSpec, number: int, tolerance_percent: int) -> Verdict:
    """How a counted number stands to a reported one: `nearly` is a little below, `about` either side; more than nearly is no shortfall."""
    slack = 0 if spec.comparator in {Comparator.AT_LEAST, Comparator.EXACTLY} else spec.reported * tolerance_percent
    if number * 100 < spec.reported * 100 - slack:
        return Verdict.SHORT
    bounded = spec.comparator is not Comparator.AT_LEAST
    return Verdict.ABOVE if bounded and number * 100 > spec.reported * 100 + slack else Verdict.BORNE_OUT


def tiles(catalogue: Catalogue, things: Mapping[Counts, int]) -> dict[Have, int]:
    """How many things of the year, told by kind, belong to each of the six areas; together they are all things (A01)."""
    found = dict.fromkeys(Have, 0)
    for kind, number in things.items():
        found[catalogue.programme_of(kind).have] += number
    return found


def place_of(row: CountedRow, rows: Mapping[str, CountedRow]) -> AreaCode | None:
    """The area a row counts in: its own, else that of what it is part of; None: the whole district."""
    seen: set[str] = set()
    while row.area is None and row.part_of is not None and row.part_of not in seen and row.part_of in rows:
        seen.add(row.part_of)
        row = rows[row.part_of]
    return row.area
