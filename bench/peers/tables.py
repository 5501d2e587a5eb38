"""The plain table of the two peers that only insert."""

from __future__ import annotations

import json

from bench.workload import Op

EVENTS = """create table events (
  position bigserial primary key, id uuid not null unique, stream text not null, version int not null, type text not null,
  data jsonb not null, recorded_at timestamptz not null default clock_timestamp(), unique (stream, version))"""
HEAD = "select coalesce(max(version), 0) from events where stream = {}"
INSERT = "insert into events (id, stream, version, type, data) values ({}, {}, {}, {}, {})"
HEAD_NUMBERED, INSERT_NUMBERED = HEAD.format("$1"), INSERT.format("$1", "$2", "$3", "$4", "$5")
HEAD_NAMELESS, INSERT_NAMELESS = HEAD.format("%s"), INSERT.format("%s", "%s", "%s", "%s", "%s")


def rows_of(op: Op, head: int) -> list[tuple[str, int, str, str]]:
    """(stream, version, type, data) of the command's events after a version."""
    body = {"case_id": op.case, "household_id": op.household, "amount_fen": op.amount_fen}
    return [(f"case/{op.case}", version, op.kind, json.dumps({**body, "details": one})) for version, one in enumerate(op.details, head + 1)]
