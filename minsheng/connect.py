"""Where the command line finds an installation: told by the environment, else the local one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import msgspec

from kit.identity import Role
from kit.settings import Settings
from minsheng.local import Installation
from minsheng.local.errors import NotRunning
from minsheng.local.home import default_home
from minsheng.prepare import local_issuer

OPERATOR = "operator-1"


@dataclass(frozen=True)
class Connection:
    """settings: as a service process has them.  token: of an operator.  ops: the operators' ports by service (local only)."""

    settings: Settings
    token: str
    ops: dict[str, str]


def connect() -> Connection:
    """The installation that the environment names (MINSHENG_DATABASE, MINSHENG_SERVICES, MINSHENG_TOKEN), else the local one.

    Raises: NotRunning.
    """
    if "MINSHENG_DATABASE" in os.environ:
        return Connection(Settings(), os.environ.get("MINSHENG_TOKEN", ""), {})
    return local(Installation(default_home()))


def local(installation: Installation) -> Connection:
    """A local installation that was started with its services. Raises: NotRunning."""
    if not installation.home.prepared_file.exists():
        raise NotRunning(f"Nothing has been started in {installation.home.root}. Start it: minsheng up --detach")
    told = msgspec.json.decode(installation.home.prepared_file.read_bytes(), type=dict[str, str])
    values: dict[str, Any] = {name.removeprefix("MINSHENG_").lower(): value for name, value in told.items()}
    values["services"] = msgspec.json.decode(values["services"])
    settings = Settings(**values, kafka_bootstrap=installation.kafka_bootstrap)
    token = local_issuer(installation.home.keys).issue(OPERATOR, [Role.OPERATOR], "440308")
    ports = installation.state.ports
    ops = {name: f"http://127.0.0.1:{ports[f'{name}-ops']}" for name in settings.services if f"{name}-ops" in ports}
    return Connection(settings, token, ops)
