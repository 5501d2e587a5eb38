"""Lunch at a canteen: meal accounts and check-ins."""

from __future__ import annotations

from tests.flows.district import QIAODONG, District, events_of, only


async def a_canteen(district: District) -> str:
    """A canteen of the community; its id."""
    point = district.id("canteen")
    body = {"area": QIAODONG, "kind": "canteen", "capacity": 80}
    await district.give("district_officer", f"/eldercare/meal-point/{point}/open-point", "2022-01-17", body)
    return point


async def meal_account(district: District, elder: str, home: str, born: str, on: str) -> str:
    """The elder, who has a hukou here, may eat at meal points; the account's id. Eldercare has heard of the household first."""
    await district.settle()
    account = district.id(f"meals-{elder}")
    body = {"person_id": district.id(elder), "household_id": home, "born": born, "hukou": True}
    await district.give("caseworker", f"/eldercare/meal-account/{account}/open-account", on, body)
    return account


async def lunch(district: District, account: str, price: int, on: str, method: str = "card") -> tuple[int, int]:
    """A lunch is served: what the elder pays and what is subsidised, in fen."""
    point, number = district.id("canteen"), district.id(f"lunch-{district.given}")
    body = {"check_in_id": number, "meal_point_id": point, "price_fen": price, "method": method}
    told = await district.give("canteen_clerk", f"/eldercare/meal-account/{account}/check-in", on, body)
    pays: int = only(events_of(told, "eldercare.meal-account.checked-in"))["pays_fen"]
    subsidies: list[int] = [event["subsidy_fen"] for event in events_of(told, "eldercare.meal-account.subsidy-applied")]
    return pays, sum(subsidies)
