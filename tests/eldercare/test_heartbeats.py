"""What the API takes of heartbeats, line by line, and what a batch of them leaves (E11, E20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from kit.http.problems import Problem
from kit.streams.chain import RawMessage
from services.eldercare.resources import EldercareResources
from services.eldercare.telemetry.folding import ends, newest
from services.eldercare.telemetry.reporting import JSON, MOST, NDJSON, Refusal, Taken, lines_of, take
from services.eldercare.telemetry.topic import Sign, decoded, encoded
from tests.eldercare.alarm_facts import DEVICE
from tests.eldercare.facts import ID

NOW = datetime(2022, 3, 1, 8, tzinfo=UTC)


class Resources:
    """One device is active; what is sent is kept."""

    def __init__(self) -> None:
        self.sent: list[Sign] = []
        self.clock, self.heartbeats = self, self

    def now(self) -> datetime:
        return NOW

    async def active(self, devices: Collection[str]) -> set[str]:
        return {one for one in devices if one == DEVICE}

    async def send(self, signs: Sequence[Sign]) -> None:
        self.sent += signs


async def taken(*lines: bytes) -> tuple[Taken, list[Sign]]:
    resources = Resources()
    answer = await take(cast(EldercareResources, resources), lines)
    return answer, resources.sent


def line(device: str = DEVICE, at: str = "2022-03-01T08:00:00Z", **more: Any) -> bytes:
    return msgspec.json.encode({"device_id": device, "at": at, **more})


async def test_good_lines_are_sent_and_each_other_is_told_by_its_number_and_why() -> None:
    """E20: one bad line holds up no other, and nothing of it is repeated."""
    answer, sent = await taken(
        line(),
        b"not json",
        line("pendant-7"),
        line(at="2022-03-01T08:00:00"),
        line(f"{ID}99"),
        line(at="2022-03-01T08:00:01Z"),
        line(name="Wang"),
        line(at="2022-03-01T15:59:00+08:00"),
        b"\xff",
    )
    assert sent == [(DEVICE, NOW), (DEVICE, NOW - timedelta(minutes=1))]
    assert answer == Taken(
        accepted=2,
        refused=[
            Refusal(2, "malformed_json"),
            Refusal(3, "invalid_fields"),
            Refusal(4, "invalid_fields"),
            Refusal(5, "device_not_active"),
            Refusal(6, "in_the_future"),
            Refusal(7, "invalid_fields"),
            Refusal(9, "malformed_json"),
        ],
    )


async def test_a_request_without_a_good_line_asks_nothing_of_kafka() -> None:
    """E20: it is answered all the same."""
    answer, sent = await taken(b"{}")
    assert (answer.accepted, sent) == (0, [])


def test_lines_and_an_array_are_read_alike() -> None:
    """E20: NDJSON or JSON, up to 5,000."""
    assert [bytes(one) for one in lines_of(JSON, b"[" + line() + b", 7]")] == [line(), b"7"]
    assert lines_of(NDJSON, line() + b"\n\n" + line() + b"\n") == [line(), line()]
    assert len(lines_of(NDJSON, line() + (b"\n" + line()) * (MOST - 1))) == MOST


@pytest.mark.parametrize(
    ("media", "body", "status", "code"),
    [
        (JSON, b"{}", 400, "malformed_json"),
        (JSON, b"[", 400, "malformed_json"),
        ("text/csv", b"", 415, "wrong_media_type"),
        (NDJSON, b"7\n" * (MOST + 1), 413, "too_many_lines"),
    ],
)
def test_a_body_that_cannot_be_divided_is_refused_whole(media: str, body: bytes, status: int, code: str) -> None:
    """E20: there are no lines to report."""
    with pytest.raises(Problem) as refused:
        lines_of(media, body)
    assert (refused.value.status, refused.value.code) == (status, code)


def record(offset: int, key: bytes | None, value: bytes | None) -> RawMessage:
    return RawMessage(topic="t.eldercare.heartbeats", partition=0, offset=offset, key=key, value=value, headers=())


minutes = st.lists(st.tuples(st.sampled_from([f"{ID}8{number}" for number in range(3)]), st.integers(0, 1_440)), max_size=40)


@for_all(signs=minutes, seed=st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing_about_the_last_sign(signs: list[tuple[str, int]], seed: Any) -> None:
    """E20: any order, any repeats, any cut into batches: the newest of each device."""
    instants = [(device, NOW + timedelta(minutes=minute)) for device, minute in signs]
    shuffled = [*instants, *instants[::2]]
    seed.shuffle(shuffled)
    kept = newest([record(number, device.encode(), encoded(at)) for number, (device, at) in enumerate(shuffled)])
    assert kept == {device: max(at for one, at in instants if one == device) for device in sorted({one for one, _ in instants})}


def test_a_stranger_s_message_says_nothing_and_holds_up_nobody() -> None:
    """E20: the offset goes on behind it."""
    good = record(4, DEVICE.encode(), encoded(NOW))
    strange = [record(1, None, b"1"), record(2, b"x", b"1"), record(3, DEVICE.encode(), b"soon"), record(5, b"\xff", None)]
    huge = record(6, DEVICE.encode(), b"9" * 30)
    assert newest([*strange, good, huge]) == {DEVICE: NOW}
    assert ends([*strange, good, huge]) == {("t.eldercare.heartbeats", 0): 7}


def test_an_instant_survives_the_topic_to_the_millisecond() -> None:
    """E20."""
    at = NOW + timedelta(milliseconds=7)
    assert decoded(encoded(at)) == at
