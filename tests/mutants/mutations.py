"""Broken builds, made from outside: each takes one rule away that a promise rests on. Nothing here is reachable from the product.

`apply` patches the process that is being started; `store_class` gives it a store that forgets a rule; `break_sql` patches the function and
tables of the run's own database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

import asyncpg
from msgspec.structs import replace

from kit.store.model import Append, GroupResult, Verdict, VerdictKind
from kit.store.postgres import PgStore
from kit.streams import checkpoint, parking, relay
from kit.streams.chain import Stretch
from kit.streams.checkpoint import Mark, Place
from kit.streams.intake import Intake
from kit.streams.ledger import WHOLE, Ledger
from kit.streams.topics import Topic

S = TypeVar("S", bound=PgStore)


@dataclass(frozen=True)
class Mutant:
    """what: the rule that is missing.  checker: which of the torture's must turn red.

    read_side: it needs relays and workers.  faults: of the director's, which it needs besides delays and rollbacks.
    """

    name: str
    what: str
    checker: str
    read_side: bool = False
    faults: frozenset[str] = frozenset()


NEW_TOPIC = "Topic deleted and made anew under its readers and its relay"
TWIN = "Two workers of one identity on the same partitions"
MUTANTS = [
    Mutant("no-lock", "appends without the order lock (and without the unique position that would still catch them)", "positions"),
    Mutant("early-position", "the position is drawn before the order lock is held", "reader"),
    Mutant("no-key", "no idempotency key", "answers"),
    Mutant("unchecked-reads", "streams that a decision only read are not checked", "decisions"),
    Mutant("stale-refusal", "a refusal from a stale cache is not confirmed", "refusals"),
    Mutant("own-checkpoint", "a relay that resumes from its own checkpoint only", "topic", read_side=True, faults=frozenset({NEW_TOPIC})),
    Mutant("no-fence", "the journal's checkpoint is neither locked nor compared", "journal", read_side=True, faults=frozenset({TWIN})),
    Mutant("checkpoint-outside", "the checkpoint is moved outside the transaction of the rows", "journal", read_side=True),
]
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


def store_class(mutant: str | None, base: type[S]) -> type[S]:
    """The store that the APIs of this build use."""
    forget = {"no-key": _without_key, "unchecked-reads": _only_what_is_written}.get(mutant or "")

    class Forgetful(base):  # type: ignore[misc, valid-type]
        async def append(self, appends: Sequence[Append]) -> GroupResult:
            result: GroupResult = await super().append([forget(one) for one in appends] if forget else appends)
            return result

    class Trusting(base):  # type: ignore[misc, valid-type]
        """Says yes to whatever has nothing to store, as if a refusal needed no second look."""

        newest = 0

        async def append(self, appends: Sequence[Append]) -> GroupResult:
            asked = [one for one in appends if one.events or one.index]
            result = await super().append(asked) if asked else GroupResult([], self.newest, self.newest)
            self.newest, told = result.head, iter(result.verdicts)
            verdicts = [next(told) if one.events or one.index else Verdict(VerdictKind.OK) for one in appends]
            return GroupResult(verdicts, result.base, result.head)

    if mutant == "stale-refusal":
        return Trusting
    return Forgetful if forget else base


def _without_key(append: Append) -> Append:
    return replace(append, key=None, body=None)


def _only_what_is_written(append: Append) -> Append:
    written = {event.stream for event in append.events}
    return replace(append, reads=[read for read in append.reads if read.stream in written]) if written else append


LOCK = "perform pg_advisory_xact_lock(7207);"
BASE = "base := coalesce(base, 0);"
DRAWN = "(select min(x.drawn) from (select nextval('mutant') drawn from generate_series(1, cardinality(cells(e_app)))) x)"
SQL: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "no-lock": ("alter table events drop constraint events_pkey; create index on events (position)", [(LOCK, "perform 1;")]),
    "early-position": (
        "create sequence mutant; grant usage on sequence mutant to public",
        [
            ("declare\n", "declare\n  early bigint;\n"),
            (LOCK, f"early := {DRAWN}; {LOCK}"),
            (BASE, f"{BASE} base := coalesce(early - 1, base);"),
        ],
    ),
}


async def break_sql(mutant: str | None, dsn: str) -> None:
    """The function of this database is the broken one. dsn: of the owner."""
    if mutant not in SQL:
        return
    before, changes = SQL[mutant]
    text = files("kit.store").joinpath("append.sql").read_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in append.sql: the mutant must follow it"
        text = text.replace(old, new)
    owner = await asyncpg.connect(dsn)
    await owner.execute(before)
    await owner.execute(text)
    await owner.close()


def apply(mutant: str | None, role: str) -> None:
    """The process that is being started is of the broken build."""
    if (mutant, role) == ("own-checkpoint", "relay"):
        _patch(relay.Relay, "_resume", _resumed_from_ledger)
    if (mutant, role) == ("no-fence", "worker"):
        _patch(checkpoint, "lock", _unlocked)
    if (mutant, role) == ("checkpoint-outside", "worker"):
        _patch(Intake, "_commit", _committed_in_two)


def _patch(owner: Any, name: str, to: Callable[..., Awaitable[Any]]) -> None:
    assert hasattr(owner, name), f"{owner} has no {name} any more: the mutant must follow it"
    setattr(owner, name, to)


async def _resumed_from_ledger(self: Any, ledger: Ledger, topic: Topic) -> Any:
    """Asks neither the topic's tails nor whether it is still the same topic."""
    _, acknowledged = await ledger.load()
    if not acknowledged:
        await ledger.restart(topic.id, topic.partitions)
    self.position = acknowledged.get(WHOLE, 0)
    return relay._Sender(self._bootstrap, topic, acknowledged)


class _Agreeing(dict[Place, Mark]):
    """Equal to whatever it is compared with."""

    __hash__ = None

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False


async def _unlocked(connection: Any, consumer: str, places: Collection[Place]) -> dict[Place, Mark]:
    known = await checkpoint.stand(connection, consumer)
    return _Agreeing({place: mark for place, mark in known.items() if place in places})


async def _committed_in_two(self: Any, stretches: Sequence[Stretch]) -> None:
    """First the checkpoint, then, in a transaction of its own, what it stands for."""
    async with self.pool.acquire() as connection, connection.transaction():
        await checkpoint.lock(connection, self.consumer, [stretch.mark.place for stretch in stretches])
        await checkpoint.advance(connection, self.consumer, [stretch.mark for stretch in stretches])
    for stretch in stretches:
        self._marks[stretch.mark.place] = stretch.mark
    async with self.pool.acquire() as connection, connection.transaction():
        await self._apply(connection, [fact for stretch in stretches for fact in stretch.facts])
        await parking.park(connection, self.consumer, [one for stretch in stretches for one in stretch.parkings])
