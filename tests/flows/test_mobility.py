"""Shared wheelchairs, visits and care beds over HTTP: scanned, refused with its state, late, brought back; and what a death ends (E13, SG-04)."""

from __future__ import annotations

import pytest

from tests.flows.district import HAISHAN, QIAODONG, SHATOUJIAO, District, Told, events_of, only
from tests.flows.households import household_of, registered

pytestmark = pytest.mark.real
PAGE = 5_000


async def a_unit(district: District, kind: str, name: str = "unit") -> str:
    """A wheelchair or stair climber of the community, with a code that no other test has."""
    asset = f"{kind.replace('_', '-')}-{district.id(name)[-12:]}"
    body = {"kind": kind, "area": QIAODONG, "site": "qiaodong-station"}
    await district.give("district_officer", f"/eldercare/mobility-asset/{asset}/deploy", "2022-01-04", body)
    return asset


def loan(district: District, name: str) -> str:
    return f"/eldercare/loan/{district.id(name)}"


async def taken(district: District, asset: str, on: str, *, by: str = "care_worker", name: str = "loan") -> Told:
    body = {"asset_id": asset, "person_id": district.id("elder")}
    return await district.give(by, f"{loan(district, name)}/unlock", on, body)


async def back(district: District, on: str, *, by: str = "care_worker", name: str = "loan", area: str = QIAODONG) -> bool:
    """The unit is at a site again; whether it was in time."""
    told = await district.give(by, f"{loan(district, name)}/give-back", on, area=area, site="station-1")
    in_time: bool = only(events_of(told, "eldercare.loan.returned"))["in_time"]
    return in_time


async def said_of(district: District, stream: str) -> list[str]:
    """The names of what eldercare's log says of a stream, once everything is at rest."""
    await district.settle()
    names: list[str] = []
    after = 0
    while True:
        page = (await district.call("auditor", "GET", "eldercare", f"/events?after={after}&limit={PAGE}")).raise_for_status().json()
        names += [event["meta"]["type"].removeprefix("eldercare.") for event in page if event["meta"]["stream"] == stream]
        if len(page) < PAGE:
            return names
        after = page[-1]["meta"]["position"]


async def test_a_wheelchair_is_in_one_loan_at_a_time(district: District) -> None:
    """E13, E19: scanned again it is refused with its state; back, the next one takes it; another street may take it back too."""
    asset = await a_unit(district, "wheelchair_fixed")
    await taken(district, asset, "2022-03-01")
    second = {"asset_id": asset, "person_id": district.id("neighbour")}
    for day, state in [("2022-03-01", "on_loan"), ("2022-03-05", "overdue")]:
        problem = await district.refusal("care_worker", f"{loan(district, 'second')}/unlock", day, second)
        assert (problem["status"], problem["code"], problem["params"]["state"]) == (409, "on_loan", state)
    assert await back(district, "2022-03-02", by="haishan_care_worker", area=HAISHAN) is True
    problem = await district.refusal("care_worker", f"{loan(district, 'second')}/unlock", "2022-03-06", second)
    assert (problem["status"], problem["code"]) == (403, "outside_area")
    await taken(district, asset, "2022-03-06", by="haishan_care_worker", name="second")


async def test_a_wheelchair_that_is_not_back_is_on_the_map_list_and_overdue_once(district: District) -> None:
    """E13: the list shows it from its due instant on; brought back late, the breach is told once and the list has it no more."""
    asset = await a_unit(district, "wheelchair_powered")
    await taken(district, asset, "2022-03-01")
    assert asset in await overdue(district)
    assert await back(district, "2022-03-04") is False
    said = await said_of(district, f"loan/{district.id('loan')}")
    assert said == ["loan.unlocked", "loan.overdue", "loan.returned"]
    assert asset not in await overdue(district)
    again = await district.refusal("care_worker", f"{loan(district, 'loan')}/give-back", "2022-03-05", area=QIAODONG, site="station-1")
    assert (again["code"], again["params"]) == ("not_on_loan", {"state": "returned"})


async def overdue(district: District) -> set[str]:
    """The codes on the map list of overdue units."""
    told = await district.ask("care_worker", "/mobility/units", state="overdue")
    return {item["asset_id"] for item in told["items"]}


