"""Sealed personal values, their lookup hashes, who read what, and who was forgotten."""

from alembic import op

revision = "vault0001"
down_revision = None

TABLES = """
create table vault_value (
  ref text primary key,
  person_id text not null,
  field text not null,
  key_version integer not null,
  nonce text not null,
  ciphertext text not null,
  written_at timestamptz not null
);
create index vault_value_newest on vault_value (person_id, field, written_at desc, ref desc);
create table vault_document (hash text primary key, person_id text not null);
create index ix_vault_document_person_id on vault_document (person_id);
create table vault_access (
  id text primary key,
  at timestamptz not null,
  actor text not null,
  purpose text not null,
  person_id text not null,
  fields text[] not null,
  task text
);
create index vault_access_of_person on vault_access (person_id, at);
create table vault_destroyed (
  person_id text primary key,
  destroyed_at timestamptz not null,
  actor text not null,
  reason_code text not null
);
comment on column vault_access.id is 'UUID of version 7';
comment on column vault_document.hash is 'keyed hash of the document number, hex';
comment on column vault_value.ref is 'UUID; of a note: its NoteRef';
comment on column vault_value.nonce is 'hex';
comment on column vault_value.ciphertext is 'hex, AES-256-GCM under the person''s key'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
