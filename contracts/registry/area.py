"""Facts about administrative areas: the district, its streets and communities, by version."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import AreaCode


@event("registry.area.published", version=1, stream="area_code")
class AreaPublished(Event):
    """An area exists from a date, inside another (none: the district itself). Source: I06."""

    area_code: AreaCode
    edition: int
    valid_from: date
    parent: AreaCode | None = None


@event("registry.area.revised", version=1, stream="area_code")
class AreaRevised(Event):
    """The area belongs to another parent, or ends, from a date. Source: I06, section 3.4."""

    area_code: AreaCode
    edition: int
    valid_from: date
    parent: AreaCode | None = None
    ended: bool = False
