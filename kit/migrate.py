"""Brings a database to the newest schema. A set is a folder of `kit/migrations` with a history of its own.

The application's role may read and insert; of the log it may neither update nor delete.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

FOLDER = Path(__file__).with_name("migrations")
GRANTS = {
    "store": """
        grant select, insert on events, command_key to {role};
        grant select, insert, update, delete on claim, subject, timer, relay_ledger to {role}
    """,
    "vault": """
        grant select, insert on vault_value, vault_document, vault_access, vault_destroyed to {role};
        grant delete on vault_document to {role}
    """,
    "keys": """
        grant select, insert on person_key, keyring_mark, destroyed_key to {role};
        grant update, delete on person_key to {role}
    """,
    "telemetry": "grant select, insert, update on device_sign to {role}",
    # Views are tables that the program itself makes from row types and drops again.
    "reader": """
        grant select, insert, update, delete on all tables in schema public to {role};
        grant usage on all sequences in schema public to {role};
        grant create, usage on schema public to {role}
    """,
}


async def migrate(dsn: str, sets: Sequence[str]) -> None:
    """Apply the sets to a database, in order. `dsn` is a libpq URL of the owner; run twice, the second does nothing."""
    engine = create_async_engine(sqlalchemy_url(dsn))
    async with engine.connect() as connection:
        for name in sets:
            await connection.run_sync(_upgrade, name)
            await connection.commit()
    await engine.dispose()


async def grant(dsn: str, role: str, sets: Sequence[str]) -> None:
    """Give the application's role what it needs on the tables of these sets."""
    engine = create_async_engine(sqlalchemy_url(dsn))
    async with engine.begin() as connection:
        for statement in ";".join(GRANTS[name] for name in sets if name in GRANTS).split(";"):
            if statement.strip():
                await connection.execute(sa.text(statement.format(role=role)))
    await engine.dispose()


def _upgrade(connection: sa.Connection, name: str) -> None:
    command.upgrade(_config(name, connection), "head")


def _config(name: str, connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("version_locations", str(FOLDER / name / "versions"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("set", name)
    config.attributes["connection"] = connection
    return config


def sqlalchemy_url(dsn: str) -> str:
    """A libpq URL as SQLAlchemy wants it for asyncpg."""
    return dsn.replace("postgresql://", "postgresql+asyncpg://", 1)
