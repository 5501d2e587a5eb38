"""What eldercare has besides its log: the way of heartbeats to Kafka, and which devices may send any."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from kit.clock import Clock
from kit.settings import Settings
from kit.store.model import EventStore
from policy import Areas
from services.eldercare.domain.device import WATCHED, device
from services.eldercare.telemetry.topic import HeartbeatTopic

ACTIVE = "select stream from subject where subject = $1 and stream = any($2::text[])"


@dataclass(frozen=True, kw_only=True)
class EldercareResources:
    """heartbeats: where they go.  clock: a heartbeat is not of the future."""

    store: Any
    areas: Areas
    clock: Clock
    heartbeats: HeartbeatTopic

    @property
    def district(self) -> str:
        return next(code for code, area in self.areas.by_code.items() if area.parent is None)

    async def active(self, devices: Collection[str]) -> set[str]:
        """Those of the devices whose signs of life are waited for."""
        rows = await self.store.pool.fetch(ACTIVE, WATCHED, [device.stream(one) for one in devices])
        return {row["stream"].split("/", 1)[1] for row in rows}


@asynccontextmanager
async def open_resources(settings: Settings, store: EventStore) -> AsyncIterator[EldercareResources]:
    """The resources of a process."""
    yield EldercareResources(store=store, areas=Areas.load(), clock=settings.open_clock(), heartbeats=HeartbeatTopic(settings))
