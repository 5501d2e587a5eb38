"""The sweeper: when a timer's time has come, the command of its name is given to its stream. Once in effect, whatever is killed.

A timer is an index row: an event's `SetTimer(name, due)` writes it, another event moves or cancels it. `name` is a command of the
stream's aggregate that needs nothing but the stream's id. It is given at `due` in business time, by the program itself, as the
consequence of the event that set the timer, under a key made of that event and the timer's name. So a late sweep, a second sweeper and a
repeat after a crash lead to the same events as a punctual one.

One worker of a service sweeps at a time (a session lock); others wait to take over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError

from contracts.envelope import Meta, Recorded
from kit.aggregate import Aggregate, CommandSpec
from kit.clock import Clock
from kit.command import Command
from kit.commands import Cause, CommandPath
from kit.errors import Refused, Retry
from kit.identity import Role, system_actor
from kit.store.model import SetTimer
from kit.streams.race import race
from kit.telemetry import metrics, span

log = structlog.get_logger(__name__)
LOCK = 7209
BATCH = 500
AT_ONCE = 32
POLL_SECONDS = 0.25
"""A deadline may act a quarter of a second late."""
LOOK_SECONDS = 0.02
"""How often a simulation's clock is looked at, which costs no query: whoever moved it waits for the deadlines."""
NOT_YET_KNOWN = frozenset({"no_policy", "beyond_calendar"})
"""Refusals that end when somebody loads the pack or calendar of the day: the timer waits for them."""
PUT_OFF_SECONDS = 30.0
"""How long a timer rests whose command failed without a verdict; the others go on meanwhile."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is due."""

    stream: str
    name: str
    due: datetime

    def key(self, setter_id: str) -> str:
        """The idempotency key of its command: set anew for the same instant, it acts anew."""
        return sha256(f"{setter_id}|{self.name}".encode()).hexdigest()[:32]


class BadTimer(Exception):
    """A timer that names no command of its aggregate which the program may give: a mistake in a declaration."""


