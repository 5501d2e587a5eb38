"""Tells the log which devices are silent and which are heard again, from their last signs of life and the injected clock.

A silence is first marked on the device's row, then told, under a key made of device and last sign; only a silence that was told can end.
So a worker that dies anywhere, or two at once, lead to one incident, and a device that speaks meanwhile ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from confluent_kafka import KafkaException

from contracts.ids import DeviceId
from kit.clock import shanghai_date
from kit.command import Command
from kit.commands import CommandPath
from kit.errors import KeyMisused, Refused, Retry
from kit.identity import system_actor
from kit.streams import checkpoint
from kit.streams.intake import PASSING
from kit.streams.race import race
from kit.streams.topics import describe_topics, ends_of
from policy import Packs
from services.eldercare.domain.device import WATCHED, Device, HearDevice, MissHeartbeat, device
from services.eldercare.telemetry.folding import CONSUMER

EVERY_S = 5.0
EVERY_SIMULATED_S = 0.2
CATCH_UP_S = 10.0
AT_ONCE = 32
NEW = """
select s.stream, s.position from subject s left join device_sign d on d.device_id = split_part(s.stream, '/', 2)::uuid
 where s.subject = $1 and d.watch is distinct from s.position
"""
WATCH = """
insert into device_sign(device_id, last_at, watch, silent_for, told)
select x.d, x.a, x.w, x.s, x.s is not null from unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::timestamptz[]) x(d, a, w, s)
on conflict (device_id) do update
   set last_at = greatest(device_sign.last_at, excluded.last_at), watch = excluded.watch, silent_for = excluded.silent_for, told = excluded.told
"""
FORGET = """
update device_sign d set watch = null, silent_for = null, told = false where d.watch is not null
   and not exists (select from subject s where s.subject = $1 and s.stream = 'device/' || d.device_id)
