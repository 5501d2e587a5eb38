"""What is kept of devices' heartbeats: the last sign of life of each, and whether its silence was told."""

from alembic import op

revision = "telemetry0001"
down_revision = None

TABLES = """
create table device_sign (
  device_id uuid primary key,
  last_at timestamptz not null,
  watch bigint,
  silent_for timestamptz,
  told boolean not null default false
) with (fillfactor = 50);
comment on table device_sign is 'no index but the key: an update for each heartbeat then stays in its page, and some thousand rows are read at once';
comment on column device_sign.last_at is 'the last sign of life, or from when silence counts for a device never heard';
comment on column device_sign.watch is 'position of the event that put it under watch; null: nobody waits for it';
comment on column device_sign.silent_for is 'the last sign before a silence that was found; null: none';
comment on column device_sign.told is 'the silence is a fact in the log'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
