"""The AsyncAPI document: well-formed, complete, and true to the topics, headers and reactions of the program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from contracts.envelope import Meta, Recorded
from contracts.generate.asyncapi import RECEIVERS
from contracts.generate.events import FOLDER, label, published
from contracts.generate.headers import ENVELOPE, HEADERS
from kit.streams.codec import Envelope, to_message
from kit.streams.topics import source_of, topic_of
from minsheng.programs import command_services

DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
SERVICES = {"registry", "relief", "charity", "eldercare"}
META = Meta(
    id="0190a000-0000-8000-8000-000000000001",
    source=source_of("yantian.relief.events"),
    position=7,
    stream="need/0190a000-0000-8000-8000-000000000002",
    version=1,
    type="relief.need.reopened",
    schema_version=1,
    key="0190a000-0000-8000-8000-000000000003",
    recorded_at=datetime(2022, 10, 3, 2, 30, tzinfo=UTC),
    occurred_at=datetime(2022, 10, 3, 2, 30, tzinfo=UTC),
    effective_from=date(2022, 10, 1),
    actor="worker-1",
    authority="caseworker",
    pack_id="TP-2022A@5f2c1e9a7b30",
    correlation_id="c",
    causation_id="b",
    hops=1,
    command="reopen",
    command_key="k",
    body_hash="h",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def found(pointer: str) -> Any:
    node: Any = DOCUMENT
    for step in pointer.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_document_has_the_parts_that_asyncapi_3_asks_for() -> None:
    """asyncapi and info are required; operations name an action and a channel, channels an address and messages."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert set(DOCUMENT) <= {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert "address" in found(operation["channel"]["$ref"])


def test_every_reference_leads_somewhere() -> None:
    """Inside the document, or to the file of a schema."""
    for reference in references(DOCUMENT):
        assert found(reference) if reference.startswith("#/") else (FOLDER / reference).is_file(), reference


def test_each_service_has_its_channel_with_the_address_of_its_topic() -> None:
    """`<installation>.<service>.events`, as the relay makes it."""
    addresses = {name: channel["address"].format(installation="yantian") for name, channel in DOCUMENT["channels"].items()}
    assert addresses == {service: topic_of("yantian", service) for service in SERVICES}
    assert all(set(channel["parameters"]) == {"installation"} for channel in DOCUMENT["channels"].values())


def test_the_channels_carry_every_shared_event_and_no_other() -> None:
    """Ruling 12 of the design: services import only events marked shared."""
    shared = {(kind.service, label(kind.name, version)) for kind in published() if kind.shared for version in range(1, kind.version + 1)}
    assert {(name, message) for name, channel in DOCUMENT["channels"].items() for message in channel["messages"]} == shared
    assert set(DOCUMENT["components"]["messages"]) == {message for _, message in shared}


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["messages"]))
def test_a_message_names_its_payload_headers_and_key(name: str) -> None:
    """Payload by schema file, headers and Kafka key by the trait of all facts."""
    message = DOCUMENT["components"]["messages"][name]
    assert message["payload"]["schema"] == {"$ref": f"./schemas/{name}.json"}
    assert message["name"] == name.rsplit(".v", 1)[0]
    (trait,) = message["traits"]
    fact = found(trait["$ref"])
    assert fact["headers"] == {"$ref": "#/components/schemas/Headers"}
    assert fact["bindings"]["kafka"]["key"]["type"] == "string"
    assert message["examples"][0]["payload"]


def test_the_headers_are_those_the_codec_writes() -> None:
    """Each header of a message is described, each described one is written, and a real message fits."""
    headers = {name: (value or b"") for name, value in to_message(Recorded(meta=META, data=b"{}"), 3).headers}
    texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    assert set(texts) == set(HEADERS["properties"])
    Draft202012Validator({name: told for name, told in HEADERS.items() if name != "properties"}).validate(texts)
    for name, text in texts.items():
        Draft202012Validator({key: told for key, told in HEADERS["properties"][name].items() if key != "contentSchema"}).validate(text)
    Draft202012Validator(ENVELOPE).validate(msgspec.json.decode(texts["envelope"]))


def test_without_a_trace_the_message_has_just_the_required_headers() -> None:
    """traceparent is the only header that may be missing."""
    untraced = to_message(Recorded(meta=msgspec.structs.replace(META, traceparent=None), data=b"{}"), 3)
    assert {name for name, _ in untraced.headers} == set(HEADERS["required"])


def test_the_envelope_is_described_field_by_field() -> None:
    """The same fields, and required are those without a default."""
    assert list(ENVELOPE["properties"]) == list(Envelope.__struct_fields__)
    assert set(ENVELOPE["required"]) == {field.name for field in msgspec.structs.fields(Envelope) if field.required}


def test_who_reads_whom_is_what_the_reactions_say() -> None:
    """A service reads the channels its reactions answer; linkage reads all four."""
    sources = {name: {reaction.source for reaction in service.reactions} for name, service in command_services().items()}
    assert {name: set(read) for name, read in RECEIVERS.items()} == {
        **{name: read for name, read in sources.items() if read},
        "linkage": SERVICES,
    }


def test_no_reaction_rests_on_an_event_that_is_not_shared() -> None:
    """Ruling 12 of the design: services import only events marked shared."""
    from contracts.envelope import type_of

    reactions = [reaction for service in command_services().values() for reaction in service.reactions]
    assert reactions
    assert [reaction.name for reaction in reactions if not type_of(reaction.on).shared] == []


def test_streams_that_belong_to_a_household_are_keyed_by_it() -> None:
    """Design: the Kafka key is the household id where there is one, otherwise the stream. A stock lot serves many households."""
    with_household = {(kind.service, kind.aggregate) for kind in published() if "household_id" in kind.cls.__struct_fields__}
    keyed = {(service.name, aggregate.name) for service in command_services().values() for aggregate in service.aggregates if aggregate.key}
    assert keyed == with_household - {("charity", "stock-lot")}
