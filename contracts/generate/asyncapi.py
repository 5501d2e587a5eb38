"""The AsyncAPI 3.0 document: each service's channel, its shared messages in all versions, who sends and who receives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from contracts.generate.events import label
from contracts.generate.headers import ENVELOPE, HEADERS
from contracts.generate.schema import Document

FIRST_LINE = "# Written by `python -m contracts.generate`; not by hand.\n"
SCHEMA_FORMAT = "application/schema+json;version=2020-12"
ADDRESS = "{installation}.%s.events"
RECEIVERS = {
    "relief": ("registry", "relief", "charity"),
    "charity": ("registry", "relief"),
    "eldercare": ("registry", "relief"),
    "linkage": ("registry", "relief", "charity", "eldercare"),
}
"""Who reads whose channel. A test compares it with the services' reactions."""
TITLES = {
    "registry": "Registry: persons, areas and social organisations",
    "relief": "Relief: households, needs, regular, special and temporary aid",
    "charity": "Charity: donations, funds, allocations, the charity supermarket",
    "eldercare": "Eldercare: meals for elders",
}
DESCRIPTION = """\
Every shared fact of one installation (one district). Each service publishes its own facts in the order of their commits; the topic is a
replayable copy of the service's store, kept for ever. A reader compares `ce_previous` with the last position it has seen in the partition: a
position it knows is a repeat, a missing one a loss. It ignores types and fields it does not know, and waits at a version that is newer
than itself. Events hold ids, codes, amounts and dates; personal values stay in registry's vault."""
KEY = {
    "type": "string",
    "description": "The household's id where the stream belongs to one, otherwise the stream (aggregate/id). Its partition is CRC-32 of its "
    "UTF-8 bytes modulo the number of partitions.",
}
FACT = {
    "contentType": "application/json",
    "headers": {"$ref": "#/components/schemas/Headers"},
    "bindings": {"kafka": {"key": KEY, "bindingVersion": "0.5.0"}},
}
TOPIC = {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1}


@dataclass(frozen=True)
class Version:
    """One event version as the document needs it."""

    name: str
    version: int
    schema: Document

    @property
    def label(self) -> str:
        return label(self.name, self.version)

    @property
    def service(self) -> str:
        return self.name.split(".")[0]


def document(versions: Iterable[Version], examples: Mapping[str, Any]) -> Document:
    """The document over all shared versions. examples: by label, the payload."""
    shared = [version for version in versions if version.schema["x-shared"]]
    services = sorted({version.service for version in shared})
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Minsheng: the facts that services publish", "version": "1.0.0", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {service: _channel(service, shared) for service in services},
        "operations": {**_sends(services), **_receives(services)},
        "components": {
            "messages": {version.label: _message(version, examples) for version in shared},
            "messageTraits": {"Fact": FACT},
            "schemas": {"Headers": HEADERS, "Envelope": ENVELOPE},
        },
    }


def text(document: Document) -> str:
    """The document as YAML, the same bytes for the same document."""
    return FIRST_LINE + yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=140)


class _Plain(yaml.SafeDumper):
    """Writes each value out, since anchors are hard on readers, and paragraphs as they stand."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _paragraph(dumper: _Plain, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _paragraph)


def _channel(service: str, versions: Iterable[Version]) -> Document:
    return {
        "address": ADDRESS % service,
        "title": TITLES.get(service, service),
        "messages": {
            version.label: {"$ref": f"#/components/messages/{version.label}"} for version in versions if version.service == service
        },
        "parameters": {"installation": {"description": "The district's installation, a plain lower-case name.", "examples": ["yantian"]}},
        "bindings": {"kafka": {"topicConfiguration": TOPIC, "bindingVersion": "0.5.0"}},
    }


def _message(version: Version, examples: Mapping[str, Any]) -> Document:
    told = version.schema
    return {
        "name": version.name,
        "title": told["title"],
        "summary": told["description"].split("\n")[0],
        "traits": [{"$ref": "#/components/messageTraits/Fact"}],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{version.label}.json"}},
        "examples": [{"name": version.label, "payload": examples[version.label]}],
    }


def _sends(services: Iterable[str]) -> Document:
    return {f"{service}.publish": _operation("send", service, f"{service} publishes its facts") for service in services}


def _receives(services: Iterable[str]) -> Document:
    known = set(services)
    return {
        f"{reader}.read.{service}": _operation("receive", service, f"{reader} reads {service}'s facts")
        for reader, sources in RECEIVERS.items()
        for service in sources
        if service in known
    }


def _operation(action: str, service: str, summary: str) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{service}"}, "summary": summary}
