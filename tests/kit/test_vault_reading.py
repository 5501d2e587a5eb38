"""The vault on a real PostgreSQL: who reads is written down first, who is forgotten stays forgotten."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from structlog.testing import capture_logs

from kit.vault import (
    Keyring,
    PersonalField,
    SealedRow,
    Shredded,
    UnknownMasterKey,
    UnknownPerson,
    Unopenable,
    Vault,
    VaultKeys,
    WrongKeyring,
    key_tables,
    reapply_ledger,
    seal,
    shred,
    vault_tables,
)
from kit.vault.sealing import seal_value
from minsheng.local import Installation

pytestmark = pytest.mark.real

NAME, DOCUMENT, ADDRESS, NOTE = PersonalField.NAME, PersonalField.DOCUMENT_NUMBER, PersonalField.ADDRESS, PersonalField.NOTE
CANARY = "770308194806150125"
VALUES = {NAME: "王示范", DOCUMENT: CANARY, ADDRESS: "桥东示范路 901 号"}
WHY: dict[str, Any] = {"actor": "u-17", "purpose": "review"}
FORGET: dict[str, Any] = {"actor": "u-17", "reason": "r-pi-03"}
ALL = list(PersonalField)


def ddl(tables: list[sa.Table]) -> str:
    parts = [CreateTable(table) for table in tables] + [CreateIndex(index) for table in tables for index in table.indexes]
    return ";".join(str(part.compile(dialect=postgresql.dialect())) for part in parts)  # type: ignore[no-untyped-call]


@dataclass
class Place:
    """A registry database and a keys database, copies of them as backups, and the vault on any of these."""

    installation: Installation
    stack: AsyncExitStack
    registry: str = ""
    keys_database: str = ""
    ring: Keyring = Keyring.generate()

    async def run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.installation.postgres_dsn())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def database(self, like: str = "template1", tables: list[sa.Table] | None = None) -> str:
        """A new database with these tables, or a copy of another one as it is now (a backup); dropped at the end."""
        name = f"vault_{uuid4().hex[:12]}"
        await self.run(f"create database {name} template {like}")
        self.stack.push_async_callback(self.run, f"drop database {name} with (force)")
        if tables:
            connection = await asyncpg.connect(self.installation.postgres_dsn(name))
            await connection.execute(ddl(tables))
            await connection.close()
        return name

    async def open(self, registry: str, keys_database: str, role: str | None = None) -> tuple[Vault, VaultKeys, asyncpg.Pool]:
        settings = {"role": role} if role else {}
        pools = [
            await asyncpg.create_pool(self.installation.postgres_dsn(name), min_size=1, max_size=4, server_settings=settings)
            for name in (registry, keys_database)
        ]
        for pool in pools:
            self.stack.push_async_callback(pool.close)
        keys = VaultKeys(pools[1], self.ring)
        return Vault(pools[0], keys), keys, pools[0]


@dataclass
class Opened:
    """What most tests need: one vault with its keys and the registry's pool."""

    vault: Vault
    keys: VaultKeys
    pool: asyncpg.Pool

    async def insert(self, rows: list[SealedRow]) -> None:
        """As the event store does it: each row as JSON into the table it names."""
        for row in rows:
            statement = f"insert into {row.table} select * from jsonb_populate_record(null::{row.table}, $1::text::jsonb)"
            await self.pool.execute(statement, json.dumps(row.values))

    async def register(self, values: dict[PersonalField, str], at: datetime | None = None, person_id: str | None = None) -> str:
        person = person_id or str(uuid4())
        key = await self.keys.create(person)
        await self.insert(seal(person, key, values, keyring=self.keys.keyring, at=at or datetime.now(UTC)))
        return person


@pytest.fixture(scope="module")
def databases(installation: Installation) -> Iterator[tuple[str, str]]:
    """A registry database and a keys database for this module."""
    stack = AsyncExitStack()
    here = Place(installation, stack)

    async def create() -> tuple[str, str]:
        return await here.database(tables=vault_tables(sa.MetaData())), await here.database(tables=key_tables(sa.MetaData()))

    yield asyncio.run(create())
    asyncio.run(stack.aclose())


@pytest.fixture
async def place(installation: Installation, databases: tuple[str, str]) -> AsyncIterator[Place]:
    """The module's databases, emptied."""
    async with AsyncExitStack() as stack:
        for name, tables in zip(databases, (vault_tables(sa.MetaData()), key_tables(sa.MetaData())), strict=True):
            connection = await asyncpg.connect(installation.postgres_dsn(name))
            await connection.execute(f"truncate {', '.join(table.name for table in tables)}")
            await connection.close()
        yield Place(installation, stack, *databases)


