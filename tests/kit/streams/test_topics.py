"""Topics: their names, their partitions, and that they keep everything."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._resource import ResourceType

from kit.streams.topics import (
    NoTopic,
    describe_topics,
    ends_of,
    ensure,
    ensure_topics,
    own_topic,
    partition_of,
    source_of,
    topic_of,
    topic_of_source,
)
from tests.kit.streams.places import Place, delete_topic


def test_a_topic_is_named_after_installation_and_service() -> None:
    """One installation is one district: its name stands in every topic and source."""
    assert topic_of("jianghan", "relief") == "jianghan.relief.events"
    assert source_of("jianghan.relief.events") == "/minsheng/jianghan/relief"
    assert topic_of_source("/minsheng/jianghan/relief") == "jianghan.relief.events"
    assert own_topic("jianghan", "eldercare", "heartbeats") == "jianghan.eldercare.heartbeats"
    with pytest.raises(ValueError, match="plain"):
        topic_of("jiang.han", "relief")
    with pytest.raises(ValueError, match="plain"):
        own_topic("jianghan", "eldercare", "heart.beats")


def test_a_key_stays_in_its_partition() -> None:
    """CRC-32 (IEEE 802.3): the check value of "123456789" is CBF43926 hex; the choice is part of stored history."""
    assert partition_of("123456789", 2**32) == 0xCBF43926
    assert {partition_of(f"k{n}", 4) for n in range(50)} == {0, 1, 2, 3}


@pytest.mark.real
async def test_topics_keep_everything_for_ever(place: Place) -> None:
    """Unlimited retention, never compacted; a second call changes nothing, another number of partitions is refused."""
    topic = await place.topic(partitions=3)
    assert await place.topic(partitions=3) == topic
    resource = ConfigResource(ResourceType.TOPIC, topic.name)
    admin = AdminClient({"bootstrap.servers": place.bootstrap})
    told = await asyncio.wrap_future(admin.describe_configs([resource])[resource])
    config = {name: entry.value for name, entry in told.items()}
    assert (config["retention.ms"], config["retention.bytes"], config["cleanup.policy"]) == ("-1", "-1", "delete")
    with pytest.raises(ValueError, match="partitions"):
        await ensure_topics(place.bootstrap, place.installation, ["toy"], partitions=5)


@pytest.mark.real
async def test_a_service_s_own_topic_has_its_own_settings_and_tells_where_it_ends(place: Place) -> None:
    """What is no event need not be kept for ever; how far it reaches is asked of the broker."""
    name = own_topic(place.installation, "toy", "signs")
    topic = (await ensure(place.bootstrap, {name: {"retention.ms": "86400000"}}, 2))[name]
    resource = ConfigResource(ResourceType.TOPIC, name)
    admin = AdminClient({"bootstrap.servers": place.bootstrap})
    told = await asyncio.wrap_future(admin.describe_configs([resource])[resource])
    assert told["retention.ms"].value == "86400000"
    assert await ends_of(place.bootstrap, topic) == {0: 0, 1: 0}
    producer = Producer({"bootstrap.servers": place.bootstrap})
    for number in range(3):
        producer.produce(name, str(number).encode(), partition=1)
    assert producer.flush(20) == 0
    assert await ends_of(place.bootstrap, topic) == {0: 0, 1: 3}


@pytest.mark.real
async def test_a_topic_made_anew_has_another_id(place: Place) -> None:
    """So the relay and every consumer see that it is not the one they knew."""
    first = await place.topic()
    await delete_topic(place.bootstrap, first.name)
    assert (await place.topic()).id != first.id


@pytest.mark.real
async def test_asking_for_a_topic_does_not_make_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """No automatic creation."""
    monkeypatch.setattr("kit.streams.topics.PATIENCE_S", 0.2)
    for _ in range(2):
        with pytest.raises(NoTopic):
            await describe_topics(place.bootstrap, [f"{place.installation}.toy.events"])
