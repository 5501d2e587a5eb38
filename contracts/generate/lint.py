"""What every event class keeps to, whatever it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.envelope import Event, EventType
from contracts.generate.fields import fault, hints_of, structs_in
from contracts.generate.problem import Problem
from contracts.generate.words import told_by


def lint(kind: EventType) -> Iterator[Problem]:
    """What is wrong with one event class."""
    text, source = told_by(kind.cls)
    if source is None or not text:
        yield _problem(kind, f"{kind.cls.__name__} does not say what it means and why", 'Give it a docstring with "Source: …".')
    if not _at_home(kind):
        yield _problem(kind, f"{kind.cls.__name__} stands in {kind.cls.__module__}", f"Move it to {home_of(kind)}.")
    for missing in sorted(set(range(1, kind.version)) - set(kind.lifts)):
        yield _problem(
            kind, f"version {missing} cannot be read", f"Add lifts={{{missing}: …}}, which turns its data into version {missing + 1}."
        )
    for struct in structs_in(kind.cls):
        for name, hint in hints_of(struct).items():
            if wrong := fault(hint):
                yield _problem(kind, f"{struct.__name__}.{name} {wrong}", "Change the field's type.")


def unregistered(kinds: Iterable[EventType], classes: Iterable[type[Event]]) -> Iterator[Problem]:
    """Event classes that nobody can write: neither registered nor part of one that is."""
    known = {struct for kind in kinds for struct in structs_in(kind.cls)}
    for cls in classes:
        if cls not in known:
            yield Problem(
                f"{cls.__module__}.{cls.__name__}", "is neither registered nor part of an event", "Put @event(…) on it or remove it."
            )


def home_of(kind: EventType) -> str:
    """The module an aggregate's events stand in: `relief.temp-aid` in `contracts.relief.temp_aid`."""
    return f"contracts.{kind.service}.{kind.aggregate.replace('-', '_')}"


def _at_home(kind: EventType) -> bool:
    """Only modules of `contracts` have a place in the tree."""
    return kind.cls.__module__ == home_of(kind) or not kind.cls.__module__.startswith("contracts.")


def _problem(kind: EventType, what: str, todo: str) -> Problem:
    return Problem(f"{kind.name} v{kind.version}", what, todo)
