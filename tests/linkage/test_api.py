"""The read API: who may see what, how fresh it is, and that its answers are the chain's."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import msgspec
import pytest
from fastapi import FastAPI, Request

from contracts.charity.donation import DonationKind, DonationReceived
from contracts.charity.fund import DonationCredited, Draw, FundEstablished, FundReserved, FundSpent
from contracts.ids import DonationId, DonorId, OrganisationId
from contracts.relief.referral import (
    Progress,
    ReferralEscalated,
    ReferralExpired,
    ReferralLevel,
    ReferralProgressNoted,
    ReferralSent,
    ReferralServiceStarted,
    ReferralStage,
)
from contracts.terms import NeedCategory, Purpose, Receiver, Urgency
from kit.clock import Clock
from kit.http.app import bare_app
from kit.identity import Actor, Role
from policy import Areas, Calendar, Packs
from services.linkage.api.aid import AidAnswer, MeasureListAnswer
from services.linkage.api.aid_examples import AID, MEASURE
from services.linkage.api.campaigns import TargetsAnswer
from services.linkage.api.chain_model import ChainAnswer
from services.linkage.api.coverage import CoverageAnswer
from services.linkage.api.entitled import EntitledListAnswer
from services.linkage.api.events import EventTrailAnswer
from services.linkage.api.examples import CHAIN, COVERAGE, EVENT, EXCEPTIONS, TRACE
from services.linkage.api.exceptions import ExceptionsAnswer
from services.linkage.api.funds import FundTraceAnswer
from services.linkage.api.list_examples import ENTITLED, NEEDS, POLICIES, SERVICES, TARGETS
from services.linkage.api.lists import NeedsAnswer, OffersAnswer
from services.linkage.api.meal_points import MealPointsAnswer, PointListAnswer
from services.linkage.api.mobility import UNITS, UnitsAnswer
from services.linkage.api.parts import Parts
from services.linkage.api.report_examples import ANNUAL, LIST, MEAL_POINTS, MEALS, STREETS
from services.linkage.api.reports import AnnualAnswer, ListAnswer, StreetsAnswer
from services.linkage.api.routers import routers
from services.linkage.board import MemoryBoard
from services.linkage.detections.finding import Finding, Kind, NextStep
from services.linkage.detections.limits import Limit, LimitUnit
from tests.linkage.cases import BILLS, CHILD, FIRST_FUND, FIRST_GIFT, HOUSEHOLD, REFERRAL, four_layers
from tests.linkage.memory import MemoryReader
from tests.linkage.story import HAISHAN, SHATOUJIAO, Story, an_id, at

NOW = datetime(2022, 6, 1, 4, 0, tzinfo=UTC)
DONATION = DonationId(an_id(95))


class StoppedClock(Clock):
    def now(self) -> datetime:
        return NOW


def a_finding(number: int, area: str = SHATOUJIAO, *, over: bool = False, kind: Kind = Kind.GAP) -> Finding:
    since = at("2022-05-01", number)
    return Finding(
        detection="DET-01",
        rule="DET-01",
        kind=kind,
        scope=HOUSEHOLD,
        household_id=HOUSEHOLD,
        area=area,  # type: ignore[arg-type]
        subject=an_id(number),
        owner=Role.CASEWORKER,
        next_step=NextStep.REFER_OR_OPEN_CASE,
        limit=Limit(unit=LimitUnit.WORKDAYS, count=3),
        began=since,
        since=since,
        until=at("2022-05-20") if over else None,
        details={"residual": 412_000},
    )


def donated(story: Story) -> Story:
    """50,000.00 for children's serious illness; 20,000.00 of it goes to SC-07's child."""
    story.tell(FundEstablished(fund_id=FIRST_FUND, purpose=Purpose.CHILDREN_SERIOUS_ILLNESS, certificate_needed=False), on="2022-01-05")
    story.tell(
        DonationReceived(
            donation_id=DONATION,
            donor_id=DonorId(an_id(96)),
            kind=DonationKind.MONEY,
            amount_fen=5_000_000,
            purpose=Purpose.CHILDREN_SERIOUS_ILLNESS,
            received_on=date(2022, 1, 6),
            receipt_waived=False,
        ),
        DonationCredited(fund_id=FIRST_FUND, donation_id=DONATION, amount_fen=5_000_000),
        on="2022-01-06",
    )
    draws = (Draw(donation_id=DONATION, amount_fen=2_000_000),)
    story.tell(FundReserved(fund_id=FIRST_FUND, allocation_id=FIRST_GIFT, amount_fen=2_000_000, draws=draws), on="2022-05-10")
    return story.tell(FundSpent(fund_id=FIRST_FUND, allocation_id=FIRST_GIFT, amount_fen=2_000_000, draws=draws), on="2022-05-11")


def app_of(reader: MemoryReader, board: MemoryBoard | None = None) -> FastAPI:
    """The routes with an `authenticate` that takes role and area from two headers."""

    async def authenticate(request: Request) -> Actor:
        roles = frozenset(Role(name) for name in request.headers.get("x-role", "caseworker").split(","))
        return Actor(id="somebody", roles=roles, area=request.headers.get("x-area", "440308"))

    areas = Areas.load()
    parts = Parts(
        reader=reader,
        board=board or MemoryBoard(),
        authenticate=authenticate,
        areas=areas,
        packs=Packs.load(areas=areas),
        calendar=Calendar.load(),
        clock=StoppedClock(),
    )
    return bare_app("linkage", "test", routers(parts))


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://linkage")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    board = MemoryBoard([a_finding(1), a_finding(2), a_finding(3, HAISHAN), a_finding(4, over=True), a_finding(5, kind=Kind.OVERLAP)])
    async with client_of(app_of(MemoryReader(donated(four_layers())), board)) as found:
        yield found


CHAIN_PATH = f"/households/{HOUSEHOLD}/chain"


async def test_the_chain_tells_the_layers_with_amounts_and_chinese_terms(client: httpx.AsyncClient) -> None:
    """SC-07 over HTTP: the residual after each line in yuan, the layer in both languages, each line with its source event."""
    answer = (await client.get(CHAIN_PATH)).raise_for_status().json()
    (slot,) = answer["needs"][0]["slots"]
    assert slot["net"] == {"amount": 7_800_000, "measure": "fen", "text": "78,000.00"}
    assert [line["residual_after"]["text"] for line in slot["lines"]] == ["40,500.00", "24,120.00", "4,120.00", "0.00"]
    assert [line["layer_zh"] for line in slot["lines"]] == ["专项救助", "临时救助", "慈善救助", "慈善救助"]
    assert [payer["payer_zh"] for payer in slot["prior_payers"]] == ["基本医保", "大病保险"]
    assert slot["lines"][0]["giver"]["name_zh"] == "医保局"
    assert (answer["status_zh"], answer["area_zh"]) == ("低保边缘", "沙头角街道")
    source = slot["lines"][0]["source"]["event_id"]
    told = (await client.get(f"/events/{source}", headers={"x-role": "auditor"})).raise_for_status().json()
    assert told["event"]["type"] == "relief.need.coverage-committed"


async def test_a_note_on_a_referral_is_a_step_of_its_own() -> None:
    """Section 3.5: at work since 7 March, a note on 29 March: going to plan, the next by the end of 28 April (16:00 UTC)."""
    story = four_layers().tell(
        ReferralSent(
            referral_id=REFERRAL,
            household_id=HOUSEHOLD,
            need_id=BILLS,
            category=NeedCategory.MEDICAL,
            receiver=Receiver.CHARITY,
            urgency=Urgency.YELLOW,
            residual=412_000,
            answer_by=at("2022-03-08"),
        ),
        on="2022-03-03",
    )
    story.tell(ReferralServiceStarted(referral_id=REFERRAL, household_id=HOUSEHOLD, note_by=date(2022, 4, 6)), on="2022-03-07")
    note = ReferralProgressNoted(referral_id=REFERRAL, household_id=HOUSEHOLD, progress=Progress.ON_COURSE, note_by=date(2022, 4, 28))
    story.tell(note, on="2022-03-29")
    async with client_of(app_of(MemoryReader(story))) as client:
        (referral,) = (await client.get(CHAIN_PATH)).raise_for_status().json()["referrals"]
    assert [(step["state_zh"], step["progress"]) for step in referral["steps"]] == [
        ("已转介", None),
        ("服务中", None),
        ("服务中", "on_course"),
    ]
    assert (referral["steps"][-1]["progress_zh"], referral["due_at"]) == ("按计划", "2022-04-28T16:00:00Z")


async def test_an_escalation_stands_with_the_step_that_is_late_in_both_languages() -> None:
    """DET-13, section 3.5: late since 8 March, the street had it until the 10th, the district leader has it now."""
    story = four_layers()
    sent = ReferralSent(
        referral_id=REFERRAL,
        household_id=HOUSEHOLD,
        need_id=BILLS,
        category=NeedCategory.MEDICAL,
        receiver=Receiver.CHARITY,
        urgency=Urgency.YELLOW,
        residual=412_000,
        answer_by=at("2022-03-08"),
        organisation_id=OrganisationId("52770308mjdem0014u"),
    )
    story.tell(sent, on="2022-03-03")
    expired = ReferralExpired(referral_id=REFERRAL, household_id=HOUSEHOLD)
    story.tell(expired, escalated(ReferralLevel.STREET, "2022-03-08", "2022-03-10"), on="2022-03-08")
    story.tell(escalated(ReferralLevel.DISTRICT, "2022-03-10", "2022-03-14"), on="2022-03-10")
    async with client_of(app_of(MemoryReader(story))) as client:
        (referral,) = (await client.get(CHAIN_PATH)).raise_for_status().json()["referrals"]
        (then,) = (await client.get(CHAIN_PATH, params={"as_of": "2022-03-09"})).raise_for_status().json()["referrals"]
    assert (referral["state_zh"], referral["level"], referral["level_zh"]) == ("已超时", "district", "区级负责人")
    assert [(step["state"], len(step["escalations"])) for step in referral["steps"]] == [("sent", 0), ("expired", 2)]
    first = referral["steps"][-1]["escalations"][0]
    assert (first["level_zh"], first["late_since"], first["due_at"]) == ("街道负责人", "2022-03-08T02:00:00Z", "2022-03-10T02:00:00Z")
    assert (referral["organisation_id"], then["level"]) == ("52770308mjdem0014u", "street")


def escalated(level: ReferralLevel, late_since: str, next_due: str) -> ReferralEscalated:
    return ReferralEscalated(
        referral_id=REFERRAL,
        household_id=HOUSEHOLD,
        stage=ReferralStage.EXPIRED,
        level=level,
        late_since=at(late_since),
        next_due=at(next_due),
    )


async def test_the_chain_of_a_day_and_of_an_instant(client: httpx.AsyncClient) -> None:
    """Ruling 8: `as_of` 2022-04-28 shows L3 committed; `known_at` before it shows L2 alone."""
    on_day = (await client.get(CHAIN_PATH, params={"as_of": "2022-04-28"})).json()
    assert on_day["needs"][0]["slots"][0]["lines"][1]["states"]["committed"]["text"] == "16,380.00"
    known = (await client.get(CHAIN_PATH, params={"known_at": "2022-04-27T00:00:00Z"})).json()
    assert [line["layer"] for line in known["needs"][0]["slots"][0]["lines"]] == ["L2"]


async def test_the_chain_as_a_table(client: httpx.AsyncClient) -> None:
    """CSV by query or by Accept: one need, two prior payers, four lines."""
    by_query = await client.get(CHAIN_PATH, params={"format": "csv"})
    by_accept = await client.get(CHAIN_PATH, headers={"accept": "text/csv"})
    assert by_query.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_query.content == by_accept.content
    rows = list(csv.DictReader(io.StringIO(by_query.content.decode("utf-8-sig"))))
    assert [row["part"] for row in rows] == ["need", "prior_payer", "prior_payer", "line", "line", "line", "line"]
    assert [row["residual_after_fen"] for row in rows[3:]] == ["4050000", "2412000", "412000", "0"]


async def test_a_caseworker_sees_the_own_area_only_and_an_auditor_all(client: httpx.AsyncClient) -> None:
    """Design, "Identity and access"; the area is the household's current one (ruling 26 of the design)."""
    answers = {
        ("caseworker", SHATOUJIAO): 200,
        ("caseworker", HAISHAN): 403,
        ("caseworker", "440308"): 200,
        ("auditor", HAISHAN): 200,
        ("shop_clerk", SHATOUJIAO): 403,
        ("operator", "440308"): 403,
    }
    for (role, area), status in answers.items():
        for path in (CHAIN_PATH, f"/households/{HOUSEHOLD}/coverage"):
            answer = await client.get(path, headers={"x-role": role, "x-area": area})
            assert answer.status_code == status, (role, area, path)


