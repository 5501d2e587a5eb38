"""OpenTelemetry's metrics in Prometheus' text format 0.0.4, by OpenTelemetry's own rules of naming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from opentelemetry.sdk.metrics.export import Histogram, HistogramDataPoint, Metric, MetricsData, NumberDataPoint, Sum

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_UNITS = {"s": "_seconds"}
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def render_text(data: MetricsData, constant: Mapping[str, str]) -> str:
    """constant: labels that every series gets unless it has its own."""
    found = [metric for resource in data.resource_metrics for scope in resource.scope_metrics for metric in scope.metrics]
    return "".join(f"{line}\n" for metric in sorted(found, key=lambda metric: metric.name) for line in _lines(metric, constant))


def _lines(metric: Metric, constant: Mapping[str, str]) -> Iterator[str]:
    name = _name(metric)
    kind = "histogram" if isinstance(metric.data, Histogram) else "counter" if isinstance(metric.data, Sum) else "gauge"
    yield f"# HELP {name} {(metric.description or '').translate(_ESCAPES)}"
    yield f"# TYPE {name} {kind}"
    for point in metric.data.data_points:
        labels = {**constant, **{key: str(value) for key, value in (point.attributes or {}).items()}}
        if isinstance(point, HistogramDataPoint):
            yield from _histogram(name, labels, point)
        elif isinstance(point, NumberDataPoint):
            yield _sample(name, labels, point.value)


def _histogram(name: str, labels: Mapping[str, str], point: HistogramDataPoint) -> Iterator[str]:
    bounds: Iterable[str] = (*(f"{bound:g}" for bound in point.explicit_bounds), "+Inf")
    for bound, count in zip(bounds, accumulate(point.bucket_counts), strict=True):
        yield _sample(f"{name}_bucket", {**labels, "le": bound}, count)
    yield _sample(f"{name}_sum", labels, point.sum)
    yield _sample(f"{name}_count", labels, point.count)


def _sample(name: str, labels: Mapping[str, str], value: Any) -> str:
    inner = ",".join(f'{_plain(key)}="{text.translate(_ESCAPES)}"' for key, text in labels.items())
    return f"{name}{{{inner}}} {value}"


def _name(metric: Metric) -> str:
    unit = _UNITS.get(metric.unit or "", "")
    name = _plain(metric.name)
    name = name if name.endswith(unit) else name + unit
    return f"{name}_total" if isinstance(metric.data, Sum) else name


def _plain(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
