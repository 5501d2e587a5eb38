"""A command on its way, and the keyed hashes under which it is remembered."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kit.aggregate import Aggregate, CommandSpec
from kit.command import Command
from kit.commands.answer import Cause
from kit.identity import Actor


@dataclass(frozen=True)
class Keys:
    """Keyed hashes of idempotency keys and bodies: what is stored says nothing about what was sent (ruling 9 of the design)."""

    secret: bytes

    def of_key(self, actor_id: str, key: str) -> str:
        return self._hash(b"key", actor_id, key)

    def of_body(self, command: Command) -> str:
        return self._hash(b"body", type(command).__name__, command.model_dump_json())

    def _hash(self, purpose: bytes, *parts: str) -> str:
        message = b"\0".join([purpose, *(part.encode() for part in parts)])
        return hmac.digest(self.secret, message, "sha256").hex()[:32]


@dataclass(frozen=True)
class Request:
    """One command on its way."""

    command: Command
    actor: Actor
    aggregate: Aggregate[Any]
    spec: CommandSpec
    key: str
    body: str | None
    if_match: int | None
    cause: Cause | None

    @cached_property
    def stream(self) -> str:
        return self.aggregate.stream(getattr(self.command, self.aggregate.id))
