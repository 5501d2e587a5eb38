"""The workload `civil-7`, the same for every system: what was stored before, and the commands that are given.

Only the standard library, so that each peer's script can import it; `write_load` makes the file that peers in other languages read.
The distributions are tested in `tests/bench/test_workload.py`.
"""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from math import log
from pathlib import Path
from typing import Literal

Kind = Literal["open", "note", "pay", "refer", "close"]
Fate = Literal["fresh", "stale", "repeat"]

SEED = 7
CASES, HOUSEHOLDS = 100_000, 40_000
MEAN_LENGTH, LONGEST = 10, 500
ZIPF = 1.1
MIX: dict[Kind, float] = {"open": 0.20, "note": 0.35, "pay": 0.25, "refer": 0.10, "close": 0.10}
STALE, REPEATED = 0.02, 0.01
GROUPS = ((0.80, (1,)), (0.18, (2, 3, 4)), (0.02, (20,)))
"""Share of commands, and how many events one may have."""
BYTES_MU, BYTES_SIGMA = 5.26, 0.93
"""Of the lognormal size of an event's JSON: mean 300, p95 900 bytes."""
OVERHEAD, SHORTEST = 137, 8
"""Bytes of an event's JSON beside its details; the fewest of its details."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz    0123456789"
_POOL = 1 << 16


@dataclass(frozen=True, slots=True)
class Op:
    """One command. details: one text an event, whose number is that of the events.

    fate: `stale` names a version that the stream has left behind; `repeat` is an earlier command again, with its key and body.
    """

    key: str
    kind: Kind
    case: str
    household: str
    details: tuple[str, ...]
    amount_fen: int
    fate: Fate = "fresh"


@dataclass(frozen=True, slots=True)
class Past:
    """One event that is stored before the measurement."""

    case: str
    household: str
    version: int
    kind: Kind
    details: str
    amount_fen: int


def case_id(number: int) -> str:
    """Ids that grow, as time-ordered ones do."""
    return f"0190a000-0000-8000-8000-{number:012x}"


def household_id(number: int) -> str:
    return f"0190a000-0000-8000-9000-{number:012x}"


class Draw:
    """Everything that is drawn by chance, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._text = "".join(self.random.choices(_ALPHABET, k=_POOL))
        self._kinds, self._weights = list(MIX), list(accumulate(MIX.values()))

    def household(self) -> str:
        return household_id(self.random.randrange(HOUSEHOLDS))

    def details(self) -> str:
        """Text of such a length that the event's JSON is about 300 bytes, and more than 900 in one case of twenty."""
        size = int(self.random.lognormvariate(BYTES_MU, BYTES_SIGMA)) - OVERHEAD
        size = min(max(size, SHORTEST), 4_000)
        begin = self.random.randrange(_POOL - size)
        return self._text[begin : begin + size]

    def kind(self) -> Kind:
        return self._kinds[bisect(self._weights, self.random.random() * self._weights[-1])]

    def group(self) -> int:
        """How many events a command has."""
        at, shares = self.random.random(), list(accumulate(share for share, _ in GROUPS))
        return self.random.choice(GROUPS[min(bisect(shares, at), len(GROUPS) - 1)][1])

    def length(self) -> int:
        """Events of a stream: geometric with mean 10, at most 500."""
        return min(LONGEST, 1 + int(log(1.0 - self.random.random()) / log(1.0 - 1.0 / MEAN_LENGTH)))

    def amount_fen(self) -> int:
        return self.random.randrange(100, 300_000)


class _Streams:
    """Which case stands at which rank of the Zipf distribution. A case that closes leaves its rank to the one that waits longest."""

    def __init__(self, opened: Sequence[Op], seed: int) -> None:
        ranked = list(opened)
        random.Random(seed + 1).shuffle(ranked)
        self._ranks = [(one.case, one.household) for one in ranked]
        self._events = {one.case: len(one.details) for one in ranked}
        self._weights = list(accumulate(rank**-ZIPF for rank in range(1, len(ranked) + 1)))
        self._waiting: deque[tuple[str, str]] = deque()

    def opened(self, case: str, household: str) -> None:
        self._waiting.append((case, household))

    def pick(self, draw: Draw) -> tuple[int, str, str]:
        """(rank, case, household)."""
        rank = bisect(self._weights, draw.random.random() * self._weights[-1])
        return rank, *self._ranks[rank]

    def full(self, case: str, more: int) -> bool:
        return self._events.get(case, 1) + more >= LONGEST

    def grew(self, case: str, by: int) -> None:
        self._events[case] = self._events.get(case, 1) + by

    def closed(self, rank: int) -> None:
        if self._waiting:
            self._ranks[rank] = self._waiting.popleft()


