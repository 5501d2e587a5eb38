"""One stream of log lines: JSON for machines, plain text on a terminal, ours and the libraries' alike."""

from __future__ import annotations

import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from kit.telemetry.redaction import redact_event

QUIET = ("aiokafka", "faust", "mode", "kafka", "httpx", "httpcore", "uvicorn", "asyncio", "kit.streams.faust_fetch")
"""They speak from warnings on. Faust's services speak under the name of the module that extends them."""


def set_up_logs(service: str, role: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Every line names service, role and, inside a span, the trace. stream: standard error if not given."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _process_fields(service, role),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.PositionalArgumentsFormatter(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
    )
    handler = _Handler(out)
    handler.setFormatter(_formatter(shared, terminal=out.isatty()))
    handler.addFilter(Throttle())
    _take_over(handler, level)


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that a second set-up replaces it and leaves others (a test's, say) alone."""


class Throttle(logging.Filter):
    """Lets a library say the same thing `limit` times in `window_seconds`, then mutes it until the window is over.

    The same thing: same logger, level and message template (a Kafka client repeats one some 1,000 times while a broker restarts).
    The last line before says that repeats are muted, the first after says how many were. Our own lines are never muted.
    """

    def __init__(self, limit: int = 5, window_seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._limit, self._window, self._clock = limit, window_seconds, clock
        self._seen: OrderedDict[tuple[str, int, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.msg, str):  # a structlog event
            return True
        key = (record.name, record.levelno, record.msg)
        now = self._clock()
        since, count = self._seen.pop(key, (now, 0))
        muted = 0
        if now - since >= self._window:
            muted, since, count = max(0, count - self._limit), now, 0
        self._seen[key] = (since, count + 1)
        if len(self._seen) > 1000:
            self._seen.popitem(last=False)
        if muted or count + 1 == self._limit:
            _say(record, f"[{muted} alike were muted]" if muted else f"[repeats are muted for {self._window:g} s]")
        return count < self._limit


def _say(record: logging.LogRecord, note: str) -> None:
    record.msg, record.args = f"{record.getMessage()} {note}", None


def _process_fields(service: str, role: str) -> Processor:
    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.update(service=service, role=role)
        current = trace.get_current_span().get_span_context()
        if current.is_valid:
            event.update(trace_id=trace.format_trace_id(current.trace_id), span_id=trace.format_span_id(current.span_id))
        return event

    return add


def _formatter(shared: list[Processor], *, terminal: bool) -> logging.Formatter:
    renderer: Processor = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,  # before masking: the text of an exception may repeat what was sent
            redact_event,
            renderer,
        ],
    )


def _take_over(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [old for old in root.handlers if type(old) in (logging.StreamHandler, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
