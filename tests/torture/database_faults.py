"""Faults inside the databases: triggers of the run's own that sleep in transactions and roll some back. Their counters are sequences,
which no rollback takes back.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from tests.torture.world import World

TABLES = {"owner_store": ("events", "command_key"), "owner_reader": ("journal", "checkpoint")}

TRIGGER = """
create sequence torture_naps; create sequence torture_rollbacks;
create function torture() returns trigger language plpgsql security definer as $$ begin
  if random() < tg_argv[0]::float then
    perform nextval('torture_naps'); perform pg_sleep(random() * 0.5);
  end if;
  if random() < tg_argv[1]::float then
    perform nextval('torture_rollbacks'); raise exception 'rolled back by the torture' using errcode = '40001';
  end if;
  return null;
end $$
"""


@dataclass(frozen=True)
class Rates:
    """Shares of transactions. naps: that sleep for up to half a second; rollbacks: that are undone at a write."""

    naps: float = 0.01
    rollbacks: float = 0.02


async def install(world: World, rates: Rates) -> None:
    """From now on transactions of both databases suffer: half of each share at the first write, half at the last."""
    for owner, tables in TABLES.items():
        connection = await asyncpg.connect(getattr(world, owner))
        await connection.execute(TRIGGER)
        for table in tables:
            await connection.execute(
                f"create trigger torture after insert or update on {table} for each statement "
                f"execute function torture('{rates.naps / 2}', '{rates.rollbacks / 2}')"
            )
        await connection.close()


async def lift(world: World) -> None:
    """No more of it; the counters stay."""
    for owner, tables in TABLES.items():
        connection = await asyncpg.connect(getattr(world, owner))
        for table in tables:
            await connection.execute(f"drop trigger torture on {table}")
        await connection.close()


async def counted(world: World) -> dict[str, int]:
    """Naps and rollbacks so far, of both databases."""
    found: dict[str, int] = {}
    for owner, where in (("owner_store", "an append"), ("owner_reader", "the read side's transaction")):
        connection = await asyncpg.connect(getattr(world, owner))
        for sequence, what in (("torture_naps", "delay inside"), ("torture_rollbacks", "rollback of")):
            row = await connection.fetchrow(f"select last_value, is_called from {sequence}")
            found[f"{what} {where}"] = row["last_value"] if row["is_called"] else 0
        await connection.close()
    return found


async def set_back(world: World, counts: dict[str, int]) -> None:
    """After a crash of the server, which lets sequences jump ahead: the counters are what they were before it."""
    for owner, where in (("owner_store", "an append"), ("owner_reader", "the read side's transaction")):
        connection = await asyncpg.connect(getattr(world, owner))
        for sequence, what in (("torture_naps", "delay inside"), ("torture_rollbacks", "rollback of")):
            if count := counts[f"{what} {where}"]:
                await connection.execute(f"select setval('{sequence}', {count})")
        await connection.close()
