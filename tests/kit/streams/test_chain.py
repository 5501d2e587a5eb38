"""What a partition's messages mean for a consumer that stands at a position."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import NewerVersion, Recorded
from kit.streams.chain import Hole, RawMessage, Stretch
from kit.streams.checkpoint import Mark
from kit.streams.codec import to_message
from tests.kit.streams.toy import CounterAdded, CounterId, recorded

TOPIC = "test.toy.events"


def an_event(position: int, key: str = "k", **meta: Any) -> Recorded:
    return recorded(CounterAdded(counter_id=CounterId(key), amount=1), position, key=key, **meta)


def message(event: Recorded, previous: int, offset: int = 0, value: bytes | None = None) -> RawMessage:
    sent = to_message(event, previous)
    headers: Any = sent.headers
    return RawMessage(TOPIC, 0, offset, sent.key, sent.value if value is None else value, headers)


def chain(positions: Iterable[int]) -> list[RawMessage]:
    """One partition's messages of these positions, linked as a relay links them."""
    messages, previous = [], 0
    for offset, position in enumerate(positions):
        messages.append(message(an_event(position), previous, offset))
        previous = position
    return messages


def at(position: int, *blocked: str) -> Stretch:
    return Stretch(Mark(TOPIC, 0, "id", 0, position, None), set(blocked))


def applied(stretch: Stretch) -> list[int]:
    return [fact.recorded.meta.position for fact in stretch.facts]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=20, unique=True).map(sorted), st.data())
def test_repeats_are_dropped_wherever_they_come(positions: list[int], data: st.DataObject) -> None:
    """Ruling 8 of the design: a relay sends again from some earlier point, any number of times; each event is applied once, in order."""
    messages = chain(positions)
    delivered: list[RawMessage] = []
    reached = 0
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, reached))
        end = data.draw(st.integers(start, len(messages)))
        delivered += messages[start:end]
        reached = max(reached, end)
    delivered += messages[data.draw(st.integers(0, reached)) :]
    stretch = at(0)
    for one in delivered:
        stretch.take(one)
    assert applied(stretch) == positions


@given(st.lists(st.integers(1, 60), min_size=3, max_size=20, unique=True).map(sorted), st.data())
def test_a_lost_message_is_never_stepped_over(positions: list[int], data: st.DataObject) -> None:
    """A broken link stops the partition where it broke and names what is missing."""
    gone = data.draw(st.integers(0, len(positions) - 2))
    messages = chain(positions)
    stretch = at(0)
    for one in messages[:gone]:
        stretch.take(one)
    with pytest.raises(Hole) as hole:
        stretch.take(messages[gone + 1])
    assert (hole.value.after, hole.value.upto) == (positions[gone - 1] if gone else 0, positions[gone])
    assert applied(stretch) == positions[:gone]
    stretch.take_healed(an_event(positions[gone]))
    stretch.take(messages[gone + 1])
    assert applied(stretch) == positions[: gone + 2]


def test_what_cannot_be_read_parks_its_key_and_lets_others_pass() -> None:
    """Ruling 21 of the design: later messages of the key wait behind it, in order; the chain of positions goes on."""
    stretch = at(0)
    stretch.take(message(an_event(1, "bad"), 0, 0, value=b"not json"))
    stretch.take(message(an_event(2, "good"), 1, 1))
    stretch.take(message(an_event(3, "bad"), 2, 2))
    assert applied(stretch) == [2]
    assert [(one.key, one.position, one.state) for one in stretch.parkings] == [("bad", 1, "parked"), ("bad", 3, "waiting")]
    assert stretch.mark.position == 3


def test_data_of_another_shape_is_parked_without_its_content() -> None:
    """The reason names the type, never the value (ruling 10 of the design)."""
    stretch = at(0)
    stretch.take(message(an_event(1), 0, value=b'{"counter_id":"k","amount":"420106194912085527"}'))
    assert [one.reason for one in stretch.parkings] == ["the data is not what toy.counter.added version 2 looks like (ValidationError)"]


def test_a_strangers_message_takes_no_place_in_the_chain() -> None:
    """Without a position of this topic's source nothing can be missing before or behind it."""
    stretch = at(0)
    stretch.take(message(an_event(1), 0, 0))
    stretch.take(RawMessage(TOPIC, 0, 1, b"x", b"hello", []))
    stretch.take(message(an_event(7, service="other"), 5, 2))
    stretch.take(message(an_event(2), 1, 3))
    assert applied(stretch) == [1, 2]
    assert [one.position for one in stretch.parkings] == [0, 0]
    assert stretch.mark.next_offset == 4


def test_an_event_of_a_newer_program_stops_the_partition_and_parks_nothing() -> None:
    """Ruling 12 of the design: during a rolling upgrade the partition waits for the newer program."""
    stretch = at(0)
    stretch.take(message(an_event(1), 0, 0))
    with pytest.raises(NewerVersion):
        stretch.take(message(an_event(2, schema_version=3), 1, 1))
    assert (stretch.mark.position, stretch.mark.next_offset, stretch.parkings) == (1, 1, [])


def test_an_unknown_type_is_kept_and_shown_to_nobody() -> None:
    """Ruling 12 of the design: in events, an unknown type is ignored; the journal still holds what was said."""
    stretch = at(0)
    stretch.take(message(an_event(1, type="toy.counter.painted"), 0))
    assert applied(stretch) == [1]
    assert stretch.facts[0].event is None


def test_an_old_version_is_lifted() -> None:
    """Version 1 counted in hundreds."""
    stretch = at(0)
    stretch.take(message(an_event(1, schema_version=1), 0))
    assert stretch.facts[0].event == CounterAdded(counter_id=CounterId("k"), amount=100)
