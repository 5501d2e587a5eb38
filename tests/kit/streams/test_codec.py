"""Messages carry the whole event, and a message that cannot be read is refused without repeating what stands in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Recorded
from kit.errors import Unreadable
from kit.streams.codec import from_message, link_of, to_message
from tests.kit.streams.toy import CounterAdded, CounterId, recorded

SECRET = "420106194912085527"  # what must never be echoed
instants = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
optional = st.none() | words


def an_event(**meta: Any) -> Recorded:
    return recorded(CounterAdded(counter_id=CounterId("k1"), amount=3), 8, **meta)


@given(
    st.fixed_dictionaries(
        {
            "recorded_at": instants,
            "occurred_at": instants,
            "effective_from": st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
            "actor": words,
            "authority": words,
            "pack_id": optional,
            "correlation_id": words,
            "causation_id": optional,
            "hops": st.integers(0, 20),
            "command": optional,
            "command_key": optional,
            "body_hash": optional,
            "traceparent": optional,
            "key": words,
        }
    )
)
def test_an_event_comes_back_from_its_message_as_it_was(meta: dict[str, Any]) -> None:
    """Ruling 7 of the design: the message carries the whole row, so that an import can restore it."""
    event = an_event(**meta, partition=2)
    message = to_message(event, previous=5)
    received = from_message(2, message.key, message.value, message.headers)
    assert received.recorded == event
    assert received.previous == 5


def test_the_headers_are_cloud_events_in_binary_mode() -> None:
    """CloudEvents 1.0, Kafka protocol binding 3.2: attributes are headers with the prefix ce_."""
    event = an_event(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    headers = dict(to_message(event, previous=0).headers)
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_source"] == b"/minsheng/test/toy"
    assert headers["ce_type"] == b"toy.counter.added"
    assert headers["ce_subject"] == b"counter/k1"
    assert headers["ce_time"] == b"2025-01-01T00:00:08+00:00"
    assert headers["content-type"] == b"application/json"
    assert headers["traceparent"] == b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ce_id": None}, "ce_id is missing"),
        ({"ce_id": SECRET.encode()}, "ce_id is not a UUID"),
        ({"ce_position": SECRET.encode() * 2}, "ce_position is not a number"),
        ({"ce_position": b"0"}, "ce_position is not a number"),
        ({"ce_previous": b"9"}, "ce_previous is not below"),
        ({"ce_time": SECRET.encode()}, "ce_time is not an instant"),
        ({"ce_time": b"2025-01-01T00:00:08"}, "ce_time has no time zone"),
        ({"ce_subject": b"\xff" + SECRET.encode()}, "ce_subject is not UTF-8"),
        ({"ce_subject": SECRET.encode() + b"\0"}, "ce_subject holds a NUL"),
        ({"ce_subject": SECRET.encode() * 60}, "ce_subject is longer"),
        ({"envelope": SECRET.encode()}, "envelope is malformed"),
        ({"value": None}, "value is missing"),
        ({"value": b"\xff"}, "value is not JSON"),
        ({"value": b'{"a":"\xff"}'}, "value is not JSON"),
        ({"value": SECRET.encode()}, "value is not a JSON object"),
        ({"value": b'{"a":"\\u0000"}'}, "value holds a NUL"),
        ({"key": None}, "key is missing"),
        ({"key": SECRET.encode() * 60}, "key is longer"),
    ],
)
def test_a_malformed_message_is_refused_and_not_echoed(change: dict[str, Any], reason: str) -> None:
    """Parked messages tell why; reasons reach logs and pages, so they repeat nothing of the message (ruling 10 of the design)."""
    message = to_message(an_event(), previous=0)
    headers: dict[str, Any] = dict(message.headers)
    parts: dict[str, Any] = {"key": message.key, "value": message.value}
    ((name, value),) = change.items()
    if name in parts:
        parts[name] = value
    else:
        headers[name] = value
    with pytest.raises(Unreadable, match=reason) as refused:
        from_message(0, parts["key"], parts["value"], headers.items())
    assert SECRET not in str(refused.value)


def test_a_message_without_headers_is_unreadable() -> None:
    """What a stranger wrote into the topic has no place in the order."""
    with pytest.raises(Unreadable):
        from_message(0, b"k", b"{}", None)
    with pytest.raises(Unreadable):
        link_of([])


def test_a_message_with_a_broken_value_still_tells_its_place() -> None:
    """So it can be parked without breaking the chain of positions."""
    assert link_of(to_message(an_event(), previous=5).headers) == (8, 5)
