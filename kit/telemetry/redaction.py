"""The second defence: what looks like a document number or a mobile number is masked in whatever a log line says.

The first is that nobody writes personal values into logs. Only the shape is looked at, so a false alarm masks a number
that was harmless; names and addresses have no shape and are left to the first defence.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

MASK = "[hidden]"
_GAP = r"[ \u00a0._-]?"
# Not inside a longer number, and not the digits behind a decimal point (0.13912345678 is a duration).
_START, _END = r"(?<!\d)(?<!\d\.)", r"(?!\d)"
_PERSONAL = re.compile(
    rf"{_START}(?:"
    rf"[1-9]\d{{5}}{_GAP}[12]\d{{3}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx]"  # citizen number, also written in groups
    rf"|(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"  # mobile number
    rf"|000{_GAP}\d{{4}}{_GAP}\d{{4}}"  # invented mobile number of the demonstration
    rf"){_END}"
)
_UNTOUCHED = frozenset({"trace_id", "span_id", "timestamp"})  # ours, and random hex may look like anything
_MAX_DEPTH = 6


def redact(text: str) -> str:
    """The text with numbers of a personal shape masked."""
    return _PERSONAL.sub(MASK, text)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor, the last before rendering: values, nested ones and those of unknown types included."""
    return {key: value if key in _UNTOUCHED else _redacted(value, 0) for key, value in event.items()}


def _redacted(value: Any, depth: int) -> Any:
    match value:
        case None | bool() | float():
            return value
        case str():
            return redact(value)
        case int():
            return MASK if _PERSONAL.fullmatch(str(value)) else value
        case dict() if depth < _MAX_DEPTH:
            return {redact(str(key)): _redacted(inner, depth + 1) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset() if depth < _MAX_DEPTH:
            return [_redacted(inner, depth + 1) for inner in value]
        case _:
            return redact(repr(value))  # the renderer would do so, but unmasked
