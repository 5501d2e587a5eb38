"""Broken builds are caught: one of the store's, one of the relay's, one of the journal's (`make mutants` has all); the build as it is is green."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from minsheng.local import LocalInstallation
from tests.mutants.hunt import hunt
from tests.mutants.mutations import BY_NAME

pytestmark = [pytest.mark.real, pytest.mark.fault, pytest.mark.timeout(300)]
SEED = int(os.environ.get("MINSHENG_TORTURE_SEED", "2026"))


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalInstallation]:
    with LocalInstallation(tmp_path_factory.mktemp("mutants") / "home", throwaway=True) as running:
        yield running


@pytest.mark.parametrize("name", ["unchecked-reads", "own-checkpoint", "checkpoint-outside"])
def test_a_broken_build_turns_its_checker_red(name: str, breakable: LocalInstallation, tmp_path: Path) -> None:
    """The named checker finds the missing rule."""
    found = hunt(BY_NAME[name], breakable, tmp_path, SEED)
    assert found.caught, f"{found.mutant.checker} stayed green; red: {found.red}"
