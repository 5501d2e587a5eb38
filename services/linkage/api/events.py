"""`GET /events/{id}`: one fact with its cause and its effects, so that every line of a chain can be followed to what was said."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends

from contracts.envelope import Recorded
from kit.errors import NotFound
from kit.http.auth import bearer_scheme
from kit.identity import Actor, Role, may
from services.linkage.api.access import may_read
from services.linkage.api.answers import Answer, FreshnessAnswer
from services.linkage.api.examples import EVENT
from services.linkage.api.parts import Parts, Token
from services.linkage.views.household import household

WITHOUT_HOUSEHOLD = frozenset({Role.AUDITOR, Role.DISTRICT_OFFICER, Role.CHARITY_OFFICER})
"""Who reads facts that belong to no household: a fund, a donation, a person."""


class EventAnswer(Answer):
    """One recorded fact: what was said, by whom, under which policy, and where it stands."""

    id: str
    type: str
    stream: str
    version: int
    source: str
    position: int
    occurred_at: datetime
    recorded_at: datetime
    effective_from: date | None
    actor: str
    authority: str
    pack_id: str | None
    command: str | None
    correlation_id: str
    causation_id: str | None
    data: dict[str, Any]


class EventTrailAnswer(Answer):
    """A fact, the fact that caused it, and those that it caused."""

    event: EventAnswer
    cause: EventAnswer | None
    effects: list[EventAnswer]
    freshness: FreshnessAnswer


def event_routes(parts: Parts) -> APIRouter:
    """The route of single facts."""
    router = APIRouter(tags=["events"], dependencies=[bearer_scheme])

    @router.get("/events/{event_id}", responses={200: {"content": {"application/json": {"example": EVENT}}}})
    async def event(event_id: str, actor: Annotated[Actor, Depends(parts.authenticate)], token: Token = None) -> EventTrailAnswer:
        """One fact with its cause and its effects; of these, the ones the caller may see."""
        await parts.seen(token)
        found = await parts.reader.event(event_id)
        if found is None:
            raise NotFound("not_found", event_id=event_id)
        await _may_see(parts, actor, found)
        cause = await parts.reader.event(found.meta.causation_id) if found.meta.causation_id else None
        effects = [one for one in await parts.reader.effects(event_id) if one.meta.key == found.meta.key or _sees_all(actor)]
        return EventTrailAnswer(
            event=event_answer(found),
            cause=event_answer(cause) if cause and (cause.meta.key == found.meta.key or _sees_all(actor)) else None,
            effects=[event_answer(one) for one in effects],
            freshness=await parts.fresh([found.meta.key]),
        )

    return router


def _sees_all(actor: Actor) -> bool:
    return bool(actor.roles & WITHOUT_HOUSEHOLD)


async def _may_see(parts: Parts, actor: Actor, found: Recorded) -> None:
    """A household's facts: who may read its chain; any other: officers and auditors. Raises Forbidden."""
    home = await parts.reader.get(household, found.meta.key)
    if home is None:
        may(actor, WITHOUT_HOUSEHOLD, None, parts.areas)
    else:
        may_read(actor, home.area, parts.areas)


def event_answer(recorded: Recorded) -> EventAnswer:
    """The fact as it stands in the journal."""
    meta = recorded.meta
    return EventAnswer(
        id=meta.id,
        type=meta.type,
        stream=meta.stream,
        version=meta.version,
        source=meta.source,
        position=meta.position,
        occurred_at=meta.occurred_at,
        recorded_at=meta.recorded_at,
        effective_from=meta.effective_from,
        actor=meta.actor,
        authority=meta.authority,
        pack_id=meta.pack_id,
        command=meta.command,
        correlation_id=meta.correlation_id,
        causation_id=meta.causation_id,
        data=msgspec.json.decode(recorded.data),
    )
