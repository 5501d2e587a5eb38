"""A referral that charity declines is seen by relief, and no open need is dropped (section 3.5, ruling 15)."""

from __future__ import annotations

import pytest

from contracts.registry.organisation import OrganisationKind
from services.registry.domain.credit_code import invent_credit_code
from tests.flows.chains import alerts, chain, need_in
from tests.flows.district import SHATOUJIAO, District, Told, events_of, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real


async def sent_referral(district: District) -> tuple[str, str, str]:
    """A need of 3,000.00 is referred to charity; household, need, referral."""
    home = await household_of(district, "mother", "child", on="2022-03-01")
    need = await a_need(district, home, "medical", 3_000_00, "2022-03-02")
    referral = district.id("referral")
    body = {"household_id": home, "need_id": need, "receiver": "charity"}
    await district.give("caseworker", f"/relief/referral/{referral}/propose", "2022-03-02", body)
    await district.give("caseworker", f"/relief/referral/{referral}/send", "2022-03-02")
    await district.settle()
    return home, need, referral


async def referrals(district: District, home: str) -> dict[str, Told]:
    """The household's referrals by id, as the chain tells them."""
    return {one["referral_id"]: one for one in (await chain(district, home))["referrals"]}


async def test_a_declined_referral_is_open_until_relief_says_what_follows(district: District) -> None:
    """Ruling 15: declined with a reason; it cannot be closed without a follow-up, and the new referral is in the same answer."""
    home, need, referral = await sent_referral(district)
    answer = f"/charity/referral-answer/{referral}"
    await district.give("charity_officer", f"{answer}/decline", "2022-03-03", reason="no_funds")
    declined = (await referrals(district, home))[referral]
    assert (declined["state"], declined["steps"][-1]["reason"], declined["code"]) == ("declined", "no_funds", None)

    close = f"/relief/referral/{referral}/close"
    problem = await district.refusal("caseworker", close, "2022-03-04", code="NO_SUPPLY")
    assert (problem["code"], problem["params"]) == ("follow_missing", {"residual": 3_000_00})
    told = await district.give("caseworker", close, "2022-03-04", code="NO_SUPPLY", follow="new_referral")
    again = only(events_of(told, "relief.referral.proposed"))["referral_id"]

    seen = await referrals(district, home)
    assert (seen[referral]["state"], seen[referral]["follow"], seen[referral]["replaced_by"]) == ("closed", "new_referral", again)
    assert (seen[again]["state"], seen[again]["need_id"]) == ("proposed", need)


async def test_a_referral_given_back_after_acceptance_is_returned(district: District) -> None:
    """Ruling 15: `returned` = declined after acceptance; what follows is an unmet need, which stays open in the chain."""
    home, need, referral = await sent_referral(district)
    answer = f"/charity/referral-answer/{referral}"
    await district.give("charity_officer", f"{answer}/accept", "2022-03-03")
    await district.give("charity_officer", f"{answer}/decline", "2022-03-04", reason="no_capacity")
    returned = (await referrals(district, home))[referral]
    assert [step["state"] for step in returned["steps"]] == ["proposed", "sent", "accepted", "returned"]
    await district.give("caseworker", f"/relief/referral/{referral}/close", "2022-03-07", code="NO_SUPPLY", follow="unmet_need")
    told = await chain(district, home)
    assert need_in(told, need)["residual"]["amount"] == 3_000_00
    assert "DET-01" in alerts(told)  # nobody is on it and three working days are long over


async def test_an_answer_after_the_deadline_expires_the_referral(district: District) -> None:
    """Ruling 14: yellow, sent on Wednesday 2 March, is due until Monday 7 March 24:00; the acceptance of the 8th comes too late."""
    home, _need, referral = await sent_referral(district)
    await district.give("charity_officer", f"/charity/referral-answer/{referral}/accept", "2022-03-08")
    late = (await referrals(district, home))[referral]
    assert [step["state"] for step in late["steps"]] == ["proposed", "sent", "expired"]


async def test_an_answer_on_the_last_day_is_in_time(district: District) -> None:
    """Ruling 14, ruling 16: the last day counts until 24:00."""
    home, _need, referral = await sent_referral(district)
    await district.give("charity_officer", f"/charity/referral-answer/{referral}/accept", "2022-03-07")
    assert (await referrals(district, home))[referral]["state"] == "accepted"


async def test_referrals_to_a_restricted_organisation_come_back(district: District) -> None:
    """SC-25, SG-15: restricted on 1 June, to be routed anew by the end of the 2nd; no new referral until it is reinstated."""
    agency = invent_credit_code(OrganisationKind.AGENCY, int(district.id("agency").replace("-", ""), 16) % 1000)
    organisation = f"/registry/organisation/{agency}"
    founded: Told = {"area": SHATOUJIAO, "registered_on": "2020-03-02"}
    await district.give("civil_registrar", f"{organisation}/register", "2020-03-02", founded)
    home = await household_of(district, "mother", "child", on="2022-03-01")
    need = await a_need(district, home, "medical", 3_000_00, "2022-05-30")
    body = {"household_id": home, "need_id": need, "receiver": "charity", "organisation_id": agency}
    open_ones = [district.id(f"referral-{number}") for number in range(2)]
    for one in open_ones:
        await district.give("caseworker", f"/relief/referral/{one}/propose", "2022-05-30", body)
    await district.give("caseworker", f"/relief/referral/{open_ones[0]}/send", "2022-05-30")

    await district.settle()
    await district.give("civil_registrar", f"{organisation}/restrict", "2022-06-01", reason="zombie_no_report")
    back = await referrals(district, home)
    assert [(back[one]["state"], back[one]["due_at"]) for one in open_ones] == [("returned", "2022-06-02T16:00:00Z")] * 2
    another = f"/relief/referral/{district.id('another')}/propose"
    assert (await district.refusal("caseworker", another, "2022-06-02", body))["code"] == "organisation_restricted"

    await district.give("civil_registrar", f"{organisation}/reinstate", "2022-08-01", reason="rectified")
    await district.settle()
    await district.give("caseworker", another, "2022-08-02", body)
