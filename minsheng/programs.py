"""The service processes of one installation on one machine."""

import sys

from minsheng.local.program import Program

PREPARE = "minsheng.prepare:prepare"
SERVICES = ("registry", "relief", "charity", "eldercare", "linkage")


def service_programs() -> tuple[Program, ...]:
    """One process a service, with all its roles; a larger installation splits them."""
    return tuple(Program(name=name, argv=(sys.executable, "-m", "minsheng", "run", name, "--role", "all")) for name in SERVICES)
