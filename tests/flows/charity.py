"""Donated money: funds, gifts to families, and what became of each yuan."""

from __future__ import annotations

from typing import Any

from tests.flows.district import District, Told


async def a_fund(district: District, name: str, purpose: str, *gifts: int, on: str) -> str:
    """A fund of a purpose with donations in it (fen), called `NAME-donation-1` and so on; the fund's id."""
    fund = district.id(name)
    await district.give("charity_officer", f"/charity/fund/{fund}/establish", on, purpose=purpose)
    for number, amount in enumerate(gifts, 1):
        donation = district.id(f"{name}-donation-{number}")
        terms: Told = {"donor_id": district.id(f"{name}-donor-{number}"), "kind": "money", "amount_fen": amount, "purpose": purpose}
        await district.give("charity_officer", f"/charity/donation/{donation}/receive", on, terms)
        await district.give("charity_officer", f"/charity/donation/{donation}/allocate", on, fund_id=fund)
    return fund


async def proposed_gift(
    district: District, name: str, fund: str, home: str, need: str, amount: int, on: str, *, category: str = "medical", **more: Any
) -> str:
    """An officer proposes up to an amount of a fund for a need; the allocation's id."""
    body: Told = {"fund_id": fund, "household_id": home, "need_id": need, "category": category, "amount_fen": amount, **more}
    await district.give("charity_officer", f"/charity/allocation/{district.id(name)}/propose", on, body)
    return district.id(name)


async def approved(district: District, gift: str, on: str) -> Told:
    """A second person signs; what was decided."""
    return await district.give("second_officer", f"/charity/allocation/{gift}/approve", on, seen=True)


async def given(district: District, name: str, fund: str, home: str, need: str, amount: int, on: str, **more: Any) -> str:
    """A gift is proposed, approved, answered by the need and paid as far as it was accepted; the allocation's id."""
    gift = await proposed_gift(district, name, fund, home, need, amount, on, **more)
    await approved(district, gift, on)
    await district.settle()
    return gift


async def trace(district: District, fund: str) -> Told:
    """Where the fund's money is, as its officer reads it."""
    return await district.ask("charity_officer", f"/funds/{fund}/trace")


def books(told: Told) -> dict[str, int]:
    """A fund's or a donation's figures in fen. Each is in one place only (ruling 23), and none is below zero (property 3)."""
    figures = {name: told[name]["amount"] for name in ("received", "spent", "reserved", "available", "taken_back")}
    assert figures["received"] == sum(fen for name, fen in figures.items() if name != "received")
    assert min(figures.values()) >= 0
    return figures
