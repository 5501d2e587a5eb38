"""Reading a household's chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.flows.district import District, Told, only


async def chain(district: District, home: str, by: str = "auditor", **query: str) -> Told:
    """The chain once everything is at rest. query: as_of, known_at."""
    return await district.ask(by, f"/households/{home}/chain", **query)


def need_in(told: Told, need: str) -> Told:
    """One need of a chain."""
    found: Told = only([one for one in told["needs"] if one["need_id"] == need])
    return found


def slot_in(told: Told, need: str, month: str | None = None) -> Told:
    """One month of a need, or (no month) the one slot of a need for an event."""
    found: Told = only([slot for slot in need_in(told, need)["slots"] if slot["month"] == month])
    return found


def residuals(slot: Told) -> list[int]:
    """What was open after each line, in fen."""
    return [line["residual_after"]["amount"] for line in slot["lines"]]


def amounts(line: Told) -> tuple[int, int, int]:
    """A line's committed, delivered and returned amount."""
    states: dict[str, Any] = line["states"]
    return states["committed"]["amount"], states["delivered"]["amount"], states["returned"]["amount"]


def present(told: Told) -> set[str]:
    """Who lives in the household."""
    return {member["person_id"] for member in told["members"] if member["present"]}


def alerts(told: Told) -> Sequence[str]:
    """The detections whose findings are open."""
    return sorted(alert["detection"] for alert in told["alerts"])
