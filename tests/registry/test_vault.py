"""Registering and forgetting on a real PostgreSQL: event, values and document hash are one append."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from structlog.testing import capture_logs

from contracts.envelope import named
from contracts.registry.person import ShredReason
from kit.errors import KeyMisused, Refused
from kit.settings import Settings
from kit.testing import policy
from kit.vault import Destroyed, Keyring, KeyringFile, PersonalField, Shredded, WrongKeyring, invent_document_number
from services.registry.domain.person import ShredPerson
from services.registry.forgetting import forget_shredded, keep_forgetting
from services.registry.resources import opened
from services.registry.service import registry
from tests.registry.conftest import NAME, NUMBER, Registry, new_person

pytestmark = pytest.mark.real

OTHER_NUMBER = invent_document_number(date(1951, 2, 1), 1, male=True)
ALL = [PersonalField.NAME, PersonalField.DOCUMENT_NUMBER, PersonalField.ADDRESS, PersonalField.PHONE]


async def values_of(place: Registry, person_id: str) -> dict[PersonalField, str]:
    return await place.resources.vault.read(person_id, ALL, actor="registrar-1", purpose="audit")


async def dump(pool: asyncpg.Pool) -> str:
    """Every row of every table as text."""
    tables = [
        row[0] for row in await pool.fetch("select tablename from pg_tables where schemaname = 'public' and tablename not like 'alembic%'")
    ]
    rows = [row[0] for table in tables for row in await pool.fetch(f"select t::text from {table} t")]
    return "\n".join(rows)


async def test_a_registered_person_is_in_the_log_by_id_and_in_the_vault_by_value(place: Registry) -> None:
    """R-PI-09."""
    person_id = await place.register()
    last = (await place.store.read(0, 100))[-1]
    assert (last.meta.type, last.meta.stream) == ("registry.person.registered", f"person/{person_id}")
    values = await values_of(place, person_id)
    assert (values[PersonalField.NAME], values[PersonalField.DOCUMENT_NUMBER]) == (NAME, NUMBER)
    assert await place.resources.vault.find_by_document(NUMBER) == person_id


async def test_no_table_and_no_key_holds_a_personal_value(place: Registry) -> None:
    """Ruling 9 of the design: canaries in every row of both databases."""
    await place.register()
    shown = await dump(place.pool) + await dump(place.keys_pool)
    assert "person/" in shown
    assert not any(canary in shown for canary in (NUMBER, NAME, "示范路", "25550100"))


async def test_a_number_written_in_another_way_is_the_same_person(place: Registry) -> None:
    """Section 3.2: the refusal names who has it; the vault keeps nothing of the second."""
    first = await place.register()
    spaced = f"{NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:]}"
    with pytest.raises(Refused) as refused:
        await place.register(spaced)
    assert (refused.value.code, refused.value.params) == ("document_known", {"person_id": first})
    assert await place.pool.fetchval("select count(distinct person_id) from vault_value") == 1


async def test_two_registrations_of_one_number_at_once_one_passes_and_the_other_names_it(place: Registry) -> None:
    """Section 3.2, SC-08: two processes, neither sees the other before the append; the hash is unique."""
    one, two = new_person(), new_person()
    answers = await asyncio.gather(place.give(one, path=place.path()), place.give(two, path=place.path()), return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    winner = one if answers[1] in refusals else two
    assert [(refusal.code, refusal.params["person_id"]) for refusal in refusals] == [("document_known", winner.person_id)]
    assert await place.pool.fetchval("select count(*) from vault_document") == 1


async def test_a_repeated_registration_gets_the_first_answer_and_another_body_is_refused(place: Registry) -> None:
    """A command is applied once, and the personal values are part of its body."""
    command, key = new_person(), str(uuid4())
    first, again = await place.give(command, key=key), await place.give(command, key=key)
    assert (again.repeated, again.events) == (True, first.events)
    with pytest.raises(KeyMisused):
        await place.give(command.model_copy(update={"name": new_person(name="李示范").name}), key=key)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(NUMBER[:17] + "0123456789X"[("0123456789X".index(NUMBER[17]) + 1) % 11], "check_digit"), ("1" * 15, "shape")],
)
async def test_a_wrong_number_is_refused_and_makes_no_key(place: Registry, number: str, reason: str) -> None:
    """The vault knows nobody by it."""
    with pytest.raises(Refused) as refused:
        await place.register(number)
    assert (refused.value.code, refused.value.params) == ("document_invalid", {"reason": reason})
    assert await place.keys_pool.fetchval("select count(*) from person_key") == 0


async def test_an_installation_for_real_people_takes_no_invented_numbers(place: Registry) -> None:
    """Domain 9.5: area code 770308 is for demonstrations."""
    own, keys = place.dsns
    async with opened(own, keys, keyring=place.keyring, store=place.store, areas=policy()[0].areas) as real:
        place.resources = real
        with pytest.raises(Refused) as refused:
            await place.register()
    assert refused.value.params == {"reason": "demo_not_allowed"}


async def test_a_forgotten_person_is_unreadable_and_the_log_is_as_long_as_before(place: Registry) -> None:
    """R-PI-09, property 8: the key is destroyed after the event; other persons stay readable; the number is free again."""
    gone, stays = await place.register(), await place.register(OTHER_NUMBER)
    await place.give(ShredPerson(person_id=gone, reason=ShredReason.RETENTION_OVER))
    before = len(await place.store.read(0, 100))
    resources = place.resources
    assert await forget_shredded(place.store, resources.keys, resources.vault) == 1
    assert await forget_shredded(place.store, resources.keys, resources.vault) == 0
    with pytest.raises(Shredded):
        await values_of(place, gone)
    assert (await values_of(place, stays))[PersonalField.NAME] == NAME
    assert await resources.vault.find_by_document(NUMBER) is None
    assert len(await place.store.read(0, 100)) == before
    entry = (await resources.keys.ledger())[0]
    assert (entry.person_id, entry.actor, entry.reason_code) == (gone, "worker-1", "retention_over")


async def test_a_crash_between_order_and_destruction_is_made_up_for_at_the_next_start(place: Registry) -> None:
    """Ruling 10 of the design: the event is the order, so a start that finds it destroys the key before it serves."""
    gone = await place.register()
    await place.give(ShredPerson(person_id=gone, reason=ShredReason.REQUEST))
    assert await place.keys_pool.fetchval("select count(*) from person_key") == 1
    async with opened(*place.dsns, keyring=place.keyring, store=place.store, areas=policy()[0].areas):
        assert await place.keys_pool.fetchval("select count(*) from person_key") == 0


async def test_keys_restored_from_a_backup_from_before_the_order_are_destroyed_again(place: Registry) -> None:
    """Ruling 10 of the design: the backup of the keys brings the key back and knows nothing of the destruction."""
    gone = await place.register()
    backup = await place.keys_pool.fetchrow("select * from person_key")
    await place.give(ShredPerson(person_id=gone, reason=ShredReason.REQUEST))
    await forget_shredded(place.store, place.resources.keys, place.resources.vault)
    await place.keys_pool.execute("delete from destroyed_key")
    await place.keys_pool.execute("insert into person_key values ($1, $2, $3, $4)", *backup)
    async with opened(*place.dsns, keyring=place.keyring, store=place.store, areas=policy()[0].areas):
        with pytest.raises(Shredded):
            await values_of(place, gone)


async def test_whoever_follows_the_log_forgets_without_being_asked(place: Registry) -> None:
    """R-PI-09: a moment after the event."""
    resources = place.resources
    following = asyncio.create_task(keep_forgetting(place.store, resources.keys, resources.vault))
    gone = await place.register()
    await place.give(ShredPerson(person_id=gone, reason=ShredReason.REQUEST))

    async def destroyed() -> list[Destroyed]:
        async for _ in place.store.changes():
            if entries := await resources.vault.ledger():
                return entries
        return []

    assert [entry.person_id for entry in await asyncio.wait_for(destroyed(), 10)] == [gone]
    following.cancel()


async def test_trouble_while_forgetting_is_told_and_the_order_is_carried_out_later(place: Registry) -> None:
    """Ruling 10 of the design: the order stands, so nothing is lost when a database is away for a moment."""
    resources = place.resources
    gone = await place.register()
    await place.give(ShredPerson(person_id=gone, reason=ShredReason.REQUEST))
    await place.keys_pool.execute("alter table destroyed_key rename to elsewhere")
    with capture_logs() as logs:
        following = asyncio.create_task(keep_forgetting(place.store, resources.keys, resources.vault))
        async for _ in place.store.changes():
            if logs:
                break
        await place.keys_pool.execute("alter table elsewhere rename to destroyed_key")
        async for _ in place.store.changes():
            if await resources.vault.ledger():
                break
    following.cancel()
    assert logs[0]["event"] == "forgetting failed and is tried again"
    with pytest.raises(Shredded):
        await values_of(place, gone)


async def test_the_declared_service_opens_its_resources_from_the_settings_and_forgets_by_itself(place: Registry, tmp_path: Path) -> None:
    """The process's way: keyring from its folder, two databases, invented numbers in a demonstration only."""
    settings = Settings(
        installation="test",
        database=place.dsns[0].rsplit("/", 1)[0] + "/{database}",
        kafka_bootstrap="",
        keys=tmp_path,
        jwks="",
        demonstration=True,
    )
    names = {"registry": place.dsns[0], "keys": place.dsns[1]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "dsn", lambda _self, name: names[name])
        KeyringFile(tmp_path / "vault").path.parent.mkdir(parents=True)
        KeyringFile(tmp_path / "vault").path.write_bytes(place.keyring().to_json())
        assert registry.resources is not None
        async with registry.resources(settings, place.store) as resources:
            place.resources = resources
            gone = await place.register()
            await place.give(ShredPerson(person_id=gone, reason=ShredReason.REQUEST))
            async for _ in place.store.changes():
                if await resources.vault.ledger():
                    break
            with pytest.raises(Shredded):
                await values_of(place, gone)


async def test_another_keyring_does_not_serve(place: Registry) -> None:
    """It would make hashes that match nothing: the same person could register twice."""
    await place.register()
    with pytest.raises(WrongKeyring):
        async with opened(*place.dsns, keyring=Keyring.generate, store=place.store, areas=policy()[0].areas):
            pass


def test_the_events_of_registry_have_no_field_for_a_personal_value() -> None:
    """Ruling 9 of the design."""
    assert set(named("registry.person.registered").cls.__struct_fields__) == {"person_id", "area"}