async def test_who_needs_no_person_sees_none(client: httpx.AsyncClient) -> None:
    """3.9 AidChain: the worker sees only fields his task allows."""
    for role in ("reader", "charity_officer"):
        text = (await client.get(CHAIN_PATH, headers={"x-role": role})).text
        assert "慈善救助" in text
        assert CHILD not in text
    assert CHILD in (await client.get(CHAIN_PATH)).text


async def test_a_household_nobody_opened_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/households/{an_id(404)}/chain")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_read_waits_for_its_position_token_or_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    """Design, "Read side": a read that carries a token waits until the view has reached it, or answers 503 with Retry-After."""
    reader = MemoryReader(four_layers())
    last = reader.journal[-1].meta
    seen = f"{last.service}/{last.partition}:{last.position}"
    assert (await client.get(CHAIN_PATH, headers={"Position-Token": seen})).status_code == 200
    late = await client.get(CHAIN_PATH, headers={"Position-Token": f"{last.service}/{last.partition}:{last.position + 1}"})
    assert (late.status_code, late.headers["retry-after"]) == (503, "1")
    wrong = await client.get(CHAIN_PATH, headers={"Position-Token": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_position_token")


async def test_every_answer_says_how_fresh_it_is(client: httpx.AsyncClient) -> None:
    """Design, "Read side": per source position, recorded_at and lag; whether something is parked."""
    for path in (CHAIN_PATH, f"/households/{HOUSEHOLD}/coverage", "/exceptions", f"/funds/{FIRST_FUND}/trace"):
        fresh = (await client.get(path, headers={"x-role": "auditor"})).json()["freshness"]
        assert {place["source"] for place in fresh["places"]} == {"/minsheng/yantian/relief", "/minsheng/yantian/charity"}
        assert (fresh["incomplete"], fresh["answered_at"]) == (False, "2022-06-01T04:00:00Z")


async def test_an_answer_that_rests_on_something_parked_or_late_says_so() -> None:
    """Ruling 21 of the design: reads say `incomplete`; ruling 8: or that the views do not hold all recorded by the instant."""
    story = four_layers()
    async with client_of(app_of(MemoryReader(story, parked=[HOUSEHOLD]))) as parked:
        assert (await parked.get(CHAIN_PATH)).json()["freshness"]["incomplete"] is True
    async with client_of(app_of(MemoryReader(story, lag=3))) as behind:
        late = (await behind.get(CHAIN_PATH, params={"known_at": "2022-05-31T00:00:00Z"})).json()
        assert late["freshness"]["incomplete"] is True
        early = (await behind.get(CHAIN_PATH, params={"known_at": "2022-04-01T00:00:00Z"})).json()
        assert early["freshness"]["incomplete"] is False
    async with client_of(app_of(MemoryReader(story))) as seen:
        for instant, unsure in (("2022-12-31T00:00:00Z", False), ("2022-12-31T00:00:01Z", True)):
            assert (await seen.get(CHAIN_PATH, params={"known_at": instant})).json()["freshness"]["incomplete"] is unsure


async def test_the_board_lists_open_findings_of_the_own_area_page_by_page(client: httpx.AsyncClient) -> None:
    """3.9 ExceptionBoard: kind, household, age, owner, next step; oldest first, with a cursor."""
    first = (await client.get("/exceptions", params={"limit": 2}, headers={"x-area": SHATOUJIAO})).json()
    assert [item["subject"] for item in first["items"]] == [an_id(1), an_id(2)]
    assert (first["items"][0]["kind_zh"], first["items"][0]["owner_zh"], first["items"][0]["next_step_zh"]) == (
        "缺口",
        "街道经办",
        "转介或立案",
    )
    rest = (await client.get("/exceptions", params={"limit": 2, "cursor": first["next"]}, headers={"x-area": SHATOUJIAO})).json()
    assert ([item["subject"] for item in rest["items"]], rest["next"]) == ([an_id(5)], None)


async def test_the_board_filters_by_kind_and_area_and_keeps_history(client: httpx.AsyncClient) -> None:
    """3.9: a cured condition disappears by itself, its history stays; nobody lists another area."""
    gaps = (await client.get("/exceptions", params={"kind": "gap"})).json()["items"]
    assert [item["subject"] for item in gaps] == [an_id(1), an_id(2), an_id(3)]
    history = (await client.get("/exceptions", params={"history": "all", "area": SHATOUJIAO})).json()["items"]
    assert an_id(4) in [item["subject"] for item in history]
    outside = await client.get("/exceptions", params={"area": HAISHAN}, headers={"x-area": SHATOUJIAO})
    assert outside.status_code == 403
    nowhere = await client.get("/exceptions", params={"area": "999999"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "area_unknown")
    for text in ("%%%", "bm8gY3Vyc29y"):
        wrong = await client.get("/exceptions", params={"cursor": text})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_cursor")


async def test_the_board_of_a_past_day_is_asked_by_its_date(client: httpx.AsyncClient) -> None:
    """B05: on 10 May the fourth finding, over since the 20th, still stood; on 30 April none did."""
    then = (await client.get("/exceptions", params={"on": "2022-05-10", "area": SHATOUJIAO})).json()["items"]
    assert [item["subject"] for item in then] == [an_id(1), an_id(2), an_id(4), an_id(5)]
    assert then[0]["age_hours"] == 9 * 24 + 22  # 01:00 on the first to the end of the tenth, begun hours not counted
    assert (await client.get("/exceptions", params={"on": "2022-04-30"})).json()["items"] == []


async def test_the_board_is_also_a_table(client: httpx.AsyncClient) -> None:
    """3.9: the same findings as CSV; the owner, the limit and the next step stand in it."""
    answer = await client.get("/exceptions", params={"format": "csv", "kind": "gap", "limit": 1})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["detection"], row["household_id"], row["owner"], row["limit_zh"]) == ("DET-01", HOUSEHOLD, "caseworker", "3个工作日")


@pytest.mark.parametrize("role", [Role.CARE_WORKER, Role.ALARM_DESK, Role.CIVIL_REGISTRAR])
async def test_a_care_worker_sees_what_is_to_be_settled_there_and_nothing_else(role: Role) -> None:
    """DET-14, DET-15, DET-16: findings that belong to the care worker, the alarm desk or the registrar are theirs to see; needs are not."""
    mine = msgspec.structs.replace(a_finding(7), scope="device/d-1", household_id=None, owner=role)
    app = app_of(MemoryReader(four_layers()), board=MemoryBoard([a_finding(1), mine]))
    async with client_of(app) as http:
        worker = {"x-role": role}
        assert [one["subject"] for one in (await http.get("/exceptions", headers=worker)).json()["items"]] == [an_id(7)]
        others = await http.get("/exceptions", params={"owner": "caseworker"}, headers=worker)
        assert others.json()["items"] == []
        assert [one["subject"] for one in (await http.get("/exceptions", params={"owner": "caseworker"})).json()["items"]] == [an_id(1)]
        assert (await http.get(CHAIN_PATH, headers=worker)).status_code == 403


async def test_open_findings_stand_on_the_chain_as_alerts(client: httpx.AsyncClient) -> None:
    """3.9 AidChain: alerts."""
    alerts = (await client.get(CHAIN_PATH)).json()["alerts"]
    assert [alert["subject"] for alert in alerts] == [an_id(1), an_id(2), an_id(3), an_id(5)]


async def test_alerts_as_known_at_an_instant_are_found_anew(client: httpx.AsyncClient) -> None:
    """Property 7: SC-07's gap of 2022-04-16 was open at that instant, whatever the board says today."""
    answer = (await client.get(CHAIN_PATH, params={"known_at": "2022-04-16T00:00:00Z", "as_of": "2022-04-16"})).json()
    assert [(alert["detection"], alert["subject"], alert["since"]) for alert in answer["alerts"]] == [
        ("DET-01", BILLS, "2022-04-15T16:00:00Z")
    ]


