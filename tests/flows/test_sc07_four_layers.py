"""SC-07: an edge family of four, a child with leukaemia: insurance, then special aid, temporary aid and two gifts, to the last fen."""

from __future__ import annotations

import pytest

from tests.flows.chains import amounts, chain, need_in, residuals, slot_in
from tests.flows.charity import a_fund, books, given, trace
from tests.flows.district import District, Told, events_of, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real
BILLS, BASIC, CRITICAL = 286_000_00, 160_000_00, 48_000_00
MEDICAL_AID, CONFERENCE, FIRST_GIFT, SECOND_OFFER = 37_500_00, 16_380_00, 20_000_00, 6_000_00


async def edge_family(district: District) -> tuple[str, str]:
    """Household and need, after insurance: 78,000.00 are open."""
    home = await household_of(district, "father", "mother", "child", "grandmother", on="2022-02-21")
    await district.give("approver", f"/relief/household/{home}/recognise-status", "2022-02-25", status="edge")
    need = await a_need(district, home, "medical", BILLS, "2022-03-01", person_id=district.id("child"), urgency="orange")
    for payer, amount in (("basic_insurance", BASIC), ("critical_illness_insurance", CRITICAL)):
        body = {"line_id": district.id(payer), "payer": payer, "amount": amount}
        await district.give("caseworker", f"/relief/need/{need}/record-prior-payer", "2022-03-10", body)
    return home, need


async def medical_aid(district: District, home: str, need: str) -> None:
    """L2: the other department decided and paid 37,500.00."""
    case = f"/relief/special-aid/{district.id('medical-aid')}"
    opened = {"household_id": home, "need_id": need, "scheme": "medical_aid", "person_id": district.id("child")}
    await district.give("caseworker", f"{case}/open-case", "2022-03-16", opened)
    decided = {"department": "medical_security", "decided_on": "2022-03-24", "amount_fen": MEDICAL_AID}
    told = await district.give("caseworker", f"{case}/record-decision", "2022-03-25", decided)
    line = only(events_of(told, "relief.special-aid.subsidy-approved"))["line_id"]
    await district.give("caseworker", f"{case}/record-payment", "2022-03-30", line_id=line, amount_fen=MEDICAL_AID)


async def conference_aid(district: District, home: str, need: str) -> str:
    """L3: the case conference grants 16,380.00; closing with 24,120.00 open proposes a referral, which is sent. Its id."""
    case = f"/relief/temp-aid/{district.id('temp-aid')}"
    wish = {"kind": "expenditure", "cause": "leukaemia", "affected_ids": [district.id("child")], "amount_fen": 40_500_00}
    await district.give("caseworker", f"{case}/request", "2022-04-01", wish, household_id=home, need_id=need)
    grant = {"amount_fen": CONFERENCE, "source": "district", "conference": True}
    await district.give("approver", f"{case}/grant", "2022-04-06", grant, seen=True)
    await district.give("district_officer", f"{case}/pay", "2022-04-08", amount_fen=CONFERENCE, source="district")
    closed = await district.give("caseworker", f"{case}/close", "2022-04-11", code="PARTLY_MET")
    proposed = only(events_of(closed, "relief.referral.proposed"))
    assert proposed["residual"] == 24_120_00
    await district.give("caseworker", f"/relief/referral/{proposed['referral_id']}/send", "2022-04-11")
    await district.settle()
    referral: str = proposed["referral_id"]
    return referral


async def two_gifts(district: District, home: str, need: str, referral: str) -> tuple[str, str]:
    """L4: a fund gives 20,000.00, a second donor offers 6,000.00. The two funds."""
    await district.give("charity_officer", f"/charity/referral-answer/{referral}/accept", "2022-04-12")
    first = await a_fund(district, "illness", "children_serious_illness", 100_000_00, on="2022-01-10")
    second = await a_fund(district, "second", "children", SECOND_OFFER, on="2022-01-12")
    child = {"person_id": district.id("child"), "referral_id": referral}
    await given(district, "first-gift", first, home, need, FIRST_GIFT, "2022-04-14", **child)
    await given(district, "second-gift", second, home, need, SECOND_OFFER, "2022-04-19", **child)
    return first, second


