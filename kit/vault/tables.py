"""The vault's tables: sealed values beside the registry's events, the keys in a database of their own (ruling 10).

Separate databases have separate backups: those of the keys are kept 30 days at most, so after that a destroyed key is in none.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

VALUE_TABLE = "vault_value"
DOCUMENT_TABLE = "vault_document"


def vault_tables(metadata: sa.MetaData) -> list[sa.Table]:
    """In the registry's database. Its role needs SELECT and INSERT on all, and DELETE on `vault_document` alone."""
    value = sa.Table(
        VALUE_TABLE,
        metadata,
        sa.Column("ref", sa.Text, primary_key=True, comment="UUID; of a note: its NoteRef"),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False, comment="hex"),
        sa.Column("ciphertext", sa.Text, nullable=False, comment="hex, AES-256-GCM under the person's key"),
        sa.Column("written_at", _instant(), nullable=False),
        sa.Index("vault_value_newest", "person_id", "field", sa.text("written_at desc"), sa.text("ref desc")),
    )
    document = sa.Table(
        DOCUMENT_TABLE,
        metadata,
        sa.Column("hash", sa.Text, primary_key=True, comment="keyed hash of the document number, hex"),
        sa.Column("person_id", sa.Text, nullable=False, index=True),
    )
    access = sa.Table(
        "vault_access",
        metadata,
        sa.Column("id", sa.Text, primary_key=True, comment="UUID of version 7"),
        sa.Column("at", _instant(), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("fields", ARRAY(sa.Text), nullable=False),
        sa.Column("task", sa.Text),
        sa.Index("vault_access_of_person", "person_id", "at"),
    )
    return [value, document, access, _ledger("vault_destroyed", metadata)]


def key_tables(metadata: sa.MetaData) -> list[sa.Table]:
    """In the keys database."""
    person_key = sa.Table(
        "person_key",
        metadata,
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("master_version", sa.Integer, nullable=False, index=True),
        sa.Column("wrapped", sa.Text, nullable=False, comment="hex: nonce and key, wrapped by the master key"),
        sa.Column("created_at", _instant(), nullable=False),
    )
    keyring_mark = sa.Table(
        "keyring_mark",
        metadata,
        sa.Column("one", sa.Boolean, sa.CheckConstraint("one"), primary_key=True, comment="always true: there is one row"),
        sa.Column("fingerprint", sa.Text, nullable=False),
    )
    return [person_key, keyring_mark, _ledger("destroyed_key", metadata)]


def _ledger(name: str, metadata: sa.MetaData) -> sa.Table:
    """Who was forgotten; kept in both databases, so a restore of either one heals from the other."""
    return sa.Table(
        name,
        metadata,
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("destroyed_at", _instant(), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
    )


def _instant() -> TIMESTAMP:
    return TIMESTAMP(timezone=True)
