"""`make mutants`: one line for each broken build. Exit code 1 when a checker stays green, or turns red without a mutant."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from minsheng.local import LocalInstallation
from tests.mutants.hunt import HEALTHY, hunt
from tests.mutants.mutations import BY_NAME, MUTANTS


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BY_NAME)} (default: all)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    chosen = [BY_NAME[name] for name in given.names] or [HEALTHY, *MUTANTS]
    console, escaped = Console(highlight=False, width=150), 0
    console.print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, LocalInstallation(Path(folder, "home"), throwaway=True) as installation:
        for mutant in chosen:
            found = hunt(mutant, installation, Path(folder, mutant.name), given.seed)
            escaped += not found.caught
            word = ("caught" if mutant.checker else "green") if found.caught else ("NOT CAUGHT" if mutant.checker else "RED")
            console.print(
                f"{mutant.name:19} {mutant.checker or 'all':10} {word:10} {mutant.what}; red: {', '.join(found.red) or 'nothing'}"
            )
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
