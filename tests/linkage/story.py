"""A journal written by hand: events of several services with positions, keys and instants, as the topics would bring them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from contracts.envelope import Event, Meta, Recorded, encode, stream_of, type_of
from kit.clock import SHANGHAI
from kit.streams.topics import partition_of

HOME = "0190a000-0000-8000-8000-0000000000a1"
SHATOUJIAO = "440308003"
HAISHAN = "440308004"


def an_id(number: int) -> str:
    """A readable UUID: `an_id(7)` ends with 7."""
    return f"0190a000-0000-8000-8000-{number:012}"


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """An instant by Shanghai's clock, as UTC."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), SHANGHAI).astimezone(UTC)


class Story:
    """Events in the order they are told; each service has its own positions. Recorded when they happened, unless said otherwise."""

    def __init__(self, installation: str = "yantian") -> None:
        self.told: list[tuple[Event, Meta]] = []
        self._positions: dict[str, int] = defaultdict(int)
        self._versions: dict[str, int] = defaultdict(int)
        self._keys: dict[str, str] = {}
        self._installation = installation

    def tell(
        self,
        *events: Event,
        on: str | datetime,
        recorded: str | datetime | None = None,
        causation_id: str | None = None,
        effective_from: date | None = None,
    ) -> Story:
        """Add events that happened at an instant (a day: 10:00); one append, so one `recorded_at`."""
        occurred = on if isinstance(on, datetime) else at(on)
        known = occurred if recorded is None else recorded if isinstance(recorded, datetime) else at(recorded)
        for event in events:
            self.told.append((event, self._meta(event, occurred, known, causation_id, effective_from)))
        return self

    def _meta(self, event: Event, occurred: datetime, known: datetime, cause: str | None, effective: date | None) -> Meta:
        kind, stream = type_of(event), stream_of(event)
        self._positions[kind.service] += 1
        self._versions[stream] += 1
        key = self._keys.setdefault(stream, getattr(event, "household_id", None) or stream)
        return Meta(
            id=f"{len(self.told):08x}-0000-4000-8000-000000000000",
            source=f"/minsheng/{self._installation}/{kind.service}",
            position=self._positions[kind.service],
            partition=partition_of(key, 4),
            stream=stream,
            version=self._versions[stream],
            type=kind.name,
            schema_version=kind.version,
            key=key,
            recorded_at=known,
            occurred_at=occurred,
            effective_from=effective,
            actor="worker-1",
            authority="caseworker",
            correlation_id=f"c-{len(self.told)}",
            causation_id=cause,
        )

    def known(self, instant: datetime) -> list[tuple[Event, Meta]]:
        """What had been recorded by an instant."""
        return [pair for pair in self.told if pair[1].recorded_at <= instant]

    def recorded(self) -> list[Recorded]:
        """The events as the journal holds them."""
        return [Recorded(meta=meta, data=encode(event)) for event, meta in self.told]


def by_key(events: Iterable[tuple[Event, Meta]]) -> list[list[tuple[Event, Meta]]]:
    """The sequences that have an order: one for each source and Kafka key."""
    found: dict[tuple[str, str], list[tuple[Event, Meta]]] = defaultdict(list)
    for event, meta in events:
        found[meta.source, meta.key].append((event, meta))
    return list(found.values())


SOON = timedelta(minutes=1)
