"""Visit records and screening results are brought in as batches; bringing them in twice changes nothing (A03, B07, J06)."""

from __future__ import annotations

from datetime import date

import pytest

from minsheng.demo.case_file import instant_of
from tests.flows.district import QIAODONG, SHATOUJIAO, District, Told, events_of, only
from tests.flows.households import household_of
from tests.flows.importing import batch, position, recorded_after

pytestmark = pytest.mark.real
LINES, PERSONS, CADRES, NEEDY = 200, 150, 40, 10
NOON = instant_of(date(2022, 1, 20))


def visit_line(district: District, campaign: str, number: int, home: str, *, key: str) -> Told:
    """One record: two of the cadres, one of the persons; the first ones found a need in a household."""
    found = number < NEEDY
    need = {"need_id": district.id(f"need-{number}"), "category": "living", "gross": 50_000}
    return {
        "aggregate": "visit",
        "id": district.id(f"visit-{number}"),
        "command": "complete",
        "key": f"{key}-{district.seed}-{number}",
        "body": {
            "campaign_id": campaign,
            "person_id": district.id("mother" if found else f"person-{number % PERSONS}"),
            "area": QIAODONG,
            "visitors": [f"cadre-{number % CADRES}", f"cadre-{(number + 1) % CADRES}"],
            "living": ["stable"],
            "occurred_at": NOON,
            **({"household_id": home, "needs": [need]} if found else {}),
        },
    }


async def test_visit_records_brought_in_twice_stand_once(district: District) -> None:
    """A03, B10: 200 lines, again with the same keys, again with others; visitors and visited persons are counted apart."""
    home = await household_of(district, "mother", on="2022-01-10")
    campaign = f"homes-{district.seed}"
    body = {"kind": "all_households", "year": 2022, "area": "440308"}
    await district.give("district_officer", f"/relief/visit-campaign/{campaign}/open-campaign", "2022-01-10", body)
    before = await position(district, "relief")

    for key, status in (("first", 201), ("first", 201), ("second", 200)):
        lines = [visit_line(district, campaign, number, home, key=key) for number in range(LINES)]
        answers = await batch(district, "district_officer", "relief", lines)
        assert [answer["line"] for answer in answers] == list(range(1, LINES + 1))
        assert {answer["status"] for answer in answers} == {status}

    visits = await recorded_after(district, "relief", before, "relief.visit.completed")
    assert len(visits) == len({visit["visit_id"] for visit in visits}) == LINES
    assert len({cadre for visit in visits for cadre in visit["visitors"]}) == CADRES
    assert len({visit["person_id"] for visit in visits}) == PERSONS + 1
    needs = await recorded_after(district, "relief", before, "relief.need.registered")
    assert sorted(need["need_id"] for need in needs) == sorted(district.id(f"need-{number}") for number in range(NEEDY))


async def test_a_screening_brought_in_twice_adds_up_to_its_list(district: District) -> None:
    """B07, J06: reached, not reached and referred are the list; person-times by channel; a referred person's signal is there."""
    persons = [district.id(f"screened-{number}") for number in range(60)]
    round_id, signal = f"control-area-{district.seed}", district.id("signal")
    path = f"/relief/screening-round/{round_id}"
    body = {"kind": "control_area", "area": SHATOUJIAO, "channel": "phone", "groups": ["elder_alone"]}
    await district.give("caseworker", f"{path}/open-round", "2022-03-23", body)
    await district.give("caseworker", f"{path}/add-targets", "2022-03-23", person_ids=persons)
    found = {"source": "screening", "category": "elder_care", "area": QIAODONG, "person_id": persons[0]}
    await district.give("caseworker", f"/relief/need-signal/{signal}/receive", "2022-03-24", found)

    def line(number: int, key: str) -> Told:
        result = {0: {"result": "referred", "signal_id": signal}, 1: {"result": "not_reached"}}.get(number, {"result": "reached"})
        channel = {"channel": "chat"} if number % 10 == 9 else {}
        told = {"person_id": persons[number], **result, **channel, "occurred_at": "2022-03-24T04:00:00+00:00"}
        return {"aggregate": "screening-round", "id": round_id, "command": "screen", "key": f"{key}-{district.seed}-{number}", "body": told}

    for key in ("first", "second"):
        answers = await batch(district, "caseworker", "relief", [line(number, key) for number in range(59)])
        assert {answer["status"] for answer in answers} == {201 if key == "first" else 200}

    assert (await district.refusal("caseworker", f"{path}/close", "2022-04-30"))["params"] == {"not_tried": 1}
    told = await district.give("caseworker", f"{path}/close", "2022-04-30", rest_not_reached=True)
    end = only(events_of(told, "relief.screening-round.closed"))
    assert (end["targets"], end["screened"], end["not_reached"], end["referred"], end["not_tried"]) == (60, 57, 2, 1, 1)
    assert (end["phone"], end["chat"], end["in_person"]) == (54, 5, 0)
