"""One trace from the HTTP call to the view's row, and every metric of the list set by real work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.envelope import Event, Meta
from contracts.ids import PersonId
from kit.clock import SystemClock
from kit.commands import CommandPath, Keys
from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import LocalIssuer, Role
from kit.journal import sets
from kit.journal.intake import Journal
from kit.reacting import Reacting
from kit.store.postgres import PgStore
from kit.streams.reactor import Reactor
from kit.streams.relay import Relay
from kit.streams.topics import ensure_topics, topic_of
from kit.telemetry import METRICS, metrics, tracing
from kit.testing import policy
from kit.view import Row, View
from minsheng.local import Installation
from tests.databases import fresh_database
from tests.kit.toy import HOME, ONE, AccountOpened, PaidIn, toy

pytestmark = pytest.mark.real
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"
OPENING = {"household_id": HOME, "area": "440308003", "nickname": "ann"}
ELSEWHERE = {"minsheng.vault.reads"}
"""Set by the registry's vault, whose tests assert it."""


class Balance(Row, frozen=True, kw_only=True):
    """An account's balance."""

    account_id: PersonId
    fen: int = 0


def _evolve(row: Balance | None, event: Event, _meta: Meta) -> Balance | None:
    match event:
        case AccountOpened(account_id=account):
            return Balance(account_id=account)
        case PaidIn(amount_fen=fen) if row is not None:
            return Balance(account_id=row.account_id, fen=row.fen + fen)
        case _:
            return row


def _key(event: Event) -> list[str]:
    return [event.account_id] if isinstance(event, AccountOpened | PaidIn) else []


balances = View("balances", row=Balance, key=_key, evolve=_evolve)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Every finished span."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setitem(tracing._current, "tracer", provider.get_tracer("minsheng"))
    yield exporter
    provider.shutdown()


@pytest.fixture
def counted() -> Iterator[None]:
    """Metrics count from zero."""
    end = metrics.install("toy", "all", Resource.create({}))
    yield
    end()


class Works:
    """A toy service at work: HTTP, relay, reactions to itself, journal with one view."""

    def __init__(self, http: httpx.AsyncClient, pool: asyncpg.Pool, token: str) -> None:
        self.http, self.pool, self._token = http, pool, token

    async def give(self, command: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid4().hex, "traceparent": CALLER}
        return await self.http.post(f"/account/{ONE}/{command}", json=body, headers=headers)

    async def row(self, fen: int) -> Balance:
        """The view's row once it shows the amount."""
        (target,) = await sets.live(self.pool, [balances])
        async with asyncio.timeout(30):
            while True:
                found = await self.pool.fetchval(f'select row::text from "{target.table}"')
                if found and (row := target.decoder.decode(found)).fen == fen:
                    balance: Balance = row
                    return balance
                await asyncio.sleep(0.05)


@pytest.fixture
async def works(installation: Installation, tmp_path: Path) -> AsyncIterator[Works]:
    name = f"t{uuid4().hex[:10]}"
    dsn, issuer = await fresh_database(installation, ["store", "reader"]), LocalIssuer(tmp_path)
    await ensure_topics(installation.kafka_bootstrap, name, ["toy"])
    store = await PgStore(dsn, f"/minsheng/{name}/toy").open()
    packs, calendar = policy()
    path = CommandPath(toy, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
    app = command_app(path, authenticator(issuer.verifier()), packs.areas)
    await sets.prepare(store.pool, [balances])
    bootstrap, topics, stop = installation.kafka_bootstrap, [topic_of(name, "toy")], asyncio.Event()
    reactor = Reactor(store.pool, bootstrap, "toy", ["gone"], lambda outcomes: Reacting(path, outcomes).handle)
    parts = [
        asyncio.ensure_future(part)
        for part in (
            Relay(store, dsn, bootstrap).run(stop),
            Journal(store.pool, bootstrap, [balances]).run(stop, topics, f"{name}.journal"),
            reactor.run(stop, topics, f"{name}.toy"),
        )
    ]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy") as http:
        yield Works(http, store.pool, issuer.issue("worker-1", [Role.CASEWORKER], "440308"))
    stop.set()
    await asyncio.wait(parts, timeout=20)
    await store.close()


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def linked(spans: InMemorySpanExporter, name: str) -> set[str]:
    """The traces that spans of a name link to."""
    return {f"{link.context.trace_id:032x}" for span in spans.get_finished_spans() if span.name == name for link in span.links}


async def test_one_trace_leads_from_the_http_call_to_the_row(spans: InMemorySpanExporter, works: Works) -> None:
    """The caller's `traceparent` is carried on by request, command and append, stands in event and journal, and is linked by both batches."""
    assert (await works.give("open-account", OPENING)).status_code == 201
    assert (await works.give("pay-in", {"amount_fen": 700})).status_code == 201
    await works.row(700)
    names = {span.name for span in spans.get_finished_spans() if trace_of(span) == TRACE}
    assert {"POST /account/{account_id}/pay-in", "account/pay-in", "append"} <= names
    for table, column in (("events", "meta"), ("journal", "meta")):
        kept = [json.loads(row[0])["traceparent"] for row in await works.pool.fetch(f"select {column} from {table}")]
        assert len(kept) == 2
        assert {traceparent.split("-")[1] for traceparent in kept} == {TRACE}
    assert TRACE in linked(spans, "relay")
    assert TRACE in linked(spans, "journal")


async def test_every_metric_of_the_list_is_set_by_real_work(counted: None, works: Works) -> None:
    """No metric is listed that nothing sets; the page names its unit and meaning."""
    await works.give("open-account", OPENING)
    await works.give("pay-in", {"amount_fen": 700})
    await works.row(700)
    wanted = {metric.name.replace(".", "_") for metric in METRICS if metric.name not in ELSEWHERE | {"minsheng.reactions"}}
    async with asyncio.timeout(20):
        while missing := {name for name in wanted if name not in metrics.render()}:
            await asyncio.sleep(0.2)
            assert missing <= wanted
    assert "# HELP minsheng_append_group_size" in metrics.render()
