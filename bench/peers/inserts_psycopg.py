"""The floor of effort with psycopg: one transaction a command, one connection and one thread a caller."""

from __future__ import annotations

from uuid import uuid4

import psycopg

from bench.driving import Given, GiveNow, StaleVersion, drive_threads
from bench.peers.protocol import Job, job
from bench.peers.tables import EVENTS, HEAD_NAMELESS, INSERT_NAMELESS, rows_of
from bench.workload import Op

TRIES = 50


def main(told: Job) -> None:
    opened, ops = told.ops(repeats=False)
    with psycopg.connect(told.dsn, autocommit=True) as admin:
        admin.execute(EVENTS)
        with admin.transaction(), admin.cursor() as cursor:
            cursor.executemany(INSERT_NAMELESS, [(uuid4(), *row) for op in opened for row in rows_of(op, 0)])
        connections = [psycopg.connect(told.dsn, autocommit=True) for _ in range(told.callers)]
        driven = drive_threads([giver(one) for one in connections], ops, seconds=told.seconds, warm_s=told.warm_s)
        for one in connections:
            one.close()
        stored = admin.execute("select position, stream, version, id::text from events order by position").fetchall()
    told.done(driven, stored)


def giver(connection: psycopg.Connection) -> GiveNow:
    def give(op: Op, expected: int | None) -> Given:
        for _ in range(TRIES):
            try:
                return append(connection, op, expected)
            except psycopg.errors.UniqueViolation:
                if expected is not None:
                    raise StaleVersion from None
        raise RuntimeError(f"{op.case}: others came first {TRIES} times")

    return give


def append(connection: psycopg.Connection, op: Op, expected: int | None) -> Given:
    with connection.transaction(), connection.cursor() as cursor:
        head = expected
        if head is None:
            found = cursor.execute(HEAD_NAMELESS, [f"case/{op.case}"]).fetchone()
            head = found[0] if found else 0
        rows = [(str(uuid4()), *row) for row in rows_of(op, head)]
        cursor.executemany(INSERT_NAMELESS, rows)
    return Given([row[0] for row in rows], head + len(rows))


if __name__ == "__main__":
    main(job())
