"""Medians, goals, void figures, and the page that shows them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import typer

from bench import page
from bench.__main__ import choose
from bench.ground import Ground
from bench.peers_venv import CannotInstall, Peers
from bench.results import Figure, Goal, Machine, Report, Result, summed_up
from bench.screen import remarks, table
from bench.suite import OURS, Bar, bars, run_bar

MACHINE = Machine(
    cpu="a cpu", cores=2, memory_gib=8, system="Linux 6", python="3.11.7", postgresql="15", load=0.1, began="2026-01-01T00:00"
)


def blank(goal: Goal | None = None, name: str = "a") -> Result:
    return Result(name=name, system=OURS, unit="events/s", goal=goal)


def test_the_median_counts_and_its_times_stand_beside_it() -> None:
    figures = [Figure(value, [value] * 9) for value in (30.0, 10.0, 20.0)]
    result = summed_up(blank(), figures)
    assert (result.value, result.runs, result.p50_ms, result.checker) == (20.0, [30.0, 10.0, 20.0], 20.0, "green")


def test_of_an_even_number_of_runs_the_lower_middle_counts() -> None:
    assert summed_up(blank(), [Figure(4.0), Figure(1.0), Figure(3.0), Figure(2.0)]).value == 2.0


def test_a_red_checker_voids_the_figure() -> None:
    """Also when it was red in one run of three."""
    result = summed_up(blank(Goal(least=1)), [Figure(5.0), Figure(9.0, wrong=["lost"]), Figure(7.0)])
    assert (result.value, result.checker, result.met, result.runs) == (None, ["lost"], False, [])


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal(least=100), True),
        (Goal(least=101), False),
        (Goal(most=100), True),
        (Goal(most=99), False),
        (Goal(least=100, p99_ms=3), True),
        (Goal(least=100, p99_ms=1), False),
    ],
)
def test_a_goal_is_met_by_value_and_times(goal: Goal, met: bool) -> None:
    assert summed_up(blank(goal), [Figure(100.0, [2.0, 2.0, 2.0])]).met is met


def test_a_goal_measured_by_another_bar() -> None:
    """Two workers do 1.4 times what one does."""
    one, goal = Result(name="one", system=OURS, unit="events/s", value=100.0), Goal(times=1.4, of="one")
    assert summed_up(blank(goal), [Figure(140.0)], [one]).met is True
    assert summed_up(blank(goal), [Figure(139.0)], [one]).met is False
    assert not summed_up(blank(goal), [Figure(139.0)]).met


def test_what_a_bar_says_it_missed_counts() -> None:
    result = summed_up(blank(Goal(most=20, also="no failed read")), [Figure(5.0, missed=["3 reads failed"])])
    assert (result.met, result.notes) == (False, ["3 reads failed"])


def test_a_report_reads_back_as_it_was_and_leaves_out_what_is_not_there(tmp_path: Path) -> None:
    report = Report(machine=MACHINE, seed=7, size="short", results=[summed_up(blank(Goal(least=3)), [Figure(4.0)]), blank(name="b")])
    report.write(tmp_path / "r.json")
    assert Report.read(tmp_path / "r.json") == report
    assert "p50_ms" not in (tmp_path / "r.json").read_text()


def test_the_page_shows_the_report_and_keeps_its_own_words(tmp_path: Path) -> None:
    results = [
        summed_up(blank(Goal(least=3)), [Figure(4.0)]),
        Result(name="b", system="a peer", unit="events/s", not_run="this machine has no node"),
    ]
    told = tmp_path / "page.md"
    told.write_text(f"# Words\n{page.BEGIN}\nold\n{page.END}\nmore words\n")
    page.write_page(Report(machine=MACHINE, seed=7, size="short", results=results), Peers(tmp_path), told, tmp_path)
    text = told.read_text()
    assert text.startswith("# Words\n")
    assert text.endswith("\nmore words\n")
    assert "old" not in text
    assert "| `a` | minsheng | 4 events/s | 4 |  | >= 3: met |  | green |" in text
    assert "- b, a peer: this machine has no node" in text


def test_the_table_and_the_remarks_name_what_was_not_run() -> None:
    report = Report(machine=MACHINE, seed=7, size="short", results=[Result(name="b", system="a peer", unit="x", not_run="no node")])
    assert table(report).row_count == 1
    assert remarks(report) == ["b, a peer: no node"]


def test_a_bar_is_chosen_by_its_name() -> None:
    assert {bar.name for bar in choose(full=False, only=["append_100"], ours=False)} == {"append_100"}
    assert {bar.system for bar in choose(full=True, only=[], ours=True)} == {OURS}
    with pytest.raises(typer.BadParameter, match="no bar is called appends"):
        choose(full=False, only=["appends"], ours=False)


def test_every_bar_has_a_name_once_for_each_system_and_ours_have_goals() -> None:
    listed = [(bar.name, bar.system) for bar in bars()]
    assert len(listed) == len(set(listed))
    assert all(bar.goal is not None for bar in bars() if bar.system == OURS)
    assert all(bar.lacks for bar in bars() if bar.system != OURS)


def test_a_peer_that_cannot_be_installed_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peers = Peers(tmp_path)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(CannotInstall, match="no node"):
        peers.node_modules()
    monkeypatch.undo()
    with pytest.raises(CannotInstall, match="no node"):
        peers.node_modules()


async def run_with(error: Exception) -> Result:
    async def broken(_ground: Ground) -> Figure:
        raise error

    bar = Bar("a", "events/s", broken, (2, 2), goal=Goal(least=1))
    return await run_bar(bar, cast("Ground", SimpleNamespace(full=False, tiny=False)), lambda _what, _seconds: None)


async def test_what_cannot_run_is_named_with_its_reason() -> None:
    result = await run_with(CannotInstall("no node"))
    assert (result.not_run, result.value, result.checker) == ("no node", None, None)


async def test_a_bar_that_breaks_is_red_and_loses_nobody_elses_figures() -> None:
    result = await run_with(TimeoutError("after 5 s"))
    assert (result.met, result.value) == (False, None)
    assert result.checker
    assert "ended in TimeoutError" in result.checker[0]
