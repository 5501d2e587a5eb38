"""`python -m contracts.generate [--check]`."""

import argparse
import sys

from contracts.generate.events import FOLDER, published
from contracts.generate.keep import examine, forgotten, write
from contracts.generate.problem import told


def main() -> int:
    """Exit code 0: all is as it should be; 1: what stands on standard error must be done first."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description="Schemas, examples and AsyncAPI of all events.")
    parser.add_argument("--check", action="store_true", help="write nothing, only tell what is stale, missing or incompatible")
    check = parser.parse_args().check
    kinds = published()
    findings = examine(kinds, FOLDER).and_also(forgotten(kinds))
    problems = findings.all() if check else findings.refused
    for note in findings.notes:
        sys.stdout.write(f"note: {note}\n")
    if problems:
        sys.stderr.write(f"{told(problems)}\n{len(problems)} to be settled; nothing was written\n")
        return 1
    written = write(findings)
    services = len({kind.service for kind in kinds})
    sys.stdout.write(f"{len(kinds)} events of {services} services; {written} files written, all others are as they should be\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
