"""The append function takes each column as one text, and appends of one group may rest on each other."""

from pathlib import Path

from alembic import op

import kit.store

revision = "store0003"
down_revision = "store0002"

BEFORE = """
uuid[], uuid[], timestamptz[], int[], text[], int[], int[], uuid[], text[], int[], text[], int[], text[], timestamptz[], date[], jsonb[],
jsonb[], int[], text[], text[], text[], text[], timestamptz[], int[], text[], jsonb[], timestamptz
"""


def upgrade() -> None:
    op.execute(f"drop function if exists append_group({BEFORE})")
    for name in ("cells.sql", "append.sql"):
        op.execute(Path(kit.store.__file__).with_name(name).read_text(encoding="utf-8"))