async def test_four_layers_cover_a_need_to_the_last_fen(district: District) -> None:
    """SC-07: 78,000.00 after payers, then 40,500.00, 24,120.00, 4,120.00, 0.00; of the 6,000.00 only 4,120.00 is taken."""
    home, need = await edge_family(district)
    assert slot_in(await chain(district, home), need)["net"]["amount"] == 78_000_00
    await medical_aid(district, home, need)
    assert residuals(slot_in(await chain(district, home), need)) == [40_500_00]
    referral = await conference_aid(district, home, need)
    first, second = await two_gifts(district, home, need, referral)
    await district.give("caseworker", f"/relief/referral/{referral}/start-service", "2022-04-20")
    await district.give("caseworker", f"/relief/referral/{referral}/close", "2022-04-22", code="MET")

    told = await chain(district, home)
    _the_chain_is_whole(told, need)
    _the_referral_is_met(told, referral)
    assert books(await trace(district, first)) == {
        "received": 100_000_00, "spent": 20_000_00, "reserved": 0, "available": 80_000_00, "taken_back": 0,
    }  # fmt: skip
    assert books(await trace(district, second)) == {
        "received": 6_000_00, "spent": 4_120_00, "reserved": 0, "available": 1_880_00, "taken_back": 0,
    }  # fmt: skip


def _the_chain_is_whole(told: Told, need: str) -> None:
    slot = slot_in(told, need)
    assert [payer["amount"]["amount"] for payer in slot["prior_payers"]] == [BASIC, CRITICAL]
    assert [line["layer"] for line in slot["lines"]] == ["L2", "L3", "L4", "L4"]
    assert [amounts(line) for line in slot["lines"]] == [(0, given, 0) for given in (37_500_00, 16_380_00, 20_000_00, 4_120_00)]
    assert residuals(slot) == [40_500_00, 24_120_00, 4_120_00, 0]
    for line, open_before in zip(slot["lines"], [78_000_00, *residuals(slot)], strict=False):
        assert sum(amounts(line)) <= open_before  # property 4: none is larger than the residual at its time
    assert slot["lines"][-1]["offered"]["amount"] == SECOND_OFFER
    assert (slot["residual"]["text"], need_in(told, need)["residual"]["amount"]) == ("0.00", 0)
    assert (told["status"], told["alerts"]) == ("edge", [])


def _the_referral_is_met(told: Told, referral: str) -> None:
    found = only(told["referrals"])
    assert (found["referral_id"], found["state"], found["code"]) == (referral, "closed", "MET")
    assert found["covered"]["amount"] == 24_120_00
    assert [step["state"] for step in found["steps"]] == ["proposed", "sent", "accepted", "in_service", "closed"]


async def test_every_line_can_be_followed_to_what_was_said(district: District) -> None:
    """Design, "Read side": a line names its event, and the event its cause: the need accepted because charity reserved."""
    home, need = await edge_family(district)
    fund = await a_fund(district, "illness", "children_serious_illness", 100_000_00, on="2022-01-10")
    gift = await given(district, "gift", fund, home, need, FIRST_GIFT, "2022-04-14")
    line = only(slot_in(await chain(district, home), need)["lines"])
    trail = await district.get(f"/events/{line['source']['event_id']}")
    assert (trail["event"]["type"], trail["event"]["actor"]) == ("relief.need.coverage-committed", "system.charity-offer")
    assert (trail["cause"]["type"], trail["cause"]["data"]["allocation_id"]) == ("charity.allocation.reserved", gift)
    assert trail["cause"]["actor"] == "charity-approver-1"
    assert "charity.allocation.paid" in {effect["type"] for effect in trail["effects"]}
