"""Keeps the exception board: takes the households that are due, recomputes their findings whole from the journal, and says when to look again.

The dirty list is written with the journal. A household's mark is read before its journal: if it was marked again meanwhile, what was
computed is thrown away and computed anew. So two workers may take one household, and the board still shows one truth.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from contracts.ids import HouseholdId
from kit.clock import Clock
from kit.journal.arrivals import Arrivals
from kit.journal.intake import mark_dirty
from kit.streams.chain import Fact
from policy import BeyondCalendar, Calendar, NoPolicy, Packs
from services.linkage.board import Question
from services.linkage.detections.all import DETECTIONS, DETECTIONS_VERSION
from services.linkage.detections.finding import Finding
from services.linkage.detections.timeline import findings
from services.linkage.reading import Reader, journal_of
from services.linkage.views.household import member

log = logging.getLogger(__name__)
BATCH = 100
PUT_OFF = timedelta(hours=1)
"""How long a household waits whose clock lies beyond every loaded pack or calendar: somebody must load them (ruling 24 of the design)."""

PERSON = "person/"
TABLE = """
create table if not exists finding (
  id text primary key,
  household_id text not null,
  area text not null,
  detection text not null,
  kind text not null,
  since timestamptz not null,
  until timestamptz,
  row jsonb not null
);
create index if not exists finding_board on finding (since, id);
create index if not exists finding_household on finding (household_id);
create table if not exists finding_made_by (one boolean primary key default true check (one), version text not null);
"""
MARK_ALL = """
insert into dirty(key, due_at) select distinct key, $1::timestamptz from journal where position('/' in key) = 0
on conflict (key) do update set due_at = least(dirty.due_at, excluded.due_at), mark = excluded.mark
"""
PAGE = """
select row from finding
 where ($1::text is null or kind = $1) and ($2::text is null or detection = $2) and ($3::text[] is null or area = any($3))
   and ($4 or until is null) and ($5::timestamptz is null or (since, id) > ($5, $6::text))
 order by since, id limit $7
"""
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Finding)


async def prepare(pool: asyncpg.Pool) -> None:
    """The board's table is there."""
    await pool.execute(TABLE)


async def pending(pool: asyncpg.Pool, clock: Clock) -> int:
    """How many households are due now."""
    return await pool.fetchval("select count(*) from dirty where due_at <= $1", clock.now()) or 0


def dirty_key(fact: Fact) -> str | None:
    """A household's id, or a person's stream, whose households are looked up; other keys concern no household."""
    key = fact.recorded.meta.key
    return key if "/" not in key or key.startswith(PERSON) else None


class FindingBoard:
    """The board in PostgreSQL."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def page(self, question: Question) -> list[Finding]:
        """Findings that were asked for, oldest first."""
        rows = await self._pool.fetch(
            PAGE,
            question.kind,
            question.detection,
            None if question.areas is None else list(question.areas),
            question.over,
            question.after and question.after.since,
            question.after and question.after.id,
            question.limit,
        )
        return [_decoder.decode(row["row"]) for row in rows]

    async def of(self, household_id: HouseholdId | str) -> list[Finding]:
        """A household's findings, also those that are over."""
        rows = await self._pool.fetch("select row from finding where household_id = $1 order by since, id", household_id)
        return [_decoder.decode(row["row"]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class FindingsRunner:
    """Looks at whatever is due, until told to stop. dsn: of the journal's database."""

    dsn: str
    pool: asyncpg.Pool
    reader: Reader
    packs: Packs
    calendar: Calendar
    clock: Clock

    async def run(self, stop: asyncio.Event) -> None:
        """Woken by the journal's commits, and twice a second for what falls due by the clock."""
        await self.begin_anew_if_changed()
        async with Arrivals(self.dsn) as news:
            while not stop.is_set():
                seen = news.count
                if await self.look() == 0:
                    await news.after(seen)

    async def begin_anew_if_changed(self) -> None:
        """With other detections or other packs than those that made the board, every household is due."""
        version = f"{DETECTIONS_VERSION} {self.calendar.id} {' '.join(pack.id for pack in self.packs.all)}"
        async with self.pool.acquire() as connection, connection.transaction():
            changed = await connection.fetchval(
                "insert into finding_made_by(version) values ($1) on conflict (one) do update set version = excluded.version "
                "where finding_made_by.version <> excluded.version returning true",
                version,
            )
            if changed:
                await connection.execute(MARK_ALL, self.clock.now())

    async def look(self) -> int:
        """Look at the households that are due now. Returns how many were taken."""
        due = await self.pool.fetch("select key, mark from dirty where due_at <= $1 order by due_at, key limit $2", self.clock.now(), BATCH)
        for row in due:
            await self._look_at(row["key"], row["mark"])
        return len(due)

    async def _look_at(self, key: str, mark: int) -> None:
        if key.startswith(PERSON):
            await self._pass_on(key, mark)
            return
        now = self.clock.now()
        try:
            found = findings(await journal_of(self.reader, key, now), now, self.packs, self.calendar, DETECTIONS)
        except (NoPolicy, BeyondCalendar) as error:
            log.error("findings of %s wait: %s", key, error)  # noqa: TRY400 - the reason is told, a traceback says no more
            await self._settle(key, mark, now + PUT_OFF, None)
            return
        await self._settle(key, mark, found.next_due, found.found)

    async def _pass_on(self, key: str, mark: int) -> None:
        """What was said about a person makes the households due that he is or was in."""
        rows = await self.reader.rows(member, person_id=key.removeprefix(PERSON))
        async with self.pool.acquire() as connection, connection.transaction():
            if await _settled(connection, key, mark, None):
                await mark_dirty(connection, {row.household_id for row in rows})

    async def _settle(self, key: str, mark: int, next_due: datetime | None, found: Sequence[Finding] | None) -> None:
        """The household's findings are these, and it is due again then; unless it was marked anew meanwhile."""
        async with self.pool.acquire() as connection, connection.transaction():
            if await _settled(connection, key, mark, next_due) and found is not None:
                await connection.execute("delete from finding where household_id = $1", key)
                await connection.executemany("insert into finding values ($1, $2, $3, $4, $5, $6, $7, $8)", map(_row, found))


async def _settled(connection: Any, key: str, mark: int, next_due: datetime | None) -> bool:
    if next_due is None:
        done = await connection.fetchval("delete from dirty where key = $1 and mark = $2 returning true", key, mark)
    else:
        done = await connection.fetchval("update dirty set due_at = $3 where key = $1 and mark = $2 returning true", key, mark, next_due)
    return bool(done)


def _row(one: Finding) -> tuple[Any, ...]:
    return (one.id, one.household_id, one.area, one.detection, one.kind, one.since, one.until, _encoder.encode(one).decode())
