"""The persons' keys, wrapped by the master key, and the ledger of destroyed ones: a database of their own."""

from alembic import op

revision = "keys0001"
down_revision = None

TABLES = """
create table person_key (
  person_id text primary key,
  master_version integer not null,
  wrapped text not null,
  created_at timestamptz not null
);
create index ix_person_key_master_version on person_key (master_version);
create table keyring_mark (one boolean primary key check (one), fingerprint text not null);
create table destroyed_key (
  person_id text primary key,
  destroyed_at timestamptz not null,
  actor text not null,
  reason_code text not null
);
comment on column keyring_mark.one is 'always true: there is one row';
comment on column person_key.wrapped is 'hex: nonce and key, wrapped by the master key'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
