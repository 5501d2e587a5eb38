"""Lists that are brought in as one batch, and what the log holds of them afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.flows.district import District, Told

NDJSON = {"Content-Type": "application/x-ndjson"}


async def batch(district: District, by: str, service: str, lines: Iterable[Told]) -> list[Told]:
    """The answers to a batch, line by line."""
    content = "\n".join(json.dumps(line) for line in lines).encode()
    headers = {"Authorization": f"Bearer {district._tokens[by]}", **NDJSON}
    answer = await district._http.post(f"{district._services[service]}/batch", content=content, headers=headers)
    return [json.loads(text) for text in answer.raise_for_status().text.splitlines()]


async def position(district: District, service: str) -> int:
    """The newest position of a service's log."""
    answer = await district.call("operator", "GET", service, "/head")
    newest: int = answer.raise_for_status().json()["position"]
    return newest


async def recorded_after(district: District, service: str, after: int, kind: str) -> list[Told]:
    """The data of the events of a type that a log holds beyond a position."""
    answer = await district.call("operator", "GET", service, f"/events?after={after}&limit=5000")
    return [event["data"] for event in answer.raise_for_status().json() if event["meta"]["type"] == kind]
