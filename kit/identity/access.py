"""Whether an actor may do what a route asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

from kit.identity.actors import Actor, Role

ForbiddenCode = Literal["role_not_allowed", "outside_area"]


class AreaTree(Protocol):
    """The districts, streets and communities as `policy` knows them."""

    def contains(self, outer: str, inner: str) -> bool:
        """Whether `inner` is `outer` or lies in it; False for codes nobody knows."""
        ...


class Forbidden(Exception):
    """The actor is known and may not do this. `code` is stable: role_not_allowed or outside_area."""

    def __init__(self, code: ForbiddenCode) -> None:
        super().__init__(code)
        self.code: ForbiddenCode = code


def may(actor: Actor, roles: Collection[Role], area: str | None, areas: AreaTree) -> None:
    """Return if the actor has one of the roles and the area is within the actor's own.

    roles: those the route names; none named means nobody. area: of the stream, None where a rule says "anywhere" (R-TMP-04).
    The program itself (`system`) belongs to no area, but the route must name its role as well.
    Raises: Forbidden("role_not_allowed"), Forbidden("outside_area").
    """
    granted = actor.roles.intersection(roles)
    if not granted:
        raise Forbidden("role_not_allowed")
    if area is None or Role.SYSTEM in granted:
        return
    if not areas.contains(actor.area, area):
        raise Forbidden("outside_area")
