"""JSON schemas for the API page, taken from the command models."""

from __future__ import annotations

from typing import Any

from kit.aggregate import Aggregate, CommandSpec
from kit.http.problems import MEDIA_TYPE

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["stream", "version", "events", "token", "repeated"],
    "properties": {
        "stream": {"type": "string", "description": "aggregate/id"},
        "version": {"type": "integer", "description": "of the stream afterwards; give it back in If-Match"},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "stream": {"type": "string"},
                    "version": {"type": "integer"},
                    "position": {"type": "integer"},
                    "data": {"type": "object", "description": "the event; ids that the decision gave stand here"},
                },
            },
        },
        "token": {"type": "string", "description": "position token: a read that carries it waits until it is seen"},
        "repeated": {"type": "boolean", "description": "the command was known already; this is its first answer"},
    },
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable"},
        "params": {"type": "object", "description": "by how much; amounts in fen"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
PROBLEMS = {
    400: "malformed",
    401: "no valid token",
    403: "wrong role or area",
    404: "no such stream",
    409: "a rule says no",
    412: "another version than If-Match",
    422: "fields are wrong, or the key was used with another body",
    503: "repeat with the same key",
}


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """The problems every command may answer with."""
    return {status: {"description": text, "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}} for status, text in PROBLEMS.items()}


def body_schema(aggregate: Aggregate[Any], spec: CommandSpec) -> dict[str, Any]:
    """The schema of the body: the command without the id, which stands in the path."""
    schema = spec.model.model_json_schema()
    definitions = schema.pop("$defs", {})
    schema["properties"].pop(aggregate.id, None)
    schema["required"] = [name for name in schema.get("required", []) if name != aggregate.id]
    inlined: dict[str, Any] = _inline(schema, definitions)
    return inlined


def body_example(aggregate: Aggregate[Any], spec: CommandSpec) -> dict[str, Any]:
    """The declared example as a body."""
    return spec.example.model_dump(mode="json", exclude={aggregate.id}, exclude_none=True)


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    """Definitions put in place of their references: OpenAPI keeps one list for all, each command carries its own."""
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**_inline(definitions[node["$ref"].rsplit("/", 1)[1]], definitions), **_inline(rest, definitions)}
    return {key: _inline(value, definitions) for key, value in node.items()}
