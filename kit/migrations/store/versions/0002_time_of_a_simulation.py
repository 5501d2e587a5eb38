"""The append function takes the time of a simulation, and drops a timer without an event."""

from pathlib import Path

from alembic import op

import kit.store

revision = "store0002"
down_revision = "store0001"

BEFORE = """
uuid[], uuid[], timestamptz[], int[], text[], int[], int[], uuid[], text[], int[], text[], int[], text[], timestamptz[], date[], jsonb[],
jsonb[], int[], text[], text[], text[], text[], timestamptz[], int[], text[], jsonb[]
"""


def upgrade() -> None:
    op.execute(f"drop function if exists append_group({BEFORE})")
    for name in ("cells.sql", "append.sql"):
        op.execute(Path(kit.store.__file__).with_name(name).read_text(encoding="utf-8"))
