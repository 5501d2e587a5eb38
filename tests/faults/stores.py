"""A store that counts what went wrong, and command paths over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kit.clock import SystemClock
from kit.commands import Answer, CommandPath, Keys
from kit.store.model import Append, GroupResult, VerdictKind
from kit.store.postgres import LOST, REFUSED, PgStore
from kit.testing import policy
from tests.faults.checker import Contents, check_store
from tests.faults.lending import lending
from tests.faults.load import CALLER, Give, Told

KEYS = Keys(b"faults")


class CountingStore(PgStore):
    """lost: groups whose connection broke.  found_again: appends that turned out to be recorded already.  groups: their sizes."""

    def __init__(self, dsn: str, source: str) -> None:
        super().__init__(dsn, source)
        self.lost = 0
        self.found_again = 0
        self.groups: list[int] = []

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        before = self.lost
        result = await super().append(appends)
        if self.lost > before:
            self.found_again += sum(verdict.kind is VerdictKind.REPEAT for verdict in result.verdicts)
        return result

    async def _group(self, arrays: list[Any]) -> GroupResult:
        self.groups.append(arrays[0])
        try:
            return await super()._group(arrays)
        except LOST as error:
            self.lost += not isinstance(error, REFUSED)
            raise

    def writer_pid(self) -> int | None:
        """The backend that this store's appends run in, if it is connected."""
        writer = self._writer
        return None if writer is None or writer.is_closed() else int(writer.get_server_pid())


def path_over(store: PgStore) -> CommandPath:
    """One process's command path of the lending service over a store."""
    packs, calendar = policy()
    return CommandPath(lending, store, keys=KEYS, packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)


def giver(path: CommandPath) -> Give:
    """How a caller gives commands to a path."""

    async def give(command: object, key: str) -> Answer:
        return await path.execute(command, CALLER, key)  # type: ignore[arg-type]

    return give


async def check_told(dsn: str, told: Told, keys: Keys = KEYS) -> Contents:
    """The store is whole, and holds what was acknowledged exactly once and nothing that was refused."""
    contents = await check_store(dsn, lending)
    answered = contents.by_key()
    for key, answer in told.acknowledged.items():
        stored = answered.pop(keys.of_key(CALLER.id, key), [])
        assert [str(event["id"]) for event in stored] == [event.id for event in answer.events], f"key {key}"
        assert [event["position"] for event in stored] == [event.position for event in answer.events], f"key {key}"
    assert not answered, f"{len(answered)} commands are stored of which nobody was told"
    assert not {keys.of_key(CALLER.id, key) for key in told.refused} & contents.keys.keys()
    return contents
