"""All command services in one process, without servers: stores in memory, a clock that is set, reactions and timers as they run in workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.envelope import Meta, Recorded
from kit.clock import SHANGHAI, Clock
from kit.commands import Answer, CommandPath, Keys
from kit.errors import Refused
from kit.http.commands import Submission
from kit.identity import Actor, Role
from kit.reacting import Reacting
from kit.reaction import Reaction
from kit.service import Service
from kit.store.memory import MemoryStore
from kit.store.model import Append, Verdict
from kit.testing import policy
from kit.timers import Sweeper
from kit.vault import Keyring
from kit.vault.sealing import DataKey
from minsheng.district import Step, filled
from minsheng.district.seasons import window_ends
from services.charity.service import charity
from services.eldercare.service import eldercare
from services.registry.service import registry
from services.relief.service import relief

SERVICES: tuple[Service, ...] = (registry, relief, charity, eldercare)
BEGINNING = datetime(2021, 12, 31, 16, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


class SetClock(Clock):
    """Stands where it was set; deadlines act up to their own instant."""

    simulated = True

    def __init__(self) -> None:
        self.stands, self.act_until = BEGINNING, BEGINNING

    def now(self) -> datetime:
        return self.stands

    def deadlines(self) -> datetime:
        return self.act_until


class IndexedStore(MemoryStore):
    """A store in memory that finds a stream without reading the whole log: a year has a hundred thousand events."""

    def __init__(self, source: str, clock: Clock) -> None:
        super().__init__(source, clock)
        self._by_stream: dict[str, list[Recorded]] = defaultdict(list)

    def _write(self, append: Append) -> Verdict:
        verdict = super()._write(append)
        for recorded in self.log[len(self.log) - len(append.events) :]:
            self._by_stream[recorded.meta.stream].append(recorded)
        return verdict

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        return {stream: list(self._by_stream.get(stream, [])) for stream in streams}


@dataclass
class Safe:
    """The vault and its keys, as far as a registration asks them."""

    keyring: Keyring = field(default_factory=Keyring.generate)
    holders: dict[str, str] = field(default_factory=dict)

    async def find_by_document(self, number: str) -> str | None:
        return self.holders.get(number)

    async def create(self, person_id: str) -> DataKey:
        return DataKey(person_id, b"\0" * 32)


@dataclass
class Resources:
    """What registry's `prepare` step needs."""

    vault: Safe
    keys: Safe
    allow_demo_numbers: bool = True


@dataclass
class Refusals:
    """What reactions were refused: nothing, in a year that is told well."""

    told: list[str] = field(default_factory=list)

    def speaks(self, _reaction: Reaction, _cause: Meta) -> bool:
        return True

    async def __call__(self, cause: Meta, reaction: Reaction, target: str, code: str) -> None:
        self.told.append(f"{reaction.name} {target}: {code} (because of {cause.type} {cause.stream})")


class Unplanned(AssertionError):
    """A step was answered otherwise than it says."""


class World:
    """The district's services. Give it days; it settles reactions and timers between windows."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.names: dict[str, str] = {}
        self.refusals = Refusals()
        packs, calendar = policy()
        safe = Safe()
        self.paths = {
            service.name: CommandPath(
                service,
                IndexedStore(f"/minsheng/test/{service.name}", self.clock),
                keys=Keys(b"secret"),
                packs=packs,
                calendar=calendar,
                clock=self.clock,
                partitions=4,
                resources=Resources(safe, safe) if service is registry else None,
            )
            for service in SERVICES
        }
        self._reacting = {name: Reacting(path, self.refusals) for name, path in self.paths.items()}
        self._sweepers = {name: Sweeper(path, "", self.clock) for name, path in self.paths.items()}
        self._read: dict[tuple[str, str], int] = defaultdict(int)

    async def play(self, days: Iterable[Sequence[Step]]) -> int:
        """Every step of the days was answered as it says. Returns how many there were. Raises: Unplanned."""
        given = 0
        for day in days:
            given += len(day)
            await self._day(day)
        return given

    async def _day(self, steps: Sequence[Step]) -> None:
        day = min(step.at for step in steps).astimezone(SHANGHAI).date()
        for window in range(4):
            self.clock.stands = window_ends(day, window) - MOMENT
            now = [step for step in steps if step.window == window]
            for turn in sorted({step.turn for step in now}):
                for batch in _batches([step for step in now if step.turn == turn]):
                    for step in batch:
                        await self._give(step)
            await self._settle()
            self.clock.act_until = self.clock.stands
            while await self._sweep():
                await self._settle()

    async def _give(self, step: Step) -> None:
        path = self.paths[step.service]
        aggregate = path.service.by_name[step.aggregate]
        spec = next(spec for spec in aggregate.commands if spec.name == step.command and spec.is_public)
        body, stream_id = step.line_body(self.names), filled(step.id, self.names)
        seen = None if step.if_match is None else str(step.if_match)
        actor = Actor(step.actor, frozenset({Role(step.role)}), step.area)
        try:
            answer = await Submission(aggregate, spec, stream_id, body, step.key, seen).run(path, actor)
        except Refused as refusal:
            if refusal.code != step.refused:
                raise Unplanned(f"{_title(step)}: {refusal.code} {refusal.params}") from refusal
        except Exception as error:
            raise Unplanned(f"{_title(step)}: {error!r}") from error
        else:
            if step.refused:
                raise Unplanned(f"{_title(step)}: stored, and should have been refused as {step.refused}")
            self._learn(step, answer)

    def _learn(self, step: Step, answer: Answer) -> None:
        for lesson in step.learn:
            told = [data for kind, data in _told(answer) if kind == lesson.event]
            fitting = [data for data in told if all(data[name] == value for name, value in lesson.where.items())]
            self.names[lesson.name] = fitting[0][lesson.take]

    async def _settle(self) -> None:
        """Every service has reacted to all that the others said."""
        while any([await self._react(name, source) for name, path in self.paths.items() for source in path.service.sources]):
            pass

    async def _react(self, name: str, source: str) -> bool:
        if source not in self.paths:
            return False
        news = await self.paths[source].store.read(self._read[name, source], 1_000_000)
        for recorded in news:
            await self._reacting[name].handle(recorded)
        self._read[name, source] += len(news)
        return bool(news)

    async def _sweep(self) -> int:
        tried = sum([await sweeper.sweep() for sweeper in self._sweepers.values()])
        assert not any(sweeper._resting for sweeper in self._sweepers.values()), "a timer's command failed: see the log"
        return tried

    def events(self, kind: str) -> list[Recorded]:
        """All events of a type, in the order of their service's log."""
        return [recorded for recorded in self._log(kind.split(".", 1)[0]) if recorded.meta.type == kind]

    def events_of(self, service: str, aggregate: str) -> list[Recorded]:
        """All events of the streams of an aggregate."""
        return [recorded for recorded in self._log(service) if recorded.meta.stream.startswith(f"{aggregate}/")]

    def _log(self, service: str) -> list[Recorded]:
        store = self.paths[service].store
        assert isinstance(store, MemoryStore)
        return store.log


def _batches(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of a window by service and actor, in an order that no step may rely on: the last actor first."""
    found: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        found.setdefault((step.service, step.actor), []).append(step)
    return list(found.values())[::-1]


def _told(answer: Answer) -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, dict(event.data)) for event in answer.events]


def _title(step: Step) -> str:
    return f"{step.at.isoformat()} {step.story}: {step.actor} {step.service}/{step.aggregate}/{step.command}"
