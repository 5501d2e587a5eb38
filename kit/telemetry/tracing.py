"""Traces that follow one command from HTTP through append, relay and Kafka to the row it changes, by W3C `traceparent`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kit.telemetry.exporters import exporters_of

Kind = Literal["internal", "server", "client", "producer", "consumer"]
MOST_LINKS = 32
"""Of one span: a batch of thousands of events names its first causes, and every event names its own anyway."""
_w3c = TraceContextTextMapPropagator()
_current: dict[str, Tracer] = {"tracer": trace.get_tracer("minsheng")}


def set_up_tracing(resource: Resource) -> Callable[[], None]:
    """Spans go where the environment says; returns what ends it.

    Without an exporter, spans are not recorded but still have ids (7 us each), so logs and events of one command stay joined.
    """
    exporters = exporters_of("TRACES")
    provider = TracerProvider(resource=resource) if exporters else TracerProvider(resource=resource, sampler=ALWAYS_OFF)
    if "console" in exporters:
        provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stderr)))
    if "otlp" in exporters:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _current["tracer"] = provider.get_tracer("minsheng")
    return provider.shutdown


def current_traceparent() -> str | None:
    """The `traceparent` of the span we are in, to be put into an event's metadata or a header; None outside of any."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get("traceparent")


def links_of(causes: Iterable[str | None]) -> list[str]:
    """The `traceparent`s of a batch's causes, each once, at most `MOST_LINKS`."""
    known: dict[str, None] = {}
    for cause in causes:
        if cause is not None:
            known[cause] = None
            if len(known) == MOST_LINKS:
                break
    return list(known)


@contextmanager
def span(
    name: str,
    kind: Kind = "internal",
    *,
    parent: str | None = None,
    links: Iterable[str] = (),
    attributes: Mapping[str, str | int | float | bool] | None = None,
) -> Iterator[Span]:
    """A span around a block; one that fails is marked with the error's type, never its text (which may repeat what was sent).

    parent: the `traceparent` of what caused it, when that arrived by message; malformed ones are ignored.
    links: `traceparent`s of other causes, for a batch. attributes: ids, codes and counts.
    """
    with _current["tracer"].start_as_current_span(
        name,
        context=_context_of(parent),
        kind=SpanKind[kind.upper()],
        attributes=attributes,
        links=[Link(trace.get_current_span(cause).get_span_context()) for link in links if (cause := _context_of(link))],
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _context_of(parent: str | None) -> context.Context | None:
    """The context a valid `traceparent` describes; None (the current one) for anything else."""
    found = _w3c.extract({"traceparent": parent}, context=context.Context()) if parent else None
    return found if trace.get_current_span(found or context.Context()).get_span_context().is_valid else None
