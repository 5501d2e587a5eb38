"""One trace from the HTTP call to the view's row and through a reaction, and every metric of the list set by real work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.envelope import Event, Meta, Recorded
from contracts.ids import PersonId
from kit.clock import SystemClock
from kit.commands import CommandPath, Keys
from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import Actor, LocalIssuer, Role
from kit.journal import sets
from kit.journal.intake import Journal
from kit.reacting import Reacting
from kit.store.memory import MemoryStore
from kit.store.postgres import PgStore
from kit.streams.reactor import Reactor
from kit.streams.relay import Relay
from kit.streams.topics import Topic, ensure_topics, source_of, topic_of, topic_of_source
from kit.telemetry import METRICS, Metric, metrics, tracing
from kit.testing import policy
from kit.timers import Sweeper
from kit.vault import Keyring, PersonalField, UnknownPerson, Vault, VaultKeys
from kit.view import Row, View
from minsheng.local import Installation
from tests.databases import fresh_database
from tests.faults.waiting import until
from tests.kit.streams.places import messages
from tests.kit.streams.producing import Writer
from tests.kit.streams.toy import recorded
from tests.kit.timed import GivePromise, Hands, timed
from tests.kit.toy import HOME, ONE, AccountOpened, PaidIn, PersonGone, toy

pytestmark = pytest.mark.real
TRACE, FOREIGN = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER, CAUSE = f"00-{TRACE}-b7ad6b7169203331-01", f"00-{FOREIGN}-00f067aa0ba902b7-01"
OPENING = {"household_id": HOME, "area": "440308003", "nickname": "ann"}


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
    """A toy service at work: HTTP, relay, reactions to another service's topic, journal with one view."""

    def __init__(self, http: httpx.AsyncClient, store: PgStore, token: str, topics: dict[str, Topic], bootstrap: str) -> None:
        self.http, self.pool, self._store, self._token = http, store.pool, store, token
        self.own, self.foreign = (topics[topic_of_source(store.source.replace("toy", name))] for name in ("toy", "elsewhere"))
        self.bootstrap = bootstrap

    async def give(self, command: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid4().hex, "traceparent": CALLER}
        assert (await self.http.post(f"/account/{ONE}/{command}", json=body, headers=headers)).status_code == 201

    async def opened_and_paid(self) -> None:
        """Two commands, seen in the view's row."""
        await self.give("open-account", OPENING)
        await self.give("pay-in", {"amount_fen": 700})
        await until(self._shown, "the row")

    async def _shown(self) -> bool:
        (target,) = await sets.live(self.pool, [balances])
        found = await self.pool.fetchval(f'select row::text from "{target.table}"')
        return found is not None and target.decoder.decode(found).fen == 700

    async def told_elsewhere(self) -> Recorded:
        """The other service says that the owner is gone; the event with which a reaction closes the account."""
        event = recorded(PersonGone(person_id=ONE), 1, service="elsewhere", traceparent=CAUSE)
        here = Recorded(meta=msgspec.structs.replace(event.meta, source=source_of(self.foreign.name)), data=event.data)
        Writer(self.bootstrap, self.foreign).send([here])
        return (await until(lambda: self._store.read(2, 1), "the reaction's event"))[0]


