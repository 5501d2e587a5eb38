"""What our store holds, for the checker, and a past that is put into it quickly."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import asyncpg
import msgspec
import uuid_utils

from bench.case import past_event
from bench.checker import ClientLog, Stored, check_store
from bench.workload import Past
from contracts.envelope import encode, stream_of, type_of
from kit.store.envelope import StoredMeta
from kit.store.model import Append, NewEvent, Read, VerdictKind
from kit.store.postgres import PgStore
from tests.faults.checker import check_store as check_tables

BLOCK = 2_000
LOOKS_EVERY_S = 0.1
META = StoredMeta(
    actor="worker-1", authority="caseworker", correlation_id="0190a000-0000-8000-a000-000000000000", pack_id=None, causation_id=None, hops=0,
    command="case/past", command_key=None, body_hash=None, traceparent=None,
)  # fmt: skip
_encoded = msgspec.json.encode(META)


async def positions(connection: Any, after: int) -> list[int]:
    """The positions after one, as a reader gets them now."""
    return [row["position"] for row in await connection.fetch("select position from events where position > $1 order by position", after)]


@asynccontextmanager
async def followed(dsn: str, log: ClientLog) -> AsyncIterator[None]:
    """A reader follows the log meanwhile: what he saw goes into `log.seen`, so that an event which appears behind him is noticed."""
    connection, stop = await asyncpg.connect(dsn), asyncio.Event()
    last: int = await connection.fetchval("select coalesce(max(position), 0) from events")

    async def follow() -> None:
        nonlocal last
        ending = False
        while not ending:
            ending = stop.is_set()
            found = await positions(connection, last)
            log.seen += found
            last = found[-1] if found else last
            if not ending:
                await asyncio.sleep(LOOKS_EVERY_S)

    following = asyncio.ensure_future(follow())
    try:
        yield
    finally:
        stop.set()
        await following
        await connection.close()


async def checked(dsn: str, log: ClientLog, service: Any = None) -> list[str]:
    """What is wrong with our store after a run: the common checks, and that keys, claims and subjects are those of a replay."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select position, stream, version, id::text from events order by position")
    finally:
        await connection.close()
    wrong = check_store([Stored(*row) for row in rows], log)
    try:
        await check_tables(dsn, service)
    except AssertionError as error:
        wrong.append(str(error)[:400])
    return wrong


def append_of(events: Sequence[Past], known: dict[str, int], at: datetime) -> Append:
    """One append of events of one case; `known` are the versions so far, and move on."""
    facts = [past_event(event) for event in events]
    stream, meta = stream_of(facts[0]), _encoded
    before = known.get(stream, 0)
    known[stream] = before + len(facts)
    return Append(
        reads=[Read(stream, before)],
        events=[
            NewEvent(
                id=str(uuid_utils.uuid7()),
                stream=stream,
                version=before + number,
                type=type_of(fact).name,
                schema_version=1,
                key=events[0].household,
                occurred_at=at,
                effective_from=None,
                data=encode(fact),
                meta=meta,
            )
            for number, fact in enumerate(facts, 1)
        ],
    )


async def put_in(store: PgStore, past: Iterable[Past], known: dict[str, int] | None = None) -> int:
    """The past is in the store, by the store's own append. Returns the newest position. known: versions so far, where it is not empty."""
    known = {} if known is None else known
    count = 0
    at = datetime.now(UTC)
    for block in _blocks(past, BLOCK):
        by_case: dict[str, list[Past]] = defaultdict(list)
        for event in block:
            by_case[event.case].append(event)
        result = await store.append([append_of(events, known, at) for events in by_case.values()])
        if any(verdict.kind is not VerdictKind.OK for verdict in result.verdicts):
            raise RuntimeError("the store refused a part of the past")
        count = result.head
    return count


def _blocks(past: Iterable[Past], size: int) -> Iterable[Sequence[Past]]:
    rest = iter(past)
    while block := list(islice(rest, size)):
        yield block
