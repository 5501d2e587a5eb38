"""The page of telemetry says what the program counts."""

from __future__ import annotations

from pathlib import Path

from kit.telemetry import METRICS

PAGE = Path(__file__).parents[2] / "docs" / "telemetry.md"


def test_the_table_of_metrics_is_that_of_the_list() -> None:
    told = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `minsheng.")]
    assert told == [
        f"| `{one.name}` | {one.kind} | {one.unit} | {', '.join(sorted(one.labels)) or '–'} | {one.meaning} |" for one in METRICS
    ]
