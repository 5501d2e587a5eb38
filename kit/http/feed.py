"""The owner's feed: the log in commit order, for readers that must heal a hole, and the head that answers "known at" wait for."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from kit.http.auth import Authenticate, allowed, bearer_scheme
from kit.identity import AreaTree, Role
from kit.store.model import EventStore

MAX_PAGE = 5_000
READERS = frozenset({Role.OPERATOR, Role.AUDITOR})


def feed_routes(store: EventStore, authenticate: Authenticate, areas: AreaTree) -> APIRouter:
    """`GET /events?after=` and `GET /head` of a service."""
    router = APIRouter(tags=["feed"], dependencies=[bearer_scheme, Depends(allowed(authenticate, areas, READERS))])

    @router.get("/events")
    async def events(
        after: Annotated[int, Query(ge=0, description="a position; events beyond it are given")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 500,
    ) -> Response:
        """Events in commit order as `{"meta": …, "data": …}`, no position left out."""
        found = await store.read(after, limit)
        body = msgspec.json.encode([{"meta": one.meta, "data": msgspec.Raw(one.data)} for one in found])
        return Response(body, media_type="application/json")

    @router.get("/head")
    async def head() -> dict[str, Any]:
        """The newest position and when it was recorded; nothing older can appear any more."""
        newest = await store.head()
        return {"position": newest.position, "recorded_at": newest.recorded_at}

    return router
