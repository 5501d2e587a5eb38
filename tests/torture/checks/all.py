"""All checkers of one run, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.checker import FINDINGS, read_contents
from tests.torture.checks import commands, streams
from tests.torture.checks.histories import Histories
from tests.torture.checks.replay import replayed
from tests.torture.client import entries
from tests.torture.service import tortured
from tests.torture.world import World


@dataclass
class Verdicts:
    """wrong: by checker what is not so (nothing: it is green); the figures are for the summary."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    events: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)

    def put(self, checker: str, wrong: Iterable[str]) -> None:
        self.wrong[checker] = list(wrong)

    @property
    def red(self) -> list[str]:
        return [checker for checker, wrong in self.wrong.items() if wrong]


async def check(world: World, *, read_side: bool = True) -> Verdicts:
    """Everything is read and compared; the processes have ended."""
    found = Verdicts()
    contents = await read_contents(world.owner_store)
    histories = Histories.of(entries(world))
    found.events, found.outcomes, found.troubles = len(contents.events), histories.outcomes(), histories.troubles
    for checker, findings in FINDINGS.items():
        found.put(checker, findings(contents, tortured))
    decisions: list[str] = []
    replay = replayed(contents, histories, decisions)
    found.put("decisions", decisions)
    found.put("answers", commands.answers(contents, histories))
    found.put("failures", commands.failures(contents, histories))
    found.put("unknowns", commands.unknowns(contents, histories))
    found.put("refusals", commands.refusals(contents, histories, replay))
    found.put("real time", commands.real_time(contents, histories))
    found.put("reader", streams.tail(contents, world))
    found.figures = {
        "commands asked again until known": len(commands.doubts(histories)),
        "commands left open": found.outcomes["unknown"],
        "of those, stored": commands.open_and_stored(contents, histories),
    }
    if read_side:
        read = await streams.read_topic(world)
        found.put("topic", streams.topic(contents, read))
        for name in ("repeats", "early", "strangers"):
            found.figures[f"messages dropped: {name}"] = sum(getattr(one, name) for one in read.values())
        found.put("journal", [line async for line in streams.journal(contents, world, found.figures["messages dropped: strangers"])])
        found.put("rows", [line async for line in streams.rows(world)])
    return found
