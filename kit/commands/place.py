"""Where a command happens, and whether its actor may act there: everybody acts in the own area (ruling 26 of the design)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.aggregate import Aggregate
from kit.commands.pending import Loaded
from kit.commands.request import Request
from kit.commands.states import States, Unseen
from kit.identity import Forbidden, Role, may
from policy import Areas


class Places:
    """The areas of a service's streams. Read for access only: an area is not confirmed by the append as a decision's states are."""

    def __init__(self, states: States, areas: Areas) -> None:
        self._states = states
        self._areas = areas
        self.district = next(code for code, area in areas.by_code.items() if area.parent is None)

    def of(self, request: Request, own: Loaded, found: Mapping[str, Loaded]) -> str | None:
        """The area the command happens in; the district's for what belongs to all of it; None: nobody has told yet.

        found: streams that were read from the log for this command. Raises Unseen.
        """
        place = request.spec.area
        if place is None:
            return self._of(request.aggregate, found, own.state, request.command)
        named = _told(place.field, request.command, own.state)
        return self._there(place.aggregate, named, found) if named else None

    def _of(self, aggregate: Aggregate[Any], found: Mapping[str, Loaded], *by: Any) -> str | None:
        """The area of a stream. by: who may tell, its state before the command that opens it; a later body moves nothing."""
        where = aggregate.area
        if where is None:
            return self.district
        if isinstance(where, str):
            return _told(where, *by)
        named = _told(where.field, *by)
        return self._there(where.aggregate, named, found) if named else None

    def _there(self, aggregate: Aggregate[Any], stream_id: str, found: Mapping[str, Loaded]) -> str | None:
        """The area of another stream, read anew before it counts as unknown: another process may have written it."""
        stream = aggregate.stream(stream_id)
        area = self._of(aggregate, found, self._states.stored(stream, found).state)
        if area is None and stream not in found:
            raise Unseen([stream])
        return area

    def check(self, request: Request, area: str | None) -> None:
        """Raises Forbidden: the actor's own area does not hold this one, or nobody has told where it is."""
        if request.spec.anywhere or Role.SYSTEM in request.actor.roles & request.spec.roles:
            return
        if area is None:
            raise Forbidden("outside_area")
        may(request.actor, request.spec.roles, area, self._areas)


def _told(name: str, *by: Any) -> str | None:
    """The field's first value."""
    return next((value for one in by if (value := getattr(one, name, None))), None)
