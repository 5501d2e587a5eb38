"""A divorce and a move that registry tells are tasks of streets; nothing is taken away by them (SG-05, SG-06, ruling 21)."""

from __future__ import annotations

import pytest

from tests.flows.district import QIAODONG, District, Told, of, only, written
from tests.flows.households import granted_entitlement, household_of, paid, proposed_entitlement, registered

pytestmark = pytest.mark.real
PENGWAN = "440308004-pengwan"


async def couple_on_aid(district: District) -> tuple[str, str]:
    """Husband and wife, 2,730.00 a month together; household, entitlement."""
    for who in ("wife", "husband"):
        await registered(district, who)
    home = await household_of(district, "wife", "husband", on="2022-01-04")
    entitlement = await proposed_entitlement(
        district, home, "wife", "husband", income=0, need=2_730_00, on="2022-01-05", months=("2022-02", "2023-01")
    )
    assert await granted_entitlement(district, entitlement, "2022-01-20") == 2_730_00
    return home, entitlement


async def divorce_told(district: District, on: str) -> str:
    """The civil registrar tells a divorce of the 20th of May; the path of the wife."""
    wife = f"/registry/person/{district.id('wife')}"
    body = {"signal_id": district.id("signal"), "other_person_id": district.id("husband"), "kind": "divorce", "on": "2022-05-20"}
    await district.give("civil_registrar", f"{wife}/signal-household-change", on, body)
    return wife


async def test_a_divorce_is_confirmed_by_a_caseworker_and_changes_no_payment(district: District) -> None:
    """SG-05, ruling 21: one task for the common household; the month after is paid in full until somebody signs a change."""
    home, entitlement = await couple_on_aid(district)
    await divorce_told(district, "2022-05-23")
    task = only(of(await written(district, "relief", home), "relief.resident-change.to-confirm"))
    assert (task["change"], task["on"], task["due_at"], task["area"]) == ("divorce", "2022-05-20", "2022-06-07T16:00:00Z", "440308003")
    confirm = f"/relief/resident-change/{task['change_id']}/confirm"
    problem = await district.refusal("haishan_caseworker", confirm, "2022-05-25")
    assert (problem["status"], problem["code"]) == (403, "outside_area")
    await district.give("caseworker", confirm, "2022-05-25")
    await paid(district, entitlement, "2022-06", "2022-06-10")
    told = await written(district, "relief", home)
    assert [fact["amount_fen"] for fact in of(told, "relief.entitlement.payment-line-paid")] == [2_730_00]
    assert of(told, "relief.entitlement.review-due") == of(told, "relief.household.member-left") == []


async def test_a_divorce_that_is_withdrawn_ends_the_task(district: District) -> None:
    """SG-05, R-MAR-02: within the 30 days; nobody can confirm it any more."""
    home, _entitlement = await couple_on_aid(district)
    wife = await divorce_told(district, "2022-05-23")
    await district.settle()
    await district.give("civil_registrar", f"{wife}/withdraw-household-change", "2022-06-10", signal_id=district.id("signal"))
    told = await written(district, "relief", home)
    task = only(of(told, "relief.resident-change.to-confirm"))["change_id"]
    assert only(of(told, "relief.resident-change.withdrawn"))["change_id"] == task
    problem = await district.refusal("caseworker", f"/relief/resident-change/{task}/confirm", "2022-06-13")
    assert problem["code"] == "answered_already"


async def test_a_move_is_the_receiving_street_s_task_while_the_origin_pays(district: District) -> None:
    """SG-06: haishan is asked; shatoujiao's household and aid go on."""
    home, entitlement = await couple_on_aid(district)
    body = {"to_area": PENGWAN, "on": "2022-09-01"}
    told: Told = await district.give("registrar", f"/registry/person/{district.id('wife')}/change-residence", "2022-09-02", body)
    assert only(told["events"])["data"]["from_area"] == QIAODONG
    task = only(of(await written(district, "relief", home), "relief.resident-change.to-confirm"))
    assert (task["change"], task["area"], task["from_area"]) == ("move", PENGWAN, QIAODONG)
    take_up = f"/relief/resident-change/{task['change_id']}/confirm"
    assert (await district.refusal("caseworker", take_up, "2022-09-05"))["code"] == "outside_area"
    await district.give("haishan_caseworker", take_up, "2022-09-05")
    await paid(district, entitlement, "2022-09", "2022-09-09")
