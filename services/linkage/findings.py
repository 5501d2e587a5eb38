"""Keeps the exception board: takes the keys that are due, recomputes their findings whole from the journal, and says when to look again.

The dirty list is written with the journal. A key's mark is read before its journal: if it was marked again meanwhile, what was computed is
thrown away and computed anew. So two workers may take one key, and the board still shows one truth. Marked keys are due at once; no clock
but the injected one says what else is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from contracts.envelope import UnknownEvent, named
from kit.clock import Clock
from kit.journal.arrivals import Arrivals
from kit.journal.intake import mark_dirty
from kit.streams.chain import Fact
from policy import BeyondCalendar, Calendar, NoPolicy, Packs
from services.linkage.detections.all import DETECTIONS_VERSION, SCOPES
from services.linkage.detections.finding import HOUSEHOLD
from services.linkage.detections.scope import Scope, Scopes
from services.linkage.detections.timeline import Findings, findings
from services.linkage.finding_table import Looked, settle
from services.linkage.reading import Pairs, Reader, journals_of
from services.linkage.views.household import member

log = logging.getLogger(__name__)
BATCH = 100
RESTS, RESTS_AT_MOST_SECONDS = 4, 2.0
"""While events keep arriving, the board rests four times as long as it worked: the journal comes first, and what is marked several times
meanwhile is looked at once."""
PUT_OFF = timedelta(hours=1)
"""How long a key waits whose clock lies beyond every loaded pack or calendar: somebody must load them (ruling 24 of the design)."""

PERSON = "person/"
DUE = "select key, mark from dirty where due_at <= $1 order by due_at, mark limit $2"
MARK_ALL = """
insert into dirty(key, due_at)
select key, 'epoch'::timestamptz from (select key from journal where type = any($1) union select scope from finding) known(key) order by key collate "C"
on conflict (key) do update set due_at = excluded.due_at, mark = excluded.mark
"""


async def pending(pool: asyncpg.Pool, clock: Clock) -> int:
    """How many keys are due now."""
    return await pool.fetchval("select count(*) from dirty where due_at <= $1", clock.now()) or 0


def dirty_key(fact: Fact, scopes: Scopes = SCOPES) -> str | None:
    """The key, if a detection looks at such an event there. A person's stream stands for the households that the person is or was in."""
    meta = fact.recorded.meta
    scope = scopes.by_name.get(HOUSEHOLD) if meta.key.startswith(PERSON) else scopes.of(meta.key)
    try:
        return meta.key if scope is not None and scope.sees(named(meta.type)) else None
    except UnknownEvent:
        return None


@dataclass(frozen=True, kw_only=True)
class FindingsRunner:
    """Looks at whatever is due, until told to stop. dsn: of the journal's database."""

    dsn: str
    pool: asyncpg.Pool
    reader: Reader
    packs: Packs
    calendar: Calendar
    clock: Clock
    scopes: Scopes = SCOPES

    async def run(self, stop: asyncio.Event) -> None:
        """Woken by the journal's commits, and twice a second for what falls due by the clock."""
        await self.begin_anew_if_changed()
        async with Arrivals(self.dsn) as news:
            while not stop.is_set():
                seen, began = news.count, time.monotonic()
                if await self.look() == 0:
                    await news.after(seen)
                elif news.count != seen:  # more is coming, perhaps about the same keys
                    await asyncio.sleep(min(RESTS * (time.monotonic() - began), RESTS_AT_MOST_SECONDS))

    async def begin_anew_if_changed(self) -> None:
        """With other detections or other packs than those that made the board, every key that a detection looks at is due."""
        version = f"{DETECTIONS_VERSION} {self.calendar.id} {' '.join(pack.id for pack in self.packs.all)}"
        async with self.pool.acquire() as connection, connection.transaction():
            changed = await connection.fetchval(
                "insert into finding_made_by(version) values ($1) on conflict (one) do update set version = excluded.version "
                "where finding_made_by.version <> excluded.version returning true",
                version,
            )
            if changed:
                await connection.execute(MARK_ALL, self.scopes.wire_names())

    async def look(self) -> int:
        """Look at the keys that are due now, a batch at a time. Returns how many were taken."""
        now = self.clock.now()
        due = await self.pool.fetch(DUE, now, BATCH)
        marks: dict[str, int] = {row["key"]: row["mark"] for row in due}
        persons = {key: mark for key, mark in marks.items() if key.startswith(PERSON)}
        if persons:
            await self._pass_on(persons)
        await self._look_at({key: mark for key, mark in marks.items() if key not in persons}, now)
        return len(due)

    async def _look_at(self, marks: Mapping[str, int], now: datetime) -> None:
        journals = await journals_of(self.reader, list(marks))
        looked = {}
        for key, mark in marks.items():
            looked[key] = self._found(key, mark, journals[key], now)
            await asyncio.sleep(0)  # an API of the same process answers in between
        if looked:
            await settle(self.pool, looked)

    def _found(self, key: str, mark: int, journal: Pairs, now: datetime) -> Looked:
        try:
            found = self._compute(self.scopes.of(key), key, journal, now)
        except (NoPolicy, BeyondCalendar) as error:
            log.error("findings of %s wait: %s", key, error)  # noqa: TRY400 - the reason is told, a traceback says no more
            return Looked(mark=mark, next_due=now + PUT_OFF, found=None)
        return Looked(mark=mark, next_due=found.next_due, found=found.found)

    def _compute(self, scope: Scope | None, key: str, journal: Pairs, now: datetime) -> Findings:
        """Nothing for a key at which no detection looks any more."""
        return findings(scope, key, journal, now, self.packs, self.calendar) if scope else Findings(found=[], next_due=None)

    async def _pass_on(self, marks: Mapping[str, int]) -> None:
        """What was said about persons makes the households due that they are or were in. Marked first: if this ends here, it is done again."""
        homes = await self.reader.rows(member, person_id=[key.removeprefix(PERSON) for key in marks])
        await mark_dirty(self.pool, {row.household_id for row in homes})
        await settle(self.pool, {key: Looked(mark=mark, next_due=None, found=None) for key, mark in marks.items()})
