"""The one module that leans on Faust's private parts (0.15.3): it hands over whole fetches, from offsets that are kept in PostgreSQL.

Plain iteration and `take` acknowledge failed batches and lose events; whole fetches are also some thirty times faster (both measured).
No offset is ever committed to Kafka and no Faust table or web server runs. What is private and may change with a version of Faust is
pinned by tests: `perform_seek`, `_wait_next_records`, `_buffered_partitions`, `_read_offset`, `_crashed`, `_new_transport`,
`_create_worker_consumer`, `_create_directories`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types.tuples import ConsumerMessage
from mode.supervisors import CrashingSupervisor

from kit.streams.chain import Record
from kit.streams.checkpoint import Place
from kit.streams.quiet import quieten
from kit.streams.race import race

log = logging.getLogger(__name__)
MOST_WAITING = 20_000  # records between Faust and the handler; counted in records, since fetches may hold one each (see `_Backlog`)
FETCH_MAX_WAIT_MS = 100
MOST_PER_CALL = 2_000
RESTS_AT_MOST_S = 0.02
"""After a call the handler rests as long as it took: on a machine that is busy, small fetches share a transaction instead of having one each."""
START_LIMIT_S = 60.0  # `App.start` never returns when the group cannot be joined
START_GOES_ON_S = 5.0  # a start that is no longer wanted is broken off only after this (see `_start_unless`)


LoadOffsets = Callable[[Collection[Place]], Awaitable[Mapping[Place, int]]]
Handle = Callable[[Sequence[Record]], Awaitable[Collection[Place]]]


class ConsumerFailed(Exception):
    """Faust could not start or crashed: the process ends and begins again from the stored offsets."""


class _Thread(AIOKafkaConsumerThread):
    """Asks the broker again soon: a partition that had records waiting is left out of a request and waits for its end."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_MAX_WAIT_MS  # noqa: SLF001 (1,500 is written into Faust's driver)
        return consumer


class _PgConsumer(Consumer):
    """Seeks to the offsets in PostgreSQL, at the one place where Faust positions its partitions."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        await super().perform_seek()
        await self.seek_to_stored({(tp.topic, tp.partition): tp for tp in self.assignment()})

    async def seek_to_stored(self, wanted: Mapping[Place, Any]) -> None:
        app: Any = self.app
        stored = await app.load_offsets(list(wanted))
        targets = {tp: stored[place] for place, tp in wanted.items()}
        if not targets:
            return
        await self.seek_wait(targets)
        for tp, offset in targets.items():
            self._read_offset[tp] = offset or None
            self._committed_offset[tp] = offset or None
            self._acked[tp].clear()
            self._acked_index[tp].clear()


class _FetchConsumer(_PgConsumer):
    """Yields one Faust message per partition and poll; its value is the list of records."""

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, ConsumerMessage]]:  # noqa: ASYNC109 (Faust's signature)
        fetched, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if fetched is None or self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        for tp, records in fetched.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if records and (active is None or tp in active or tp in self._buffered_partitions):
                self._read_offset[tp] = None  # repeats are dropped by the checkpoint; Faust would drop what is read again on purpose
                yield tp, _as_one_message(tp, records, generation)


def _as_one_message(tp: Any, records: Any, generation: int) -> ConsumerMessage:
    last = records[-1]
    seconds = last.timestamp / 1000
    return ConsumerMessage(
        tp.topic, tp.partition, last.offset, seconds, last.timestamp_type, None, None, records, None, 0, 0, tp, generation_id=generation
    )


class _PgTransport(Transport):
    Consumer = _PgConsumer


class _FetchTransport(Transport):
    Consumer = _FetchConsumer


class _PassThrough(faust.Schema[Any, Any]):
    """The value of a message is handed over as it is."""

    def compile(self, app: Any, **_: Any) -> Any:
        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001
            return app.create_event(None, message.value, None, message)

        return decode


class _App(faust.App):
    """The transport is made late: it belongs to the running loop."""

    load_offsets: LoadOffsets
    transport_type: type[Transport]

    def _new_transport(self) -> Transport:
        return self.transport_type(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """None: no table of Faust's is used, and folders that nobody reads would be left behind."""


