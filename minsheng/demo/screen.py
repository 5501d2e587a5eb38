"""What the demonstration prints: chains, exception board, a donated yuan's way, and how to ask again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kit.clock import shanghai_date
from kit.money import yuan

Told = Mapping[str, Any]


def short(event_id: str) -> str:
    """An event's id as people read it; the whole one is in the API's answer."""
    return event_id[-8:]


def chain(console: Console, title: str, told: Told) -> None:
    """One household's chain: need by need, month by month, each line with its event."""
    console.rule(f"[bold]{title}[/bold]")
    console.print(
        f"household {told['household_id']} · {told['area_zh']} · {told['status_zh'] or 'no status'} ({told['status']}) · "
        f"{sum(member['present'] for member in told['members'])} members"
    )
    for need in told["needs"]:
        console.print(_need(need))
    if told["outside"]:
        console.print(_outside(told["outside"]))
    for referral in told["referrals"]:
        _referral(console, referral)


def _need(need: Told) -> Table:
    left = f"open {need['residual']['text']}" if need["residual"]["amount"] else "covered 已覆盖"
    table = Table(title=f"{need['category_zh']} {need['category']} · {left}", title_justify="left", title_style="bold cyan", pad_edge=False)
    for column in ("month", "layer", "what, by whom"):
        table.add_column(column)
    for column in ("gives", "of it paid", "left open"):
        table.add_column(column, justify="right")
    table.add_column("event", style="dim")
    for slot in need["slots"]:
        _slot(table, need, slot)
    return table


def _slot(table: Table, need: Told, slot: Told) -> None:
    month = slot["month"] or ""
    source = need["source"]["event_id"]
    if slot["prior_payers"] or not slot["month"]:
        table.add_row(month, "", "need 需求", slot["gross"]["text"], "", slot["gross"]["text"], short(source))
    left = slot["gross"]["amount"]
    for payer in slot["prior_payers"]:
        left -= payer["amount"]["amount"]
        table.add_row(
            month,
            "",
            f"{payer['payer_zh']} (prior payer)",
            f"−{payer['amount']['text']}",
            "",
            _yuan(left),
            short(payer["source"]["event_id"]),
        )
    for line in slot["lines"]:
        states = line["states"]
        gives = _sum(states["committed"], states["delivered"])
        who = f"{line['scheme_zh'] or line['scheme']}, {line['giver']['name_zh'] or line['giver']['kind_zh']}"
        offered = "" if line["offered"]["amount"] == gives or slot["month"] else f" (offered {line['offered']['text']})"
        table.add_row(
            month,
            f"{line['layer']} {line['layer_zh'][:2]}",
            who + offered,
            _text(gives, line["offered"]),
            states["delivered"]["text"],
            line["residual_after"]["text"],
            short(line["source"]["event_id"]),
        )


def _outside(lines: Iterable[Told]) -> Table:
    table = Table(title="outside a need 需求之外", title_justify="left", title_style="bold cyan", pad_edge=False)
    for column in ("month", "layer", "what"):
        table.add_column(column)
    for column in ("quantity", "paid", "list value"):
        table.add_column(column, justify="right")
    table.add_column("event", style="dim")
    for line in lines:
        table.add_row(
            line["month"],
            f"{line['layer']} {line['layer_zh'][:2]}",
            line["scheme_zh"],
            line["quantity"]["text"],
            line["delivered"]["text"],
            line["list_value"]["text"],
            short(line["facts"][-1]["event_id"]),
        )
    return table


def _referral(console: Console, referral: Told) -> None:
    way = " → ".join(step["state_zh"] for step in referral["steps"])
    covered = f"{referral['covered']['text']} of {referral['residual']['text']}"
    console.print(f"referral 转介 to {referral['receiver_zh']}: {way}; covered {covered}; {referral['code'] or 'open'}")


def exceptions(console: Console, told: Told, families: Mapping[str, str]) -> None:
    """The exception board: what is uncovered or doubled right now."""
    console.rule("[bold]Exception board 例外看板: what is uncovered or doubled right now[/bold]")
    table = Table(pad_edge=False)
    for column in ("since", "kind", "what", "household", "amounts", "next step"):
        table.add_column(column)
    for finding in told["items"]:
        details = ", ".join(f"{name} {_detail(name, value, finding['details'])}" for name, value in finding["details"].items())
        table.add_row(
            _day(finding["since"]),
            f"{finding['detection']} {finding['kind_zh']}",
            finding["title_zh"],
            families.get(finding["household_id"], finding["household_id"]),
            details,
            f"{finding['next_step_zh']} ({finding['owner_zh']})",
        )
    console.print(table if told["items"] else Text("nothing"))


def _day(instant: str) -> str:
    """The Shanghai day of an instant."""
    return shanghai_date(datetime.fromisoformat(instant)).isoformat()


def _detail(name: str, value: object, details: Told) -> str:
    money = name in {"residual", "net", "covered", "above"} and details.get("measure", "fen") == "fen"
    return _yuan(value) if money and isinstance(value, int) else str(value)


def trace(console: Console, told: Told, families: Mapping[str, str]) -> None:
    """One donated yuan's way from donor to family."""
    console.rule(f"[bold]One donated yuan 一元善款: fund {told['fund_id']} ({told['purpose_zh']})[/bold]")
    console.print(
        f"received {told['received']['text']} = spent {told['spent']['text']} + reserved {told['reserved']['text']} + "
        f"available {told['available']['text']} + taken back {told['taken_back']['text']}"
    )
    for donation in told["donations"]:
        console.print(f"donation {donation['donation_id'][-8:]} of donor {donation['donor_id'][-8:]}: {donation['received']['text']}")
        for spending in donation["spendings"]:
            family = families.get(spending["household_id"], "a family")
            facts = " → ".join(f"{fact['type'].split('.')[-1]} {short(fact['event_id'])}" for fact in spending["facts"])
            console.print(f"  → {spending['spent']['text']} to {family} for {spending['category_zh']}   [dim]{facts}[/dim]")


def _sum(*amounts: Told) -> int:
    return sum(int(amount["amount"]) for amount in amounts)


def _text(amount: int, like: Told) -> str:
    return _yuan(amount) if like["measure"] == "fen" else str(amount)


def _yuan(fen: int) -> str:
    return yuan(fen)
