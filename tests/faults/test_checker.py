"""The checker itself: a whole store passes, and each kind of damage that an owner could do is found."""

from __future__ import annotations

import random

import asyncpg
import pytest

from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.lending import lending
from tests.faults.load import Script, Told, run_load
from tests.faults.stores import CountingStore, check_told, giver, path_over

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)

DAMAGE = [
    ("delete from events where position = 5", "position 6 stands where 5 must"),
    ("update events set version = version + 1 where position = (select max(position) from events)", "expected"),
    ("update events set key = 'other' where position = (select max(position) from events where version > 1)", "Kafka key changes"),
    ("update events set recorded_at = recorded_at - interval '1 hour' where position = 9", "recorded_at goes back at position 9"),
    ("delete from command_key where position = 3", "without a row in command_key"),
    ("update command_key set count = count + 1 where position = 3", "names 2 events from 3"),
    ("update command_key set body = gen_random_uuid() where position = 3", "have another body"),
    ("insert into command_key values (gen_random_uuid(), null, 1, 1)", "those that name it are at \\[\\]"),
    ("delete from claim where key = 'nick-0'", "claims .*nick-0.* stored None"),
    ("insert into claim values ('chair', 'chair-99', 'loan/x')", "claims .*chair-99.* a replay gives None"),
    ("update claim set stream = 'account/x' where key = 'nick-0'", "claims .*nick-0.* stored account/x"),
    ("update subject set position = position + 1000", "subjects"),
    ("insert into timer values ('loan/x', 'remind', now())", "timers"),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGE, ids=[found for _, found in DAMAGE])
async def test_damage_is_found(damage: str, found: str, database: Database, store: CountingStore) -> None:
    script, told, path = Script(SEED), Told(), path_over(store)
    await run_load([*script.openings(), *script.jobs(60)], [giver(path)], told)
    await check_told(database.owner, told)
    owner = await asyncpg.connect(database.owner)
    done = await owner.execute(damage)
    await owner.close()
    assert not done.endswith(" 0"), "nothing was damaged"
    with pytest.raises(AssertionError, match=found):
        await check_store(database.owner, lending)