@pytest.fixture
async def works(installation: Installation, tmp_path: Path) -> AsyncIterator[Works]:
    name, bootstrap = f"t{uuid4().hex[:10]}", installation.kafka_bootstrap
    dsn, issuer = await fresh_database(installation, ["store", "reader", "vault", "keys"]), LocalIssuer(tmp_path)
    topics = await ensure_topics(bootstrap, name, ["toy", "elsewhere"])
    store = await PgStore(dsn, f"/minsheng/{name}/toy").open()
    packs, calendar = policy()
    path = CommandPath(toy, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
    app = command_app(path, authenticator(issuer.verifier()), packs.areas)
    await sets.prepare(store.pool, [balances])
    stop = asyncio.Event()
    reactor = Reactor(store.pool, bootstrap, "toy", ["gone"], lambda outcomes: Reacting(path, outcomes).handle)
    parts = [
        Relay(store, dsn, bootstrap).run(stop),
        Journal(store.pool, bootstrap, [balances]).run(stop, [topic_of(name, "toy")], f"{name}.journal"),
        reactor.run(stop, [topic_of(name, "elsewhere")], f"{name}.toy"),
    ]
    working = asyncio.gather(*parts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy") as http:
        yield Works(http, store, issuer.issue("worker-1", [Role.CASEWORKER], "440308"), topics, bootstrap)
    stop.set()
    async with asyncio.timeout(20):
        await working
    await store.close()


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def linked(spans: InMemorySpanExporter, name: str) -> set[str]:
    """The traces that spans of a name link to."""
    return {f"{link.context.trace_id:032x}" for span in spans.get_finished_spans() if span.name == name for link in span.links}


async def test_one_trace_leads_from_the_http_call_to_the_row(spans: InMemorySpanExporter, works: Works) -> None:
    """The caller's `traceparent` is carried on by request, command and append, stands in event, header and journal, is linked by both batches."""
    await works.opened_and_paid()
    names = {span.name for span in spans.get_finished_spans() if trace_of(span) == TRACE}
    assert {"POST /account/{account_id}/pay-in", "account/pay-in", "append"} <= names
    for table in ("events", "journal"):
        kept = [json.loads(row["meta"])["traceparent"] for row in await works.pool.fetch(f"select meta from {table}")]
        assert [traceparent.split("-")[1] for traceparent in kept] == [TRACE, TRACE]
    sent = [event.meta.traceparent for partition in messages(works.bootstrap, works.own).values() for event, _ in partition]
    assert [str(traceparent).split("-")[1] for traceparent in sent] == [TRACE, TRACE]
    assert TRACE in linked(spans, "relay")
    assert TRACE in linked(spans, "journal")


async def test_a_reaction_goes_on_with_the_trace_of_the_event_it_answers(spans: InMemorySpanExporter, works: Works) -> None:
    """The reaction's span has the foreign event's span as its parent, and its command's event stands in the same trace."""
    await works.opened_and_paid()
    closed = await works.told_elsewhere()
    assert closed.meta.type == "toy.account.closed"
    assert str(closed.meta.traceparent).split("-")[1] == FOREIGN
    (react,) = await until(lambda: finished(spans, "react gone"), "the reaction's span")
    assert react.parent is not None
    assert (trace_of(react), f"{react.parent.span_id:016x}") == (FOREIGN, CAUSE.split("-")[2])


async def finished(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


async def test_every_metric_of_the_list_is_set_by_real_work(counted: None, works: Works) -> None:
    """No metric is listed that nothing sets; the page names its unit and meaning."""
    await works.opened_and_paid()
    await works.told_elsewhere()
    await a_timer_acts()
    vault = Vault(works.pool, VaultKeys(works.pool, Keyring.generate()))
    with pytest.raises(UnknownPerson):
        await vault.read(ONE, [PersonalField.NAME], actor="worker-1", purpose="review")

    async def all_shown() -> bool:
        lines = metrics.render().splitlines()
        return all(any(line.startswith(shown(metric) + "{") for line in lines) for metric in METRICS)

    await until(all_shown, "every metric")
    for metric in METRICS:
        assert f" {metric.meaning}" in metrics.render()


async def a_timer_acts() -> None:
    """A promise of the other toy service lapses."""
    packs, calendar = policy()
    clock = Hands(datetime(2022, 3, 1, tzinfo=UTC))
    path = CommandPath(timed, MemoryStore(clock=clock), keys=Keys(b"s"), packs=packs, calendar=calendar, clock=clock, partitions=4)
    worker = Actor(id="worker-1", roles=frozenset({Role.CASEWORKER}), area="440308")
    await path.execute(GivePromise(promise_id=ONE, until=clock.now()), worker, "give")
    assert await Sweeper(path, "", clock).sweep() == 1


def shown(metric: Metric) -> str:
    """The name of the metric's first series on the page, by OpenTelemetry's rules for Prometheus."""
    name = metric.name.replace(".", "_")
    name += "_seconds" if metric.unit == "s" and not name.endswith("_seconds") else ""
    return name + {"counter": "_total", "histogram": "_bucket", "gauge": ""}[metric.kind]
