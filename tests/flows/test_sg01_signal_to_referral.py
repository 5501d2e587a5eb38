"""A signal becomes help, step by step over the public APIs; nothing follows before somebody made sure (SG-01, A07, B01)."""

from __future__ import annotations

import pytest

from tests.flows.chains import chain, need_in
from tests.flows.district import QIAODONG, District, Told, events_of, only
from tests.flows.households import household_of

pytestmark = pytest.mark.real


async def signalled(district: District, name: str = "signal", **more: str) -> str:
    """The grid noticed somebody on Tuesday, the 1st of March, and does not know who it is; the signal's path."""
    path = f"/relief/need-signal/{district.id(name)}"
    body = {"source": "grid", "category": "medical", "area": QIAODONG, "urgency": "orange", **more}
    await district.give("caseworker", f"{path}/receive", "2022-03-01", body)
    return path


async def assessed(district: District, path: str) -> Told:
    """All four dimensions answered, one need found; the answer of the final step."""
    medical = {"category": "medical", "gross": 2_400_000}
    for dimension in ("material", "service", "spirit", "ability"):
        lines = [medical] if dimension == "material" else []
        await district.give("caseworker", f"{path}/answer", "2022-03-03", dimension=dimension, lines=lines)
    return await district.give("caseworker", f"{path}/finalise", "2022-03-03")


async def test_a_signal_leads_to_a_referral(district: District) -> None:
    """SG-01, A07, B01, B18: received, matched, verified, assessed; the need is referred and the signal is closed by its assessment."""
    home = await household_of(district, "mother", "child", on="2022-03-01")
    signal = await signalled(district)
    assessment = f"/relief/need-assessment/{district.id('assessment')}"
    begin = {"household_id": home, "signal_id": district.id("signal")}

    on_nobody = await district.refusal("caseworker", f"{signal}/verify", "2022-03-01", verification="on_site")
    assert on_nobody["code"] == "not_matched"
    await district.give("caseworker", f"{signal}/match-to-person", "2022-03-02", person_id=district.id("child"), household_id=home)
    too_early = await district.refusal("caseworker", f"{assessment}/open-assessment", "2022-03-02", begin)
    assert (too_early["code"], too_early["params"]["stage"]) == ("signal_not_verified", "received")
    told = await district.give("caseworker", f"{signal}/verify", "2022-03-02", verification="on_site")
    assert [event["type"] for event in told["events"]] == ["relief.need-signal.verified"]

    await district.give("caseworker", f"{assessment}/open-assessment", "2022-03-03", begin)
    told = await assessed(district, assessment)
    assert only(events_of(told, "relief.need-signal.closed"))["assessment_id"] == district.id("assessment")
    need = only(events_of(told, "relief.need.registered"))["need_id"]
    await district.give("approver", f"/relief/household/{home}/recognise-status", "2022-03-04", status="edge")
    referral = f"/relief/referral/{district.id('referral')}"
    await district.give("caseworker", f"{referral}/propose", "2022-03-04", household_id=home, need_id=need, receiver="charity")
    seen = await chain(district, home)
    assert need_in(seen, need)["residual"]["amount"] == 2_400_000
    assert [(one["need_id"], one["state"]) for one in seen["referrals"]] == [(need, "proposed")]


async def test_a_signal_verified_too_late_was_stale(district: District) -> None:
    """B01, R-MON-07, SG-01: orange is due by Wednesday 24:00; told on Thursday, the breach is recorded once, then it may be dismissed."""
    signal = await signalled(district, person_id=district.id("somebody"))
    told = await district.give("caseworker", f"{signal}/verify", "2022-03-03", verification="remote")
    types = [event["type"].rsplit(".", 1)[1] for event in told["events"]]
    # the sweeper may have told the breach already
    assert types in (["stale", "verified"], ["verified"])
    assert only(events_of(told, "relief.need-signal.verified"))["late"]
    told = await district.give("caseworker", f"{signal}/dismiss", "2022-03-04", reason="helped_already")
    assert only(events_of(told, "relief.need-signal.dismissed"))["reason"] == "helped_already"
    dead_end = {"household_id": await household_of(district, "mother", on="2022-03-01"), "signal_id": district.id("signal")}
    path = f"/relief/need-assessment/{district.id('assessment')}/open-assessment"
    assert (await district.refusal("caseworker", path, "2022-03-04", dead_end))["code"] == "signal_not_verified"


async def test_another_street_does_not_touch_the_signal(district: District) -> None:
    """SG-01: a signal lies where it was noticed."""
    signal = await signalled(district)
    problem = await district.refusal("haishan_caseworker", f"{signal}/dismiss", "2022-03-01", reason="not_in_need")
    assert problem["status"] == 403


async def test_what_a_visit_finds_is_in_the_households_chain(district: District) -> None:
    """B10, B02: the need comes with the visit; why it is referred to nobody is recorded with it."""
    home = await household_of(district, "mother", "child", on="2022-03-01")
    campaign, need = f"caring-{district.seed}", district.id("need")
    body = {"kind": "caring", "year": 2022, "area": "440308", "groups": ["dibao", "edge", "child"]}
    await district.give("district_officer", f"/relief/visit-campaign/{campaign}/open-campaign", "2022-03-01", body)
    visited = {
        "campaign_id": campaign,
        "person_id": district.id("mother"),
        "household_id": home,
        "area": QIAODONG,
        "visitors": ["cadre-7"],
        "needs": [{"need_id": need, "category": "education", "gross": 480_000}],
    }
    await district.give("caseworker", f"/relief/visit/{district.id('visit')}/complete", "2022-03-02", visited)
    await district.give("caseworker", f"/relief/need/{need}/explain-no-referral", "2022-03-02", reason="awaits_decision")
    assert need_in(await chain(district, home), need)["residual"]["amount"] == 480_000