async def test_a_donated_yuan_is_followed_to_a_class_of_beneficiary(client: httpx.AsyncClient) -> None:
    """3.9 FundTrace, property 3: received 50,000.00 = spent 20,000.00 + reserved 0.00 + available 30,000.00 + taken back 0.00."""
    told = (await client.get(f"/funds/{FIRST_FUND}/trace", headers={"x-role": "charity_officer"})).json()
    assert [told[name]["text"] for name in ("received", "spent", "reserved", "available", "taken_back")] == [
        "50,000.00",
        "20,000.00",
        "0.00",
        "30,000.00",
        "0.00",
    ]
    (spending,) = told["donations"][0]["spendings"]
    assert (spending["household_id"], spending["category_zh"], spending["spent"]["text"]) == (HOUSEHOLD, "医疗", "20,000.00")


async def test_a_donors_view_hides_who_received_it(client: httpx.AsyncClient) -> None:
    """3.9 FundTrace: the donor view names the class only: no household, allocation, or event that leads there."""
    for headers, params in (({"x-role": "reader"}, {}), ({"x-role": "charity_officer"}, {"view": "donor"})):
        text = (await client.get(f"/funds/{FIRST_FUND}/trace", headers=headers, params=params)).text
        assert "医疗" in text
        assert HOUSEHOLD not in text
        assert FIRST_GIFT not in text
        assert "event_id" not in text


