"""Asks an owner for its events: how a reader heals a hole in a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx
import msgspec

from contracts.envelope import Meta, Recorded
from kit.errors import Retry
from kit.streams.intake import Feed


class _Page(msgspec.Struct):
    meta: Meta
    data: msgspec.Raw


_decoder = msgspec.json.Decoder(list[_Page])


def owners_feed(services: Mapping[str, str], token: str) -> Feed:
    """A feed over the services' `GET /events`. services: base URLs by name; token: of an operator."""

    async def feed(service: str, after: int, limit: int) -> Sequence[Recorded]:
        if service not in services:
            raise Retry(f"no address of {service} is configured")
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.get(f"{services[service]}/events", params={"after": after, "limit": limit}, headers=headers)
        answer.raise_for_status()
        return [Recorded(meta=one.meta, data=bytes(one.data)) for one in _decoder.decode(answer.content)]

    return feed
