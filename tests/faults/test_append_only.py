"""The service's own role can add to the log and nothing else, whatever its program tries (design, write side)."""

from __future__ import annotations

import asyncpg
import pytest

from kit.store import VerdictKind
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.stores import CountingStore
from tests.kit.store.toys import adding, key

pytestmark = [pytest.mark.real, pytest.mark.fault]

FORBIDDEN = [
    "update events set data = '{}'",
    "delete from events",
    "truncate events",
    "insert into events select * from events on conflict (position) do update set data = '{}'",
    "update command_key set count = 0",
    "delete from command_key",
    "truncate command_key",
    "drop table events",
    "drop table events cascade",
    "alter table events drop column meta",
    "alter table events rename to other",
    "alter table events disable trigger all",
    "alter table events drop constraint events_pkey",
    "create trigger mine before insert on events for each row execute function suppress_redundant_updates_trigger()",
    "create rule mine as on insert to events do instead nothing",
    "create index on events (type)",
    "drop index ix_claim_stream",
    "drop function append_group",
    "create or replace function append_group() returns int language sql as 'select 1'",
    "create table public.mine (n int)",
    "set session_replication_role = replica",
    "set role minsheng",
    "grant update on events to current_user; update events set data = '{}'",
    "alter role current_user superuser",
    "begin; lock table events in access exclusive mode",
    "select 1 from events for update",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_service_s_role_cannot_change_or_take_away_what_is_stored(
    statement: str, database: Database, store: CountingStore
) -> None:
    """design, write side: nothing updates or deletes the log, and the service's database role cannot."""
    append = adding("counter/a", 0, 2)
    await store.append([append])
    service = await asyncpg.connect(database.app)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidObjectDefinitionError)) as refused:
        await service.execute(statement)
    assert refused.value.sqlstate == "42501"
    await service.close()
    assert [str(event["id"]) for event in (await check_store(database.owner)).events] == [event.id for event in append.events]


async def test_the_same_role_appends(store: CountingStore, database: Database) -> None:
    """The refusals above are not those of a role that can do nothing."""
    result = await store.append([adding("counter/a", 0), adding("counter/b", 0, key=None, body=key())])
    assert [verdict.kind for verdict in result.verdicts] == [VerdictKind.OK, VerdictKind.OK]
    assert len((await check_store(database.owner)).events) == 2
