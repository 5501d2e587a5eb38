"""What changed between a published schema and the one of today, and whether stored facts and running readers bear it.

One version of an event must be readable in both directions: old facts by new programs (stored for ever), and new facts by programs of the
release before (a rolling upgrade). What breaks either needs a new version and a lift.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.generate.schema import Document, resolve


class Verdict(StrEnum):
    """fine: nobody notices.  readers_first: programs of the release before park it, so that the release which only reads it comes first."""

    FINE = "fine"
    READERS_FIRST = "readers_first"
    BREAKS = "breaks"


@dataclass(frozen=True)
class Change:
    what: str
    verdict: Verdict


@dataclass(frozen=True)
class Pair:
    """The same place in the old and the new document. path: its name, for people."""

    old: Document
    new: Document
    path: str = ""

    def named(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


@dataclass(frozen=True)
class Comparison:
    """Two whole documents; places are resolved in them."""

    old: Document
    new: Document

    def changes(self) -> Iterator[Change]:
        """All that differs in meaning; titles and descriptions do not count."""
        if self.old.get("x-stream") != self.new.get("x-stream"):
            yield Change(f"its stream is named by {self.new.get('x-stream')}, not {self.old.get('x-stream')}", Verdict.BREAKS)
        if self.old.get("x-shared") != self.new.get("x-shared"):
            yield _sharing(now=bool(self.new.get("x-shared")))
        yield from self._struct(Pair(self.old, self.new))

    def _struct(self, pair: Pair) -> Iterator[Change]:
        before, now = pair.old["properties"], pair.new["properties"]
        for name in before:
            if name not in now:
                yield Change(f"field {pair.named(name)} was removed or renamed", Verdict.BREAKS)
                continue
            yield from self._field(name, pair)
        for name in now:
            if name not in before:
                yield _added(pair.named(name), required=name in pair.new["required"])

    def _field(self, name: str, pair: Pair) -> Iterator[Change]:
        path, old, new = pair.named(name), pair.old["properties"][name], pair.new["properties"][name]
        was, is_now = name in pair.old.get("required", []), name in pair.new.get("required", [])
        if is_now and not was:
            yield Change(f"field {path} is required now; stored facts lack it", Verdict.BREAKS)
        elif was and not is_now:
            yield Change(f"field {path} may be left out now; older readers require it", Verdict.BREAKS)
        elif old.get("default") != new.get("default"):
            yield Change(f"field {path} has another default: facts without it would mean something else", Verdict.BREAKS)
        yield from self._value(Pair(old, new, path))

    def _value(self, pair: Pair) -> Iterator[Change]:
        old, old_null = self._plain(pair.old, self.old)
        new, new_null = self._plain(pair.new, self.new)
        if old_null != new_null:
            yield Change(f"field {pair.path} {'may' if new_null else 'may no longer'} be null", Verdict.BREAKS)
        if _kind(old) != _kind(new):
            yield Change(f"field {pair.path} was {_kind(old)} and is {_kind(new)}", Verdict.BREAKS)
        elif "properties" in old:
            yield from self._struct(Pair(old, new, pair.path))
        elif "items" in old:
            yield from self._value(Pair(old["items"], new["items"], f"{pair.path}[]"))
        elif "enum" in old:
            yield from _enum(pair.path, old["enum"], new["enum"])
        else:
            yield from _pattern(pair.path, old.get("pattern"), new.get("pattern"))

    def _plain(self, schema: Document, root: Document) -> tuple[Document, bool]:
        """(the value's own schema, whether it may also be null)."""
        options = schema.get("anyOf", [schema])
        held = next(option for option in options if option != {"type": "null"})
        return resolve(held, root), len(options) > 1


def changes(old: Document, new: Document) -> list[Change]:
    """What changed from a published schema to the one of today, for the same event and version."""
    return list(Comparison(old, new).changes())


def _kind(schema: Document) -> str:
    """The type in words. Two ids of different types are different things, also where their patterns are equal; enums and parts may be renamed."""
    if "enum" in schema:
        return "an enum"
    if "properties" in schema:
        return "a part"
    if "pattern" in schema:
        return f"a {schema['title']}"
    return " ".join(str(word) for word in (schema.get("type"), schema.get("format")) if word)


def _sharing(*, now: bool) -> Change:
    if now:
        return Change("it is shared now", Verdict.FINE)
    return Change("it is no longer shared, though others may rely on it", Verdict.BREAKS)


def _added(path: str, *, required: bool) -> Change:
    if required:
        return Change(f"field {path} is new and required; stored facts lack it", Verdict.BREAKS)
    return Change(f"field {path} is new", Verdict.FINE)


def _enum(path: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    for value in old:
        if value not in new:
            yield Change(f"field {path}: the value {value} was removed", Verdict.BREAKS)
    for value in new:
        if value not in old:
            yield Change(f"field {path}: the value {value} is new", Verdict.READERS_FIRST)


def _pattern(path: str, old: str | None, new: str | None) -> Iterator[Change]:
    """Whether a pattern admits all that another does is only known when it lists it as an alternative: `old|more`."""
    if old == new:
        return
    if old is not None and new is not None and new.startswith(f"{old}|"):
        yield Change(f"field {path} admits more than before", Verdict.FINE)
    else:
        yield Change(f"field {path} has the pattern {new} instead of {old}: what was admitted may be refused", Verdict.BREAKS)
