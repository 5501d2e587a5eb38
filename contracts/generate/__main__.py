"""`python -m contracts.generate [--check]`."""

import argparse
import sys

from contracts.generate.run import run


def main() -> int:
    """Exit code 0: all is as it should be; 1: what stands on standard error must be done first."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description="Schemas, examples and AsyncAPI of all events.")
    parser.add_argument("--check", action="store_true", help="write nothing, only tell what is stale, missing or incompatible")
    return run(check=parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
