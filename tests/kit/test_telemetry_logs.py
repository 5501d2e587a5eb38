"""Logs: one JSON stream with service, role and trace; muted repeats; nothing of a personal shape."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.resources import Resource

from kit.telemetry import redact, span
from kit.telemetry.logs import QUIET, Throttle, set_up_logs
from kit.telemetry.redaction import MASK
from kit.telemetry.tracing import set_up_tracing
from kit.vault import invent_document_number

CANARY = "770308194806150125"
PHONE = "13812345678"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the lines go; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, levels = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in QUIET}
    out = io.StringIO()
    set_up_logs("relief", "worker", stream=out)
    yield out
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_the_libraries_are_one_json_stream(stream: io.StringIO) -> None:
    """Every line names service and role; inside a span the trace as well."""
    set_up_tracing(Resource.create({}))
    with span("apply") as current:
        structlog.get_logger("kit.journal").info("batch applied", events=512, topic="relief.events")
    logging.getLogger("some.library").warning("slow answer of %s", "broker-1")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["events"], ours["level"], ours["logger"]) == ("batch applied", 512, "info", "kit.journal")
    assert ours["trace_id"] == f"{current.get_span_context().trace_id:032x}"
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow answer of broker-1", "warning", "some.library")
    assert {(line["service"], line["role"]) for line in (ours, theirs)} == {("relief", "worker")}
    assert "trace_id" not in theirs


def test_talkative_libraries_speak_from_warnings_on_and_debug_is_off(stream: io.StringIO) -> None:
    """aiokafka, faust and mode at WARNING, ours at INFO."""
    for name in ("aiokafka.consumer", "faust.app", "mode.services"):
        logging.getLogger(name).info("chatter")
    structlog.get_logger().debug("detail")
    logging.getLogger("faust.app").warning("trouble")
    assert [line["event"] for line in lines(stream)] == ["trouble"]


def test_a_second_set_up_replaces_the_first_and_leaves_other_handlers(stream: io.StringIO) -> None:
    """No line appears twice; a test's own handler stays."""
    other, again = logging.NullHandler(), io.StringIO()
    logging.getLogger().addHandler(other)
    set_up_logs("relief", "api", stream=again)
    logging.getLogger("x").warning("once")
    assert stream.getvalue() == ""
    assert [line["role"] for line in lines(again)] == ["api"]
    assert other in logging.getLogger().handlers


def test_no_personal_shape_gets_into_a_line_whatever_carries_it(stream: io.StringIO) -> None:
    """Ruling 9 of the design: values, keys, nested values, numbers, other types, library messages and the texts of exceptions."""

    @dataclass
    class Letter:
        to: str

    log = structlog.get_logger()
    text = "born " + CANARY
    log.info(text, number=int(CANARY), letter=Letter(CANARY), deep={"a": [{CANARY: (PHONE,)}]}, raw=CANARY.encode())
    logging.getLogger("asyncpg").error("key (number)=(%s) exists", CANARY)
    try:
        int(f"{CANARY}, call {PHONE}")
    except ValueError:
        log.exception("failed", text=CANARY)
        logging.getLogger("lib").exception("failed")
    assert CANARY not in stream.getvalue()
    assert PHONE not in stream.getvalue()
    assert [line.get("event") for line in lines(stream)] == [f"born {MASK}", f"key (number)=({MASK}) exists", "failed", "failed"]
    assert all("ValueError" in line["exception"] for line in lines(stream)[2:])


def test_a_terminal_gets_plain_text_and_the_same_masking() -> None:
    """People read it; JSON is for machines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root, terminal = logging.getLogger(), Terminal()
    handlers, level = root.handlers[:], root.level
    try:
        set_up_logs("relief", "api", stream=terminal)
        structlog.get_logger().warning("seen", number=CANARY)
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "seen" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert CANARY not in terminal.getvalue()


@given(st.dates(date(1900, 1, 1), date(2022, 12, 31)), st.integers(0, 499), st.booleans(), st.sampled_from(["", " ", "-"]))
def test_every_citizen_number_is_masked_in_every_usual_writing(birth: date, sequence: int, male: bool, gap: str) -> None:
    """Upper or lower case, together or in groups, within Chinese text."""
    number = invent_document_number(birth, sequence, male=male)
    written = gap.join([number[:6], number[6:10], number[10:14], number[14:]])
    assert redact(f"身份证{written}的人") == f"身份证{MASK}的人"
    assert redact(f"id={written.lower()}.") == f"id={MASK}."


@pytest.mark.parametrize("text", [PHONE, "138-1234-5678", "+86 138 1234 5678", "8613812345678", "000 1234 5678", "00012345678"])
def test_mobile_numbers_are_masked(text: str) -> None:
    """Real ones, and the invented shape of the demonstration (domain, 9.5)."""
    assert redact(f"电话{text}。") == f"电话{MASK}。"


@pytest.mark.parametrize(
    "text",
    [
        "0.13912345678",
        "1660000000123",
        "position 1234567890",
        "2022-06-01T08:00:00.123456Z",
        "0198c0de-1234-7abc-8def-001122334455",
        "amount_fen 273000",
        "1660000000123456789",
    ],
)
def test_durations_instants_ids_and_amounts_stay(text: str) -> None:
    """A log that hides everything helps nobody."""
    assert redact(text) == text


def record(message: str, *args: object, name: str = "aiokafka") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, None)


def test_a_thousand_equal_lines_of_a_library_become_five_and_a_count() -> None:
    """A broker's restart makes the Kafka client repeat itself some 1,000 times."""
    now = [0.0]
    throttle = Throttle(limit=5, window_seconds=10, clock=lambda: now[0])
    passed = [r.getMessage() for n in range(1000) if throttle.filter(r := record("no connection to node %s", n))]
    assert passed == [f"no connection to node {n}" for n in range(4)] + ["no connection to node 4 [repeats are muted for 10 s]"]
    other = record("another message")
    assert throttle.filter(other)
    now[0] = 10.0
    later = record("no connection to node %s", 7)
    assert throttle.filter(later)
    assert later.getMessage() == "no connection to node 7 [995 alike were muted]"


def test_our_own_lines_are_never_muted_and_the_memory_is_bounded(stream: io.StringIO) -> None:
    """Each of ours is about another id; a library that puts ids into its template cannot fill the memory."""
    for n in range(20):
        structlog.get_logger().warning("parked", key=f"k{n}")
    assert len(lines(stream)) == 20
    throttle = Throttle()
    assert all(throttle.filter(record(f"template {n}")) for n in range(3000))
    assert len(throttle._seen) <= 1000


def test_standard_error_is_the_default(stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the command line's answers."""
    assert stream is not sys.stderr
    set_up_logs("relief", "api")
    structlog.get_logger().info("hello")
    caught = capsys.readouterr()
    assert (caught.out, json.loads(caught.err)["event"]) == ("", "hello")
