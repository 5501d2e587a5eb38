"""Commands that only read a stream do not queue for it; one that writes to it does, and nothing is lost either way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from contracts.envelope import Event, Recorded, event
from contracts.ids import PersonId
from kit.aggregate import Aggregate, command
from kit.clock import SystemClock
from kit.command import Command, Context
from kit.commands import CommandPath, Keys
from kit.commands.states import States
from kit.identity import Actor, Role
from kit.service import Service
from kit.store.memory import MemoryStore
from kit.store.model import Append, GroupResult
from kit.testing import policy


@event("shop.list.begun", version=1, stream="list_id")
class ListBegun(Event):
    """A list that many look at."""

    list_id: PersonId


@event("shop.list.ticked", version=1, stream="list_id")
class Ticked(Event):
    """One more on the list."""

    list_id: PersonId


@event("shop.call.made", version=1, stream="call_id")
class CallMade(Event):
    """A call under the list."""

    call_id: PersonId


@dataclass(frozen=True)
class Listed:
    ticks: int = 0


@dataclass(frozen=True)
class Call:
    made: bool = False


def evolve_list(state: Listed, fact: Event) -> Listed:
    return replace(state, ticks=state.ticks + isinstance(fact, Ticked))


def evolve_call(_state: Call, _fact: Event) -> Call:
    return Call(made=True)


class Begin(Command):
    """Begin a list."""

    list_id: PersonId


class Look(Command):
    """Call somebody; the list is only read."""

    call_id: PersonId
    list_id: PersonId


class Tick(Command):
    """Call somebody and tick it on the list."""

    call_id: PersonId
    list_id: PersonId


def begin(command: Begin, _state: Listed, _context: Context) -> list[Event]:
    return [ListBegun(list_id=command.list_id)]


def look(command: Look, _state: Call, _context: Context, _listed: Listed) -> list[Event]:
    return [CallMade(call_id=command.call_id)]


def tick(command: Tick, _state: Call, _context: Context, _listed: Listed) -> list[Event]:
    return [CallMade(call_id=command.call_id), Ticked(list_id=command.list_id)]


ONE = PersonId("0190a000-0000-8000-8000-000000000001")
WORKER = Actor(id="worker-1", roles=frozenset({Role.CASEWORKER}), area="440308")
EVERYBODY = {Role.CASEWORKER}
the_list = Aggregate(
    "list",
    id="list_id",
    state=Listed,
    evolve=evolve_list,
    commands=[command(begin, stream="new", roles=EVERYBODY, anywhere=True, example=Begin(list_id=ONE))],
)
a_call = Aggregate(
    "call",
    id="call_id",
    state=Call,
    evolve=evolve_call,
    commands=[
        command(look, stream="new", also=[the_list.by("list_id")], roles=EVERYBODY, anywhere=True, example=Look(call_id=ONE, list_id=ONE)),
        command(tick, stream="new", also=[the_list.by("list_id")], roles=EVERYBODY, anywhere=True, example=Tick(call_id=ONE, list_id=ONE)),
    ],
)
shop = Service("shop", aggregates=[the_list, a_call])


class Groups(MemoryStore):
    """Remembers how many appends shared a commit."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        self.sizes.append(len(appends))
        await asyncio.sleep(0)
        return await super().append(appends)


async def begun() -> tuple[CommandPath, Groups]:
    store = Groups()
    packs, calendar = policy()
    path = CommandPath(shop, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
    await path.execute(Begin(list_id=ONE), WORKER, "begin")
    return path, store


async def test_what_only_reads_a_stream_shares_a_commit() -> None:
    """A thousand visits of one campaign are no queue."""
    path, store = await begun()
    calls = [Look(call_id=PersonId(str(uuid4())), list_id=ONE) for _ in range(40)]
    await asyncio.gather(*(path.execute(one, WORKER, one.call_id) for one in calls))
    assert max(store.sizes) >= 20
    assert len(store.log) == 1 + 40


async def test_what_writes_to_a_stream_queues_for_it_and_nothing_is_lost() -> None:
    """Learned from the first decision that wrote; from then on no try is in vain."""
    path, store = await begun()
    ticks = [Tick(call_id=PersonId(str(uuid4())), list_id=ONE) for _ in range(40)]
    await asyncio.gather(*(path.execute(one, WORKER, one.call_id) for one in ticks))
    (stream,) = (await store.load([f"list/{ONE}"])).values()
    assert [one.meta.version for one in stream] == list(range(1, 42))
    assert len(store.log) == 1 + 2 * 40


async def test_readers_see_a_stream_that_others_write_to() -> None:
    """Mixed: a reader whose list moved on decides again; all calls are made, all ticks stand."""
    path, store = await begun()
    calls: list[Look | Tick] = [(Tick if n % 3 else Look)(call_id=PersonId(str(uuid4())), list_id=ONE) for n in range(60)]
    await asyncio.gather(*(path.execute(one, WORKER, one.call_id) for one in calls))
    (stream,) = (await store.load([f"list/{ONE}"])).values()
    assert len(stream) == 1 + 40
    assert len(store.log) == 1 + 60 + 40


class Forgetting(MemoryStore):
    """While a stream is looked up, somebody else makes this process forget what it knows."""

    def __init__(self) -> None:
        super().__init__()
        self.states: States | None = None

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        found = await super().load(streams)
        if self.states is not None:
            self.states.forget_all()
        return found


async def test_a_stream_that_is_forgotten_while_another_is_looked_up_is_still_there() -> None:
    """What is not held may be forgotten at any moment: the load gives what it found."""
    store = Forgetting()
    states = States(shop, store)
    await states.load([f"list/{ONE}"])
    store.states = states
    assert set(await states.load([f"list/{ONE}", f"call/{ONE}"])) == {f"list/{ONE}", f"call/{ONE}"}
