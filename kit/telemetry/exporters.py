"""Which exporters the environment asks for, by OpenTelemetry's own variables."""

from __future__ import annotations

import os
from typing import Literal

Signal = Literal["TRACES", "METRICS"]
KNOWN = frozenset({"otlp", "console", "none"})


def exporters_of(signal: Signal) -> set[str]:
    """`otlp`, `console`, both or none of them.

    Without OTEL_<SIGNAL>_EXPORTER, an OTLP endpoint asks for `otlp`; without that nothing is sent (OpenTelemetry itself would
    send to localhost). Raises ValueError for others, and for OTLP over gRPC.
    """
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return set()
    chosen = {name.strip() for name in os.environ.get(f"OTEL_{signal}_EXPORTER", _default(signal)).split(",")} - {""}
    if unknown := chosen - KNOWN:
        raise ValueError(f"OTEL_{signal}_EXPORTER: {', '.join(sorted(unknown))} is none of {', '.join(sorted(KNOWN))}")
    if "otlp" in chosen:
        _check_protocol(signal)
    return chosen - {"none"}


def _default(signal: Signal) -> str:
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return "otlp" if any(os.environ.get(name) for name in endpoints) else "none"


def _check_protocol(signal: Signal) -> None:
    general = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    if os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", general) != "http/protobuf":
        raise ValueError("OTLP is spoken over http/protobuf only: set OTEL_EXPORTER_OTLP_PROTOCOL so, and the collector's port 4318")
