"""An event class as a JSON Schema (2020-12): msgspec's, with the patterns of ids, the words of the source, and where the event belongs."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from contracts.envelope import Event, EventType
from contracts.generate.fields import hints_of, id_name, is_enum, item_of, optional_of, structs_in
from contracts.generate.words import comments_of, id_docs, told_by
from contracts.ids import PATTERNS

Document = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PREFIX = "#/$defs/"


def schema_of(kind: EventType) -> Document:
    """The schema of the event's newest version. Other fields are allowed: readers ignore what they do not know."""
    definitions = _definitions(kind.cls)
    body = definitions.pop(kind.cls.__name__)
    text, source = told_by(kind.cls)
    return {
        "$schema": DIALECT,
        "$id": f"urn:minsheng:{kind.name}:{kind.version}",
        "title": kind.cls.__name__,
        "description": text,
        "x-source": source,
        "x-stream": kind.stream_field,
        "x-shared": kind.shared,
        "type": "object",
        "properties": body["properties"],
        "required": body.get("required", []),
        **({"$defs": dict(sorted(definitions.items()))} if definitions else {}),
    }


def _definitions(cls: type[Event]) -> dict[str, Document]:
    """All types the event is made of, by name."""
    _, components = msgspec.json.schema_components([cls], ref_template=PREFIX + "{name}")
    definitions: dict[str, Document] = msgspec.json.decode(msgspec.json.encode(components))  # tuples become lists, as in the files
    for struct in structs_in(cls):
        properties = definitions[struct.__name__]["properties"]
        for name, hint in hints_of(struct).items():
            definitions |= _name_ids(properties[name], hint)
            if is_enum(enum := optional_of(hint) or hint):
                _describe(definitions[enum.__name__], enum)
    return definitions


def _name_ids(schema: Document, hint: Any) -> dict[str, Document]:
    """The property refers to its id type by name, wherever in it the id stands; returns that type's definition."""
    if (name := id_name(hint)) is not None:
        del schema["type"]
        schema["$ref"] = PREFIX + name
        return {name: _id(name)}
    if (held := optional_of(hint)) is not None:
        return _name_ids(next(option for option in schema["anyOf"] if option != {"type": "null"}), held)
    if (item := item_of(hint)) is not None:
        return _name_ids(schema["items"], item)
    return {}


def _id(name: str) -> Document:
    told = {"description": id_docs()[name]} if name in id_docs() else {}
    return {"title": name, **told, "type": "string", "pattern": PATTERNS[name]}


def _describe(definition: Document, enum: type[Enum]) -> None:
    """The enum's values in the order of the source, with the term that stands beside each."""
    definition |= {"type": "string", "enum": [member.value for member in enum]}
    if comments := comments_of(enum):
        definition["x-terms"] = comments


def resolve(schema: Document, root: Document) -> Document:
    """What a property stands for, a reference followed once."""
    if "$ref" not in schema:
        return schema
    found: Document = root["$defs"][schema["$ref"].removeprefix(PREFIX)]
    return found
