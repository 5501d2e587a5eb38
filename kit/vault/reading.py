"""Reading personal values: who reads what, and why, is written down first; then the values are opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import uuid_utils

from kit.clock import Clock, SystemClock
from kit.telemetry import metrics
from kit.together import Together
from kit.vault.errors import UnknownPerson, VaultError
from kit.vault.keys import CODE, UUID, Destroyed, VaultKeys, destroyed_of
from kit.vault.sealing import DataKey, PersonalField, PersonalValues, open_value

_RECORD = """
insert into vault_access (id, at, actor, purpose, person_id, fields, task)
select a.id, $3, $4, $5, a.person_id, $6, $7 from unnest($1::text[], $2::text[]) as a(id, person_id)"""
_NEWEST = """
select distinct on (person_id, field) * from vault_value where person_id = any($1) and field = any($2)
order by person_id, field, written_at desc, ref desc"""
_NOTE = "select * from vault_value where ref = $1 and field = 'note'"
_ACCESSES = "select at, actor, purpose, fields, task from vault_access where person_id = $1 order by at desc, id desc limit $2"
_LEDGER = "insert into vault_destroyed (person_id, destroyed_at, actor, reason_code) values ($1, $2, $3, $4) on conflict do nothing"
_FORGET = "delete from vault_document where person_id = any($1)"


@dataclass(frozen=True, slots=True)
class Access:
    """One read of a person's values, as it was recorded."""

    at: datetime
    actor: str
    purpose: str
    fields: tuple[str, ...]
    task: str | None


