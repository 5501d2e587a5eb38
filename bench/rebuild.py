"""How long a rebuild of a view takes: fills a journal with relief events, builds a view, rebuilds it beside the live one.

python -m bench.rebuild --events 1000000 --view accepted
"""

from __future__ import annotations

import argparse
import asyncio
import io
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from contracts.envelope import Event, encode, stream_of, type_of
from contracts.ids import HouseholdId, LineId, NeedId
from contracts.relief.need import CoverageCommitted, CoverageDelivered, NeedRegistered
from contracts.terms import Dimension, Layer, Measure, NeedCategory, Period, Scheme
from kit.journal import sets
from kit.journal.rebuild import Progress, rebuild
from kit.migrate import migrate
from kit.streams.topics import partition_of
from minsheng.local import LocalInstallation
from services.linkage.service import linkage

PARTITIONS = 4
TOPIC, SOURCE = "bench.relief.events", "/minsheng/bench/relief"
BEGAN = datetime(2022, 1, 1, tzinfo=UTC)
LINES = 8  # lines of a need: with registering, 17 events
COPY = "\t".join
META = '{"actor":"bench","authority":"caseworker","correlation_id":"bench","partition":%d}'


def facts(count: int) -> Iterator[tuple[str, Event]]:
    """`count` events of households' needs, each with its Kafka key."""
    number = 0
    for given in range(count):
        home, need = HouseholdId(str(UUID(int=given // 3 + 1))), NeedId(str(UUID(int=given + 10**9)))
        yield home, NeedRegistered(
            need_id=need, household_id=home, category=NeedCategory.MEDICAL, dimension=Dimension.MATERIAL, measure=Measure.FEN,
            period=Period.EVENT, gross=1_000_000,
        )  # fmt: skip
        for each in range(LINES):
            line = LineId(str(UUID(int=given * LINES + each + 10**12)))
            yield (
                home,
                CoverageCommitted(
                    need_id=need,
                    household_id=home,
                    line_id=line,
                    layer=Layer.CHARITY,
                    scheme=Scheme.CHARITY,
                    offered=100_000,
                    amount=100_000,
                ),
            )
            yield home, CoverageDelivered(need_id=need, household_id=home, line_id=line, amount=100_000)
        number += 1 + 2 * LINES
        if number >= count:
            return


def rows(count: int) -> Iterator[tuple[int, str]]:
    """(partition, line for COPY) of each event."""
    versions: dict[str, int] = {}
    for position, (key, fact) in enumerate(facts(count), 1):
        stream, kind, partition = stream_of(fact), type_of(fact), partition_of(key, PARTITIONS)
        versions[stream] = versions.get(stream, 0) + 1
        at = (BEGAN + timedelta(milliseconds=position)).isoformat()
        yield partition, COPY(
            (SOURCE, str(partition), str(position), str(UUID(int=position)), stream, str(versions[stream]), kind.name, str(kind.version), key,
             at, at, r"\N", r"\N", encode(fact).decode(), META % partition)
        )  # fmt: skip


async def fill(dsn: str, count: int) -> int:
    """The journal holds the events; returns how many."""
    connection = await asyncpg.connect(dsn)
    last: dict[int, int] = {}
    block, total = io.BytesIO(), 0
    for total, (partition, line) in enumerate(rows(count), 1):
        last[partition] = total
        block.write(line.encode() + b"\n")
        if block.tell() > 8_000_000:
            block = await _copied(connection, block)
    await _copied(connection, block)
    await connection.executemany(
        "insert into checkpoint(consumer, topic, partition, topic_id, next_offset, position) values ('journal', $1, $2, 'bench', $3, $3)",
        [(TOPIC, partition, position) for partition, position in last.items()],
    )
    await connection.execute("analyze journal")
    await connection.close()
    return total


async def _copied(connection: asyncpg.Connection, block: io.BytesIO) -> io.BytesIO:
    block.seek(0)
    await connection.copy_to_table("journal", source=block)
    return io.BytesIO()


def told(progress: Progress) -> None:
    left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
    print(f"\r  {progress.done:,} of {progress.total:,} events{left}    ", end="", flush=True)


async def measure(dsn: str, count: int, name: str) -> None:
    """Prints how long filling, the first build and the rebuild took."""
    view = next(one for one in linkage.views if one.name == name)
    await migrate(dsn, ["reader"])
    began = time.perf_counter()
    total = await fill(dsn, count)
    print(f"{total:,} events in the journal after {time.perf_counter() - began:.1f} s")
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool:
        await sets.prepare(pool, [view])
        for what in ("first build", "rebuild beside live"):
            began = time.perf_counter()
            comparison = await rebuild(pool, view, told=told)
            seconds = time.perf_counter() - began
            kept = await pool.fetchval("select sum(rows) from view_progress p join view_set s on s.id = p.set_id where s.state = 'live'")
            print(f"\n{what} of {name}: {seconds:.1f} s, {total / seconds:,.0f} events/s, {kept:,} rows, equal: {comparison.equal}")


def main() -> None:
    """Runs on an installation of its own, which is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--view", default="accepted", choices=[view.name for view in linkage.views])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalInstallation(Path(folder) / "home", throwaway=True) as installation:
        asyncio.run(_on(installation.postgres_dsn(), arguments))


async def _on(dsn: str, arguments: argparse.Namespace) -> None:
    admin = await asyncpg.connect(dsn)
    await admin.execute("create database bench")
    await admin.close()
    await measure(dsn.rsplit("/", 1)[0] + "/bench", arguments.events, arguments.view)


if __name__ == "__main__":
    main()
