"""Gives the commands of a service's reactions for one foreign event, once whatever is redelivered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from contracts.envelope import Event, Meta, Recorded, UnknownEvent
from kit.command import Command
from kit.commands import Cause, CommandPath
from kit.errors import Refused, Unreadable
from kit.identity import system_actor
from kit.reaction import MAX_HOPS, Reaction
from kit.telemetry import metrics, span


class Outcomes(Protocol):
    """Where refusals are told, and which reactions speak about an event at all (activation positions, ruling 14 of the design)."""

    def speaks(self, reaction: Reaction, cause: Meta, /) -> bool:
        """The event comes after the reaction's activation."""
        ...

    async def __call__(self, cause: Meta, reaction: Reaction, target: str, code: str, /) -> None:
        """The reaction's command for the target stream was refused with a code."""
        ...


class Reacting:
    """The reactions of one service, over its command path."""

    def __init__(self, path: CommandPath, outcomes: Outcomes) -> None:
        self._path = path
        self._outcomes = outcomes
        self._by_type: dict[type[Event], list[Reaction]] = {}
        for reaction in path.service.reactions:
            self._by_type.setdefault(reaction.on, []).append(reaction)

    async def handle(self, recorded: Recorded) -> None:
        """Every reaction to the event has had its effect.

        Raises: Unreadable (park it): the data does not fit its type, or the chain of reactions is too long (ruling 14 of the design);
        NewerVersion (wait); kit.errors.Retry (passing trouble).
        """
        try:
            event = recorded.event()
        except UnknownEvent:
            return
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Unreadable(f"{recorded.meta.type} does not fit its type") from error
        for reaction in self._by_type.get(type(event), []):
            if not self._outcomes.speaks(reaction, recorded.meta):
                continue
            if recorded.meta.hops >= MAX_HOPS:
                raise Unreadable(f"more than {MAX_HOPS} reactions in a chain")
            with span(f"react {reaction.name}", "consumer", parent=recorded.meta.traceparent):
                await self._react(reaction, event, recorded.meta)

    async def _react(self, reaction: Reaction, event: Event, meta: Meta) -> None:
        await self._give(reaction, meta, reaction.record(event, meta))
        if reaction.subject is not None:
            streams = await self._path.store.subjects(reaction.subject(event))
            await self._give(reaction, meta, reaction.then(event, streams))

    async def _give(self, reaction: Reaction, meta: Meta, commands: Iterable[Command]) -> None:
        for command in commands:
            aggregate, spec = self._path.service.by_model[type(command)]
            stream = aggregate.stream(getattr(command, aggregate.id))
            timed = command if command.occurred_at else command.model_copy(update={"occurred_at": meta.occurred_at})
            outcome = "done"
            try:
                key = reaction.key(meta.id, stream, spec.name)
                await self._path.execute(timed, system_actor(reaction.name), key, cause=Cause.of(meta))
            except Refused as refusal:
                outcome = "refused"
                await self._outcomes(meta, reaction, stream, refusal.code)
            finally:
                metrics.add("minsheng.reactions", 1, {"reaction": reaction.name, "outcome": outcome})
