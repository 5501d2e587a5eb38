"""How many commands a second one process takes: key, load, decision, append on a real PostgreSQL; no HTTP.

python -m bench.command_path --callers 8 32 --seconds 5
Prints a line for each number of callers, with the CPU time that this process and the database's writing backend used for a command
(which says more than the wall on a machine that others use too); at the end the checker reads the whole store.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import random
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from uuid import UUID, uuid4

import psutil

from contracts.ids import AreaCode, HouseholdId, PersonId
from kit.command import Command
from kit.commands import CommandPath
from kit.errors import Refused
from minsheng.local import LocalInstallation
from tests.databases import app_dsn, fresh_database
from tests.faults.checker import check_store
from tests.faults.lending import lending
from tests.faults.load import CALLER
from tests.faults.stores import CountingStore, path_over
from tests.kit.toy import Open, PayIn, PayOut

STREET = AreaCode("440308003")
ACCOUNTS_A_HOUSEHOLD = 3
SHARE_OF_PAY_OUTS = 0.2


@dataclass
class Run:
    """latencies: seconds each.  took: seconds in all.  groups: appends that shared a commit.  cpu: seconds of (this process, the backend)."""

    callers: int
    took: float = 0.0
    cpu: tuple[float, float] = (0.0, 0.0)
    latencies: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    refused: int = 0

    def line(self) -> str:
        cuts = statistics.quantiles(self.latencies, n=100)
        p50, p95, p99 = (f"{cuts[at] * 1000:7.2f}" for at in (49, 94, 98))
        rate, group = len(self.latencies) / self.took, statistics.mean(self.groups)
        own, backend = (seconds / len(self.latencies) * 1e6 for seconds in self.cpu)
        return f"{self.callers:8} {rate:11,.0f} {p50} {p95} {p99} {group:11.1f} {max(self.groups):6} {self.refused:9} {own:7.0f} {backend:7.0f}"


HEADER = (
    f"{'callers':>8} {'commands/s':>11} {'p50 ms':>7} {'p95 ms':>7} {'p99 ms':>7} {'group mean':>11} {'max':>6} {'refused':>9}"
    f" {'own us':>7} {'pg us':>7}"
)


def cpu_seconds(store: CountingStore) -> tuple[float, float]:
    """CPU seconds so far of this process and of the backend that writes (0 when it runs on another machine)."""
    own, pid = resource.getrusage(resource.RUSAGE_SELF), store.writer_pid()
    backend = psutil.Process(pid).cpu_times() if pid and psutil.pid_exists(pid) else None
    return own.ru_utime + own.ru_stime, backend.user + backend.system if backend else 0.0


class Accounts:
    """Accounts of which few are asked for often (Zipf with exponent 1)."""

    def __init__(self, count: int, dice: random.Random) -> None:
        self.ids = [PersonId(str(UUID(int=dice.getrandbits(128), version=4))) for _ in range(count)]
        self._dice = dice
        self._weights = list(accumulate(1 / rank for rank in range(1, count + 1)))

    def some(self, count: int) -> list[PersonId]:
        return self._dice.choices(self.ids, cum_weights=self._weights, k=count)


async def open_all(path: CommandPath, accounts: Accounts) -> None:
    """Every account exists and has money."""
    waiting = iter(enumerate(accounts.ids))

    async def opener() -> None:
        for number, account in waiting:
            home = HouseholdId(str(UUID(int=number // ACCOUNTS_A_HOUSEHOLD)))
            await path.execute(
                Open(account_id=account, household_id=home, area=STREET, nickname=AreaCode(f"nick-{number}")), CALLER, f"open-{number}"
            )
            await path.execute(PayIn(account_id=account, amount_fen=1_000), CALLER, f"fill-{number}")

    await asyncio.gather(*(opener() for _ in range(64)))


async def measure(path: CommandPath, store: CountingStore, accounts: Accounts, callers: int, seconds: float, dice: random.Random) -> Run:
    """So many callers, each with one command at a time."""
    run = Run(callers)
    store.groups = run.groups
    ends = time.perf_counter() + seconds

    async def caller() -> None:
        for account in accounts.some(int(seconds * 5_000)):
            if time.perf_counter() > ends:
                return
            fen = dice.randrange(1, 5)
            command: Command = (PayOut if dice.random() < SHARE_OF_PAY_OUTS else PayIn)(account_id=account, amount_fen=fen)
            began = time.perf_counter()
            try:
                await path.execute(command, CALLER, uuid4().hex)
            except Refused:
                run.refused += 1
            run.latencies.append(time.perf_counter() - began)

    before, began = cpu_seconds(store), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    run.took, after = time.perf_counter() - began, cpu_seconds(store)
    run.cpu = (after[0] - before[0], after[1] - before[1])
    return run


@asynccontextmanager
async def databases(owner: str | None) -> AsyncIterator[tuple[str, str]]:
    """(owner's DSN, service's DSN): of the given migrated database, or of an installation for this run."""
    if owner:
        yield owner, owner
        return
    with tempfile.TemporaryDirectory() as folder, LocalInstallation(Path(folder) / "home", throwaway=True) as installation:
        made = await fresh_database(installation, ["store"])
        yield made, await app_dsn(installation, made, ["store"])


async def bench(arguments: argparse.Namespace) -> None:
    dice = random.Random(arguments.seed)
    async with databases(arguments.dsn) as (owner, app):
        store = CountingStore(app, "/minsheng/bench/toy")
        await store.open()
        path, accounts = path_over(store), Accounts(arguments.accounts, dice)
        await open_all(path, accounts)
        print(HEADER)
        for callers in arguments.callers:
            with cProfile.Profile() if arguments.profile else nullcontext() as profile:
                run = await measure(path, store, accounts, callers, arguments.seconds, dice)
            print(run.line(), flush=True)
            if profile is not None:
                pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        await store.close()
        contents = await check_store(owner, lending)
        print(
            f"checked: {len(contents.events):,} events, {len(contents.keys):,} keys, {len(contents.claims):,} claims; all as a replay gives"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each number of callers")
    parser.add_argument("--accounts", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dsn", help="an empty database with the store's tables, as its owner; else an installation for this run")
    parser.add_argument("--profile", action="store_true", help="print where this process spends its time (slows it down)")
    asyncio.run(bench(parser.parse_args()))


if __name__ == "__main__":
    main()
