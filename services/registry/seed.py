"""The commands that publish the areas which the policy knows: the list of areas stands there, once."""

from __future__ import annotations

from contracts.ids import AreaCode
from policy import Areas
from services.registry.domain.area import PublishArea


def publish_areas(areas: Areas) -> list[PublishArea]:
    """One command an area, each after that of its parent. Given again under the same keys they change nothing."""
    return [
        PublishArea(area_code=AreaCode(one.code), valid_from=areas.valid_from, parent=AreaCode(one.parent) if one.parent else None)
        for one in sorted(areas.by_code.values(), key=lambda area: len(area.path))
    ]
