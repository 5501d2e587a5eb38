"""The services of an installation and the processes that run them on one machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType

from kit.service import Service
from minsheng.local.program import Program

PREPARE = "minsheng.prepare:prepare"
SERVICES = ("registry", "relief", "charity", "eldercare", "linkage")
READ_SERVICES = ("linkage",)


def command_services() -> dict[str, Service]:
    """The services that take commands, by name."""
    from services.charity.service import charity
    from services.eldercare.service import eldercare
    from services.registry.service import registry
    from services.relief.service import relief

    return {service.name: service for service in (registry, relief, charity, eldercare)}


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
