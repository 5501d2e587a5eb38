"""An administrative area (行政区划): district, street or community, by edition. Which one contains which is checked here, once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from contracts.ids import AreaCode
from contracts.registry.area import AreaPublished, AreaRevised
from kit.aggregate import Aggregate, command, require, same
from kit.command import Command, Context
from kit.identity import Role
from policy import AreaKind

AreaEvent = AreaPublished | AreaRevised

# GB/T 2260 district, 9-digit statistical street, and the street with a slug for a community (as in the policy's areas).
_SHAPES = {
    AreaKind.DISTRICT: re.compile(r"[0-9]{6}"),
    AreaKind.STREET: re.compile(r"[0-9]{9}"),
    AreaKind.COMMUNITY: re.compile(r"[0-9]{9}-[a-z]+"),
}
_AROUND = {AreaKind.STREET: AreaKind.DISTRICT, AreaKind.COMMUNITY: AreaKind.STREET}


@dataclass(frozen=True, kw_only=True)
class Area:
    """The newest edition; edition 0: nobody published it."""

    area_code: AreaCode = AreaCode("")
    edition: int = 0
    valid_from: date = date.min
    parent: AreaCode | None = None
    ended: bool = False

    def holds_on(self, day: date) -> bool:
        """The area is published and has not ended by this day."""
        return self.edition > 0 and not (self.ended and self.valid_from <= day)


def evolve(area: Area, event: AreaEvent) -> Area:
    match event:
        case AreaPublished():
            return Area(area_code=event.area_code, edition=event.edition, valid_from=event.valid_from, parent=event.parent)
        case AreaRevised():
            return replace(area, edition=event.edition, valid_from=event.valid_from, parent=event.parent, ended=event.ended)
        case _:
            assert_never(event)


class PublishArea(Command):
    """An area exists from a date; a district lies in none, a street in a district, a community in a street."""

    area_code: AreaCode
    valid_from: date
    parent: AreaCode | None = None


class ReviseArea(Command):
    """From a date the area lies in another parent (none named: the same), or ends."""

    area_code: AreaCode
    valid_from: date
    parent: AreaCode | None = None
    ended: bool = False


def publish(command: PublishArea, _area: Area, _context: Context, parent: Area) -> list[AreaPublished]:
    """The area is there, edition 1.

    Raises: Refused("area_code_unknown" | "parent_wrong" | "parent_not_there").  Source: I06.
    """
    _require_parent(command.area_code, command.parent, parent, command.valid_from)
    return [AreaPublished(area_code=command.area_code, edition=1, valid_from=command.valid_from, parent=command.parent)]


def revise(command: ReviseArea, area: Area, _context: Context, parent: Area) -> list[AreaRevised]:
    """The next edition holds from its date; an area that ended stays ended.

    Raises: Refused("area_ended" | "not_later" | "parent_wrong" | "parent_not_there").  Source: I06, section 3.4.
    """
    require(not area.ended, "area_ended")
    require(command.valid_from > area.valid_from, "not_later", valid_from=area.valid_from.isoformat())
    code = command.parent or area.parent
    if not command.ended:
        _require_parent(area.area_code, code, parent, command.valid_from)
    return [
        AreaRevised(area_code=area.area_code, edition=area.edition + 1, valid_from=command.valid_from, parent=code, ended=command.ended)
    ]


def _require_parent(code: AreaCode, parent_code: AreaCode | None, parent: Area, day: date) -> None:
    """Each kind lies in the next wider one, so no area can contain itself."""
    kind = kind_of(code)
    require(kind is not None, "area_code_unknown", area_code=code)
    around = _AROUND.get(kind) if kind else None
    require((kind_of(parent_code) if parent_code else None) is around, "parent_wrong", parent_kind=around)
    require(parent_code is None or parent.holds_on(day), "parent_not_there", parent=parent_code)


def kind_of(code: str) -> AreaKind | None:
    """What an area is, told by the shape of its code; None for another shape."""
    return next((kind for kind, shape in _SHAPES.items() if shape.fullmatch(code)), None)


_DISTRICT, _STREET = AreaCode("440308"), AreaCode("440308003")

area = Aggregate(
    "area",
    id="area_code",
    state=Area,
    evolve=evolve,
    commands=[
        command(
            publish,
            stream="new",
            also=[same("parent")],
            roles={Role.CIVIL_REGISTRAR},
            example=PublishArea(area_code=_STREET, valid_from=date(2022, 1, 1), parent=_DISTRICT),
        ),
        command(
            revise,
            also=[same("parent")],
            roles={Role.CIVIL_REGISTRAR},
            example=ReviseArea(area_code=_STREET, valid_from=date(2023, 1, 1), ended=True),
        ),
    ],
)