"""
PAST = "watch is not null and silent_for is null and last_at < $1"
MARK = f"update device_sign set silent_for = last_at, told = false where {PAST}"
UNTOLD = "select device_id::text, silent_for from device_sign where silent_for is not null and not told order by silent_for, device_id"
TOLD = "update device_sign set told = true where device_id = $1 and silent_for = $2"
SPOKE = "select device_id::text, silent_for, last_at from device_sign where told and last_at > silent_for order by last_at, device_id"
HEARD = "update device_sign set silent_for = null, told = false where device_id = $1 and silent_for = $2"
log = structlog.get_logger(__name__)


class Watching:
    """The watch over one installation's devices. Several may work at once: every step may be repeated.

    speaks: set by whoever hears a device that was thought silent, so that its incident ends at once.
    """

    def __init__(self, path: CommandPath, bootstrap: str, topic: str, packs: Packs) -> None:
        store: Any = path.store
        self._path, self._pool, self._packs = path, store.pool, packs
        self._bootstrap, self._topic = bootstrap, topic
        self._every_s = EVERY_SIMULATED_S if path.clock.simulated else EVERY_S
        self._district = next(code for code, area in packs.areas.by_code.items() if area.parent is None)
        self._actor = system_actor("device-watch")
        self.speaks = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Looks every few seconds, until `stop`; passing trouble makes it look again later."""
        await race(stop.wait(), self._work())

    async def _work(self) -> None:
        while True:
            try:
                await self.look()
            except (Retry, KafkaException, *PASSING) as trouble:
                log.warning("the watch over devices waits", reason=str(trouble))
            try:
                await asyncio.wait_for(self.speaks.wait(), self._every_s)
            except TimeoutError:
                continue
            self.speaks.clear()

    async def look(self) -> None:
        """Every silence that has lasted its limit is told, and the end of every one that ended."""
        await self._follow_the_log()
        await self._mark_the_silent()
        await self._each(await self._pool.fetch(UNTOLD), self._tell_silence)
        await self._each(await self._pool.fetch(SPOKE), self._tell_end)

    async def _follow_the_log(self) -> None:
        """Rows are watched as long as the log says that their device is active; what the log knows of a silence is taken over."""
        await self._pool.execute(FORGET, WATCHED)
        new = {row["stream"]: row["position"] for row in await self._pool.fetch(NEW, WATCHED)}
        if not new:
            return
        devices = [
            (new[stream], device.fold(one.event() for one in events)) for stream, events in (await self._path.store.load(list(new))).items()
        ]
        await self._pool.execute(WATCH, *_columns(devices))

    async def _mark_the_silent(self) -> None:
        """Whose last sign lies before the limit is silent, once all heartbeats that were there when we looked are folded."""
        until = self._path.clock.deadlines()
        past = until - timedelta(hours=self._hours(until))
        if await self._pool.fetchval(f"select exists (select from device_sign where {PAST})", past):
            await self._caught_up()
            await self._pool.execute(MARK, past)

    def _hours(self, now: datetime) -> int:
        """The limit by which devices are looked for; the decision asks the pack of the device's own area."""
        return self._packs.at(shanghai_date(now), self._district).device_silent_hours

    async def _caught_up(self) -> None:
        """Everything that the topic held just now is folded: after an outage of ours nobody is silent who only was not read.

        Raises Retry when the folding is too far behind.
        """
        topic = (await describe_topics(self._bootstrap, [self._topic]))[self._topic]
        ends = await ends_of(self._bootstrap, topic)
        deadline = asyncio.get_running_loop().time() + CATCH_UP_S
        while not await self._folded(ends):
            if asyncio.get_running_loop().time() > deadline:
                raise Retry("heartbeats that wait in Kafka are not folded yet")
            await asyncio.sleep(0.05)

    async def _folded(self, ends: dict[int, int]) -> bool:
        marks = await checkpoint.stand(self._pool, CONSUMER)
        stands = {number: marks[self._topic, number].next_offset for number in ends if (self._topic, number) in marks}
        return all(stands.get(number, 0) >= end for number, end in ends.items())

    async def _each(self, rows: Sequence[Any], tell: Callable[[Any], Awaitable[None]]) -> None:
        for first in range(0, len(rows), AT_ONCE):
            await asyncio.gather(*(_told(tell, row) for row in rows[first : first + AT_ONCE]))

    async def _tell_silence(self, row: Any) -> None:
        """The log knows of the silence; a device that the log does not call silent after all is looked at anew."""
        last = row["silent_for"]
        at = last + timedelta(hours=self._hours(self._path.clock.deadlines()))
        told = await self._give(MissHeartbeat(device_id=DeviceId(row["device_id"]), last_seen_at=last, occurred_at=at), "miss", last)
        await self._pool.execute(TOLD if told else HEARD, row["device_id"], last)

    async def _tell_end(self, row: Any) -> None:
        last, heard = row["silent_for"], row["last_at"]
        await self._give(HearDevice(device_id=DeviceId(row["device_id"]), heard_at=heard, occurred_at=heard), "hear", last, heard)
        await self._pool.execute(HEARD, row["device_id"], last)

    async def _give(self, command: Command, what: str, *instants: datetime) -> bool:
        """Whether there are events, now or from the first time. Raises Refused, Retry."""
        stream = device.stream(getattr(command, device.id))
        key = sha256(f"{stream}|{what}|{'|'.join(one.isoformat() for one in instants)}".encode()).hexdigest()[:32]
        try:
            return bool((await self._path.execute(command, self._actor, key)).events)
        except KeyMisused:
            return True  # told before, when the limit was another


async def _told(tell: Callable[[Any], Awaitable[None]], row: Any) -> None:
    """What is refused (a clock that is behind, a day without a pack) stays marked and is tried again."""
    try:
        await tell(row)
    except Refused as refusal:
        log.warning("what a device's silence says is refused", device=row["device_id"], code=refusal.code)


def _columns(devices: Iterable[tuple[int, Device]]) -> tuple[list[str], list[datetime], list[int], list[datetime | None]]:
    found = sorted(devices, key=lambda one: one[1].device_id)
    return (
        [state.device_id for _, state in found],
        [state.counts_from for _, state in found],
        [position for position, _ in found],
        [state.silent_from for _, state in found],
    )
