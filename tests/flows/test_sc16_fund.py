"""SC-16: two approvals at once never overdraw a restricted fund; what is outside its purpose is refused."""

from __future__ import annotations

import asyncio

import pytest

from tests.flows.charity import a_fund, approved, books, proposed_gift, trace
from tests.flows.district import District, Told, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real


async def disability_fund(district: District) -> tuple[str, str, str]:
    """612,000.00 received; a disabled person with a need of 700,000.00: fund, household, need."""
    home = await household_of(district, "son", "mother", on="2022-03-01")
    need = await a_need(district, home, "disability", 700_000_00, "2022-03-02", person_id=district.id("son"))
    fund = await a_fund(district, "disability", "disability", 600_000_00, 12_000_00, on="2022-01-10")
    return fund, home, need


async def asked(district: District, name: str, place: tuple[str, str, str], amount: int, *, certificate: bool = True) -> str:
    fund, home, need = place
    son: Told = {"category": "disability", "person_id": district.id("son"), "certificate": certificate}
    return await proposed_gift(district, name, fund, home, need, amount, "2022-04-07", **son)


def decision(told: Told) -> Told:
    """What the approval said about the allocation."""
    found: Told = only([event for event in told["events"] if event["type"].startswith("charity.allocation.")])
    return found


async def test_two_approvals_at_once_never_overdraw_the_fund(district: District) -> None:
    """SC-16: of 9,000.00 and 8,000.00 out of 14,000.00 one is reserved, the other `insufficient`; the third `purpose`."""
    place = await disability_fund(district)
    await approved(district, await asked(district, "large", place, 598_000_00), "2022-04-07")
    wishes = {await asked(district, "nine", place, 9_000_00): 9_000_00, await asked(district, "eight", place, 8_000_00): 8_000_00}
    decided = [decision(told) for told in await asyncio.gather(*(approved(district, gift, "2022-04-08") for gift in wishes))]
    won = only([one["data"] for one in decided if one["type"] == "charity.allocation.reserved"])
    lost = only([one["data"] for one in decided if one["type"] == "charity.allocation.refused"])
    left = 14_000_00 - wishes[won["allocation_id"]]
    assert {won["allocation_id"], lost["allocation_id"]} == set(wishes)
    assert (lost["reason"], lost["available_fen"]) == ("insufficient", left)

    third = await approved(district, await asked(district, "third", place, 3_000_00, certificate=False), "2022-04-08")
    assert decision(third)["data"]["reason"] == "purpose"

    figures = books(await trace(district, place[0]))
    assert (figures["received"], figures["available"]) == (612_000_00, left)
    assert figures["reserved"] + figures["spent"] == 612_000_00 - left
    assert left in {5_000_00, 6_000_00}


async def test_a_fund_is_followed_donation_by_donation_and_a_donor_sees_no_family(district: District) -> None:
    """SC-16, 3.9 FundTrace: the oldest donation is drawn first; the donor's view has classes of beneficiaries only."""
    place = await disability_fund(district)
    gift = await asked(district, "large", place, 604_000_00)
    await approved(district, gift, "2022-04-07")
    told = await trace(district, place[0])
    assert [books(one)["spent"] for one in told["donations"]] == [600_000_00, 4_000_00]
    assert {spending["household_id"] for one in told["donations"] for spending in one["spendings"]} == {place[1]}
    seen = await district.get(f"/funds/{place[0]}/trace", "charity_officer", view="donor")
    assert [one["donor_id"] for one in seen["donations"]] == [None, None]
    spendings = [spending for one in seen["donations"] for spending in one["spendings"]]
    assert [(one["category"], one["household_id"], one["allocation_id"]) for one in spendings] == [("disability", None, None)] * 2
    assert (await district.turned_away("caseworker", f"/funds/{place[0]}/trace"))["code"] == "role_not_allowed"
