"""Reads one YAML document of policy: what YAML lets through by accident (doubled keys, floats, not a mapping) is refused with file and key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json


class PolicyError(Exception):
    """A document of policy cannot be used. The text names the file and the key."""


class _StrictLoader(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; here the second is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise PolicyError(f"key {key.value!r} stands twice, again in line {key.start_mark.line + 1}")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> dict[str, Any]:
    """The document as plain values. Raises PolicyError."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - derives from SafeLoader
    except PolicyError as error:
        raise PolicyError(f"{path.name}: {error}") from None
    except yaml.YAMLError as error:
        raise PolicyError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(document, dict):
        raise PolicyError(f"{path.name}: must be a mapping")
    for key in _floats(document, ""):
        raise PolicyError(f"{path.name}: {key}: a float; write whole fen, percent or permille")
    return document


def _floats(value: object, key: str) -> Iterator[str]:
    if isinstance(value, float):
        yield key
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _floats(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _floats(inner, f"{key}[{index}]")


M = TypeVar("M", bound=BaseModel)


def typed(source: str, kind: type[M], content: dict[str, Any]) -> M:
    """The content as `kind`. Raises PolicyError with every wrong key, each on a line of its own."""
    try:
        return kind.model_validate_json(to_json(content))  # as JSON: strict, yet a list may become a set and a text a date
    except ValidationError as error:
        wrong = (f"{source}: {'.'.join(str(part) for part in line['loc']) or 'document'}: {line['msg']}" for line in error.errors())
        raise PolicyError("\n".join(wrong)) from None


def content_hash(content: Mapping[str, Any]) -> str:
    """The first 12 hex digits of SHA-256 over the content as JSON with sorted keys; comments and layout do not count."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
