"""What of a year has been played: kept beside the installation, so that an interrupted year goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec


class AnotherYear(Exception):
    """The installation already plays a year of another seed or scale."""


class _Head(msgspec.Struct, frozen=True):
    seed: int
    scale: float


class _Window(msgspec.Struct, frozen=True):
    until: datetime
    learned: dict[str, str] = {}


class Played:
    """A file of lines: which year it is, then each window that was played, with what was learned from its answers.

    A window counts once its line is whole; a torn last line is one that was not played, and its steps are given again.
    """

    def __init__(self, path: Path, seed: int, scale: float) -> None:
        """Raises: AnotherYear."""
        self.until = datetime.min.replace(tzinfo=UTC)
        self._names: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._path = path
        if path.exists():
            self._read(_Head(seed, scale))
        else:
            path.write_bytes(msgspec.json.encode(_Head(seed, scale)) + b"\n")

    def _read(self, expected: _Head) -> None:
        whole = self._path.read_bytes().rpartition(b"\n")[0].split(b"\n")
        head = msgspec.json.decode(whole[0], type=_Head)
        if head != expected:
            raise AnotherYear(
                f"the year of seed {head.seed} at scale {head.scale:g} is played here, not seed {expected.seed} at {expected.scale:g}"
            )
        for line in whole[1:]:
            window = msgspec.json.decode(line, type=_Window)
            self._names.update(window.learned)
            self.until = window.until
        self._path.write_bytes(b"\n".join(whole) + b"\n")

    @property
    def names(self) -> Mapping[str, str]:
        """What `$names` stand for."""
        return self._names

    def learn(self, name: str, value: str) -> None:
        self._names[name] = self._new[name] = value

    def save(self, until: datetime) -> None:
        """The window that ends then is played."""
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(_Window(until, self._new)) + b"\n")
        self.until, self._new = until, {}
