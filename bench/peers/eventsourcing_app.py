"""`eventsourcing` with its PostgreSQL recorder: an aggregate with decorated methods, loaded by the repository, saved by the application.

safe: as shipped, with a lock on the whole table that makes positions the order of commits. fast: its database function, without that lock.
It has no idempotency keys, claims or checks of a second aggregate; events get the number of the notification as their id.
"""

# ruff: noqa: ARG002 - what a method of an aggregate takes is what its event holds

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError

from bench.driving import Given, GiveNow, RefusedCommand, StaleVersion, drive_threads
from bench.peers.protocol import Job, followed, job
from bench.workload import Op

TABLE = "cases_events"
TRIES = 50


class Case(Aggregate):
    """A case as its users would write it."""

    @event("Opened")
    def __init__(self, case: str, household: str, details: str) -> None:
        self.household, self.paid_fen, self.closed = household, 0, False

    @staticmethod
    def create_id(case: str) -> UUID:
        return UUID(case)

    @event("Noted")
    def note(self, details: str) -> None:
        """Something was noted."""

    @event("Referred")
    def refer(self, details: str) -> None:
        """Another bureau was asked."""

    @event("Paid")
    def pay(self, amount_fen: int, details: str) -> None:
        self.paid_fen += amount_fen

    @event("Closed")
    def close(self, details: str) -> None:
        self.closed = True


class Cases(Application):
    """One application with its log."""


def settings(told: Job) -> dict[str, str]:
    parts = urlsplit(told.dsn)
    known = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": parts.path.lstrip("/"), "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port), "POSTGRES_USER": parts.username or "", "POSTGRES_PASSWORD": parts.password or "",
        "POSTGRES_POOL_SIZE": str(told.callers + 1), "AGGREGATE_CACHE_MAXSIZE": "20000",
    }  # fmt: skip
    return known | ({"POSTGRES_ENABLE_DB_FUNCTIONS": "y"} if told.options["fast"] else {})


def opening(op: Op) -> Case:
    case = Case(case=op.case, household=op.household, details=op.details[0])
    for one in op.details[1:]:
        case.note(one)
    return case


def change(case: Case, op: Op) -> None:
    if case.closed:
        raise RefusedCommand
    for one in op.details:
        match op.kind:
            case "pay":
                case.pay(op.amount_fen, one)
            case "refer":
                case.refer(one)
            case _:
                case.note(one)
    if op.kind == "close":
        case.close("")


def giver(app: Cases) -> GiveNow:
    def give(op: Op, expected: int | None) -> Given:
        for _ in range(TRIES):
            try:
                case = opening(op) if op.kind == "open" else app.repository.get(UUID(op.case))
                if expected is not None and expected != case.version:
                    raise StaleVersion
                if op.kind != "open":
                    change(case, op)
                saved = app.save(case)
            except IntegrityError:
                continue
            except AggregateNotFoundError as gone:
                raise RefusedCommand from gone
            return Given([str(one.notification.id) for one in saved], case.version)
        raise RuntimeError(f"{op.case}: others came first {TRIES} times")

    return give


def main(told: Job) -> None:
    os.environ.update(settings(told))
    opened, ops = told.ops(repeats=False)
    app = Cases()
    for first in range(0, len(opened), 200):
        app.save(*(opening(op) for op in opened[first : first + 200]))
    seen: list[int] = []
    with psycopg.connect(told.dsn, autocommit=True) as reader:
        with followed(lambda after: positions(reader, after), seen):
            driven = drive_threads([giver(app)] * told.callers, ops, seconds=told.seconds, warm_s=told.warm_s)
        driven.log.seen = seen
        rows: list[Any] = reader.execute(
            f"select notification_id, originator_id::text, originator_version, notification_id::text from {TABLE} order by 1"
        ).fetchall()
    app.close()
    told.done(driven, rows)


def positions(reader: psycopg.Connection, after: int) -> list[int]:
    return [row[0] for row in reader.execute(f"select notification_id from {TABLE} where notification_id > %s order by 1", [after])]


if __name__ == "__main__":
    main(job())
