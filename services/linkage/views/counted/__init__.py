"""Everything that reports count, a row a thing. Which events change which rows stands in one table a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.envelope import Event, Meta
from kit.view import View
from services.linkage.views.counted.charity import CHARITY
from services.linkage.views.counted.eldercare import ELDERCARE
from services.linkage.views.counted.registry import REGISTRY
from services.linkage.views.counted.relief import RELIEF
from services.linkage.views.counted.row import CountedRow, Counter, Counts

COUNTERS: Mapping[type[Event], Counter] = {**RELIEF, **CHARITY, **ELDERCARE, **REGISTRY}


def keys(event: Event) -> Iterable[str]:
    counter = COUNTERS.get(type(event))
    return counter.keys(event) if counter else ()


def evolve(row: CountedRow | None, event: Event, meta: Meta) -> CountedRow | None:
    return COUNTERS[type(event)].change(row, event, meta)


counted = View("counted", row=CountedRow, key=keys, evolve=evolve, index=("kind", "year"), version=2, follows=True)

__all__ = ["COUNTERS", "CountedRow", "Counts", "counted"]
