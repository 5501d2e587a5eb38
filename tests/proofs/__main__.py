"""`python -m tests.proofs [--check]`."""

import argparse
import sys
from pathlib import Path

from tests.proofs.run import run

PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Exit code 0: all is as it should be; 1: what stands on standard error must be done first."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description="The table of rules and the tests that prove them.")
    parser.add_argument("--check", action="store_true", help="write nothing, only tell what is unknown, unproven or stale")
    return run(PROJECT, check=parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
