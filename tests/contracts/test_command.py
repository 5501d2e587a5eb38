"""`minsheng contracts` and `python -m contracts.generate` for people and programs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from contracts.generate.events import published
from minsheng.commands.contracts import contracts

runner = CliRunner()


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(contracts)
    return app


def test_the_events_are_listed_for_programs(command: typer.Typer) -> None:
    """Every event with service, version, sharing and source."""
    listed = json.loads(runner.invoke(command, ["--json"]).stdout)
    assert [event["name"] for event in listed] == [kind.name for kind in published()]
    granted = next(event for event in listed if event["name"] == "relief.temp-aid.granted")
    assert (granted["service"], granted["version"], granted["shared"], granted["stream"]) == ("relief", 1, True, "case_id")
    assert granted["source"].startswith("R-TMP-05")


def test_the_events_are_listed_for_people(command: typer.Typer) -> None:
    """The table names each event whole, also on a narrow terminal."""
    shown = runner.invoke(command, [], env={"COLUMNS": "80"}).stdout
    assert "temp-aid.granted" in shown
    assert "need-assessment.dimension-answered" in shown


def test_the_check_says_that_all_is_well(command: typer.Typer) -> None:
    """Exit code 0 and one line."""
    result = runner.invoke(command, ["--check"])
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)


def test_the_module_checks_without_importing_a_service() -> None:
    """`python -m contracts.generate --check` stands alone: contracts import nothing of ours."""
    code = (
        "import sys; sys.argv.append('--check'); from contracts.generate.__main__ import main; code = main(); "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'kit', 'policy', 'services', 'minsheng'})); sys.exit(code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "[]")
