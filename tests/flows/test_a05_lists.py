"""What was told over the command APIs stands in the lists: a campaign's households, those entitled, a meal point's month (A05, B05, E04)."""

from __future__ import annotations

import pytest

from tests.flows.district import QIAODONG, SHATOUJIAO, District, events_of, only
from tests.flows.households import granted_entitlement, household_of, proposed_entitlement

pytestmark = pytest.mark.real


async def test_a_campaign_lists_whom_it_visited_and_whom_not_yet(district: District) -> None:
    """A05: two households are named and paired, one is visited; a day earlier both were to be visited."""
    homes = [await household_of(district, who, on="2022-06-01", name=f"home-{who}") for who in ("mother", "neighbour")]
    campaign = f"caring-{district.seed}"
    path = f"/relief/visit-campaign/{campaign}"
    groups = {"kind": "caring", "year": 2022, "area": "440308", "groups": ["dibao", "edge", "child"]}
    await district.give("district_officer", f"{path}/open-campaign", "2022-06-20", groups)
    await district.give("district_officer", f"{path}/add-targets", "2022-06-21", household_ids=homes)
    pair = {"household_id": homes[1], "campaign_id": campaign, "cadre": "cadre-7"}
    await district.give("district_officer", f"/relief/pairing-agreement/{district.id('pair')}/establish", "2022-06-22", pair)
    visit = {
        "campaign_id": campaign,
        "person_id": district.id("mother"),
        "household_id": homes[0],
        "area": QIAODONG,
        "visitors": ["cadre-1"],
    }
    await district.give("caseworker", f"/relief/visit/{district.id('visit')}/complete", "2022-06-28", visit)

    left = await district.ask("auditor", f"/lists/campaigns/{campaign}/households", visited="no", on="2022-06-28")
    assert left["counts"] == {"targets": 2, "visited": 1, "not_visited": 1}
    assert [(one["household_id"], one["cadre"], one["area"]) for one in left["items"]] == [(homes[1], "cadre-7", SHATOUJIAO)]
    before = await district.ask("caseworker", f"/lists/campaigns/{campaign}/households", on="2022-06-27")
    assert before["counts"] == {"targets": 2, "visited": 0, "not_visited": 2}


async def test_a_recognised_household_is_entitled_and_its_grant_is_in_the_figure(district: District) -> None:
    """B05: without the benefit until the day of the grant, with it from then on."""
    home = await household_of(district, "mother", on="2022-03-01")
    await district.give("approver", f"/relief/household/{home}/recognise-status", "2022-03-02", status="dibao")
    months = ("2022-05", "2023-04")
    entitlement = await proposed_entitlement(district, home, "mother", income=0, need=136_500, on="2022-03-25", months=months)
    await granted_entitlement(district, entitlement, "2022-04-08")
    seen = {}
    for day in ("2022-04-07", "2022-04-08"):
        found = await district.ask("auditor", "/lists/entitled", on=day, limit="1000")
        assert found["ratio"]["with_benefit"] + found["ratio"]["without_benefit"] == found["ratio"]["entitled"] > 0
        seen[day] = only([one for one in found["items"] if one["household_id"] == home])
    assert [seen[day]["has_benefit"] for day in seen] == [False, True]
    assert seen["2022-04-08"]["entitlement_id"] == entitlement


async def test_a_lunch_is_a_part_of_what_its_point_could_serve(district: District) -> None:
    """E04: one lunch of 10 a day on the 21 working days of April 2022: 4 in a thousand, with the meal behind it."""
    home = await household_of(district, "elder", on="2022-03-01")
    point, account = f"canteen-{district.seed}", district.id("account")
    body = {"area": QIAODONG, "kind": "canteen", "capacity": 10}
    await district.give("district_officer", f"/eldercare/meal-point/{point}/open-point", "2022-03-01", body)
    opening = {"person_id": district.id("elder"), "household_id": home, "born": "1948-02", "hukou": True}
    await district.settle()
    await district.give("caseworker", f"/eldercare/meal-account/{account}/open-account", "2022-03-02", opening)
    meal = {"check_in_id": district.id("meal"), "meal_point_id": point, "method": "card", "price_fen": 1_800}
    await district.give("canteen_clerk", f"/eldercare/meal-account/{account}/check-in", "2022-04-01", meal)
    month = await district.ask("auditor", "/reports/meal-points/2022-04")
    one = only([found for found in month["points"] if found["meal_point_id"] == point])
    assert (one["served"], one["capacity"], one["rate_permille"]) == (1, 210, 4)
    behind = await district.ask("auditor", one["list"])
    assert [thing["household_id"] for thing in behind["items"]] == [home]


async def test_a_volunteer_gets_a_certificate_and_a_donor_an_answer(district: District) -> None:
    """R-VOL-01, R-CHA-11: 150 minutes are certified as they stand in the ledger; a question is answered within twenty days."""
    agency, volunteer = "51440308mj00000001", district.id("volunteer")
    shift = {"person_id": volunteer, "organisation_id": agency, "area": SHATOUJIAO, "kind": "season", "minutes": 150, "trained_minutes": 30}
    times = {"started_at": "2022-03-05T01:00:00Z", "ended_at": "2022-03-05T03:30:00Z"}
    await district.give("charity_officer", f"/charity/volunteer-record/{district.id('record')}/record", "2022-03-08", {**shift, **times})
    ask = {"person_id": volunteer, "organisation_id": agency, "first": "2022-01-01", "last": "2022-03-31"}
    told = await district.give("charity_officer", f"/charity/volunteer-certificate/{district.id('paper')}/issue", "2022-04-01", ask)
    certificate = only(events_of(told, "charity.volunteer-certificate.issued"))
    assert (certificate["shifts"], certificate["minutes"], certificate["trained_minutes"]) == (1, 150, 30)

    query = f"/charity/donor-query/{district.id('query')}"
    await district.give("charity_officer", f"{query}/receive", "2022-03-01", donor_id=district.id("donor"), topic="project")
    answer = only(events_of(await district.give("charity_officer", f"{query}/answer", "2022-03-21"), "charity.donor-query.answered"))
    assert answer["in_time"] is True