class Vault:
    """The registry's side of the vault. `actor` is an actor's id, `purpose` a code, `task` the id of the task that allows the read.

    Whether the actor may read at all (area, a child's or a medical case) is decided before: here every read that is tried is kept.
    """

    def __init__(self, pool: asyncpg.Pool, keys: VaultKeys, clock: Clock | None = None) -> None:
        """pool: to the registry's database. clock: real time, also in demonstrations: access records are evidence."""
        self._pool, self._keys, self._clock = pool, keys, clock or SystemClock()
        self._holders = Together(self._find_holders)

    async def find_by_document(self, number: str) -> str | None:
        """The person who has this document number, in whatever way it is written."""
        return await self._holders(self._keys.keyring.document_hash(number))

    async def _find_holders(self, hashes: Sequence[str]) -> dict[str, str | None]:
        rows = await self._pool.fetch("select hash, person_id from vault_document where hash = any($1)", list(hashes))
        return {**dict.fromkeys(hashes), **{row["hash"]: row["person_id"] for row in rows}}

    async def read(
        self, person_id: str, fields: Iterable[PersonalField], *, actor: str, purpose: str, task: str | None = None
    ) -> PersonalValues:
        """The newest value of each field; fields never written are absent.

        Raises: UnknownPerson, Shredded, Unopenable - after the read was recorded; ValueError for a purpose that is no code.
        """
        wanted = _fields(fields)
        await self._record([person_id], wanted, actor, purpose, task)
        with _counted(purpose):
            return await self._open(await self._keys.get(person_id), wanted)

    async def read_page(
        self, person_ids: Sequence[str], fields: Iterable[PersonalField], *, actor: str, purpose: str, task: str | None = None
    ) -> dict[str, PersonalValues | None]:
        """The same for the persons of one page, by three statements in all. None: forgotten; unknown ids are absent.

        Raises: Unopenable, ValueError.
        """
        wanted = _fields(fields)
        await self._record(person_ids, wanted, actor, purpose, task)
        with _counted(purpose, len(person_ids)):
            keys = await self._keys.get_many(person_ids)
            living = {person_id: key for person_id, key in keys.items() if key}
            values = {person_id: PersonalValues() if key else None for person_id, key in keys.items()}
            for row in await self._pool.fetch(_NEWEST, list(living), wanted):
                page = values[row["person_id"]]
                if page is not None:
                    page[PersonalField(row["field"])] = open_value(living[row["person_id"]], row)
            return values

    async def read_note(self, ref: str, *, actor: str, purpose: str, task: str | None = None) -> str:
        """The text behind a `NoteRef`. Raises: UnknownPerson when nothing is kept under it, Shredded, Unopenable."""
        row = await self._pool.fetchrow(_NOTE, ref)
        if row is None:
            raise UnknownPerson("no note under this reference")
        await self._record([row["person_id"]], [str(PersonalField.NOTE)], actor, purpose, task)
        with _counted(purpose):
            return open_value(await self._keys.get(row["person_id"]), row)

    async def accesses(self, person_id: str, limit: int = 100) -> list[Access]:
        """Who read this person's values, newest first: for the person's own right to know, and for auditors."""
        rows = await self._pool.fetch(_ACCESSES, person_id, limit)
        return [Access(row["at"], row["actor"], row["purpose"], tuple(row["fields"]), row["task"]) for row in rows]

    async def forget(self, entries: Sequence[Destroyed]) -> None:
        """The registry's copy of the ledger holds these entries, and no document number leads to these persons any more."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.executemany(_LEDGER, [(e.person_id, e.destroyed_at, e.actor, e.reason_code) for e in entries])
            await connection.execute(_FORGET, [entry.person_id for entry in entries])

    async def ledger(self) -> list[Destroyed]:
        """The registry's copy of the ledger, oldest first."""
        rows = await self._pool.fetch("select * from vault_destroyed order by destroyed_at, person_id")
        return [destroyed_of(row) for row in rows]

    async def _open(self, key: DataKey, fields: list[str]) -> PersonalValues:
        rows = await self._pool.fetch(_NEWEST, [key.person_id], fields)
        return PersonalValues({PersonalField(row["field"]): open_value(key, row) for row in rows})

    async def _record(self, person_ids: Sequence[str], fields: list[str], actor: str, purpose: str, task: str | None) -> None:
        """Committed before anything is opened. Only ids and codes get in: an access record holds no personal value."""
        if not all(UUID.fullmatch(person_id) for person_id in person_ids) or (task and not UUID.fullmatch(task)):
            raise UnknownPerson("a person or a task has a UUID")
        if not (CODE.fullmatch(actor) and CODE.fullmatch(purpose)):
            raise ValueError("actor and purpose are codes")
        ids = [str(uuid_utils.uuid7()) for _ in person_ids]
        await self._pool.execute(_RECORD, ids, list(person_ids), self._clock.now(), actor, purpose, fields, task)


async def shred(keys: VaultKeys, vault: Vault, person_id: str, *, actor: str, reason: str) -> Destroyed:
    """What was kept of the person can never be read again; ids, sums and states stay as they are (R-PI-09). Repeating it is harmless.

    Raises: UnknownPerson, ValueError (see `VaultKeys.destroy`).
    """
    entry = await keys.destroy(person_id, actor, reason)
    await vault.forget([entry])
    return entry


async def reapply_ledger(keys: VaultKeys, vault: Vault) -> int:
    """Both databases know everybody who was forgotten in either, and hold no key and no hash of them; returns how many keys came back.

    Runs at every start before the registry serves: after a restore of one of them, and after a crash inside `shred` (ruling 10).
    """
    returned = await keys.apply_ledger(await vault.ledger())
    await vault.forget(await keys.ledger())
    return returned


def _fields(fields: Iterable[PersonalField]) -> list[str]:
    return sorted({str(PersonalField(name)) for name in fields})


@contextmanager
def _counted(purpose: str, persons: int = 1) -> Iterator[None]:
    outcome = "failed"
    try:
        yield
        outcome = "read"
    except VaultError as error:
        outcome = error.code
        raise
    finally:
        metrics.add("minsheng.vault.reads", persons, {"purpose": purpose, "outcome": outcome})
