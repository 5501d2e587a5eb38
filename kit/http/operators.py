"""What operators do about parked messages: look, try again, or step over with a reason. On the API port, for the role `operator` only."""

# No `from __future__ import annotations`: FastAPI reads the annotations of routes that are made inside a function.

from typing import Annotated, Any, Protocol

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from kit.errors import NotFound, Refused
from kit.http.auth import Authenticate, allowed, bearer_scheme
from kit.identity import Actor, AreaTree, Role
from kit.streams import parking


class Desk(Protocol):
    """Whoever can apply a parked message again: a reactor's or the journal's intake."""

    async def retry(self, parked_id: int, actor: str) -> int:
        """Apply it and what waits behind it; how many were applied. Raises LookupError."""
        ...

    async def skip(self, parked_id: int, actor: str, reason: str) -> int:
        """Step over it, then apply what waits behind it; how many were applied. Raises LookupError."""
        ...


class Skip(BaseModel):
    """Why a message is stepped over for good."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(pattern=r"^[a-z0-9][a-z0-9 ._/-]{2,200}$", description="a reason or a ticket; no personal values")


def operator_routes(pool: asyncpg.Pool, desk: Desk, authenticate: Authenticate, areas: AreaTree) -> APIRouter:
    """`/parked`: list, show, retry, skip."""
    operator = allowed(authenticate, areas, {Role.OPERATOR})
    router = APIRouter(prefix="/parked", tags=["operators"], dependencies=[bearer_scheme, Depends(operator)])

    @router.get("")
    async def listed(settled: Annotated[bool, Query(description="what was skipped or applied instead")] = False) -> list[dict[str, Any]]:  # noqa: FBT002
        """What is parked or waits behind something parked, oldest first."""
        return [msgspec.to_builtins(one) for one in await parking.parked(pool, settled=settled)]

    @router.get("/{parked_id}")
    async def shown(parked_id: int) -> dict[str, Any]:
        """One parked message as it came."""
        found = await parking.show(pool, parked_id)
        if found is None:
            raise NotFound("not_found", parked_id=parked_id)
        known, raw = found
        return {
            **msgspec.to_builtins(known),
            "message": {
                "key": (raw.key or b"").decode(errors="replace"),
                "value": (raw.value or b"").decode(errors="replace"),
                "headers": {name: value.decode(errors="replace") for name, value in raw.headers},
            },
        }

    @router.post("/{parked_id}/retry")
    async def retried(parked_id: int, actor: Annotated[Actor, Depends(operator)]) -> dict[str, int]:
        """Try it again, then what waits behind it."""
        return {"applied": await _found(desk.retry(parked_id, actor.id), parked_id)}

    @router.post("/{parked_id}/skip")
    async def skipped(parked_id: int, body: Skip, actor: Annotated[Actor, Depends(operator)]) -> dict[str, int]:
        """Step over it for good, also in every rebuild; what waits behind it follows."""
        return {"applied": await _found(desk.skip(parked_id, actor.id, body.reason), parked_id)}

    return router


async def _found(work: Any, parked_id: int) -> int:
    try:
        return int(await work)
    except LookupError:
        raise NotFound("not_found", parked_id=parked_id) from None
    except ValueError as error:
        raise Refused("another_stands_before", parked_id=parked_id, detail=str(error)) from None
