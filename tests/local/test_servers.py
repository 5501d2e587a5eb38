"""The servers that an installation starts are real and set up as the rest of the system expects."""

import asyncio
import uuid

import asyncpg
import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic  # type: ignore[attr-defined]

from minsheng.local import Installation

pytestmark = pytest.mark.real


def value(installation: Installation, query: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(installation.postgres_dsn())
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("fsync", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("log_error_verbosity", "terse"),
        ("max_connections", "200"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
    ],
)
def test_postgres_runs_with_the_settings_the_design_asks_for(installation: Installation, setting: str, expected: str) -> None:
    assert value(installation, f"select current_setting('{setting}')") == expected


def test_postgres_refuses_a_wrong_password(installation: Installation) -> None:
    """Nobody on the machine gets in by being on the machine."""
    wrong = installation.postgres_dsn().replace("minsheng:", "minsheng:not-", 1)
    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(asyncpg.connect(wrong))


def test_kafka_makes_no_topic_by_itself_and_makes_one_when_asked(installation: Installation) -> None:
    admin, name = AdminClient({"bootstrap.servers": installation.kafka_bootstrap}), f"t-{uuid.uuid4()}"
    assert name not in admin.list_topics(timeout=10).topics
    admin.list_topics(name, timeout=10)  # asking for a topic would make it, were automatic creation on
    assert name not in admin.list_topics(timeout=10).topics
    admin.create_topics([NewTopic(name, 3, 1)])[name].result(10)
    assert len(admin.list_topics(name, timeout=10).topics[name].partitions) == 3
    admin.delete_topics([name])[name].result(10)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("auto.create.topics.enable", "false"), ("group.min.session.timeout.ms", "1000"), ("offsets.topic.replication.factor", "1")],
)
def test_kafka_runs_with_the_settings_the_design_asks_for(installation: Installation, setting: str, expected: str) -> None:
    admin, broker = AdminClient({"bootstrap.servers": installation.kafka_bootstrap}), ConfigResource(ConfigResource.Type.BROKER, "1")
    assert admin.describe_configs([broker])[broker].result(10)[setting].value == expected
