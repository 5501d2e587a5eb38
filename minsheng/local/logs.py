"""What programs print: one rotating file for each, and all of it together on the console of whoever watches."""

import logging
from collections import deque
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE_BYTES, FILES_KEPT = 10_000_000, 3
TAIL_LINES = 20


class ProgramLog:
    """The log of one program. console: gets each line too, with the program's name."""

    def __init__(self, name: str, folder: Path, console: Callable[[str, str], None]) -> None:
        self.name = name
        self._console = console
        self._last: deque[str] = deque(maxlen=TAIL_LINES)
        self._file = RotatingFileHandler(folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")

    def line(self, text: str) -> None:
        """The line stands in the file."""
        self._last.append(text)
        self._file.emit(logging.makeLogRecord({"msg": "%s", "args": (text,)}))
        self._console(self.name, text)

    def tail(self) -> str:
        """The last lines, for a message that tells why something failed."""
        return "\n".join(f"  {line}" for line in self._last) or "  (it printed nothing)"

    def close(self) -> None:
        self._file.close()
