"""Which events there are: importing every module of `contracts` registers them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import contracts
from contracts.envelope import EventType, registered

FOLDER = Path(contracts.__file__).parent
HERE = "contracts.generate"


def published() -> list[EventType]:
    """Every event of `contracts`, by wire name; those that tests or programs register elsewhere are left out."""
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        if not module.name.startswith(HERE):
            importlib.import_module(module.name)
    return [kind for kind in registered() if kind.cls.__module__.startswith("contracts.")]


def label(name: str, version: int) -> str:
    """How an event version is called in file names and in the AsyncAPI document: `relief.temp-aid.granted.v1`."""
    return f"{name}.v{version}"
