"""Databases of their own for tests, in the one PostgreSQL that all tests share."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import asyncpg

from kit.migrate import grant, migrate
from minsheng.local import Installation

APP_PASSWORD = "only-for-tests"


async def fresh_database(installation: Installation, sets: Sequence[str]) -> str:
    """A new database with these sets of tables; the DSN of its owner."""
    template = await _template(installation, tuple(sets))
    name = f"t{uuid4().hex[:12]}"
    await _admin(installation, f"create database {name} template {template}")
    return installation.postgres_dsn(name)


_templates: dict[tuple[str, tuple[str, ...]], str] = {}


async def _template(installation: Installation, sets: tuple[str, ...]) -> str:
    """A migrated database to copy from; migrating each time would take most of a test's time."""
    place = (installation.postgres_dsn(), sets)
    if place not in _templates:
        name = f"template_{uuid4().hex[:12]}"
        await _admin(installation, f"create database {name}")
        await migrate(installation.postgres_dsn(name), sets)
        _templates[place] = name
    return _templates[place]


async def _admin(installation: Installation, statement: str) -> None:
    admin = await asyncpg.connect(installation.postgres_dsn())
    await admin.execute(statement)
    await admin.close()


async def app_dsn(installation: Installation, owner_dsn: str, sets: Sequence[str]) -> str:
    """The DSN of the role that services use: it may append to the log and read it, nothing more."""
    owner = await asyncpg.connect(owner_dsn)
    await owner.execute(
        "do $$ begin create role minsheng_test_app login password 'only-for-tests'; exception when duplicate_object then null; end $$"
    )
    await owner.close()
    await grant(owner_dsn, "minsheng_test_app", sets)
    scheme, rest = owner_dsn.split("://", 1)
    return f"{scheme}://minsheng_test_app:{APP_PASSWORD}@{rest.split('@', 1)[1]}"
