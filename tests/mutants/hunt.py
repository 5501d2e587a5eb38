"""Runs of the torture, small and sharp, on broken builds: the checker that a mutant names must turn red, and none without a mutant."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from minsheng.local import LocalInstallation
from tests.mutants.mutations import NEW_TOPIC, TWIN, Mutant
from tests.torture.database_faults import Rates
from tests.torture.run import Outcome, Plan, Run

EVENTS = 1_200
SHARP = Rates(naps=0.06, rollbacks=0.06)
"""More delays and rollbacks than the torture has: a short run must meet each race."""
HEALTHY = Mutant("none", "the build as it is", "", read_side=True, faults=frozenset({NEW_TOPIC, TWIN}))


@dataclass(frozen=True)
class Hunted:
    """What one run found. red: the checkers that found something wrong."""

    mutant: Mutant
    red: list[str]
    missing: list[str]

    @property
    def caught(self) -> bool:
        return self.mutant.checker in self.red if self.mutant.checker else not (self.red or self.missing)


def hunt(mutant: Mutant, installation: LocalInstallation, folder: Path, seed: int) -> Hunted:
    """One run of that build."""
    plan = Plan(
        EVENTS,
        seed,
        rates=SHARP,
        faults=bool(mutant.faults),
        read_side=mutant.read_side,
        mutant=mutant.name if mutant.checker else None,
        fault_names=mutant.faults,
        rest_s=20 if mutant.checker else 120,
    )
    outcome: Outcome = asyncio.run(Run(plan, installation, folder)())
    return Hunted(mutant, outcome.verdicts.red, outcome.missing)
