"""Which events there are: importing every module of `contracts` registers them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import contracts
from contracts.envelope import Event, EventType, registered

FOLDER = Path(contracts.__file__).parent
HERE = "contracts.generate"


def published() -> list[EventType]:
    """Every event of `contracts`, by wire name; those that tests or programs register elsewhere are left out."""
    names = {module.__name__ for module in _modules()}
    return [kind for kind in registered() if kind.cls.__module__ in names]


def declared() -> list[type[Event]]:
    """Every event class of `contracts`, registered or not."""
    return [
        value
        for module in _modules()
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event and value.__module__ == module.__name__
    ]


def _modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(contracts.__path__, "contracts.")
    return [importlib.import_module(module.name) for module in found if not module.name.startswith(HERE)]


def label(name: str, version: int) -> str:
    """How an event version is called in file names and in the AsyncAPI document: `relief.temp-aid.granted.v1`."""
    return f"{name}.v{version}"
