"""What the played year prints: the annual report, the exception board before and after deadlines, one family's story, the streets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from kit.clock import SHANGHAI

Told = Mapping[str, Any]
VERDICTS = {"borne_out": "green", "short": "bold red", "above": "yellow"}


def annual(console: Console, told: Told) -> None:
    """Each figure of the bureau's report beside what the log says, and the query that lists it."""
    console.rule(
        f"[bold]Annual report 年度报告 {told['year']}: the bureau's figures, counted from {told['things']:,} things in the log[/bold]"
    )
    table = Table(pad_edge=False)
    for column in ("figure", "", "item", "report", "counted", "", "query", "list"):
        table.add_column(column, justify="right" if column in {"report", "counted"} else "left")
    for programme in told["programmes"]:
        for figure in programme["figures"]:
            colour = VERDICTS[figure["verdict"]]
            table.add_row(
                figure["title_zh"],
                figure["title"],
                figure["item"],
                f"{figure['comparator']}{figure['reported_text']}",
                figure["counted_text"],
                f"[{colour}]{figure['verdict_zh']} {figure['verdict'].replace('_', ' ')}[/{colour}]",
                figure["query"],
                figure["list"],
            )
    console.print(table)
    tiles = ", ".join(f"{tile['have_zh']} {tile['things']:,}" for tile in told["tiles"])
    console.print(f"six areas 六有: {tiles}; together {told['things']:,}")


def board(console: Console, before: Sequence[Told], after: Sequence[Told], when: tuple[datetime, datetime]) -> None:
    """Open findings by kind, at two moments between which nobody did anything but the deadlines."""
    first, last = (f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for moment in when)
    console.rule(f"[bold]Exception board 例外看板: open findings at {first}, and at {last} after deadlines acted[/bold]")
    table = Table(pad_edge=False)
    for column in ("", "what", "before", "after", "gone", "new"):
        table.add_column(column, justify="left" if column in {"", "what"} else "right")
    counts = [Counter(_kind(finding) for finding in found) for found in (before, after)]
    ids = [{finding["id"]: _kind(finding) for finding in found} for found in (before, after)]
    gone = Counter(kind for one, kind in ids[0].items() if one not in ids[1])
    new = Counter(kind for one, kind in ids[1].items() if one not in ids[0])
    for kind in sorted(set(counts[0]) | set(counts[1])):
        table.add_row(*kind, str(counts[0][kind]), str(counts[1][kind]), str(gone[kind]), str(new[kind]))
    table.add_row("", "all", str(counts[0].total()), str(counts[1].total()), str(gone.total()), str(new.total()), style="bold")
    console.print(table)


def _kind(finding: Told) -> tuple[str, str]:
    return finding["detection"], finding["title_zh"]


def referral_story(console: Console, chain: Told) -> None:
    """One family's referrals, step by step: who was asked, what deadline passed, who was told, and how it ended."""
    console.rule(f"[bold]One family 一户家庭: household {chain['household_id']} · {chain['area_zh']}[/bold]")
    needs = {need["need_id"]: need for need in chain["needs"]}
    for referral in chain["referrals"]:
        need = needs.get(referral["need_id"])
        what = f"{need['category_zh']} {need['slots'][0]['gross']['text']}" if need else ""
        console.print(f"referral 转介 {referral['referral_id'][-8:]} to {referral['receiver_zh']} for {what}")
        for on, text in _steps(referral):
            console.print(f"  {on:%Y-%m-%d %H:%M}  {text}")
        ended = f"{referral['code_zh']} ({referral['code']})" if referral["code"] else referral["state_zh"]
        console.print(f"  → {ended}; covered {referral['covered']['text']} of {referral['residual']['text']}")


def _steps(referral: Told) -> Iterable[tuple[datetime, str]]:
    for step in referral["steps"]:
        due = f", to be done by {_instant(step['due_at']):%Y-%m-%d %H:%M}" if step["due_at"] else ""
        yield _instant(step["source"]["occurred_at"]), f"{step['state_zh']} {step['state']}{due}"
        for raised in step["escalations"]:
            yield _instant(raised["source"]["occurred_at"]), f"  逾期升级 escalated to {raised['level_zh']} ({raised['level']})"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


def streets(console: Console, told: Told) -> None:
    """How many things of each kind each street did; what belongs to no street stands under the district."""
    console.rule(f"[bold]What each street did 各街道: {told['first']} to {told['last']}[/bold]")
    places = list(dict.fromkeys((row["area"], row["area_zh"]) for row in told["rows"]))
    table = Table(pad_edge=False)
    table.add_column("")
    for _, title in places:
        table.add_column(title, justify="right")
    table.add_column("all", justify="right")
    for kind, title in dict.fromkeys((row["kind"], row["kind_zh"]) for row in told["rows"]):
        numbers = {row["area"]: row["things"] for row in told["rows"] if row["kind"] == kind}
        cells = [f"{numbers[area]:,}" if area in numbers else "–" for area, _ in places]
        table.add_row(f"{title} {kind.replace('_', ' ')}", *cells, f"{sum(numbers.values()):,}")
    console.print(table)
