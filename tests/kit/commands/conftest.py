"""A command path of the toy service over either store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.clock import SystemClock
from kit.commands import CommandPath, Keys
from kit.store import EventStore
from kit.testing import policy
from tests.kit.store.conftest import dsn, opened, pg, store  # noqa: F401 - fixtures
from tests.kit.toy import toy


@pytest.fixture
def new_path() -> Callable[[EventStore], CommandPath]:
    """Another process's command path over a store: a cache of its own."""

    def make(over: EventStore) -> CommandPath:
        packs, calendar = policy()
        return CommandPath(toy, over, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)

    return make


@pytest.fixture
def path(store: EventStore, new_path: Callable[[EventStore], CommandPath]) -> CommandPath:  # noqa: F811
    return new_path(store)
