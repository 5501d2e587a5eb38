"""The event log with its idempotency keys, claims, subjects, timers, the relay's ledger, and the append function."""

from pathlib import Path

from alembic import op

import kit.store

revision = "store0001"
down_revision = None

TABLES = """
create table events (
  position bigint primary key,
  id uuid not null unique,
  stream text not null,
  version integer not null,
  type text not null,
  schema_version integer not null,
  key text not null,
  recorded_at timestamptz not null,
  occurred_at timestamptz not null,
  effective_from date,
  data jsonb not null,
  meta jsonb not null,
  unique (stream, version)
);
comment on column events.key is 'Kafka key, fixed when the stream was opened';
create table command_key (key uuid primary key, body uuid, position bigint not null, count integer not null);
comment on column command_key.key is 'keyed hash of actor and idempotency key';
comment on column command_key.body is 'keyed hash of the command''s body; null: the first answer wins';
create table claim (kind text not null, key text not null, stream text not null, primary key (kind, key));
create index ix_claim_stream on claim (stream);
create table subject (subject text not null, stream text not null, position bigint not null, primary key (subject, stream));
create index ix_subject_stream on subject (stream);
create table timer (stream text not null, name text not null, due timestamptz not null, primary key (stream, name));
create index ix_timer_due on timer (due);
create table relay_ledger (partition integer primary key, topic_id text not null, position bigint not null);
comment on column relay_ledger.position is 'last position of the partition that the broker acknowledged'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for name in ("index_change.sql", "cells.sql", "append.sql"):
        op.execute(Path(kit.store.__file__).with_name(name).read_text(encoding="utf-8"))
