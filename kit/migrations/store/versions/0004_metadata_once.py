"""The append function takes the metadata that the events of an append share once for the append."""

from pathlib import Path

from alembic import op

import kit.store

revision = "store0004"
down_revision = "store0003"

BEFORE = f"int, {'text, ' * 29}timestamptz"


def upgrade() -> None:
    op.execute(f"drop function if exists append_group({BEFORE})")
    op.execute(Path(kit.store.__file__).with_name("append.sql").read_text(encoding="utf-8"))
