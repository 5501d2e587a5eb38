"""An event as a Kafka message and back: CloudEvents 1.0 in binary mode, and all that an import needs to restore the event.

The value is the event's data as JSON, the key the Kafka key. Headers (UTF-8):

- `ce_specversion`, `ce_id`, `ce_source`, `ce_type`, `ce_subject` (the stream), `ce_time` (`recorded_at`), `content-type`;
- `ce_position`: commit order within the source; `ce_previous`: the position before it in the same partition (0: none);
- `ce_schemaversion`: version of the data's form;
- `envelope`: the rest of the envelope as JSON (`Envelope`);
- `traceparent`: W3C trace context, where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from contracts.envelope import Meta, Recorded
from kit.errors import Unreadable

Headers = Iterable[tuple[str, Any]]
"""As the clients hand them over: names with bytes."""
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
MOST_BYTES = 500  # of a header or key: an index entry of PostgreSQL holds 2,700
MOST_INT = 2**31 - 1
MOST_BIGINT = 2**63 - 1


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `Meta` says beyond the CloudEvents attributes."""

    version: Annotated[int, msgspec.Meta(ge=1, le=MOST_INT)]
    occurred_at: datetime
    effective_from: date | None = None
    actor: str
    authority: str
    pack_id: str | None = None
    correlation_id: str
    causation_id: str | None = None
    hops: Annotated[int, msgspec.Meta(ge=0, le=MOST_INT)] = 0
    command: str | None = None
    command_key: str | None = None
    body_hash: str | None = None


_SPECIFICATION = ("ce_specversion", b"1.0")
_JSON = ("content-type", b"application/json")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Envelope)
_syntax = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class Message:
    """What is given to the producer."""

    key: bytes
    value: bytes
    headers: list[tuple[str, str | bytes | None]]


@dataclass(frozen=True, slots=True)
class Received:
    """A message that could be read. previous: the position before it in its partition."""

    recorded: Recorded
    previous: int


def to_message(recorded: Recorded, previous: int) -> Message:
    """The message of an event; `previous` is the position before it in the same partition (0: none)."""
    meta = recorded.meta
    rest = Envelope(
        version=meta.version,
        occurred_at=meta.occurred_at,
        effective_from=meta.effective_from,
        actor=meta.actor,
        authority=meta.authority,
        pack_id=meta.pack_id,
        correlation_id=meta.correlation_id,
        causation_id=meta.causation_id,
        hops=meta.hops,
        command=meta.command,
        command_key=meta.command_key,
        body_hash=meta.body_hash,
    )
    headers: list[tuple[str, str | bytes | None]] = [
        _SPECIFICATION,
        ("ce_id", meta.id.encode()),
        ("ce_source", meta.source.encode()),
        ("ce_type", meta.type.encode()),
        ("ce_subject", meta.stream.encode()),
        ("ce_time", meta.recorded_at.isoformat().encode()),
        _JSON,
        ("ce_position", str(meta.position).encode()),
        ("ce_previous", str(previous).encode()),
        ("ce_schemaversion", str(meta.schema_version).encode()),
        ("envelope", _encoder.encode(rest)),
    ]
    if meta.traceparent is not None:
        headers.append(("traceparent", meta.traceparent.encode()))
    return Message(meta.key.encode(), recorded.data, headers)


def from_message(partition: int, key: bytes | None, value: bytes | None, headers: Headers | None) -> Received:
    """Read a message. Raises Unreadable; its reason names the part that is wrong and never repeats what stands there."""
    known = dict(headers or ())
    rest = _envelope(known)
    meta = Meta(
        id=_id(known),
        source=_text(known, "ce_source"),
        position=_number(known, "ce_position", least=1),
        stream=_text(known, "ce_subject"),
        type=_text(known, "ce_type"),
        schema_version=_number(known, "ce_schemaversion", least=1, most=MOST_INT),
        key=_key(key),
        recorded_at=_instant(known, "ce_time"),
        traceparent=_text(known, "traceparent") if "traceparent" in known else None,
        partition=partition,
        version=rest.version,
        occurred_at=rest.occurred_at,
        effective_from=rest.effective_from,
        actor=rest.actor,
        authority=rest.authority,
        pack_id=rest.pack_id,
        correlation_id=rest.correlation_id,
        causation_id=rest.causation_id,
        hops=rest.hops,
        command=rest.command,
        command_key=rest.command_key,
        body_hash=rest.body_hash,
    )
    previous = _number(known, "ce_previous", least=0)
    if previous >= meta.position:
        raise Unreadable("header ce_previous is not below ce_position")
    return Received(Recorded(meta=meta, data=_data(value)), previous)


def link_of(headers: Headers | None) -> tuple[int, int]:
    """Only (position, previous) of a message, to place one that cannot be read otherwise. Raises Unreadable."""
    known = dict(headers or ())
    return _number(known, "ce_position", least=1), _number(known, "ce_previous", least=0)


def _bytes(headers: Mapping[str, Any], name: str) -> bytes:
    value = headers.get(name)
    if not isinstance(value, bytes) or not value:
        raise Unreadable(f"header {name} is missing")
    if len(value) > MOST_BYTES and name != "envelope":
        raise Unreadable(f"header {name} is longer than {MOST_BYTES} bytes")
    return value


def _text(headers: Mapping[str, Any], name: str) -> str:
    try:
        text = _bytes(headers, name).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"header {name} is not UTF-8") from None
    if "\0" in text:  # PostgreSQL stores no NUL
        raise Unreadable(f"header {name} holds a NUL")
    return text


def _id(headers: Mapping[str, Any]) -> str:
    text = _text(headers, "ce_id")
    if not UUID.match(text):
        raise Unreadable("header ce_id is not a UUID")
    return text


def _number(headers: Mapping[str, Any], name: str, *, least: int, most: int = MOST_BIGINT) -> int:
    digits = _bytes(headers, name)
    number = int(digits) if digits.isdigit() else -1
    if not least <= number <= most:
        raise Unreadable(f"header {name} is not a number from {least} to {most}")
    return number


def _instant(headers: Mapping[str, Any], name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(headers, name))
    except ValueError:
        raise Unreadable(f"header {name} is not an instant") from None
    if instant.tzinfo is None:
        raise Unreadable(f"header {name} has no time zone")
    return instant


def _envelope(headers: Mapping[str, Any]) -> Envelope:
    raw = _bytes(headers, "envelope")
    try:
        rest = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("header envelope is malformed") from None
    if b"\\u0000" in raw:
        raise Unreadable("header envelope holds a NUL")
    if rest.occurred_at.tzinfo is None:
        raise Unreadable("header envelope: occurred_at has no time zone")
    return rest


def _key(key: bytes | None) -> str:
    if not key:
        raise Unreadable("the key is missing")
    if len(key) > MOST_BYTES:
        raise Unreadable(f"the key is longer than {MOST_BYTES} bytes")
    try:
        text = key.decode()
    except UnicodeDecodeError:
        raise Unreadable("the key is not UTF-8") from None
    if "\0" in text:
        raise Unreadable("the key holds a NUL")
    return text


def _data(value: bytes | None) -> bytes:
    """The value, proven to be a JSON object that PostgreSQL can store."""
    if value is None:
        raise Unreadable("the value is missing")
    try:
        _syntax.decode(value)
        value.decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("the value is not JSON") from None
    if not value.lstrip().startswith(b"{"):
        raise Unreadable("the value is not a JSON object")
    if b"\\u0000" in value:
        raise Unreadable("the value holds a NUL")
    return value
