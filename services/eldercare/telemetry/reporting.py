"""`POST /telemetry/heartbeats`: the platform on which devices report hands their signs of life over, up to 5,000 a request.

A heartbeat may be sent again and in any order: only the newest of a device counts. So the request needs no idempotency key.
"""

# No `from __future__ import annotations`: FastAPI reads the annotations of routes that are made inside a function.

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from contracts.ids import UUID
from kit.http.auth import Authenticate, bearer_scheme
from kit.http.problems import Problem
from kit.identity import Actor, Role, may
from services.eldercare.resources import EldercareResources
from services.eldercare.telemetry.topic import Sign

MOST = 5_000
REPORTERS = frozenset({Role.ALARM_DESK})
"""The desk that answers the alarms runs the platform that the devices report to; its token already speaks for them (`alarm`)."""
NDJSON, JSON = "application/x-ndjson", "application/json"


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device was alive at an instant."""

    device_id: Annotated[str, msgspec.Meta(pattern=UUID)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class Refusal(msgspec.Struct, frozen=True):
    """A line that was not taken. line: its number, from 1 (in an array: of the element).  code: stable; nothing of the line is repeated."""

    line: int
    code: str


class Taken(msgspec.Struct, frozen=True):
    """How many heartbeats Kafka has, and which lines were not taken."""

    accepted: int
    refused: list[Refusal]


_heartbeat = msgspec.json.Decoder(Heartbeat)
_array = msgspec.json.Decoder(list[msgspec.Raw])
_EXAMPLE = {"device_id": "0190a000-0000-8000-8000-000000000080", "at": "2022-03-01T15:56:00+08:00"}


def heartbeat_routes(resources: EldercareResources, authenticate: Authenticate) -> APIRouter:
    """The route of eldercare's telemetry."""
    router = APIRouter(prefix="/telemetry", tags=["telemetry"], dependencies=[bearer_scheme])

    @router.post(
        "/heartbeats",
        status_code=202,
        response_class=Response,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    NDJSON: {"schema": {"type": "string"}, "example": msgspec.json.encode(_EXAMPLE).decode()},
                    JSON: {"schema": {"type": "array", "items": {"type": "object"}, "maxItems": MOST}, "example": [_EXAMPLE]},
                },
            }
        },
    )
    async def heartbeats(request: Request, actor: Annotated[Actor, Depends(authenticate)]) -> Response:
        """Signs of life of devices, one a line (NDJSON) or as a JSON array; at most 5,000. Whoever reports them speaks for the district.

        A line may be refused: `malformed_json`, `invalid_fields`, `in_the_future`, `device_not_active` (unknown, not yet activated or
        returned). 202 when Kafka has all others; after 503 repeat the request, which does no harm.
        """
        may(actor, REPORTERS, resources.district, resources.areas)
        media = request.headers.get("content-type", NDJSON).split(";")[0].strip().lower()
        taken = await take(resources, lines_of(media, await request.body()))
        return Response(msgspec.json.encode(taken), 202, media_type=JSON)

    return router


def lines_of(media: str, body: bytes) -> list[Any]:
    """The body's heartbeats, each still as bytes. Raises Problem: wrong_media_type, malformed_json, too_many_lines."""
    match media:
        case "application/x-ndjson":
            lines: list[Any] = [line for line in body.split(b"\n") if line.strip()]
        case "application/json":
            try:
                lines = list(_array.decode(body))
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise Problem(400, "malformed_json") from None
        case _:
            raise Problem(415, "wrong_media_type", accepted=f"{NDJSON}, {JSON}")
    if len(lines) > MOST:
        raise Problem(413, "too_many_lines", limit=MOST)
    return lines


async def take(resources: EldercareResources, lines: Iterable[Any]) -> Taken:
    """What can be read and belongs to an active device is in the topic. Raises Retry."""
    read = [_read(line, resources.clock.now()) for line in lines]
    active = await resources.active({sign[0] for sign in read if isinstance(sign, tuple)})
    checked = [sign if isinstance(sign, str) or sign[0] in active else "device_not_active" for sign in read]
    signs = [sign for sign in checked if isinstance(sign, tuple)]
    if signs:
        await resources.heartbeats.send(signs)
    return Taken(accepted=len(signs), refused=list(_refused(checked)))


def _read(line: Any, now: datetime) -> Sign | str:
    """The heartbeat of a line, or the code why there is none."""
    try:
        one = _heartbeat.decode(line)
    except msgspec.ValidationError:
        return "invalid_fields"
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "malformed_json"
    return (one.device_id, one.at) if one.at <= now else "in_the_future"


def _refused(checked: Iterable[Sign | str]) -> Iterator[Refusal]:
    return (Refusal(line, code) for line, code in enumerate(checked, start=1) if isinstance(code, str))
