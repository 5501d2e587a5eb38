"""The one list of metrics, and the only way to touch them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, UpDownCounter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    ConsoleMetricExporter,
    InMemoryMetricReader,
    MetricReader,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource

from kit.telemetry.exporters import exporters_of
from kit.telemetry.prometheus import render_text

Labels = Mapping[str, str | int]
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
# Counts since the start of the process: what Prometheus expects, and a gauge keeps its last value between two reads.
_CUMULATIVE: dict[type, AggregationTemporality] = dict.fromkeys((Counter, Histogram, UpDownCounter), AggregationTemporality.CUMULATIVE)


class MetricKind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. unit: "s" for seconds, "1" for a number. labels: those it may carry beside `service`; all have few values."""

    name: str
    kind: MetricKind
    unit: str
    meaning: str
    labels: frozenset[str]
    buckets: tuple[float, ...] = ()


def _counter(name: str, meaning: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.COUNTER, "1", meaning, frozenset(labels))


def _gauge(name: str, unit: str, meaning: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.GAUGE, unit, meaning, frozenset(labels))


def _seconds(name: str, meaning: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.HISTOGRAM, "s", meaning, frozenset(labels), SECONDS)


METRICS: tuple[Metric, ...] = (
    _counter("minsheng.commands", "commands answered, by how they ended", "command", "outcome"),
    _seconds("minsheng.command.duration", "from receiving a command to its answer", "command"),
    Metric("minsheng.append.group_size", MetricKind.HISTOGRAM, "1", "appends that shared one commit", frozenset(), SIZES),
    _seconds("minsheng.append.duration", "one group, from sending to its verdicts"),
    _gauge("minsheng.store.position", "1", "newest position of the event store this process knows"),
    _gauge("minsheng.relay.position", "1", "last position that Kafka acknowledged", "partition"),
    _gauge("minsheng.relay.lag_events", "1", "events in the store that Kafka has not acknowledged"),
    _gauge("minsheng.consumer.position", "1", "last position applied", "consumer", "topic", "partition"),
    _gauge("minsheng.consumer.lag_events", "1", "messages of the partition not yet applied", "consumer", "topic", "partition"),
    _gauge("minsheng.consumer.lag_seconds", "s", "age of the newest event applied, 0 at the end", "consumer", "topic", "partition"),
    _gauge("minsheng.parked", "1", "messages parked and those that wait behind them", "consumer", "topic"),
    _counter("minsheng.view.rows_written", "rows that views wrote", "view"),
    _counter("minsheng.http.requests", "requests answered; route is the template, never the path", "method", "route", "status"),
    _counter("minsheng.vault.reads", "persons whose values were asked for", "purpose", "outcome"),
    _counter("minsheng.reactions", "foreign events that a reaction has dealt with", "reaction", "outcome"),
    _counter("minsheng.timers", "deadlines that passed, by the command they gave and how it ended", "timer", "outcome"),
    _gauge("minsheng.timers.late_seconds", "s", "how long the oldest timer has been due, 0 when none is"),
)


class UnknownMetric(Exception):
    """The list has no such metric, none of this kind, or not with such a label: add it there first."""


class Metrics:
    """The process's metrics. Before `install` they are checked and forgotten."""

    def __init__(self, listed: tuple[Metric, ...] = METRICS) -> None:
        self._listed = {metric.name: metric for metric in listed}
        self._instruments: dict[str, Any] = {}
        self._reader: InMemoryMetricReader | None = None
        self._constant: dict[str, str] = {}

    def add(self, name: str, amount: int, labels: Labels | None = None) -> None:
        """A counter grows by `amount` >= 0. Raises UnknownMetric."""
        self._checked(name, MetricKind.COUNTER, labels)
        if instrument := self._instruments.get(name):
            instrument.add(amount, labels)

    def set(self, name: str, value: float, labels: Labels | None = None) -> None:
        """A gauge shows `value`. Raises UnknownMetric."""
        self._checked(name, MetricKind.GAUGE, labels)
        if instrument := self._instruments.get(name):
            instrument.set(value, labels)

    def record(self, name: str, value: float, labels: Labels | None = None) -> None:
        """A histogram takes in `value`. Raises UnknownMetric."""
        self._checked(name, MetricKind.HISTOGRAM, labels)
        if instrument := self._instruments.get(name):
            instrument.record(value, labels)

    def render(self) -> str:
        """All metrics in Prometheus' text format (version 0.0.4), each with this process's service and role."""
        data = self._reader.get_metrics_data() if self._reader else None
        return render_text(data, self._constant) if data else ""

    def install(self, service: str, role: str, resource: Resource) -> Callable[[], None]:
        """Metrics count from now on and can be rendered; exporters run if the environment asks. Returns what ends it."""
        self._reader = InMemoryMetricReader(preferred_temporality=_CUMULATIVE)
        provider = MeterProvider([self._reader, *_exporting_readers()], resource=resource)
        meter = provider.get_meter("minsheng")
        self._instruments = {name: _instrument(meter, metric) for name, metric in self._listed.items()}
        self._constant = {"service": service, "role": role}
        return provider.shutdown

    def _checked(self, name: str, kind: MetricKind, labels: Labels | None) -> None:
        metric = self._listed.get(name)
        if metric is None or metric.kind is not kind:
            raise UnknownMetric(f"{name} is no {kind} of the list")
        if labels and (extra := labels.keys() - metric.labels - {"service"}):
            raise UnknownMetric(f"{name} has no label {', '.join(sorted(extra))}")


def _instrument(meter: Any, metric: Metric) -> Any:
    unit = "" if metric.unit == "1" else metric.unit
    match metric.kind:
        case MetricKind.COUNTER:
            return meter.create_counter(metric.name, unit, metric.meaning)
        case MetricKind.GAUGE:
            return meter.create_gauge(metric.name, unit, metric.meaning)
        case MetricKind.HISTOGRAM:
            return meter.create_histogram(metric.name, unit, metric.meaning, explicit_bucket_boundaries_advisory=metric.buckets)


def _exporting_readers() -> list[MetricReader]:
    exporters, readers = exporters_of("METRICS"), list[MetricReader]()
    if "console" in exporters:
        readers.append(PeriodicExportingMetricReader(ConsoleMetricExporter(out=sys.stderr)))
    if "otlp" in exporters:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    return readers


metrics = Metrics()