def openings(cases: int = CASES, seed: int = SEED) -> list[Op]:
    """The commands that open the cases which exist before the load begins, one event each."""
    draw = Draw(seed)
    return [Op(f"past-{number}", "open", case_id(number), draw.household(), (draw.details(),), 0) for number in range(cases)]


def load(count: int, opened: Sequence[Op], seed: int = SEED, name: str = "load") -> Iterator[Op]:
    """`count` commands on the opened cases and on those that they open. name: of the run, part of each key."""
    draw, streams, recent = Draw(seed + 2), _Streams(opened, seed), deque[Op](maxlen=256)
    for number in range(count):
        at = draw.random.random()
        if at < REPEATED and len(recent) == recent.maxlen:
            again = recent[0]  # old enough to have been answered
            yield Op(again.key, again.kind, again.case, again.household, again.details, again.amount_fen, "repeat")
            continue
        op = _next(draw, streams, f"{name}-{number}", len(opened) + number, stale=REPEATED <= at < REPEATED + STALE)
        if op.fate == "fresh":
            recent.append(op)
        yield op


def _next(draw: Draw, streams: _Streams, key: str, number: int, *, stale: bool) -> Op:
    kind = draw.kind()
    while stale and kind == "open":
        kind = draw.kind()
    details = tuple(draw.details() for _ in range(draw.group()))
    amount = draw.amount_fen() if kind == "pay" else 0
    if kind == "open":
        case, household = case_id(number), draw.household()
        streams.opened(case, household)
        return Op(key, kind, case, household, details, 0)
    rank, case, household = streams.pick(draw)
    if stale:
        return Op(key, kind, case, household, details, amount, "stale")
    if kind == "close" or streams.full(case, len(details)):
        streams.closed(rank)
        return Op(key, "close", case, household, details, 0)
    streams.grew(case, len(details))
    return Op(key, kind, case, household, details, amount)


def history(cases: int = CASES, seed: int = SEED, most: int | None = None) -> Iterator[Past]:
    """The events of so many cases, their streams mixed as people's work mixes them; at most `most` events."""
    draw = Draw(seed + 3)
    lengths = [draw.length() for _ in range(cases)]
    households = [draw.household() for _ in range(cases)]
    order = [case for case, length in enumerate(lengths) for _ in range(length)]
    draw.random.shuffle(order)
    versions = [0] * cases
    updates: list[Kind] = [kind for kind in MIX if kind not in {"open", "close"}]
    weights = [MIX[kind] for kind in updates]
    for case in order[:most]:
        versions[case] += 1
        version = versions[case]
        last = version == lengths[case] and version > 1 and draw.random.random() < MIX["close"] / MIX["open"]
        kind: Kind = "open" if version == 1 else "close" if last else draw.random.choices(updates, weights)[0]
        yield Past(case_id(case), households[case], version, kind, draw.details(), draw.amount_fen() if kind == "pay" else 0)


def hundreds(count: int, events: int = 100, seed: int = SEED) -> Iterator[list[Past]]:
    """So many new cases with that many events each."""
    draw = Draw(seed)
    for number in range(count):
        case, home = case_id(number), draw.household()
        opening = Past(case, home, 1, "open", draw.details(), 0)
        yield [opening, *(Past(case, home, version, "note", draw.details(), 0) for version in range(2, events + 1))]


def write_load(path: Path, opened: Iterable[Op], ops: Iterable[Op]) -> None:
    """One JSON object a line: the openings marked `past`, then the commands."""
    with path.open("w") as file:
        file.writelines(json.dumps({"past": True, **asdict(op)}) + "\n" for op in opened)
        file.writelines(json.dumps(asdict(op)) + "\n" for op in ops)


def read_load(path: Path) -> tuple[list[Op], list[Op]]:
    """(openings, commands) as `write_load` wrote them."""
    opened: list[Op] = []
    ops: list[Op] = []
    with path.open() as file:
        for line in file:
            known = json.loads(line)
            past = known.pop("past", False)
            known["details"] = tuple(known["details"])
            (opened if past else ops).append(Op(**known))
    return opened, ops
