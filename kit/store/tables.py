"""The store's tables as SQLAlchemy describes them. The hot path (`append.sql`) writes them; migrations create them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

metadata = sa.MetaData()
_instant = TIMESTAMP(timezone=True)

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", UUID(as_uuid=False), nullable=False, unique=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("key", sa.Text, nullable=False, comment="Kafka key, fixed when the stream was opened"),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Column("occurred_at", _instant, nullable=False),
    sa.Column("effective_from", sa.Date),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("meta", JSONB, nullable=False),
    sa.UniqueConstraint("stream", "version"),
)

command_key = sa.Table(
    "command_key",
    metadata,
    sa.Column("key", UUID(as_uuid=False), primary_key=True, comment="keyed hash of actor and idempotency key"),
    sa.Column("body", UUID(as_uuid=False), comment="keyed hash of the command's body; null: the first answer wins"),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
)

subject = sa.Table(
    "subject",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True, index=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("due", _instant, nullable=False, index=True),
)

relay_ledger = sa.Table(
    "relay_ledger",
    metadata,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("topic_id", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False, comment="last position of the partition that the broker acknowledged"),
)
