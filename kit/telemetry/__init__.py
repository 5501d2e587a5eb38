"""What the program tells about itself: traces, metrics and logs, with no personal value in any of them.

`setup` once at the start of a process. Nothing is sent anywhere unless the usual variables ask for it
(`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER`: otlp, console or none);
`metrics.render()` gives the metrics to whoever asks the ops port. Everything may be called without `setup` too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.sdk.resources import Resource

from kit.telemetry.logs import set_up_logs
from kit.telemetry.meters import METRICS, Metric, MetricKind, Metrics, UnknownMetric, metrics
from kit.telemetry.redaction import redact
from kit.telemetry.tracing import current_traceparent, set_up_tracing, span

__all__ = [
    "METRICS",
    "Metric",
    "MetricKind",
    "Metrics",
    "Telemetry",
    "UnknownMetric",
    "current_traceparent",
    "metrics",
    "redact",
    "setup",
    "span",
]


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What was set up; `shutdown` sends what is still waiting (at most a few seconds)."""

    _stops: tuple[Callable[[], object], ...]

    def shutdown(self) -> None:
        for stop in self._stops:
            stop()


def setup(service: str, role: str, *, level: str = "INFO") -> Telemetry:
    """Traces, metrics and logs of this process carry its service and role from now on; a second call replaces the first.

    Raises: ValueError for an exporter or a protocol we cannot speak.
    """
    set_up_logs(service, role, level)
    resource = Resource.create({"service.namespace": "minsheng", "service.name": service, "minsheng.role": role})
    return Telemetry((set_up_tracing(resource), metrics.install(service, role, resource)))