async def test_one_fact_with_its_cause_and_its_effects() -> None:
    """Each line can be followed: charity's reservation caused the need's acceptance."""
    story = four_layers()
    reserved = next(meta for _, meta in story.told if meta.type == "charity.allocation.reserved")
    committed = next(
        at
        for at, (_, meta) in enumerate(story.told)
        if meta.type == "relief.need.coverage-committed" and meta.recorded_at > reserved.recorded_at
    )
    event, meta = story.told[committed]
    story.told[committed] = (
        event,
        type(meta)(**{name: getattr(meta, name) for name in meta.__struct_fields__} | {"causation_id": reserved.id}),
    )
    async with client_of(app_of(MemoryReader(story))) as client:
        trail = (await client.get(f"/events/{reserved.id}")).json()
        assert (trail["event"]["data"]["amount_fen"], [one["id"] for one in trail["effects"]]) == (2_000_000, [meta.id])
        back = (await client.get(f"/events/{meta.id}")).json()
        assert (back["cause"]["id"], back["event"]["data"]["need_id"]) == (reserved.id, BILLS)
        assert (await client.get(f"/events/{meta.id}", headers={"x-area": HAISHAN})).status_code == 403


async def test_facts_of_a_fund_are_for_officers_and_auditors(client: httpx.AsyncClient) -> None:
    reader = MemoryReader(donated(four_layers()))
    established = next(one.meta.id for one in reader.journal if one.meta.type == "charity.fund.established")
    story = donated(four_layers())
    async with client_of(app_of(MemoryReader(story))) as own:
        assert (await own.get(f"/events/{established}")).status_code == 403
        assert (await own.get(f"/events/{established}", headers={"x-role": "charity_officer"})).status_code == 200


