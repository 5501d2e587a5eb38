"""SC-17: a bank takes a donation back; a family returns aid. Nobody's aid is touched, and no yuan is in two places."""

from __future__ import annotations

import pytest

from tests.flows.chains import amounts, chain, need_in, slot_in
from tests.flows.charity import a_fund, books, given, trace
from tests.flows.district import District, events_of, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real
SPENT = 30_000_00


async def helped_family(district: District) -> tuple[str, str, str]:
    """A donation of 50,000.00 for children, of which a family got 30,000.00; fund, household, need."""
    home = await household_of(district, "mother", "child", on="2022-03-01")
    need = await a_need(district, home, "medical", SPENT, "2022-03-02", person_id=district.id("child"))
    fund = await a_fund(district, "children", "children", 50_000_00, on="2022-01-10")
    await given(district, "gift", fund, home, need, SPENT, "2022-04-01", person_id=district.id("child"))
    return fund, home, need


async def test_a_reversed_donation_takes_back_what_is_free_and_leaves_the_rest_as_a_claim(district: District) -> None:
    """SC-17: 20,000.00 is taken back, 30,000.00 is a claim on the donor outside the fund; the family keeps its aid."""
    fund, home, need = await helped_family(district)
    donation = district.id("children-donation-1")
    told = await district.give("charity_officer", f"/charity/donation/{donation}/reverse", "2022-05-06", reason="bank_reversed")
    reversed_ = only(events_of(told, "charity.donation.reversed"))
    assert (reversed_["taken_back_fen"], reversed_["claim_fen"]) == (20_000_00, 30_000_00)

    seen = await trace(district, fund)
    assert books(seen) == {"received": 50_000_00, "spent": 30_000_00, "reserved": 0, "available": 0, "taken_back": 20_000_00}
    one = only(seen["donations"])
    assert (one["claim"]["amount"], one["receipt"]) == (30_000_00, "voided")
    line = only(slot_in(await chain(district, home), need)["lines"])
    assert amounts(line) == (0, SPENT, 0)


async def test_returned_aid_goes_back_to_its_fund_and_opens_the_need_again(district: District) -> None:
    """SC-17, ruling 11: the 1,200.00 is in the same fund again and the family's coverage falls by it; nothing is given anew by itself."""
    fund, home, need = await helped_family(district)
    await district.give("caseworker", f"/relief/need/{need}/close", "2022-04-20", code="MET")
    assert need_in(await chain(district, home), need)["closed_as"] == "MET"
    gift = district.id("gift")
    await district.give("charity_officer", f"/charity/allocation/{gift}/return-aid", "2022-05-10", amount_fen=1_200_00)

    told = await chain(district, home)
    slot = slot_in(told, need)
    assert [amounts(line) for line in slot["lines"]] == [(0, 28_800_00, 1_200_00)]
    assert (slot["residual"]["amount"], need_in(told, need)["closed_as"]) == (1_200_00, None)
    assert books(await trace(district, fund)) == {
        "received": 50_000_00, "spent": 28_800_00, "reserved": 0, "available": 21_200_00, "taken_back": 0,
    }  # fmt: skip
    problem = await district.refusal("charity_officer", f"/charity/allocation/{gift}/return-aid", "2022-05-11", amount_fen=28_800_01)
    assert (problem["code"], problem["params"]) == ("above_paid", {"paid_fen": 28_800_00})


async def test_a_claim_that_is_paid_is_no_new_receipt(district: District) -> None:
    """Ruling 23: the donor pays 30,000.00 later; the claim is gone and the fund's figures stay."""
    fund, _home, _need = await helped_family(district)
    donation = f"/charity/donation/{district.id('children-donation-1')}"
    await district.give("charity_officer", f"{donation}/reverse", "2022-05-06", reason="bank_reversed")
    before = books(await trace(district, fund))
    await district.give("charity_officer", f"{donation}/settle-claim", "2022-06-01", amount_fen=30_000_00)
    after = await trace(district, fund)
    assert books(after) == before
    assert only(after["donations"])["claim"]["amount"] == 0
