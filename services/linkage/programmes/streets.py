"""What each street did: the same rows as the annual report, by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.ids import AreaCode
from policy import Areas
from services.linkage.programmes.catalogue import Of
from services.linkage.programmes.figures import counting, place_of
from services.linkage.views.counted import CountedRow, Counts


@dataclass(frozen=True, kw_only=True)
class StreetLine:
    """One street and one kind of thing. area None: what belongs to no street alone."""

    area: AreaCode | None
    kind: Counts
    things: int
    times: int
    persons: int
    households: int
    fen: int
    minutes: int


def streets(rows: Mapping[str, CountedRow], areas: Areas, first: date, last: date) -> list[StreetLine]:
    """What happened between two days, both included, by street and kind; sums over all streets and none are those of the district."""
    found: dict[tuple[AreaCode | None, Counts], list[CountedRow]] = {}
    for row in rows.values():
        if first <= row.on <= last:
            found.setdefault((street_of(place_of(row, rows), areas), row.kind), []).append(row)
    order = {kind: number for number, kind in enumerate(Counts)}
    return [_line(area, kind, found[area, kind]) for area, kind in sorted(found, key=lambda place: (place[0] or "~", order[place[1]]))]


def street_of(area: AreaCode | None, areas: Areas) -> AreaCode | None:
    """The street an area lies in; None for the district and for places outside it."""
    known = areas.by_code.get(area or "")
    return AreaCode(known.path[1]) if known and len(known.path) > 1 else None


def _line(area: AreaCode | None, kind: Counts, rows: Iterable[CountedRow]) -> StreetLine:
    listed = list(rows)
    return StreetLine(
        area=area,
        kind=kind,
        things=len(listed),
        times=counting(Of.TIMES, listed),
        persons=counting(Of.PERSONS, listed),
        households=counting(Of.HOUSEHOLDS, listed),
        fen=counting(Of.FEN, listed),
        minutes=sum(row.minutes for row in listed),
    )