def test_the_api_page_shows_every_route_with_an_example() -> None:
    """Interfaces: OpenAPI with examples."""
    page = app_of(MemoryReader(four_layers())).openapi()
    assert set(page["paths"]) == {
        "/households/{household_id}/chain",
        "/households/{household_id}/coverage",
        "/exceptions",
        "/funds/{fund_id}/trace",
        "/mobility/units",
        "/events/{event_id}",
        "/reports/annual/{year}",
        "/reports/annual/{year}/{figure}/list",
        "/reports/streets",
        "/reports/meal-points/{month}",
        "/reports/meal-points/{month}/{meal_point_id}/list",
        "/reports/aid",
        "/reports/aid/{measure}/list",
        "/lists/policies",
        "/lists/services",
        "/lists/needs",
        "/lists/campaigns/{campaign_id}/households",
        "/lists/entitled",
    }
    for path, methods in page["paths"].items():
        assert methods["get"]["responses"]["200"]["content"]["application/json"]["example"], path


def test_the_examples_of_the_api_page_are_answers() -> None:
    """Interfaces: OpenAPI with examples; an example that no longer fits is found here."""
    for model, example in (
        (ChainAnswer, CHAIN),
        (CoverageAnswer, COVERAGE),
        (ExceptionsAnswer, EXCEPTIONS),
        (FundTraceAnswer, TRACE),
        (EventTrailAnswer, EVENT),
        (UnitsAnswer, UNITS),
        (AnnualAnswer, ANNUAL),
        (ListAnswer, LIST),
        (StreetsAnswer, STREETS),
        (AidAnswer, AID),
        (MeasureListAnswer, MEASURE),
        (OffersAnswer, POLICIES),
        (OffersAnswer, SERVICES),
        (NeedsAnswer, NEEDS),
        (MealPointsAnswer, MEAL_POINTS),
        (PointListAnswer, MEALS),
        (TargetsAnswer, TARGETS),
        (EntitledListAnswer, ENTITLED),
    ):
        assert model.model_validate(example).model_dump(mode="json", exclude_unset=True).keys() == example.keys()
