"""Given facts, when a command, then facts: the test language of decisions.

given(temp_aid, requested(members=2)).also(need, registered(400_000)).when(grant_of(273_000)).then(granted(273_000), …)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from contracts.envelope import Event, stream_of
from kit.aggregate import Aggregate, Also, Decision, check_stream
from kit.clock import SHANGHAI
from kit.command import Command, Context, derived_id
from kit.errors import NotFound, Refused
from kit.identity import Actor, Role
from policy import Areas, Calendar, Packs

SHATOUJIAO = "440308003"
WORKER = Actor(id="worker-1", roles=frozenset(Role), area="440308")
SECOND = Actor(id="approver-2", roles=frozenset(Role), area="440308")
SEED = "test"


@cache
def policy() -> tuple[Packs, Calendar]:
    """The shipped packs and calendar, read once."""
    return Packs.load(areas=Areas.load()), Calendar.load()


def noon(day: date) -> datetime:
    """Noon in Shanghai on a day, as a UTC instant."""
    return datetime.combine(day, time(12), SHANGHAI).astimezone(UTC)


def id_for(label: str, on: date) -> str:
    """The id that `context.new_id(label)` gives in a decision tested on that day."""
    return derived_id(SEED, label, noon(on))


@dataclass
class Given:
    """The facts before the command, by stream."""

    aggregate: Aggregate[Any]
    streams: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    others: dict[str, Aggregate[Any]] = field(default_factory=dict)

    def also(self, aggregate: Aggregate[Any], *events: Event) -> Given:
        """Facts of another aggregate that the decision reads."""
        self.others[aggregate.name] = aggregate
        return self.facts(events)

    def facts(self, events: Iterable[Event]) -> Given:
        for event in events:
            self.streams[stream_of(event)].append(event)
        return self

    def state(self, aggregate: Aggregate[Any], stream_id: str) -> Any:
        """The folded state of one stream."""
        return aggregate.fold(self.streams.get(aggregate.stream(stream_id), []))

    def when(
        self,
        command: Command,
        *,
        actor: Actor = WORKER,
        on: date = date(2022, 3, 1),
        at: datetime | None = None,
        area: str = SHATOUJIAO,
        prepared: Any = None,
    ) -> Outcome:
        """Give the command on a business day (or at an instant, UTC)."""
        packs, calendar = policy()
        instant = command.occurred_at or at or noon(on)
        context = Context(
            actor=actor, now=instant, occurred_at=instant, seed=SEED, packs=packs, calendar=calendar, area=area, prepared=prepared
        )
        try:
            return Outcome(list(self._decide(command, context)), None)
        except Refused as refusal:
            return Outcome([], refusal)

    def _decide(self, command: Command, context: Context) -> Decision:
        spec = self.aggregate.by_model[type(command)]
        stream_id = getattr(command, self.aggregate.id)
        exists = self.aggregate.stream(stream_id) in self.streams
        check_stream(spec, self.aggregate.stream(stream_id), exists=exists)
        state = self.state(self.aggregate, stream_id)
        return spec.decide(command, state, context, *(self._other(other, command, state) for other in spec.also))

    def _other(self, other: Also, command: Command, state: Any) -> Any:
        ids = other.ids(command, state)
        for one in ids:
            if not other.missing_ok and other.aggregate.stream(one) not in self.streams:
                raise NotFound("not_found", stream=other.aggregate.stream(one))
        if other.many:
            return {one: self.state(other.aggregate, one) for one in ids}
        return self.state(other.aggregate, ids[0]) if ids else other.aggregate.initial()


def given(aggregate: Aggregate[Any], *events: Event) -> Given:
    """Start a test: the aggregate under test and the facts so far (of any streams)."""
    return Given(aggregate).facts(events)


@dataclass(frozen=True)
class Outcome:
    """What the command led to."""

    events: list[Any]
    refusal: Refused | None

    def then(self, *expected: Any) -> Outcome:
        """Exactly these facts, in this order."""
        assert self.refusal is None, f"refused: {self.refusal.code} {self.refusal.params}"  # noqa: S101 - this module is for tests
        assert self.events == list(expected), f"\n got {self.events}\nwant {list(expected)}"  # noqa: S101
        return self

    def refused(self, code: str, **params: Any) -> Outcome:
        """Refused with this code and at least these parameters."""
        assert self.refusal is not None, f"not refused; facts: {self.events}"  # noqa: S101
        assert self.refusal.code == code, f"refused with {self.refusal.code} {self.refusal.params}, not {code}"  # noqa: S101
        got = {name: self.refusal.params.get(name) for name in params}
        assert got == params, f"refused with {self.refusal.params}"  # noqa: S101
        return self