class _Backlog:
    """Fetches that wait for the handler. Full, it makes Faust wait, which then asks the broker once a second only (measured): so it must
    hold many small fetches, and its bound is in records.
    """

    def __init__(self) -> None:
        self._fetches: deque[list[Record]] = deque()
        self._records = 0
        self._changed = asyncio.Condition()

    async def put(self, fetch: list[Record]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._records < MOST_WAITING)
            self._fetches.append(fetch)
            self._records += len(fetch)
            self._changed.notify_all()

    async def take(self) -> list[Record]:
        """Whole fetches, at least one, up to some `MOST_PER_CALL` records."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._fetches)
            batch: list[Record] = []
            while self._fetches and len(batch) < MOST_PER_CALL:
                batch += self._fetches.popleft()
            self._records -= len(batch)
            self._changed.notify_all()
            return batch


class FetchApp:
    """Consumes topics as a member of a group, from offsets kept elsewhere, and hands over what arrived.

    load_offsets: the next offset of every partition asked for (0: from the start); called at each assignment.
    handle: applies records, in order within a partition, and returns the partitions that could not go on: what follows in them is
        discarded and they are read again from their stored offset every `reread_s`. An exception from it ends everything.
    session_s: how long a member that died holds its partitions.
    whole_fetches: False takes Faust's public `noack_take` instead, thirty times slower.
    """

    def __init__(
        self,
        bootstrap: str,
        group: str,
        topics: Iterable[str],
        load_offsets: LoadOffsets,
        handle: Handle,
        *,
        session_s: float = 2.0,
        reread_s: float = 2.0,
        whole_fetches: bool = True,
    ) -> None:
        quieten()
        self._handle, self._reread_s, self._whole = handle, reread_s, whole_fetches
        self._behind: dict[Place, int] = {}
        self._load_offsets = load_offsets
        self._settings = _settings(bootstrap, session_s)
        self._group, self._topics = group, sorted(topics)
        self._app: Any = None

    async def serve(self, stop: asyncio.Event) -> None:
        """Consumes until `stop`. Raises ConsumerFailed when the group cannot be joined within a minute or Faust crashes."""
        self._app = self._new_app()
        try:
            await self._start_unless(stop)
            if not stop.is_set():
                await race(stop.wait(), self._app._crashed.wait(), self._read_again())  # noqa: SLF001 (a crash is silent otherwise)
            if self._app.crashed:
                raise ConsumerFailed(self._group) from self._app.crash_reason
        finally:
            await self._stop()

    def assigned(self) -> set[Place]:
        """The partitions that are this member's now."""
        if self._app is None or not self._app.started:
            return set()
        return {(tp.topic, tp.partition) for tp in self._app.consumer.assignment()}

    def ends(self) -> dict[Place, int]:
        """For each partition that is ours, the offset behind the newest message, as of the last fetch."""
        if self._app is None or not self._app.started:
            return {}
        consumer = self._app.consumer
        return {(tp.topic, tp.partition): consumer.highwater(tp) for tp in consumer.assignment() if consumer.highwater(tp) is not None}

    def _new_app(self) -> _App:
        app = _App(self._group, **self._settings)
        app.load_offsets = self._load_offsets
        app.transport_type = _FetchTransport if self._whole else _PgTransport
        if self._whole:
            topic = app.topic(*self._topics, schema=_PassThrough(), acks=False)
        else:
            topic = app.topic(*self._topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        consume = self._consume_fetches if self._whole else self._consume_takes
        app.agent(topic, name=self._group, supervisor_strategy=CrashingSupervisor)(consume)
        return app

    async def _start_unless(self, stop: asyncio.Event) -> None:
        """Faust is started, or `stop` came first. A start under way goes on for a while even then: broken off at once, it leaves a
        thread that Faust no longer stops and that keeps the process from ending (seen).
        """
        starting, stopping = asyncio.ensure_future(self._start()), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await asyncio.wait({starting}, timeout=START_GOES_ON_S)
            starting.cancel()
            stopping.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
        if not stop.is_set():
            starting.result()

    async def _start(self) -> None:
        try:
            await asyncio.wait_for(self._app.start(), START_LIMIT_S)
        except TimeoutError:
            raise ConsumerFailed(f"{self._group}: the group could not be joined within {START_LIMIT_S:.0f} s") from None
        except Exception as error:
            raise ConsumerFailed(f"{self._group}: Faust did not start") from error

    async def _stop(self) -> None:
        try:
            await asyncio.wait_for(self._app.stop(), 10)
        except TimeoutError:
            log.warning("%s: Faust did not stop within 10 s", self._group)

    async def _consume_fetches(self, stream: Any) -> None:
        """A backlog between Faust and the handler: what arrives while one call is at work is the next call."""
        backlog = _Backlog()
        work = asyncio.ensure_future(self._work_off(backlog))
        try:
            async for event in stream.noack().events():
                await backlog.put(event.value)
        finally:
            work.cancel()

    async def _work_off(self, backlog: _Backlog) -> None:
        try:
            while True:
                batch = await backlog.take()
                began = time.monotonic()
                await self._hand_over(batch)
                await asyncio.sleep(min(time.monotonic() - began, RESTS_AT_MOST_S))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 (Faust must hear of it: it would go on without us)
            await self._app.crash(error)

    async def _consume_takes(self, stream: Any) -> None:
        async for events in stream.noack_take(1_000, within=0.01):
            await self._hand_over([event.message for event in events])
            for event in events:  # only forgets it: where we stand is in PostgreSQL
                event.ack()

    async def _hand_over(self, batch: Sequence[Record]) -> None:
        ours = self.assigned()
        wanted = [record for record in batch if (record.topic, record.partition) in ours and self._goes_on(record)]
        if not wanted:
            return
        stuck = await self._handle(wanted)
        if stuck:
            self._behind.update(await self._load_offsets(stuck))

    def _goes_on(self, record: Record) -> bool:
        """False for what follows in a partition that must be read again first."""
        place = (record.topic, record.partition)
        if place in self._behind and record.offset > self._behind[place]:
            return False
        self._behind.pop(place, None)
        return True

    async def _read_again(self) -> None:
        while True:
            await asyncio.sleep(self._reread_s)
            consumer = self._app.consumer
            places = {(tp.topic, tp.partition): tp for tp in consumer.assignment()}
            self._behind = {place: offset for place, offset in self._behind.items() if place in places}
            if self._behind:
                log.warning("%s reads again from the stored offsets: %s", self._group, sorted(self._behind))
                await consumer.seek_to_stored({place: places[place] for place in self._behind})


def _settings(bootstrap: str, session_s: float) -> dict[str, Any]:
    """No web server, no topic ever made by Faust, truth in PostgreSQL. Session time-outs below 6 s need a broker that allows them."""
    return {
        "broker": [f"kafka://{host}" for host in bootstrap.split(",")],
        "store": "memory://",
        "autodiscover": False,
        "web_enabled": False,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "table_standby_replicas": 0,
        "worker_redirect_stdouts": False,
        "stream_wait_empty": False,  # True: stop() may hang for ever
        "stream_buffer_maxsize": 16,  # fetches per partition: bounds memory
        "consumer_auto_offset_reset": "earliest",  # out of range means a topic made anew: from its start, what is known is dropped
        "consumer_metadata_max_age_ms": 5_000,  # a topic that was deleted and made again is seen this soon
        "broker_max_poll_records": MOST_PER_CALL,
        "broker_commit_interval": 1.0,
        "broker_session_timeout": session_s,
        "broker_heartbeat_interval": session_s / 4,
        "broker_request_timeout": 30.0,
    }
