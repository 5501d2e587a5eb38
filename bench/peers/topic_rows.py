"""What the peers that read the topic have in common: the job, the fold into additions by case, and the rows in PostgreSQL.

Rows are additions made by the database (`events + excluded.events`): nothing is read before, as our views do. The topic is read once, by one
process; what was read is noted in the same transaction only where the script says so.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROWS = """create table rows (
  case_id text primary key, events bigint not null, paid_fen bigint not null, closed boolean not null)"""
UPSERT = """insert into rows as r select * from unnest(%s::text[], %s::bigint[], %s::bigint[], %s::boolean[])
  on conflict (case_id) do update set events = r.events + excluded.events, paid_fen = r.paid_fen + excluded.paid_fen,
  closed = r.closed or excluded.closed"""
BATCH = 2_000


@dataclass(frozen=True)
class TopicJob:
    bootstrap: str
    topic: str
    count: int
    dsn: str
    log: Path
    folder: Path


def topic_job() -> TopicJob:
    """The job whose file was named on the command line."""
    told = json.loads(Path(sys.argv[1]).read_text())
    paths = {name: Path(told.pop(name)) for name in ("log", "folder")}
    return TopicJob(**told, **paths)


def added(messages: Iterable[tuple[bytes, bytes]]) -> list[list[Any]]:
    """The columns of `UPSERT` for messages (type, value as JSON)."""
    rows: dict[str, list[Any]] = {}
    for kind, value in messages:
        fact = json.loads(value)
        row = rows.setdefault(fact["case_id"], [0, 0, False])
        row[0] += 1
        row[1] += fact.get("amount_fen", 0)
        row[2] = row[2] or kind == b"civil.case.closed"
    return [list(rows), *(list(column) for column in zip(*rows.values(), strict=True))]


class Meter:
    """Messages a second from the first batch that was committed to the last one."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0
        self._first: tuple[float, int] | None = None

    def committed(self, messages: int) -> bool:
        """True when all are done."""
        self.done += messages
        self._first = self._first or (time.perf_counter(), self.done)
        return self.done >= self.count

    def write(self, log: Path) -> None:
        began, before = self._first or (0.0, 0)
        rate = (self.done - before) / max(time.perf_counter() - began, 1e-9)
        log.write_text(json.dumps({"rate": rate, "count": self.done}))
