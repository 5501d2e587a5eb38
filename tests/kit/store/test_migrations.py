"""The migrations of store, vault and keys make what the tables describe."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from kit.migrate import sqlalchemy_url
from kit.store import tables as store_tables
from kit.vault import key_tables, vault_tables
from minsheng.local import Installation
from tests.databases import fresh_database
from tests.kit.journal.test_reader_migrations import differences_from

pytestmark = pytest.mark.real


def described(name: str) -> sa.MetaData:
    """The tables of one set as SQLAlchemy knows them."""
    metadata = sa.MetaData()
    match name:
        case "store":
            for table in store_tables.metadata.tables.values():
                table.to_metadata(metadata)
        case "vault":
            vault_tables(metadata)
        case _:
            key_tables(metadata)
    return metadata


@pytest.mark.parametrize("name", ["store", "vault", "keys"])
async def test_the_database_is_as_the_tables_describe_it(installation: Installation, name: str) -> None:
    engine = create_async_engine(sqlalchemy_url(await fresh_database(installation, [name])))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences_from, described(name)) == []
    await engine.dispose()
