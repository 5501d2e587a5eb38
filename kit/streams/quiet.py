"""Keeps the clients' logs readable: one broker restart writes a thousand lines of error otherwise (measured)."""

from __future__ import annotations

import logging
import time

NOISY = ("faust", "mode", "aiokafka")
AT_MOST_EVERY_S = 5.0


class Throttle(logging.Filter):
    """Lets the same message of the same logger pass once in five seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now, key = time.monotonic(), (record.name, str(record.msg))
        if now - self._last.get(key, -AT_MOST_EVERY_S) < AT_MOST_EVERY_S:
            return False
        self._last[key] = now
        return True


_throttle = Throttle()


def quieten() -> None:
    """Warnings and worse only, repeats throttled. A filter does not reach child loggers, so each gets it."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in NOISY:
            logging.getLogger(name).addFilter(_throttle)
