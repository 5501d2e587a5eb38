"""Draws the charts of docs/performance.md, with matplotlib of the peers' environment: `python -m bench.charts REPORT FOLDER`."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

OURS, PEER, GOAL = "#2f6f4f", "#9aa5b1", "#c0392b"


def main(report: Path, folder: Path) -> None:
    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "minsheng", "font.size": 9, "svg.fonttype": "none"}
    results = json.loads(report.read_text())["results"]
    for name, found in groupby(results, key=lambda result: result["name"]):
        draw(name, list(found), folder / f"{name}.svg")


def draw(name: str, results: list[dict[str, Any]], path: Path) -> None:
    """One bar a system, its runs as dots, the goal as a line."""
    results.reverse()  # the first is shown on top
    figure, axes = plt.subplots(figsize=(7, 0.6 + 0.32 * len(results)), layout="constrained")
    colours = [OURS if result["system"].startswith("minsheng") else PEER for result in results]
    axes.barh([result["system"] for result in results], [result["value"] for result in results], color=colours)
    for place, result in enumerate(results):
        axes.plot(result["runs"], [place] * len(result["runs"]), "k.", markersize=3)
    goals = [result["goal"]["least"] for result in results if result.get("goal", {}).get("least")]
    if goals:
        axes.axvline(goals[0], color=GOAL, linewidth=1)
    axes.set_xlabel(f"{name}, {results[0]['unit']} (dots: runs; line: our goal)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
