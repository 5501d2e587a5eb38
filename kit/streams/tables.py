"""What a reader of topics keeps in its own database: where it stands, what it had to park, what its reactions were answered."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

metadata = sa.MetaData()
_instant = TIMESTAMP(timezone=True)
_now = sa.text("clock_timestamp()")

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("topic_id", sa.Text, nullable=False, comment="another id: the topic was made anew, it is read from its start"),
    sa.Column("next_offset", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False, comment="last position applied; older ones are repeats"),
    sa.Column("recorded_at", _instant, comment="of the event at that position"),
    sa.Column("end_offset", sa.BigInteger, nullable=False, server_default="0", comment="of the topic, when last asked"),
    sa.Column("updated_at", _instant, nullable=False, server_default=_now, comment="when a worker last applied or asked"),
)

parked = sa.Table(
    "parked",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("set_id", sa.Integer, comment="of a view's set of tables; the message then stands in the journal"),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("key", sa.Text, nullable=False, comment="Kafka key; later messages with it wait behind"),
    sa.Column("position", sa.BigInteger, nullable=False, comment="0: the message does not tell its place"),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("event_id", UUID(as_uuid=False)),
    sa.Column("state", sa.Text, nullable=False, comment="parked | waiting | skipped | applied"),
    sa.Column("reason", sa.Text, nullable=False, comment="repeats nothing of the message"),
    sa.Column("message_key", sa.LargeBinary),
    sa.Column("message_value", sa.LargeBinary),
    sa.Column("message_headers", sa.LargeBinary, comment="MessagePack: pairs of name and bytes"),
    sa.Column("parked_at", _instant, nullable=False, server_default=_now),
    sa.Column("settled_at", _instant),
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_why", sa.Text),
    sa.Index("parked_open", "consumer", "topic", "key", "id", postgresql_where=sa.text("state in ('parked', 'waiting')")),
    sa.Index("parked_skipped", "consumer", postgresql_where=sa.text("state = 'skipped'")),
)

activation = sa.Table(
    "reaction_activation",
    metadata,
    sa.Column("reaction", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, comment="the reaction speaks about later events only"),
    sa.Column("activated_at", _instant, nullable=False, server_default=_now),
)

reaction_outcome = sa.Table(
    "reaction_outcome",
    metadata,
    sa.Column("event_id", UUID(as_uuid=False), primary_key=True),
    sa.Column("reaction", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True, comment="the stream whose command was refused"),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("at", _instant, nullable=False, server_default=_now),
)
