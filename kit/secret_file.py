"""Files that hold secrets: complete or absent, readable by their owner alone from the first byte on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4


def create_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content; of all processes that start at the same moment exactly one writes it, all read the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _draft(path, make())
        try:
            os.link(draft, path)  # refuses an existing name, which a rename would overwrite
        except FileExistsError:
            pass  # another process was first: its content counts
        finally:
            draft.unlink()
    return path.read_bytes()


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The file now holds `content`; a reader sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _draft(path, content, mode).replace(path)


def _draft(path: Path, content: bytes, mode: int = 0o600) -> Path:
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
