"""Parts that several answers share. Amounts are in fen (or the need's measure) with a text beside; codes have their Chinese term beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from contracts.terms import Measure
from kit.clock import Clock
from services.linkage.labels import amount_text
from services.linkage.reading import Freshness
from services.linkage.views.facts import EVENT_SLOT, Amounts, Fact


class Answer(BaseModel):
    """What the API gives; never changed once made."""

    model_config = ConfigDict(frozen=True)


class Amount(Answer):
    """`amount` in the measure (fen for money) and as people write it (yuan for money)."""

    amount: int
    measure: Measure = Measure.FEN
    text: str = Field(examples=["4,120.00"])

    @classmethod
    def of(cls, value: int, measure: Measure = Measure.FEN) -> Self:
        return cls(amount=value, measure=measure, text=amount_text(value, measure))


class FactAnswer(Answer):
    """The event behind a value: `GET /events/{event_id}` tells it with its cause and effects."""

    event_id: str
    type: str
    on: date = Field(description="the Shanghai day from which it is effective")
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, fact: Fact) -> Self:
        return cls(event_id=fact.event_id, type=fact.type, on=fact.on, occurred_at=fact.occurred_at, recorded_at=fact.recorded_at)

    @classmethod
    def all(cls, facts: Sequence[Fact]) -> list[Self]:
        return [cls.of(fact) for fact in facts]


class StatesAnswer(Answer):
    """An amount by state; it is in exactly one state at a time (ruling 1)."""

    planned: Amount
    committed: Amount
    delivered: Amount
    returned: Amount

    @classmethod
    def of(cls, amounts: Amounts, measure: Measure) -> Self:
        return cls(
            planned=Amount.of(amounts.planned, measure),
            committed=Amount.of(amounts.committed, measure),
            delivered=Amount.of(amounts.delivered, measure),
            returned=Amount.of(amounts.returned, measure),
        )


class PlaceAnswer(Answer):
    """How far one partition of one source is read."""

    source: str
    partition: int
    position: int
    recorded_at: datetime | None
    lag: int = Field(description="events known to lie beyond when somebody last looked")
    seen_at: datetime


class FreshnessAnswer(Answer):
    """How fresh the answer is. `incomplete`: something it rests on is parked, or the views are behind `known_at`."""

    places: list[PlaceAnswer]
    incomplete: bool
    answered_at: datetime

    @classmethod
    def of(cls, fresh: Freshness, clock: Clock, *, behind: bool = False) -> Self:
        places = [
            PlaceAnswer(
                source=place.source,
                partition=place.partition,
                position=place.position,
                recorded_at=place.recorded_at,
                lag=place.lag,
                seen_at=place.seen_at,
            )
            for place in fresh.places
        ]
        return cls(places=places, incomplete=fresh.incomplete or behind, answered_at=clock.now())


def slot_text(slot: str) -> str | None:
    """The month of a slot; None for the one slot of an `event` need."""
    return None if slot == EVENT_SLOT else slot
