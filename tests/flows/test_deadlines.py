"""Deadlines that act by themselves, in a simulation whose clock goes from day to day: a referral nobody answers, papers nobody brings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from minsheng.local import LocalInstallation
from minsheng.local.home import Home
from minsheng.programs import PREPARE, service_programs
from minsheng.simulation import simulated_clock
from tests.flows.chains import alerts, amounts, chain, need_in, slot_in
from tests.flows.charity import a_fund, given
from tests.flows.days import Days, Simulation
from tests.flows.district import HAISHAN, District, Told, events_of, only
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    home = Home(tmp_path_factory.mktemp("simulation") / "home")
    home.create()
    clock = simulated_clock(home)
    with LocalInstallation(home.root, service_programs(), PREPARE, throwaway=True) as installation:
        yield Simulation(installation, clock)


@pytest.fixture
async def days(simulation: Simulation) -> AsyncIterator[Days]:
    """The stories of this module follow each other in one year."""
    areas = District(simulation.installation, "areas")  # the same seed: for the second story the answers are repeated
    await areas.publish_areas()
    await areas.close()
    days = Days(simulation.installation, simulation.clock)
    yield days
    for status in await days.settle():
        assert [place for place in status.consumers if place.parked] == [], status.service
        assert status.refused == 0, status.service
    await days.close()


async def referred(days: Days, home: str, need: str, receiver: str, on: str) -> str:
    """A need is referred; the referral."""
    referral = days.id(f"referral-{receiver}")
    body = {"household_id": home, "need_id": need, "receiver": receiver}
    await days.give("caseworker", f"/relief/referral/{referral}/propose", on, body)
    await days.give("caseworker", f"/relief/referral/{referral}/send", on)
    return referral


async def referral_of(days: Days, home: str, referral: str) -> Told:
    found = [one for one in (await chain(days, home))["referrals"] if one["referral_id"] == referral]
    told: Told = only(found)
    return told


async def test_a_referral_nobody_answers_is_escalated_routed_anew_and_met(days: Days) -> None:
    """SG-07, DET-13, B02: asked on Wednesday 2 March, over on the 7th, street to the 9th, then the district; charity helps in the end."""
    home = await household_of(days, "mother", "child", on="2022-03-01")
    need = await a_need(days, home, "medical", 3_000_00, "2022-03-02")
    silent = await referred(days, home, need, "eldercare", "2022-03-02")

    await days.until("2022-03-08")
    late = await referral_of(days, home, silent)
    assert (late["state"], late["level"], late["overdue"]) == ("expired", "street", True)
    assert "DET-13" in alerts(await chain(days, home))
    await days.until("2022-03-10")
    assert (await referral_of(days, home, silent))["level_zh"] == "区级负责人"

    told = await days.give("caseworker", f"/relief/referral/{silent}/close", "2022-03-10", code="NO_SUPPLY", follow="new_referral",
                           receiver="charity")  # fmt: skip
    again = only(events_of(told, "relief.referral.proposed"))["referral_id"]
    await helped(days, home, need, again)

    first, second = await referral_of(days, home, silent), await referral_of(days, home, again)
    assert [step["state"] for step in first["steps"]] == ["proposed", "sent", "expired", "closed"]
    assert [one["level"] for one in first["steps"][2]["escalations"]] == ["street", "district"]
    assert (first["replaced_by"], second["code"], second["covered"]["amount"]) == (again, "MET", 3_000_00)
    whole = await chain(days, home)
    assert (alerts(whole), need_in(whole, need)["residual"]["amount"]) == ([], 0)


async def helped(days: Days, home: str, need: str, referral: str) -> None:
    """Charity accepts the referral and covers the need."""
    await days.give("caseworker", f"/relief/referral/{referral}/send", "2022-03-11")
    await days.settle()
    await days.give("charity_officer", f"/charity/referral-answer/{referral}/accept", "2022-03-11")
    fund = await a_fund(days, "illness", "general", 5_000_00, on="2022-03-14")
    await given(days, "gift", fund, home, need, 3_000_00, "2022-03-14", referral_id=referral)
    await days.give("caseworker", f"/relief/referral/{referral}/start-service", "2022-03-15")
    await days.give("caseworker", f"/relief/referral/{referral}/close", "2022-03-16", code="MET")


async def test_a_fire_in_a_holiday_is_helped_at_once_and_its_papers_are_asked_for(days: Days) -> None:
    """SC-06, SG-08, R-TMP-01, R-TMP-04, R-TMP-05, DET-25: granted on 3 October, eased on the 8th, papers due on the 20th, signed on the 24th."""
    home = await migrants(days)
    need, lost = days.id("need"), {"household_id": home, "category": "disaster", "gross": 5_000_00, "urgency": "red"}
    await days.give("haishan_caseworker", f"/relief/need/{need}/register", "2022-10-03", lost)
    case = f"/relief/temp-aid/{days.id('fire-aid')}"
    wish = {"household_id": home, "need_id": need, "kind": "emergency", "cause": "fire-2022-10-03", "amount_fen": 2_000_00}
    await days.give("haishan_caseworker", f"{case}/request", "2022-10-03", wish)
    told = await days.give("haishan_approver", f"{case}/grant", "2022-10-03", amount_fen=2_000_00, source="street", seen=True)
    grant = only(events_of(told, "relief.temp-aid.granted"))
    assert (grant["cap_fen"], grant.get("papers_due")) == (2_730_00, None)
    await days.give("haishan_caseworker", f"{case}/pay", "2022-10-04", amount_fen=2_000_00, source="street")
    told = await days.give("haishan_caseworker", f"{case}/record-easing", "2022-10-08", eased_on="2022-10-08")
    assert only(events_of(told, "relief.temp-aid.eased"))["papers_due"] == "2022-10-20"

    await days.until("2022-10-20")
    assert "DET-25" not in alerts(await chain(days, home))
    await days.until("2022-10-21")
    missing = await chain(days, home)
    assert "DET-25" in alerts(missing)
    (line,) = slot_in(missing, need)["lines"]
    assert amounts(line) == (0, 2_000_00, 0)  # nothing is taken back
    unseen = await days.refusal("approver", f"{case}/supplement", "2022-10-24", seen=True)
    assert unseen["code"] == "version_mismatch"  # whoever signs has looked at the case since the timer acted
    days.has_seen(case, unseen["actual"])
    told = await days.give("approver", f"{case}/supplement", "2022-10-24", seen=True)
    assert events_of(told, "relief.temp-aid.papers-overdue") == []  # the timer has said it
    assert "DET-25" not in alerts(await chain(days, home))


async def migrants(days: Days) -> str:
    """Two people without local hukou, in another street than the caseworker's."""
    home, persons = days.id("migrants"), [days.id("man"), days.id("woman")]
    body = {"area": HAISHAN, "person_ids": persons, "hukou": False}
    await days.give("haishan_caseworker", f"/relief/household/{home}/open-household", "2022-09-01", body)
    return home
