"""What all tests share: one real PostgreSQL and one real Kafka for the whole run; each test uses names of its own in them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from minsheng.local import Installation, LocalInstallation
from minsheng.local.errors import AlreadyRunning

# A busy machine breaks no law; speed is for `bench/`. The same examples each time, so that what was proved stays proved;
# `HYPOTHESIS_PROFILE=explore` looks for others.
settings.register_profile("minsheng", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "minsheng"))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """PostgreSQL and Kafka without services, in a home that is thrown away.

    `MINSHENG_TEST_HOME` names a home to keep instead; if it is running already (`minsheng up --no-services --detach`), the tests join it.
    """
    kept = os.environ.get("MINSHENG_TEST_HOME")
    home = Path(kept) if kept else tmp_path_factory.mktemp("minsheng") / "home"
    try:
        with LocalInstallation(home, throwaway=not kept) as running:
            yield running
    except AlreadyRunning:
        joined = Installation(home.resolve())
        for server in ("postgres", "kafka"):
            joined.wait_ready(server)
        yield joined
