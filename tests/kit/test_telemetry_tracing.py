"""Traces: joined by `traceparent`, sent only when the environment asks."""

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import structlog
from opentelemetry.sdk.resources import Resource

from kit.telemetry import Telemetry, current_traceparent, metrics, setup, span
from kit.telemetry.exporters import exporters_of
from kit.telemetry.logs import QUIET
from kit.telemetry.tracing import links_of, set_up_tracing

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def no_exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment asks for nothing; afterwards nothing is exported and logging is as it was."""
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    root, quiet = logging.getLogger(), {name: logging.getLogger(name).level for name in QUIET}
    handlers, level = root.handlers[:], root.level
    yield
    monkeypatch.undo()
    set_up_tracing(Resource.create({}))
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in quiet.items():
        logging.getLogger(name).setLevel(old)


def trace_of(traceparent: str | None) -> str:
    assert traceparent is not None
    version, trace_id, span_id, _ = traceparent.split("-")
    assert (version, len(trace_id), len(span_id)) == ("00", 32, 16)
    return trace_id


def test_command_append_relay_and_row_share_one_trace_without_any_exporter() -> None:
    """Design, write side: the trace parent is in the event's metadata and the message's header."""
    set_up_tracing(Resource.create({}))
    with span("POST /temp-aid/grant", "server"):
        outer = current_traceparent()
        with span("append"):
            in_event = current_traceparent()
    with span("relay", "producer", parent=in_event):
        in_header = current_traceparent()
    with span("view", "consumer", parent=in_header):
        at_the_row = current_traceparent()
    assert len({trace_of(found) for found in (outer, in_event, in_header, at_the_row)}) == 1
    assert len({outer, in_event, in_header, at_the_row}) == 4
    assert current_traceparent() is None


@pytest.mark.parametrize("parent", [None, "", "rubbish", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff-" + PARENT[3:]])
def test_a_parent_that_is_none_leaves_the_span_where_it_is(parent: str | None) -> None:
    """A malformed header starts no error and no foreign trace (W3C trace context, 4.3)."""
    set_up_tracing(Resource.create({}))
    with span("outer") as outer, span("inner", parent=parent) as inner:
        assert inner.get_span_context().trace_id == outer.get_span_context().trace_id


def test_a_sampled_parent_is_joined_even_within_another_span() -> None:
    """A message's cause counts, not what the worker happened to be doing."""
    set_up_tracing(Resource.create({}))
    with span("poll"), span("apply", "consumer", parent=PARENT, links=[PARENT, "rubbish"]):
        assert trace_of(current_traceparent()) == PARENT.split("-")[1]


def test_the_console_shows_spans_with_the_errors_type_and_never_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error's text may repeat what somebody sent."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    stop = set_up_tracing(Resource.create({"service.name": "relief"}))

    def failing() -> None:
        with span("decide", attributes={"command": "grant"}, parent=PARENT, links=[PARENT]):
            raise ValueError("770308194806150125")

    with pytest.raises(ValueError, match="7703"):
        failing()
    stop()
    shown = capsys.readouterr().err
    told = json.loads(shown)
    assert told["status"] == {"status_code": "ERROR", "description": "ValueError"}
    assert (told["attributes"]["command"], told["resource"]["attributes"]["service.name"]) == ("grant", "relief")
    assert told["parent_id"] == "0x" + PARENT.split("-")[2]
    assert len(told["links"]) == 1
    assert "770308" not in shown


def test_otlp_is_sent_to_the_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Traces and metrics reach a collector over HTTP once `OTEL_EXPORTER_OTLP_ENDPOINT` names it."""
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    telemetry: Telemetry = setup("relief", "api")
    metrics.add("minsheng.reactions", 1, {"reaction": "on-death", "outcome": "done"})
    with span("a-span-to-find"):
        pass
    telemetry.shutdown()
    server.shutdown()
    bodies = dict(received)
    assert b"a-span-to-find" in bodies["/v1/traces"]
    assert b"minsheng.reactions" in bodies["/v1/metrics"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, set()),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, set()),
        ({"OTEL_TRACES_EXPORTER": "console, otlp"}, {"console", "otlp"}),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, {"otlp"}),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, {"otlp"}),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"}, set()),
    ],
)
def test_the_usual_variables_choose_the_exporters(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: set[str]) -> None:
    """With none set nothing is sent, where OpenTelemetry by itself would try localhost."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert exporters_of("TRACES") == expected


@pytest.mark.parametrize(
    "environment", [{"OTEL_TRACES_EXPORTER": "zipkin"}, {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}]
)
def test_an_exporter_we_cannot_speak_stops_the_start(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """A wish that is silently not fulfilled would be noticed on the day the traces are needed."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=r"OTEL|OTLP"):
        setup("relief", "api")


def test_a_batch_links_to_each_cause_once_and_to_32_at_most() -> None:
    """A batch may hold thousands of events; those without a trace are left out."""
    causes = [f"00-{number:032x}-b7ad6b7169203331-01" for number in range(1, 100)]
    assert links_of([None, causes[0], causes[0], None, causes[1]]) == causes[:2]
    assert links_of(causes) == causes[:32]
