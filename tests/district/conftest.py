"""The small year as it is told without trouble: played once, looked at in the middle and at the end, rebuilt, and stopped again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import pytest

from kit.journal.rebuild import Comparison, rebuild
from minsheng.connect import local
from minsheng.local import LocalInstallation
from services.linkage.service import VIEWS
from tests.district.playing import END, HALF, Account, account, canary, fetched, findings, play, simulation, small_year


@dataclass(frozen=True)
class Reference:
    """What is said of the year at its half and at its end, and what came of making all of it anew from the journal."""

    half: Account
    end: Account
    rebuilt: Mapping[str, Comparison]
    after_rebuild: Account
    recomputed: Account
    findings_left: int


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The installation has ended when a test reads this: the next one needs the machine."""
    with simulation(tmp_path_factory.mktemp("reference") / "home") as installation:
        return asyncio.run(_reference(installation))


async def _reference(installation: LocalInstallation) -> Reference:
    homes = [canary().household]
    await play(installation, small_year(), HALF)
    half = await account(installation, homes)
    await play(installation, small_year(), END)
    end = await account(installation, homes)
    rebuilt = await _rebuilt(installation)
    after_rebuild = await account(installation, homes)
    left = await _findings_from_nothing(installation)
    return Reference(half, end, rebuilt, after_rebuild, await account(installation, homes), len(left))


async def _rebuilt(installation: LocalInstallation) -> dict[str, Comparison]:
    """Every view is folded anew beside the live one, as the service itself would, and has taken its place."""
    async with asyncpg.create_pool(local(installation).settings.dsn("linkage"), min_size=1, max_size=6) as pool:
        return {view.name: await rebuild(pool, view) for view in VIEWS}


async def _findings_from_nothing(installation: LocalInstallation) -> Sequence[object]:
    """The board is empty, and the read side begins it anew. Returns what was left of it in between."""
    installation.stop("linkage")
    await fetched(installation, "linkage", "truncate finding, finding_made_by, dirty")
    left = await findings(installation)
    installation.start("linkage")
    return left
