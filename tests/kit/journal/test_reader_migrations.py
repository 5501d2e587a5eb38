"""The migrations make what the tables describe."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

import kit.journal.tables
import kit.streams.tables
from kit.migrate import migrate, sqlalchemy_url
from tests.kit.streams.places import Place

pytestmark = pytest.mark.real


async def test_the_database_is_as_the_tables_describe_it(place: Place) -> None:
    """Same tables, columns, types, indexes and unique constraints; a second run changes nothing."""
    await migrate(place.dsn, ["reader"])
    engine = create_async_engine(sqlalchemy_url(place.dsn))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def differences(connection: sa.Connection) -> list[Any]:
    described = sa.MetaData()
    for table in [*kit.streams.tables.metadata.tables.values(), *kit.journal.tables.metadata.tables.values()]:
        table.to_metadata(described)
    return differences_from(connection, described)


def differences_from(connection: sa.Connection, described: sa.MetaData) -> list[Any]:
    """What a database has otherwise than described."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
    return list(compare_metadata(context, described))


def _is_ours(_thing: Any, name: str, kind: str, *_: Any) -> bool:
    return not (kind == "table" and name.startswith("alembic_version"))
