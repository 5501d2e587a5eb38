"""What eldercare's worker runs beside its reactions: the folding of heartbeats and the watch over silence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from kit.commands import CommandPath
from kit.service import Part
from kit.settings import Settings
from kit.streams.consume import consume
from policy import Packs
from services.eldercare.telemetry.folding import CONSUMER, Folding
from services.eldercare.telemetry.topic import topic_of_heartbeats
from services.eldercare.telemetry.watching import Watching


def telemetry_parts(path: CommandPath, settings: Settings) -> Mapping[str, Part]:
    """The parts by name. Where deadlines do not act, nobody looks for silence either."""
    store: Any = path.store
    topic = topic_of_heartbeats(settings)
    watching = Watching(path, settings.kafka_bootstrap, topic, Packs.load())
    folding = Folding(store.pool, settings.kafka_bootstrap, watching.speaks.set)

    async def fold(stop: asyncio.Event) -> None:
        await consume(folding, stop, [topic], f"{settings.installation}.{CONSUMER}", session_s=settings.session_seconds)

    return {"heartbeats": fold, "device-watch": watching.run} if settings.timers else {"heartbeats": fold}
