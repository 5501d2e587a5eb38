"""The journal and the registry of views. The views' own tables are made from their row types (`sets`)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP, UUID

metadata = sa.MetaData()
_instant = TIMESTAMP(timezone=True)
_now = sa.text("clock_timestamp()")

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("event_id", UUID(as_uuid=False), nullable=False, unique=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Column("occurred_at", _instant, nullable=False),
    sa.Column("effective_from", sa.Date),
    sa.Column("causation_id", sa.Text, index=True),
    sa.Column("data", JSON, nullable=False, comment="as it came"),
    sa.Column("meta", JSON, nullable=False, comment="the rest of the envelope"),
)

view_set = sa.Table(
    "view_set",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("view", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("follows", sa.Boolean, nullable=False),
    sa.Column("shape", sa.Text, nullable=False, comment="columns of the table; another shape needs a rebuild"),
    sa.Column("state", sa.Text, nullable=False, comment="building | live | retired"),
    sa.Column("created_at", _instant, nullable=False, server_default=_now),
    sa.Column("switched_at", _instant),
    sa.Index("view_set_live", "view", unique=True, postgresql_where=sa.text("state = 'live'")),
    sa.Index("view_set_building", "view", unique=True, postgresql_where=sa.text("state = 'building'")),
)

view_progress = sa.Table(
    "view_progress",
    metadata,
    sa.Column("set_id", sa.Integer, sa.ForeignKey("view_set.id", ondelete="cascade"), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, comment="folded up to here"),
    sa.Column("rows", sa.BigInteger, nullable=False, comment="rows fed by this partition"),
    sa.Column("hash", sa.Numeric, nullable=False, comment="sum of the rows' hashes modulo 2^64"),
)

dirty_mark = sa.Sequence("dirty_mark", metadata=metadata)
dirty = sa.Table(
    "dirty",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("due_at", _instant, nullable=False, index=True),
    sa.Column("mark", sa.BigInteger, dirty_mark, nullable=False, server_default=dirty_mark.next_value(), comment="new at each marking"),
)
