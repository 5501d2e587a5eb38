"""An append on its way, and the states that it would leave."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from kit.store.model import Append, Verdict


class Outcome(Enum):
    OPEN = "waits for its group, or is in the one under way"
    ACCEPTED = "stored"
    FALLEN = "not stored, or nobody knows"


@dataclass(slots=True, eq=False)
class Loaded:
    """A stream as this process knows it: state, version (0: does not exist) and its Kafka key (None until it is opened).

    by: the append that leaves it so and is not stored yet; whoever decides on this falls with that append. None: it is so in the log.
    """

    stream: str
    state: Any
    version: int = 0
    key: str | None = None
    by: Pending | None = None

    @property
    def exists(self) -> bool:
        return self.version > 0


@dataclass(slots=True, eq=False)
class Pending:
    """An append on its way.

    after: those not settled when it was decided, on whose states it was decided.  leaves: the streams as they are once it is stored.
    since: the event loop's time when it was submitted.
    """

    append: Append
    verdict: asyncio.Future[Verdict]
    since: float
    after: tuple[Pending, ...] = ()
    leaves: Mapping[str, Loaded] = field(default_factory=dict)
    outcome: Outcome = Outcome.OPEN
