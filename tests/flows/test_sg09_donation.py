"""SG-09: a donation from pledge to published disclosure: receipt, fund, allocation, delivery, and what is told in public."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.charity import books, given, trace
from tests.flows.district import District, Told, events_of, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real
START, END = "2022-03-01", "2022-03-20"
AGENCY = "51440308mj00000001"


def tasks(told: Told) -> dict[str, Told]:
    """The disclosure tasks that a command opened, by kind."""
    return {task["kind"]: task for task in events_of(told, "charity.disclosure-task.opened")}


async def campaign(district: District) -> tuple[str, dict[str, Told]]:
    """An emergency campaign for children from the 1st to the 20th of March: its fund, and what it must publish."""
    fund = district.id("children")
    body: Told = {"purpose": "children", "campaign": "emergency", "ends_on": END}
    told = await district.give("charity_officer", f"/charity/fund/{fund}/establish", START, body)
    return fund, tasks(told)


async def donated(district: District, fund: str, fen: int) -> str:
    """Pledged, received, with a receipt, in the fund; the donation's id."""
    gift = district.id("gift")
    terms: Told = {"donor_id": district.id("donor"), "kind": "money", "amount_fen": fen, "purpose": "children"}
    await district.give("charity_officer", f"/charity/donation/{gift}/pledge", START, terms)
    await district.give("charity_officer", f"/charity/donation/{gift}/receive", START, terms)
    told = await district.give("charity_officer", f"/charity/donation/{gift}/issue-receipt", START, organisation_id=AGENCY)
    receipt = only(events_of(told, "charity.donation.receipt-issued"))
    assert (receipt["amount_fen"], receipt["handled_by"]) == (fen, "charity-officer-1")
    await district.give("charity_officer", f"/charity/donation/{gift}/allocate", START, fund_id=fund)
    return gift


async def helped(district: District, fund: str, fen: int) -> None:
    """A family's need is met out of the fund."""
    home = await household_of(district, "mother", "child", on=START)
    need = await a_need(district, home, "medical", fen, "2022-03-02", person_id=district.id("child"))
    await given(district, "aid", fund, home, need, fen, "2022-03-03", person_id=district.id("child"))


async def publish(district: District, task: str, on: str) -> tuple[dict[str, Any], dict[str, Told]]:
    told = await district.give("charity_officer", f"/charity/disclosure-task/{task}/publish", on)
    return only(events_of(told, "charity.disclosure-task.published")), tasks(told)


async def test_a_donation_is_followed_from_pledge_to_published_disclosure(district: District) -> None:
    """SG-09, R-CHA-01, R-CHA-08, R-CHA-09: receipts every five days with the fund's own sums, the full report after the end."""
    fund, due = await campaign(district)
    assert (due["receipts"]["due_at"], due["final"]["due_at"]) == ("2022-03-06T16:00:00Z", "2022-06-20T16:00:00Z")
    await donated(district, fund, 50_000_00)
    await helped(district, fund, 30_000_00)
    figures = books(await trace(district, fund))
    assert (figures["spent"], figures["available"]) == (30_000_00, 20_000_00)

    published, following = await publish(district, due["receipts"]["task_id"], "2022-03-06")
    shown = {name.removesuffix("_fen"): fen for name, fen in published["figures"].items() if name != "donations"}
    assert shown == figures
    assert (published["in_time"], published["figures"]["donations"]) == (True, 1)
    assert not {district.id("donor"), district.id("child")} & set(map(str, published.values()))
    assert following["receipts"]["covers_from"] == "2022-03-07"

    late, _ = await publish(district, following["receipts"]["task_id"], "2022-03-14")
    assert late["in_time"] is False
    problem = await district.refusal("charity_officer", f"/charity/disclosure-task/{due['final']['task_id']}/publish", END)
    assert problem["code"] == "period_running"
    final, after = await publish(district, due["final"]["task_id"], "2022-06-20")
    assert (final["in_time"], after) == (True, {})


async def test_a_reversal_unwinds_what_is_unspent_and_corrects_the_disclosure(district: District) -> None:
    """SG-09, SC-17: 20,000.00 goes back, 30,000.00 is a claim; the correction is published with what is true now."""
    fund, _ = await campaign(district)
    gift = await donated(district, fund, 50_000_00)
    await helped(district, fund, 30_000_00)
    told = await district.give("charity_officer", f"/charity/donation/{gift}/reverse", "2022-03-10", reason="bank_reversed")
    correction = tasks(told)["correction"]
    assert (correction["fund_id"], correction["due_at"]) == (fund, "2022-03-20T16:00:00Z")
    published, _ = await publish(district, correction["task_id"], "2022-03-11")
    assert (published["figures"]["taken_back_fen"], published["figures"]["available_fen"]) == (20_000_00, 0)
    assert published["donation_id"] == gift
