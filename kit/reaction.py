"""A reaction: another service's event in, own commands out. Pure, so redelivery is harmless and a test needs no broker.

    on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=person_subject, then=stop_everything)

First `record` gives the commands that write the foreign fact into a local stream; after they are committed, `then` is asked with the
streams that the subjects index names (ruling 2 of the design): so nothing opened meanwhile can slip through, in either order.
Each command's key is derived from event, reaction, target and command; the first answer wins (ruling 13 of the design).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from contracts.envelope import Event, Meta, type_of
from kit.command import Command

MAX_HOPS = 16


def no_sweep(_event: Event, _streams: Sequence[str]) -> Iterable[Command]:
    """A reaction that only records."""
    return ()


@dataclass(frozen=True)
class Reaction:
    """What a service does about one kind of foreign event.

    record: (event, meta) -> commands given at once.  subject: the subject whose streams `then` is asked about.
    then: (event, streams) -> commands for the streams that concern the subject (`aggregate/id`, oldest link first).
    """

    name: str
    on: type[Event]
    record: Callable[[Any, Meta], Iterable[Command]]
    subject: Callable[[Any], str] | None = None
    then: Callable[[Any, Sequence[str]], Iterable[Command]] = no_sweep

    @property
    def source(self) -> str:
        """The service whose topic the event comes from."""
        return type_of(self.on).service

    def key(self, event_id: str, stream: str, command: str) -> str:
        """The idempotency key of one command of this reaction."""
        return sha256(f"{event_id}|{self.name}|{stream}|{command}".encode()).hexdigest()[:32]


def ids_of(streams: Iterable[str], aggregate: str) -> list[str]:
    """The ids of the streams of one aggregate: `ids_of(["entitlement/7"], "entitlement") == ["7"]`."""
    prefix = f"{aggregate}/"
    return [stream.removeprefix(prefix) for stream in streams if stream.startswith(prefix)]


def person_subject(person_id: str) -> str:
    """The subject under which streams that concern a person are linked."""
    return f"person/{person_id}"


def household_subject(household_id: str) -> str:
    """The subject under which streams that concern a household are linked."""
    return f"household/{household_id}"


def organisation_subject(organisation_id: str) -> str:
    """The subject under which streams that concern a social organisation are linked."""
    return f"organisation/{organisation_id}"
