"""The clients' side of the story: by command what was asked when, and what was heard. Nothing in it comes from the store."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from kit.commands import Answer
from tests.faults.load import CALLER
from tests.torture.client import Entry
from tests.torture.script import Job
from tests.torture.world import KEYS


@dataclass(slots=True)
class Asked:
    """One command. first: when it was first asked; tried: when it was asked the last time; heard: when its outcome came (0: never).

    outcome: ok, fail, unknown.  repeats: what later repeats were answered.  doubts: tries whose outcome stayed open.
    """

    job: Job
    first: float
    tried: float
    heard: float = 0.0
    outcome: str = "unknown"
    code: str = ""
    answer: Answer | None = None
    repeats: list[Answer] = field(default_factory=list)
    doubts: int = 0


@dataclass
class Histories:
    """asked: by the key under which the store knows a command."""

    asked: dict[str, Asked]
    troubles: Counter[str]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Histories:
        by_key: dict[str, Asked] = {}
        troubles: Counter[str] = Counter()
        for entry in entries:
            if entry.job is not None:
                by_key[entry.key] = Asked(entry.job, entry.at, entry.at)
            else:
                _heard(by_key[entry.key], entry)
            if entry.what == "unknown":
                troubles[entry.code] += 1
        return cls({KEYS.of_key(CALLER.id, key): one for key, one in by_key.items()}, troubles)

    def having(self, outcome: str) -> Iterator[tuple[str, Asked]]:
        return ((key, one) for key, one in self.asked.items() if one.outcome == outcome)

    def outcomes(self) -> Counter[str]:
        """Commands by outcome: ok (with events), nothing to do, refusals by code, unknown."""
        return Counter(map(_outcome, self.asked.values()))


def _outcome(one: Asked) -> str:
    if one.outcome == "fail":
        return f"refused: {one.code}"
    if one.outcome == "ok" and one.answer and not one.answer.events:
        return "nothing to do"
    return one.outcome


def _heard(one: Asked, entry: Entry) -> None:
    match entry.what:
        case "again":
            one.tried = entry.at if one.outcome == "unknown" else one.tried
        case "ok":
            one.outcome, one.answer, one.heard = "ok", entry.answer, entry.at
        case "repeat":
            one.repeats += [entry.answer] if entry.answer else []
        case "fail" if one.outcome == "ok":
            one.repeats.append(Answer("", 0, [], "", repeated=False))  # a repeat that was refused: no first answer
        case "fail":
            one.outcome, one.code, one.heard = "fail", entry.code, entry.at
        case "unknown":
            one.doubts += 1


class Moments:
    """Which positions lay before an instant and which after it, as far as answers tell: positions of commands that were answered."""

    def __init__(self, histories: Histories) -> None:
        ok = [(one, one.answer.events) for _, one in histories.having("ok") if one.answer and one.answer.events]
        heard = sorted((one.heard, max(event.position for event in events)) for one, events in ok)
        asked = sorted(((one.first, min(event.position for event in events)) for one, events in ok), reverse=True)
        self._heard_at = [at for at, _ in heard]
        self._known = list(accumulate((position for _, position in heard), max))
        self._asked_at = [-at for at, _ in asked]
        self._coming = list(accumulate((position for _, position in asked), min))

    def before(self, at: float) -> int:
        """The newest position that somebody had been told by then (0: none)."""
        count = bisect_right(self._heard_at, at)
        return self._known[count - 1] if count else 0

    def after(self, at: float, head: int) -> int:
        """The newest position that may have been recorded by then: all that was asked later lies behind it."""
        count = bisect_right(self._asked_at, -at)
        return min(self._coming[count - 1] - 1 if count else head, head)
