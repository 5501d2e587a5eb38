"""One installation with all services for every flow of the session; each test has ids of its own in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from minsheng.local import Installation, LocalInstallation
from minsheng.local.errors import AlreadyRunning
from minsheng.programs import PREPARE, service_programs
from tests.flows.district import District


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """PostgreSQL, Kafka and the five services as processes, in a home that is thrown away.

    `MINSHENG_TEST_HOME` names a home to keep: its sibling with `-services` is used, or joined if it is running already.
    """
    kept = os.environ.get("MINSHENG_TEST_HOME")
    home = Path(f"{kept}-services") if kept else tmp_path_factory.mktemp("district") / "home"
    # Stories of many years share this installation and the machine's clock: no deadline of 2022 acts here by itself.
    programs = service_programs({"MINSHENG_TIMERS": "false"})
    with ExitStack() as stack:
        try:
            installation: Installation = stack.enter_context(LocalInstallation(home, programs, PREPARE, throwaway=not kept))
        except AlreadyRunning:
            installation = Installation(home.resolve())
            for program in programs:
                installation.wait_ready(program.name)
        yield installation


_published: set[Path] = set()


@pytest.fixture
async def district(running: Installation) -> AsyncIterator[District]:
    """The running district, whose areas are known to the registry."""
    if running.home.root not in _published:
        areas = District(running, "areas")  # the same seed: in a kept home the answers are repeated
        await areas.publish_areas()
        await areas.close()
        _published.add(running.home.root)
    district = District(running, str(uuid4()))
    yield district
    await _nothing_is_left(district)
    await district.close()


async def _nothing_is_left(district: District) -> None:
    """Whatever a flow does, no message is parked and no reaction waits for ever: a refused one would be listed (ruling 13 of the design)."""
    for status in await district.settle():
        assert [place for place in status.consumers if place.parked] == [], status.service
        assert status.refused == 0, status.service