async def test_a_stair_climber_comes_with_a_trained_operator_only(district: District) -> None:
    """E14: booking without one is refused; scanning it like a wheelchair too."""
    asset, operator = await a_unit(district, "stair_climber"), f"operator-{district.id('operator')[-12:]}"
    body = {"asset_id": asset, "person_id": district.id("elder"), "operator_id": operator, "day": "2022-03-02", "part": "morning"}
    book = f"/eldercare/assist/{district.id('assist')}/book"
    assert (await district.refusal("care_worker", book, "2022-03-01", body))["code"] == "operator_untrained"
    await district.give("district_officer", f"/eldercare/operator-training/{operator}/pass-training", "2022-02-01")
    await district.give("care_worker", book, "2022-03-01", body)
    twice = await district.refusal("care_worker", f"/eldercare/assist/{district.id('other')}/book", "2022-03-01", body)
    assert twice["code"] == "claimed"
    await district.give("care_worker", f"/eldercare/assist/{district.id('assist')}/complete", "2022-03-02")
    scan = {"asset_id": asset, "person_id": district.id("elder")}
    assert (await district.refusal("care_worker", f"{loan(district, 'loan')}/unlock", "2022-03-01", scan))["code"] == "needs_operator"


async def visits_and_bed(district: District) -> tuple[str, str, str]:
    """An elder alone with a visit plan, a care bed and a wheelchair; the streams."""
    await registered(district, "elder")
    home = await household_of(district, "elder", on="2022-01-04")
    await district.settle()
    plan, bed = district.id("plan"), district.id("bed")
    who = {"person_id": district.id("elder"), "household_id": home}
    body = {**who, "area": SHATOUJIAO, "ground": "solitary", "risk": "low"}
    await district.give("caseworker", f"/eldercare/care-visit-plan/{plan}/open-plan", "2022-06-01", body)
    path = f"/eldercare/family-care-bed/{bed}"
    await district.give("caseworker", f"{path}/apply-for", "2022-01-10", who)
    early = {"provider_id": "52770308mjdem0014u", "visits_month": 4}
    assert (await district.refusal("district_officer", f"{path}/contract", "2022-01-11", early))["code"] == "not_assessed"
    await district.give("caseworker", f"{path}/assess", "2022-01-12", score=70)
    await district.give("care_worker", f"{path}/check-devices", "2022-01-13", fit=True)
    await district.give("district_officer", f"{path}/contract", "2022-01-14", early)
    await district.give("care_worker", f"{path}/fit", "2022-01-20")
    asset = await a_unit(district, "wheelchair_fixed")
    await district.give("care_worker", f"{loan(district, 'loan')}/unlock", "2022-06-13", {**who, "asset_id": asset})
    return f"care-visit-plan/{plan}", f"family-care-bed/{bed}", f"loan/{district.id('loan')}"


async def death(district: District, certainty: str, on: str) -> None:
    body = {"died_on": "2022-06-14", "source": "family", "certainty": certainty}
    await district.give("registrar", f"/registry/person/{district.id('elder')}/report-death", on, body)


async def test_a_death_holds_visits_and_bed_then_ends_them_and_has_the_wheelchair_fetched(district: District) -> None:
    """SG-04, ruling 22: reported it only holds, confirmed it ends, revoked everything is as it was."""
    plan, bed, borrowed = await visits_and_bed(district)
    await death(district, "reported", "2022-06-15")
    assert (await said_of(district, plan))[-1] == "care-visit-plan.held"
    assert (await said_of(district, bed))[-1] == "family-care-bed.held"
    assert "loan.collection-asked" not in await said_of(district, borrowed)
    await death(district, "confirmed", "2022-06-16")
    assert (await said_of(district, plan))[-1] == "care-visit-plan.ended"
    assert (await said_of(district, bed))[-1] == "family-care-bed.closed"
    assert (await said_of(district, borrowed))[-1] == "loan.collection-asked"
    late = {"visit_id": district.id("late")}
    problem = await district.refusal("care_worker", f"/eldercare/{bed}/deliver", "2022-06-17", late)
    assert (problem["code"], problem["params"]) == ("bed_closed", {"reason": "death"})

    await district.give("registrar", f"/registry/person/{district.id('elder')}/revoke-death", "2022-06-20", reason="false_report")
    assert "care-visit-plan.resumed" in await said_of(district, plan)
    assert (await said_of(district, bed))[-1] == "family-care-bed.resumed"
    assert (await said_of(district, borrowed))[-1] == "loan.collection-withdrawn"
    await district.give("care_worker", f"/eldercare/{bed}/deliver", "2022-06-21", late)


async def test_a_false_report_leaves_nothing_held(district: District) -> None:
    """SG-04: a report that is withdrawn before anybody confirmed it."""
    plan, bed, _borrowed = await visits_and_bed(district)
    await death(district, "reported", "2022-06-15")
    await district.settle()
    visit = f"/eldercare/{plan}/visit"
    assert (await district.refusal("care_worker", visit, "2022-06-16"))["params"] == {"state": "held"}
    await district.give("registrar", f"/registry/person/{district.id('elder')}/revoke-death", "2022-06-17", reason="false_report")
    await district.settle()
    await district.give("care_worker", visit, "2022-06-18")
    await district.give("care_worker", f"/eldercare/{bed}/deliver", "2022-06-18", visit_id=district.id("visit"))