class Sweeper:
    """Fires the timers of one service. dsn: of its store, for the session that holds the lock."""

    def __init__(self, path: CommandPath, dsn: str, clock: Clock) -> None:
        self._path, self._dsn, self._clock = path, dsn, clock
        self._actor = system_actor("timer")
        self._resting: dict[Timer, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Waits for the lock, then sweeps until `stop`. Raises when the session that holds the lock is lost: the process begins again."""
        await race(stop.wait(), self._work())

    async def _work(self) -> None:
        async with self._turn() as session:
            log.info("timers are swept here")
            while True:
                until = self._clock.deadlines()
                if await self.sweep() == 0:
                    await self._rest(until)
                    await session.execute("select 1")  # the lock lives as long as its session

    async def _rest(self, until: datetime) -> None:
        """A moment passes; in a simulation less, if its clock is moved."""
        if not self._clock.simulated:
            await asyncio.sleep(POLL_SECONDS)
            return
        ends = asyncio.get_running_loop().time() + POLL_SECONDS
        while self._clock.deadlines() == until and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110 - only looking shows it
            await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[asyncpg.Connection]:
        session = await asyncpg.connect(self._dsn, timeout=5, server_settings={"application_name": "timers", "idle_session_timeout": "0"})
        try:
            await session.execute(f"select pg_advisory_lock({LOCK})", timeout=None)
            yield session
        finally:
            session.terminate()

    async def sweep(self) -> int:
        """Every timer that is due now has been given its command, earliest first; those due at one instant side by side.

        Returns how many were tried. Tried again later: those that passing trouble left open.
        """
        until = self._clock.deadlines()
        timers = self._rested([Timer(*row) for row in await self._path.store.due(until, BATCH + len(self._resting))])
        late = (until - timers[0].due).total_seconds() if timers else 0.0
        metrics.set("minsheng.timers.late_seconds", late)
        for _, together in groupby(timers, key=lambda timer: timer.due):
            group = list(together)
            for start in range(0, len(group), AT_ONCE):
                await asyncio.gather(*(self._fire(timer) for timer in group[start : start + AT_ONCE]))
        return len(timers)

    def _rested(self, timers: Iterable[Timer]) -> list[Timer]:
        now = asyncio.get_running_loop().time()
        self._resting = {timer: until for timer, until in self._resting.items() if until > now}
        return [timer for timer in timers if timer not in self._resting]

    async def _fire(self, timer: Timer) -> None:
        outcome = "failed"
        try:
            outcome = await self._give(timer)
        except Retry as reason:
            log.warning("a timer waits", stream=timer.stream, timer=timer.name, reason=str(reason))
            outcome = "waits"
        except Exception:
            log.exception("a timer's command failed", stream=timer.stream, timer=timer.name)
        if outcome in {"waits", "failed"}:
            self._resting[timer] = asyncio.get_running_loop().time() + PUT_OFF_SECONDS
        metrics.add("minsheng.timers", 1, {"timer": f"{timer.stream.split('/', 1)[0]}/{timer.name}", "outcome": outcome})

    async def _give(self, timer: Timer) -> str:
        """What became of it: fired, moot or refused; or gone, when an event cancelled or moved it meanwhile."""
        aggregate, spec = self._command(timer)
        history = (await self._path.store.load([timer.stream]))[timer.stream]
        cause = setter(aggregate, history, timer)
        if cause is None:
            return "gone"
        try:
            with span(f"timer {timer.name}", "consumer", parent=cause.traceparent):
                answer = await self._path.execute(
                    command_of(aggregate, spec, timer), self._actor, timer.key(cause.id), cause=beginning(cause)
                )
        except Refused as refusal:
            if refusal.code in NOT_YET_KNOWN:
                raise Retry(refusal.code) from refusal
            log.warning("a timer's command was refused", stream=timer.stream, timer=timer.name, code=refusal.code)
            await self._path.drop_timer(timer.stream, timer.name, history[-1].meta.version)
            return "refused"
        if answer.events and not answer.repeated:
            return "fired"
        await self._path.drop_timer(timer.stream, timer.name, history[-1].meta.version)
        return "moot"

    def _command(self, timer: Timer) -> tuple[Aggregate[Any], CommandSpec]:
        aggregate = self._path.service.aggregate_of_stream(timer.stream)
        return aggregate, timer_command(aggregate, timer.name)


def timer_command(aggregate: Aggregate[Any], name: str) -> CommandSpec:
    """The command that a timer of this name gives. Raises: BadTimer."""
    spec = next((one for one in aggregate.commands if one.name == name), None)
    if spec is None or Role.SYSTEM not in spec.roles:
        raise BadTimer(f"{aggregate.name}: no command {name} that the program itself may give")
    return spec


def command_of(aggregate: Aggregate[Any], spec: CommandSpec, timer: Timer) -> Command:
    """The timer's command at its due time. Raises: BadTimer when it needs more than the stream's id."""
    try:
        return spec.model.model_validate({aggregate.id: timer.stream.split("/", 1)[1], "occurred_at": timer.due})
    except ValidationError as error:
        raise BadTimer(f"{aggregate.name}: {spec.name} needs more than {aggregate.id}") from error


def setter(aggregate: Aggregate[Any], history: Sequence[Recorded], timer: Timer) -> Meta | None:
    """The event that set the timer as it stands; None when a later one cancelled or moved it."""
    for recorded in reversed(history):
        for change in aggregate.index(recorded.event()):
            if isinstance(change, SetTimer) and change.name == timer.name:
                return recorded.meta if change.due == timer.due else None
    return None


def beginning(meta: Meta) -> Cause:
    """The event as a cause; hops count reactions to reactions, and time that has passed is none."""
    return Cause(meta.id, meta.correlation_id, meta.recorded_at, -1, meta.traceparent)
