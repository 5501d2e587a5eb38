"""One service is one declaration; routes, tables, topics, workers, schemas and access lists are derived from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from contracts.envelope import Event, type_of
from kit.aggregate import Aggregate, CommandSpec
from kit.command import Command
from kit.reaction import Reaction
from kit.settings import Settings
from kit.store.model import EventStore

Part = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Something that runs in a process until the event is set; what it raises ends the process."""


@dataclass(frozen=True)
class Service:
    """A bounded context: its aggregates and its reactions. Reads as a table of contents.

    resources: opens what decisions prepare with and the service's own routes need; they get it as it is.
    routers: (resources, authenticate) -> routes beside the commands.
    tables: the sets of migrations its database needs beside the log.
    topics: topics of its own beside that of its events, by their last word, with their settings.
    parts: (command path, settings) -> what its worker runs beside reactions, by name.
    Raises TypeError when two aggregates or two commands share a name.
    """

    name: str
    aggregates: Sequence[Aggregate[Any]]
    reactions: Sequence[Reaction] = ()
    resources: Callable[[Settings, EventStore], AbstractAsyncContextManager[Any]] | None = None
    routers: Callable[[Any, Any], Sequence[APIRouter]] | None = None
    tables: Sequence[str] = ()
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: Callable[[Any, Settings], Mapping[str, Part]] | None = None
    by_name: dict[str, Aggregate[Any]] = field(init=False, default_factory=dict)
    by_model: dict[type[Command], tuple[Aggregate[Any], CommandSpec]] = field(init=False, default_factory=dict)
    _by_event: dict[type[Event], Aggregate[Any]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for aggregate in self.aggregates:
            if aggregate.name in self.by_name:
                raise TypeError(f"{self.name}: two aggregates are called {aggregate.name}")
            self.by_name[aggregate.name] = aggregate
            for spec in aggregate.commands:
                if spec.model in self.by_model:
                    raise TypeError(f"{self.name}: {spec.model.__name__} belongs to two commands")
                self.by_model[spec.model] = (aggregate, spec)
        self._check_also()

    def _check_also(self) -> None:
        for _, spec in self.by_model.values():
            for other in spec.also:
                if self.by_name.get(other.aggregate.name) is not other.aggregate:
                    raise TypeError(f"{self.name}: {spec.name} reads {other.aggregate.name}, which is not in the service")

    def aggregate_of(self, event: Event) -> Aggregate[Any]:
        """The aggregate whose stream an event belongs to. Raises KeyError for an event of another service."""
        kind = type(event)
        known = self._by_event.get(kind)
        if known is None:
            known = self._by_event[kind] = self.by_name[type_of(kind).aggregate]
        return known

    def aggregate_of_stream(self, stream: str) -> Aggregate[Any]:
        return self.by_name[stream.split("/", 1)[0]]

    @property
    def sources(self) -> list[str]:
        """The other services whose events this one reacts to."""
        return sorted({reaction.source for reaction in self.reactions})
