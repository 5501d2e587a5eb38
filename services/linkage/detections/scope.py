"""What a finding is about: the Kafka key of a household, or of a stream that has no household; and which detections look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from contracts.envelope import Event, EventType, Meta, registered, type_of
from contracts.ids import AreaCode, HouseholdId
from kit.view import View
from policy import Packs
from services.linkage.detections.finding import HOUSEHOLD, Detection
from services.linkage.rows import Fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where a scope's findings belong: they follow it when it moves (ruling 26 of the design)."""

    household_id: HouseholdId | None
    area: AreaCode


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One kind of Kafka key and the detections that look at it."""

    name: str
    detections: Sequence[Detection]

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """Aggregates and wire names of which a detection wants to know."""
        return frozenset().union(*(one.looks_at for one in self.detections))

    def sees(self, kind: EventType) -> bool:
        """Whether an event of this kind can change an answer."""
        return not self.looked_at.isdisjoint(names_of(kind))

    @property
    def of_household(self) -> bool:
        return self.name == HOUSEHOLD

    def fold(self) -> Fold:
        """Nothing folded yet: the household's views, or for a stream only what its detections read."""
        reads: dict[str, View[Any]] = {view.name: view for one in self.detections for view in one.reads}
        return Fold(more=reads.values()) if self.of_household else Fold(views=reads.values())

    def home(self, fold: Fold) -> Home | None:
        """Where a household belongs as then known; None while nobody opened it, and for a stream."""
        rows = fold.rows() if self.of_household else None
        return Home(household_id=rows.household.household_id, area=rows.household.area) if rows else None

    def home_of_stream(self, journal: Sequence[tuple[Event, Meta]], packs: Packs) -> Home | None:
        """Where a stream belongs: what its events said last. One that names no area is the district's; None for a household."""
        if self.of_household or not journal:
            return None
        told = [event for event, _ in journal]
        return Home(household_id=_last(told, "household_id"), area=_last(told, "area") or district(packs))


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """The scopes that some detections make."""

    detections: Sequence[Detection]

    @cached_property
    def by_name(self) -> dict[str, Scope]:
        names = sorted({name for one in self.detections for name in one.scopes})
        return {name: Scope(name=name, detections=[one for one in self.detections if name in one.scopes]) for name in names}

    def of(self, key: str) -> Scope | None:
        """The scope of a Kafka key; None where no detection looks at such keys."""
        return self.by_name.get(scope_name(key))

    def wire_names(self) -> list[str]:
        """Every event that can make a key due."""
        return [kind.name for kind in registered() if any(scope.sees(kind) for scope in self.by_name.values())]


def scope_name(key: str) -> str:
    """`opinion` of `opinion/…`; `household` of a household's id."""
    aggregate, slash, _ = key.partition("/")
    return aggregate if slash else HOUSEHOLD


def names_of(kind: EventType) -> tuple[str, str]:
    """The two names by which a detection may say that it looks at an event."""
    return kind.aggregate, kind.name


@cache
def names_of_class(event: type[Event]) -> tuple[str, str]:
    """The same of an event's class; asked once for each event of every journal."""
    return names_of(type_of(event))


def district(packs: Packs) -> AreaCode:
    """The installation's district: one installation is one district."""
    return AreaCode(next(iter(packs.areas.by_code)))


def _last(events: Sequence[Event], field: str) -> Any:
    return next((value for event in reversed(events) if (value := getattr(event, field, None)) is not None), None)
