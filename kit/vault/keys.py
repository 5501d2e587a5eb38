"""The persons' keys, in a database of their own: made once, wrapped by the master key, destroyed for ever."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from kit.clock import Clock, SystemClock
from kit.together import Together
from kit.vault.errors import Shredded, UnknownMasterKey, UnknownPerson, WrongKeyring
from kit.vault.keyring import KEY_BYTES, Keyring
from kit.vault.sealing import DataKey

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
REWRAP_BATCH = 500
_log = structlog.get_logger(__name__)

# Creating and destroying one person's key wait for each other: no key appears behind a destruction. Several are locked in one order.
_LOCK_PERSONS = """
select pg_advisory_xact_lock(one) from (select hashtextextended(id, 0) as one from unnest($1::text[]) as p(id) order by one) as ordered"""
_CREATE = """
insert into person_key (person_id, master_version, wrapped, created_at)
select * from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[]) as p(id, version, wrapped, at)
 where not exists (select from destroyed_key d where d.person_id = p.id) on conflict do nothing"""
_FIND = """
select p.id as person_id, d.person_id is not null as destroyed, k.master_version, k.wrapped
from unnest($1::text[]) as p(id) left join destroyed_key d on d.person_id = p.id left join person_key k on k.person_id = p.id"""
_LEDGER = "insert into destroyed_key (person_id, destroyed_at, actor, reason_code) values ($1, $2, $3, $4) on conflict do nothing"
_APPLY = (
    "with gone as (delete from person_key k using destroyed_key d where d.person_id = k.person_id returning 1) select count(*) from gone"
)
_OLD = "select person_id, master_version, wrapped from person_key where master_version <> $1 limit $2 for update skip locked"
_MARK = "insert into keyring_mark (one, fingerprint) select true, $1 where not exists (select from person_key) on conflict do nothing"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One entry of the ledger: whose key was destroyed, when, by whom, and under which reason code."""

    person_id: str
    destroyed_at: datetime
    actor: str
    reason_code: str


class VaultKeys:
    """Keys by person, unwrapped. Nothing is cached, so a destruction works at once in every process."""

    def __init__(
        self, pool: asyncpg.Pool, keyring: Keyring, reload: Callable[[], Keyring] | None = None, clock: Clock | None = None
    ) -> None:
        """pool: to the keys database. reload: reads the keyring again after another process has rotated the master key."""
        self._pool, self.keyring, self._reload, self._clock = pool, keyring, reload, clock or SystemClock()
        self._created = Together(self._create)

    async def verify_keyring(self) -> None:
        """Return if this keyring filled the keys database, or if that is empty. Raises WrongKeyring: do not serve."""
        await self._pool.execute(_MARK, self.keyring.fingerprint)
        if await self._pool.fetchval("select fingerprint from keyring_mark") != self.keyring.fingerprint:
            raise WrongKeyring("restore the keyring that belongs to this database")

    async def create(self, person_id: str) -> DataKey:
        """The person's key, made now if there is none yet. Raises Shredded.

        It comes before the append that registers the person. If that is refused, the key stays and opens nothing; asking again
        for the same id gives the same key, so a repeated command finds its own. Raises ValueError for an id that is no UUID.
        """
        if not UUID.fullmatch(person_id):
            raise ValueError("a person has a UUID")
        return self._one(person_id, await self._created(person_id))

    async def _create(self, person_ids: Sequence[str]) -> dict[str, Any]:
        """The rows of `_FIND`, once those who have no key have one: an import makes many keys with one commit."""
        now = self._clock.now()
        made = [(one, *self.keyring.wrap(one, os.urandom(KEY_BYTES)), now) for one in person_ids]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_PERSONS, list(person_ids))
            await connection.execute(_CREATE, *(list(column) for column in zip(*made, strict=True)))
            return {row["person_id"]: row for row in await connection.fetch(_FIND, list(person_ids))}

    async def get(self, person_id: str) -> DataKey:
        """Raises: UnknownPerson, Shredded, Unopenable, UnknownMasterKey."""
        return self._one(person_id, await self._pool.fetchrow(_FIND, [person_id]))

    async def get_many(self, person_ids: Sequence[str]) -> dict[str, DataKey | None]:
        """Keys by person; None: destroyed; unknown ids are absent."""
        rows = await self._pool.fetch(_FIND, list(person_ids))
        return {row["person_id"]: self._key(row) for row in rows if row["destroyed"] or row["wrapped"]}

    async def destroy(self, person_id: str, actor: str, reason: str) -> Destroyed:
        """The person's key is gone and the ledger says so; a second call changes nothing and returns the first entry.

        reason: a code, never free text. Raises: UnknownPerson, ValueError for a reason or actor that is no code.
        """
        if not (CODE.fullmatch(reason) and CODE.fullmatch(actor)):
            raise ValueError("actor and reason are codes")
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_PERSONS, [person_id])
            row = await connection.fetchrow(_FIND, [person_id])
            if not (row["destroyed"] or row["wrapped"]):
                raise UnknownPerson(person_id)
            await connection.execute(_LEDGER, person_id, self._clock.now(), actor, reason)
            await connection.execute("delete from person_key where person_id = $1", person_id)
            entry = await connection.fetchrow("select * from destroyed_key where person_id = $1", person_id)
        _log.info("person key destroyed", person_id=person_id, reason=reason)
        return destroyed_of(entry)

    async def ledger(self) -> list[Destroyed]:
        """Everybody whose key was destroyed, oldest first."""
        return [destroyed_of(row) for row in await self._pool.fetch("select * from destroyed_key order by destroyed_at, person_id")]

    async def apply_ledger(self, more: Iterable[Destroyed] = ()) -> int:
        """No key of the ledger exists any more, whatever a restore brought back; returns how many were deleted again.

        more: entries known elsewhere (the registry's copy, its events), in case the ledger itself was restored to an earlier time.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            entries = [(entry.person_id, entry.destroyed_at, entry.actor, entry.reason_code) for entry in more]
            await connection.executemany(_LEDGER, entries)
            return int(await connection.fetchval(_APPLY))

    async def rewrap(self) -> int:
        """Every key is wrapped by the current master key; returns how many were not. May run beside readers and again after a crash."""
        total = 0
        while done := await self._rewrap_batch():
            total += done
        return total

    async def _rewrap_batch(self) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_OLD, self.keyring.current, REWRAP_BATCH)
            changed = [(row["person_id"], *self.keyring.wrap(row["person_id"], self._unwrap(row))) for row in rows]
            await connection.executemany("update person_key set master_version = $2, wrapped = $3 where person_id = $1", changed)
        return len(rows)

    def _one(self, person_id: str, row: Any) -> DataKey:
        key = self._key(row)
        if key is None:
            raise Shredded(person_id) if row["destroyed"] else UnknownPerson(person_id)
        return key

    def _key(self, row: Any) -> DataKey | None:
        if row["destroyed"] or not row["wrapped"]:
            return None
        return DataKey(row["person_id"], self._unwrap(row))

    def _unwrap(self, row: Any) -> bytes:
        try:
            return self.keyring.unwrap(row["person_id"], row["master_version"], row["wrapped"])
        except UnknownMasterKey:
            if self._reload is None:
                raise
            self.keyring = self._reload()
            return self.keyring.unwrap(row["person_id"], row["master_version"], row["wrapped"])


def destroyed_of(row: Any) -> Destroyed:
    """The entry in a row of either ledger."""
    return Destroyed(row["person_id"], row["destroyed_at"], row["actor"], row["reason_code"])