@pytest.fixture
async def opened(place: Place) -> Opened:
    return Opened(*await place.open(place.registry, place.keys_database))


async def test_registered_values_are_found_by_number_and_read_with_a_record(opened: Opened) -> None:
    """R-PI-05: each read is recorded: who, for what purpose, what."""
    person, task = await opened.register(VALUES), str(uuid4())
    assert await opened.vault.find_by_document(" 770308-19480615-0125 ") == person
    assert await opened.vault.find_by_document("11010519491231002X") is None
    assert await opened.vault.read(person, [NAME, NOTE], **WHY, task=task) == {NAME: "王示范"}
    (access,) = await opened.vault.accesses(person)
    assert (access.actor, access.purpose, access.fields, access.task) == ("u-17", "review", ("name", "note"), task)


async def test_the_newest_value_counts_whatever_the_order_of_writing(opened: Opened) -> None:
    """A move is another row; of two at one instant the later reference wins."""
    now = datetime.now(UTC)
    person = await opened.register({ADDRESS: "second"}, at=now)
    await opened.register({ADDRESS: "first"}, at=now - timedelta(days=1), person_id=person)
    assert await opened.vault.read(person, [ADDRESS], **WHY) == {ADDRESS: "second"}
    await opened.register({ADDRESS: "third"}, at=now, person_id=person)
    assert await opened.vault.read(person, [ADDRESS], **WHY) == {ADDRESS: "third"}


async def test_a_second_person_with_the_same_number_is_a_conflict_that_repeats_no_number(opened: Opened) -> None:
    """Ruling 9 of the design: a unique hash, in the transaction of the registration."""
    await opened.register(VALUES)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await opened.register({DOCUMENT: "770308 19480615 0125"})
    assert "770308" not in str(refused.value)
    assert "770308" not in repr(refused.value.as_dict())


