"""What an installation needs before its services start: databases, roles, tables, topics and keys. Run again, it changes nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import asyncpg

from kit.identity import LocalIssuer, Role
from kit.migrate import grant, migrate
from kit.secret_file import create_once
from kit.settings import database_of
from kit.streams.topics import DEFAULT_PARTITIONS, ensure, ensure_topics, own_topic
from kit.vault import KeyringFile
from minsheng.local import Installation
from minsheng.programs import READ_SERVICES, SERVICES, command_services

APP = "minsheng_app"
NAME = "yantian"
"""The local installation's district; its name stands in topics and in every event's source."""


def table_sets() -> dict[str, list[str]]:
    """The sets of tables of each database."""
    sets = {name: ["store", *service.tables, *(["reader"] if service.reactions else [])] for name, service in command_services().items()}
    return {**sets, **{name: ["reader"] for name in READ_SERVICES}, "keys": ["keys"]}


def own_topics(installation: str) -> dict[str, Mapping[str, str]]:
    """The topics that services have beside those of their events, with their settings."""
    return {
        own_topic(installation, name, last): settings
        for name, service in command_services().items()
        for last, settings in service.topics.items()
    }


async def prepare(installation: Installation) -> dict[str, str]:
    """Everything is there; returns what the programs are told."""
    password = create_once(installation.home.keys / "app-password", lambda: secrets.token_hex(16).encode()).decode()
    await _make_role(installation, password)
    for name, sets in table_sets().items():
        await _make_database(installation, database_of(name))
        dsn = installation.postgres_dsn(database_of(name))
        await migrate(dsn, sets)
        await grant(dsn, APP, sets)
    await ensure_topics(installation.kafka_bootstrap, NAME, list(command_services()), DEFAULT_PARTITIONS)
    await ensure(installation.kafka_bootstrap, own_topics(NAME), DEFAULT_PARTITIONS)
    return _environment(installation, password)


async def _make_role(installation: Installation, password: str) -> None:
    admin = await asyncpg.connect(installation.postgres_dsn())
    if not await admin.fetchval("select 1 from pg_roles where rolname = $1", APP):
        await admin.execute(f"create role {APP} login password '{password}'")
    # A frozen process must not hold the order lock for ever (ruling 16 of the design).
    await admin.execute(f"alter role {APP} set idle_in_transaction_session_timeout = '10s'")
    await admin.close()


async def _make_database(installation: Installation, name: str) -> None:
    admin = await asyncpg.connect(installation.postgres_dsn())
    if not await admin.fetchval("select 1 from pg_database where datname = $1", name):
        await admin.execute(f"create database {name}")
    await admin.close()


def _environment(installation: Installation, password: str) -> dict[str, str]:
    keys = installation.home.keys
    issuer = local_issuer(keys)
    KeyringFile(keys / "vault").load()
    owner = installation.postgres_dsn("{database}")
    scheme, rest = owner.split("://", 1)
    clock = installation.home.clock_file
    return {
        **({"MINSHENG_CLOCK": str(clock)} if clock.exists() else {}),
        "MINSHENG_INSTALLATION": NAME,
        "MINSHENG_DATABASE": f"{scheme}://{APP}:{password}@{rest.split('@', 1)[1]}",
        "MINSHENG_KEYS": str(keys),
        "MINSHENG_JWKS": str(issuer.jwks_path),
        "MINSHENG_SERVICES": json.dumps({name: installation.url(name) for name in SERVICES if name in installation.state.ports}),
        "MINSHENG_FEED_TOKEN": issuer.issue("reader.linkage", [Role.OPERATOR], "440308", timedelta(days=365)),
        "MINSHENG_DEMONSTRATION": "true",
    }


def local_issuer(keys: Path) -> LocalIssuer:
    """The installation's own issuer of demonstration tokens."""
    return LocalIssuer(keys / "issuer")
