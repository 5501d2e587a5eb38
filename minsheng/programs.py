"""The services of an installation and the processes that run them on one machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from kit.service import Service
from minsheng.local.program import Program

PREPARE = "minsheng.prepare:prepare"
SERVICES = ("registry", "relief", "charity", "eldercare", "linkage")
READ_SERVICES = ("linkage",)


def command_service(name: str) -> Service:
    """A service that takes commands. It alone is imported: a process of one service need not load the others."""
    service: Service = getattr(import_module(f"services.{name}.service"), name)
    return service


def command_services() -> dict[str, Service]:
    """The services that take commands, by name."""
    return {name: command_service(name) for name in SERVICES if name not in READ_SERVICES}


def service_programs(settings: Mapping[str, str] = MappingProxyType({})) -> tuple[Program, ...]:
    """One process a service, with all its roles; a larger installation splits them.  settings: of all, beside what `prepare` tells."""
    return tuple(
        Program(
            name=name,
            argv=(sys.executable, "-m", "minsheng", "run", name, "--role", "all"),
            env={"MINSHENG_PORT": "{port}", "MINSHENG_OPS_PORT": "{ops_port}", **settings},
            health="http://127.0.0.1:{ops_port}/ready",
        )
        for name in SERVICES
    )