async def test_a_read_that_fails_was_recorded_and_one_that_cannot_be_recorded_gives_nothing(place: Place) -> None:
    """Ruling 10 of the design: the access record comes first."""
    own = await place.database(tables=vault_tables(sa.MetaData()))
    opened = Opened(*await place.open(own, place.keys_database))
    person = await opened.register(VALUES)
    await opened.pool.execute("update vault_value set ciphertext = '00' || ciphertext where person_id = $1", person)
    with pytest.raises(Unopenable) as refused:
        await opened.vault.read(person, [NAME], **WHY)
    assert person in str(refused.value)
    assert len(await opened.vault.accesses(person)) == 1
    healthy = await opened.register({NAME: "x"})
    await opened.pool.execute("alter table vault_access add check (purpose <> 'review') not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await opened.vault.read(healthy, [NAME], **WHY)


async def test_a_page_of_names_is_recorded_for_each_person(opened: Opened) -> None:
    """Ruling 10 of the design: names come by page; the forgotten are None, the unknown absent."""
    known, forgotten, unknown = await opened.register(VALUES), await opened.register({NAME: "gone"}), str(uuid4())
    await shred(opened.keys, opened.vault, forgotten, **FORGET)
    assert await opened.vault.read_page([known, forgotten, unknown], [NAME], **WHY) == {known: {NAME: "王示范"}, forgotten: None}
    assert [len(await opened.vault.accesses(p)) for p in (known, forgotten, unknown)] == [1, 1, 1]


async def test_a_note_is_read_by_its_reference(opened: Opened) -> None:
    """Ruling 9 of the design: events hold the reference, the vault the text."""
    person, ref = await opened.register(VALUES), str(uuid4())
    await opened.insert([seal_value(await opened.keys.get(person), NOTE, "ill since March", ref=ref, at=datetime.now(UTC))])
    assert await opened.vault.read_note(ref, **WHY) == "ill since March"
    assert [access.fields for access in await opened.vault.accesses(person)] == [("note",)]
    with pytest.raises(UnknownPerson):
        await opened.vault.read_note(str(uuid4()), **WHY)


async def test_after_a_shred_nothing_opens_while_every_row_stays_and_the_number_is_free(opened: Opened) -> None:
    """R-PI-09: destroying one key makes every copy unreadable; ruling 9 of the design: the hash goes with it."""
    person, other = await opened.register(VALUES), await opened.register({NAME: "stays"})
    rows = await opened.pool.fetch("select * from vault_value order by ref")
    with capture_logs() as logs:
        first = await shred(opened.keys, opened.vault, person, **FORGET)
    assert [(line["event"], line["person_id"]) for line in logs] == [("person key destroyed", person)]
    for reading in (opened.vault.read(person, ALL, **WHY), opened.keys.get(person), opened.keys.create(person)):
        with pytest.raises(Shredded):
            await reading
    assert await opened.pool.fetch("select * from vault_value order by ref") == rows
    assert await opened.vault.find_by_document(CANARY) is None
    assert await opened.vault.read(other, [NAME], **WHY) == {NAME: "stays"}
    assert await shred(opened.keys, opened.vault, person, actor="u-18", reason="again") == first
    assert await opened.vault.find_by_document(CANARY) is None
    assert (await opened.vault.accesses(person))[0].purpose == "review"


async def test_no_key_is_made_for_the_forgotten_and_one_that_came_back_opens_nothing(opened: Opened) -> None:
    """Ruling 10 of the design: the ledger counts before the key does, also in the moment before it was re-applied."""
    person = await opened.register(VALUES)
    key = await opened.keys._pool.fetchrow("select * from person_key where person_id = $1", person)
    await opened.keys.destroy(person, "u-17", "r-pi-03")
    with pytest.raises(Shredded):
        await opened.keys.create(person)
    assert await opened.keys._pool.fetchval("select count(*) from person_key") == 0
    await opened.keys._pool.execute("insert into person_key values ($1, $2, $3, $4)", *key)
    with pytest.raises(Shredded):
        await opened.vault.read(person, ALL, **WHY)
    assert await opened.vault.read_page([person], ALL, **WHY) == {person: None}


async def test_an_unknown_person_has_neither_key_nor_values_and_cannot_be_destroyed(opened: Opened) -> None:
    """A wrong id must not fill the ledger."""
    person = str(uuid4())
    with pytest.raises(UnknownPerson):
        await opened.keys.destroy(person, "u-17", "r")
    with pytest.raises(UnknownPerson):
        await opened.vault.read(person, [NAME], **WHY)
    assert await opened.keys.ledger() == []


async def test_creating_a_key_again_gives_the_same_key_also_at_once(opened: Opened) -> None:
    """A refused registration leaves a key that opens nothing; the repeated command finds it."""
    person = str(uuid4())
    keys = await asyncio.gather(*(opened.keys.create(person) for _ in range(8)))
    assert set(keys) == {await opened.keys.get(person)}


@pytest.mark.parametrize("person", [CANARY, "王示范", "", "A" * 36])
async def test_only_ids_and_codes_get_into_records(opened: Opened, person: str) -> None:
    """A document number given as an id, or a text given as a purpose, is refused before anything is written."""
    with pytest.raises(UnknownPerson) as refused:
        await opened.vault.read(person, [NAME], **WHY)
    assert not person or person not in str(refused.value)
    for reading in (
        opened.keys.create(person),
        opened.vault.read(str(uuid4()), [NAME], actor="u-17", purpose=f"because of {person}"),
        opened.keys.destroy(str(uuid4()), "u-17", f"wish of {person}"),
    ):
        with pytest.raises(ValueError, match=r"code|UUID") as wrong:
            await reading
        assert not person or person not in str(wrong.value)
    assert await opened.pool.fetchval("select count(*) from vault_access") == 0


async def test_no_table_holds_a_value_in_the_clear(place: Place, opened: Opened) -> None:
    """The canary is in no column of either database."""
    person = await opened.register(VALUES)
    await opened.vault.read(person, ALL, **WHY)
    keys_pool = (await place.open(place.registry, place.keys_database))[1]._pool
    for pool in (opened.pool, keys_pool):
        tables = await pool.fetch("select table_name from information_schema.tables where table_schema = 'public'")
        dumped = [str(await pool.fetch(f"select t::text from {row['table_name']} t")) for row in tables]
        assert len(dumped) >= 3
        assert not any(value in text or value.encode().hex() in text for text in dumped for value in VALUES.values())


@pytest.mark.parametrize("restored", ["keys", "registry"])
async def test_a_restored_backup_brings_nobody_back(place: Place, restored: str) -> None:
    """Ruling 10 of the design: the ledger of destroyed ids is re-applied before a restored registry serves."""
    before = Opened(*await place.open(place.registry, place.keys_database))
    person, other = await before.register(VALUES), await before.register({NAME: "stays"})
    await before.pool.close()
    await before.keys._pool.close()
    backup = await place.database(like=place.registry if restored == "registry" else place.keys_database)
    live = Opened(*await place.open(place.registry, place.keys_database))
    await shred(live.keys, live.vault, person, **FORGET)
    names = (backup, place.keys_database) if restored == "registry" else (place.registry, backup)
    again = Opened(*await place.open(*names))
    returned = (
        await again.pool.fetchval("select count(*) from vault_document"),
        await again.keys._pool.fetchval("select count(*) from person_key"),
    )
    assert returned == ((1, 1) if restored == "registry" else (0, 2))
    assert await reapply_ledger(again.keys, again.vault) == (0 if restored == "registry" else 1)
    with pytest.raises(Shredded):
        await again.vault.read(person, ALL, **WHY)
    assert await again.vault.find_by_document(CANARY) is None
    assert await again.vault.ledger() == await again.keys.ledger() == await live.keys.ledger()
    assert await again.vault.read(other, [NAME], **WHY) == {NAME: "stays"}


async def test_a_shred_that_stopped_half_way_is_finished_at_the_next_start(opened: Opened) -> None:
    """The key goes first; the hash follows, at the latest with `reapply_ledger`."""
    person = await opened.register(VALUES)
    await opened.keys.destroy(person, "u-17", "r-pi-03")
    assert await reapply_ledger(opened.keys, opened.vault) == 0
    assert await opened.vault.find_by_document(CANARY) is None


async def test_a_rotation_wraps_every_key_anew_and_running_processes_follow(place: Place, opened: Opened) -> None:
    """Values and hashes stay; a process that still has the old keyring reads the new one when it meets its first key."""
    people = [await opened.register({NAME: f"n{n}"}) for n in range(3)]
    rotated = place.ring.with_new_master()
    operator = VaultKeys(opened.keys._pool, rotated)
    assert (await operator.rewrap(), await operator.rewrap()) == (3, 0)
    with pytest.raises(UnknownMasterKey):
        await opened.keys.get(people[0])
    follower = Vault(opened.pool, VaultKeys(opened.keys._pool, place.ring, reload=rotated.without_old_masters))
    assert [await follower.read(p, [NAME], **WHY) for p in people] == [{NAME: f"n{n}"} for n in range(3)]


async def test_another_keyring_than_the_databases_own_stops_the_start(place: Place, opened: Opened) -> None:
    """A lost keyring that was silently made anew would accept every document number a second time."""
    await asyncio.gather(*(opened.keys.verify_keyring() for _ in range(4)))
    await VaultKeys(opened.keys._pool, place.ring.with_new_master()).verify_keyring()
    with pytest.raises(WrongKeyring):
        await VaultKeys(opened.keys._pool, Keyring.generate()).verify_keyring()


async def test_keys_without_a_mark_belong_to_nobody_we_know(opened: Opened) -> None:
    """A database that holds keys but no mark was not filled by a process that checked."""
    await opened.keys.create(str(uuid4()))
    with pytest.raises(WrongKeyring):
        await opened.keys.verify_keyring()


async def test_the_registrys_role_needs_no_more_than_its_grants(place: Place) -> None:
    """Nothing of the vault can be changed by the role that serves; only the hash of a forgotten person is deleted."""
    role = f"vault_{uuid4().hex[:8]}"
    await place.run(f"create role {role}")
    place.stack.push_async_callback(place.run, f"drop role {role}")
    owner = Opened(*await place.open(place.registry, place.keys_database))
    await owner.pool.execute(f"grant select, insert on all tables in schema public to {role}; grant delete on vault_document to {role}")
    await owner.keys._pool.execute(
        f"grant select, insert on all tables in schema public to {role}; grant update, delete on person_key to {role}"
    )
    place.stack.push_async_callback(owner.pool.execute, f"drop owned by {role}")
    place.stack.push_async_callback(owner.keys._pool.execute, f"drop owned by {role}")
    serving = Opened(*await place.open(place.registry, place.keys_database, role=role))
    await serving.keys.verify_keyring()
    person = await serving.register(VALUES)
    assert await serving.vault.read(person, [NAME], **WHY) == {NAME: "王示范"}
    await shred(serving.keys, serving.vault, person, **FORGET)
    await reapply_ledger(serving.keys, serving.vault)
    for statement in ("delete from vault_access", "update vault_value set field = 'name'", "delete from vault_destroyed"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.pool.execute(statement)
