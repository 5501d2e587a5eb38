"""The report on aid: the total by layer and channel, charity after government, and the four measures with formula and list."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.charity.allocation import AidReturned
from contracts.ids import ActorId, AreaCode, CaseId, LineId, Month, OpinionId, SignalId, VisitId
from contracts.relief.entitlement import PaymentLineFailed, PaymentLinePaid
from contracts.relief.need_signal import NeedSignalReceived, SignalSource
from contracts.relief.opinion import Level, OpinionAnswered, OpinionCollected, OpinionReopened, OpinionTopic
from contracts.relief.special_aid import SpecialAidOpened, SubsidyApproved, SubsidyPaid
from contracts.relief.temp_aid import TempAidPaid, TempAidReturned
from contracts.terms import Department, FundingSource, Layer, NeedCategory, Scheme, Urgency
from kit.testing import policy
from services.linkage.aid import GIVING, AidTotal, Given, aid_total, given_by
from services.linkage.kpis import BadFormula, KpiTerm, figure_of, kpis, load
from services.linkage.kpis.catalogue import FILE
from services.linkage.matrix import Channel
from services.linkage.rows import Fold
from services.linkage.views.counted import Counts, counted
from tests.linkage.cases import (
    BILLS,
    DIBAO,
    FIRST_FUND,
    FIRST_GIFT,
    HOUSEHOLD,
    LIVING,
    TEMP_AID,
    TEMP_LINE,
    four_layers,
    meals_and_goods,
    regular,
)
from tests.linkage.memory import MemoryReader
from tests.linkage.story import SHATOUJIAO, Story, an_id, at
from tests.linkage.test_api import app_of, client_of
from tests.linkage.test_matrix import matrix_of
from tests.linkage.test_programmes import figure as counted_figure

YEAR = (date(2022, 1, 1), date(2022, 12, 31))
QIAODONG = AreaCode("440308003-qiaodong")
AUDITOR = {"x-role": "auditor"}
PERIOD = "from=2022-01-01&to=2022-12-31"


def total(story: Story, first: date = YEAR[0], last: date = YEAR[1]) -> AidTotal:
    fold = Fold()
    fold.add(story.told)
    return aid_total(given_by(fold), policy()[0].at(last, SHATOUJIAO), first, last)


def delivered(found: AidTotal) -> list[int]:
    return [covered.delivered for covered in found.layers.values()]


def paid_month(fen: int, month: str = "2022-05") -> PaymentLinePaid:
    return PaymentLinePaid(entitlement_id=DIBAO, household_id=HOUSEHOLD, line_id=LineId(an_id(600)), month=Month(month), amount_fen=fen)


def test_total_aid_by_layer_and_by_channel() -> None:
    """B13: 37,500.00 of the bureau and 15.00 for lunch, 16,380.00 in the emergency, 24,120.00 of two funds; goods stand beside."""
    found = total(meals_and_goods(four_layers()))
    assert delivered(found) == [0, 3_750_000 + 1_500, 1_638_000, 2_412_000]
    assert {channel: (came.delivered, came.list_value_fen) for channel, came in found.channels.items()} == {
        Channel.GOVERNMENT: (3_750_000 + 1_500 + 1_638_000, 0),
        Channel.PUBLIC_GOOD: (0, 12_000),
        Channel.CHARITY: (2_412_000, 0),
    }
    assert (found.whole.delivered, found.adds_up) == (3_750_000 + 1_500 + 1_638_000 + 2_412_000, True)


def test_the_report_and_the_coverage_matrix_tell_the_same() -> None:
    """3.9: what the givers say was delivered equals the column sums of the only household."""
    story = meals_and_goods(four_layers())
    (sums,) = matrix_of(story, "2022-12-31").sums
    assert delivered(total(story)) == [sums.layers[layer].delivered for layer in Layer]


def test_money_counts_on_its_day_and_what_came_back_on_its_own() -> None:
    """Ruling 9: paid in May, sent back by the bank in June and paid again; a fund's and an emergency's money returned later."""
    story = regular(four_layers()).tell(paid_month(149_500), on="2022-05-10")
    story.tell(
        PaymentLineFailed(
            entitlement_id=DIBAO, household_id=HOUSEHOLD, line_id=LineId(an_id(600)), month=Month("2022-05"), amount_fen=149_500
        ),
        on="2022-06-02",
    )
    assert delivered(total(story, date(2022, 5, 1), date(2022, 5, 31)))[0] == 149_500
    assert delivered(total(story))[0] == 0
    story.tell(paid_month(149_500), on="2022-06-05")
    before = delivered(total(story))
    assert before[0] == 149_500
    story.tell(
        TempAidReturned(case_id=TEMP_AID, household_id=HOUSEHOLD, need_id=BILLS, line_id=TEMP_LINE, amount_fen=38_000), on="2022-07-01"
    )
    story.tell(
        AidReturned(allocation_id=FIRST_GIFT, fund_id=FIRST_FUND, household_id=HOUSEHOLD, need_id=BILLS, amount_fen=12_000), on="2022-07-01"
    )
    assert delivered(total(story)) == [before[0], before[1], before[2] - 38_000, before[3] - 12_000]


def test_a_childs_monthly_subsidy_is_regular_aid_though_a_department_pays_it() -> None:
    """Ruling 13: the layer is data of the scheme, not of the module that owns it."""
    case, line = CaseId(an_id(610)), LineId(an_id(611))
    story = Story().tell(
        SpecialAidOpened(case_id=case, household_id=HOUSEHOLD, need_id=LIVING, scheme=Scheme.CHILD_SUBSIDY),
        SubsidyApproved(
            case_id=case,
            household_id=HOUSEHOLD,
            line_id=line,
            department=Department.CIVIL_AFFAIRS,
            decided_on=date(2022, 3, 1),
            amount_fen=200_000,
        ),
        SubsidyPaid(case_id=case, household_id=HOUSEHOLD, line_id=line, amount_fen=200_000),
        on="2022-03-01",
    )
    assert delivered(total(story)) == [200_000, 0, 0, 0]


GIVEN = st.builds(
    Given, scheme=st.sampled_from(Scheme), on=st.dates(*YEAR), fen=st.integers(-90_000, 90_000), list_value_fen=st.integers(0, 90_000)
)


@settings(max_examples=60)
@given(given_things=st.lists(GIVEN, max_size=30), days=st.tuples(st.dates(*YEAR), st.dates(*YEAR)))
def test_however_it_is_divided_it_is_the_same_total(given_things: list[Given], days: tuple[date, date]) -> None:
    """B13: by channel, by layer and by scheme, whatever came back, in any period of the year."""
    first, last = min(days), max(days)
    pack = policy()[0].at(last, SHATOUJIAO)
    found = aid_total(given_things, pack, first, last)
    inside = [one for one in given_things if first <= one.on <= last]
    assert found.adds_up
    assert (found.whole.delivered, found.whole.list_value_fen) == (
        sum(one.fen for one in inside),
        sum(one.list_value_fen for one in inside),
    )


def opinion(story: Story, number: int, on: str, answered: str | None) -> Story:
    name = OpinionId(an_id(700 + number))
    story.tell(
        OpinionCollected(
            opinion_id=name,
            visit_id=VisitId(an_id(101)),
            area=QIAODONG,
            topic=OpinionTopic.HOUSING,
            owner=ActorId("cadre-1"),
            level=Level.COMMUNITY,
            due_at=at("2022-12-31"),
        ),
        on=on,
    )
    if answered:
        story.tell(OpinionAnswered(opinion_id=name, area=QIAODONG, owner=ActorId("cadre-1")), on=answered)
    return story


def signal(story: Story, number: int, source: SignalSource) -> None:
    story.tell(
        NeedSignalReceived(
            signal_id=SignalId(an_id(750 + number)),
            source=source,
            category=NeedCategory.LIVING,
            urgency=Urgency.YELLOW,
            area=QIAODONG,
            due_at=at("2022-06-01"),
        ),
        on="2022-05-01",
    )


def measure(term: KpiTerm, story: Story) -> tuple[int, int, int | None]:
    found = figure_of(kpis().of(term), kpis(), counted.fold(story.told).values())
    return len(found.part), len(found.whole), found.share_permille


def talk() -> Story:
    """Three opinions: answered on the 15th day, on the 16th, never; two signals of three came from data."""
    story = Story()
    for number, answered in enumerate(("2022-03-16", "2022-03-17", None)):
        opinion(story, number, "2022-03-01", answered)
    for number, source in enumerate((SignalSource.DATA, SignalSource.DATA, SignalSource.GRID)):
        signal(story, number, source)
    return story


def test_each_measure_is_a_share_of_what_was_counted() -> None:
    """B19: one of three opinions in 15 days, two of three signals from data; without a referral there is no share."""
    story = talk()
    assert measure(KpiTerm.EFFICIENT, story) == (1, 3, 333)
    assert measure(KpiTerm.SMART, story) == (2, 3, 666)
    assert measure(KpiTerm.PRECISE, story) == (0, 0, None)


def test_an_answer_that_settled_nothing_does_not_count() -> None:
    """B19, A04: reopened, it waits for the next answer, which comes too late."""
    name = OpinionId(an_id(700))
    story = opinion(Story(), 0, "2022-03-01", "2022-03-03")
    assert measure(KpiTerm.EFFICIENT, story)[0] == 1
    story.tell(
        OpinionReopened(opinion_id=name, area=QIAODONG, owner=ActorId("cadre-1"), level=Level.COMMUNITY, due_at=at("2022-12-31")),
        on="2022-03-05",
    )
    assert measure(KpiTerm.EFFICIENT, story)[0] == 0
    story.tell(OpinionAnswered(opinion_id=name, area=QIAODONG, owner=ActorId("cadre-1")), on="2022-04-30")
    assert measure(KpiTerm.EFFICIENT, story)[:2] == (0, 1)


def test_returned_emergency_money_was_not_paid_in_the_end() -> None:
    """The counted row of a case falls by what came back."""
    story = Story()
    ids: dict[str, Any] = {"case_id": TEMP_AID, "household_id": HOUSEHOLD, "need_id": BILLS, "line_id": TEMP_LINE}
    story.tell(TempAidPaid(**ids, amount_fen=100_000, source=FundingSource.DISTRICT), on="2022-04-01")
    story.tell(TempAidReturned(**ids, amount_fen=30_000), on="2022-05-01")
    (row,) = counted.fold(story.told).values()
    assert (row.kind, row.fen) == (Counts.TEMPORARY_PAYMENT, 70_000)
    assert counted_figure("opinions", story) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"of": "happiness"}, "unknown operands"),
        ({"in": "visits"}, "two kinds"),
        ({"times": 2}, "times"),
    ],
)
def test_a_formula_of_something_unknown_is_refused(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    """B19: when it is loaded, with file and reason."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    told["kpis"][0]["formula"]["share"].update(change)
    refused(tmp_path, told, reason)


def test_other_forms_and_missing_measures_are_refused(tmp_path: Path) -> None:
    """B19: four measures, each once; a formula is one of the declared forms, nothing is evaluated."""
    for wrong, reason in (({"sum": "1 + 1"}, "share"), ("opinions / visits", "formula")):
        told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        told["kpis"][0]["formula"] = wrong
        refused(tmp_path, told, reason)
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for kept in (told["kpis"][:-1], [*told["kpis"], told["kpis"][0]]):
        refused(tmp_path, {**told, "kpis": kept}, "one measure")


def refused(folder: Path, told: object, reason: str) -> None:
    path = folder / "kpis.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadFormula, match=rf"kpis\.yaml[\s\S]*{reason}"):
        load(path)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    story = meals_and_goods(four_layers())
    for number, answered in enumerate(("2022-03-16", "2022-03-17", None)):
        opinion(story, number, "2022-03-01", answered)
    async with client_of(app_of(MemoryReader(story))) as found:
        yield found


async def test_the_report_over_http(client: httpx.AsyncClient) -> None:
    """B13, B19, C07: layers and channels make the total; all charity came after the bureau's decision; four measures with lists."""
    answer = (await client.get(f"/reports/aid?{PERIOD}", headers=AUDITOR)).raise_for_status().json()
    assert answer["adds_up"] is True
    whole = answer["total"]["money"]["amount"]
    assert sum(one["money"]["amount"] for one in answer["layers"]) == sum(one["money"]["amount"] for one in answer["channels"]) == whole
    assert (answer["channels"][2]["title_zh"], answer["channels"][2]["money"]["text"]) == ("慈善", "24,120.00")
    assert answer["charity_after_government"]["share_permille"] == 1000
    assert [one["term_zh"] for one in answer["measures"]] == ["精准救助", "高效救助", "温暖救助", "智慧救助"]
    for one in answer["measures"]:
        listed = (await client.get(one["list"], headers=AUDITOR)).raise_for_status().json()
        assert listed["measure"] == one
        assert len(listed["items"]) == one["whole"]
        assert sum(item["counts"] for item in listed["items"]) == one["part"]


async def test_charity_of_the_period_only(client: httpx.AsyncClient) -> None:
    """C07: the needs took the funds' money in May; a report on June shows none."""
    june = (await client.get("/reports/aid?from=2022-06-01&to=2022-06-30", headers=AUDITOR)).json()
    assert june["charity_after_government"] == {
        "given": {"amount": 0, "measure": "fen", "text": "0.00"},
        "after_decision": {"amount": 0, "measure": "fen", "text": "0.00"},
        "share_permille": None,
    }


async def test_the_report_and_its_lists_as_tables(client: httpx.AsyncClient) -> None:
    """B13, B19: as CSV, and each list whole, with whether each thing counts."""
    text = (await client.get(f"/reports/aid?{PERIOD}&format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    by_part = {part: sum(int(row["money_fen"]) for row in rows if row["part"] == part) for part in ("total", "layer", "channel", "scheme")}
    assert len(set(by_part.values())) == 1
    assert [(row["id"], row["counted"], row["of"]) for row in rows if row["part"] == "measure"][1] == ("efficient", "1", "3")
    listed = (await client.get(f"/reports/aid/efficient/list?{PERIOD}&format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
    assert [row["counts"] for row in csv.DictReader(io.StringIO(listed))] == ["True", "False", "False"]
    page = (await client.get(f"/reports/aid/efficient/list?{PERIOD}&limit=2", headers=AUDITOR)).json()
    rest = (await client.get(f"/reports/aid/efficient/list?{PERIOD}&limit=2&after={page['next']}", headers=AUDITOR)).json()
    assert ([len(one["items"]) for one in (page, rest)], rest["next"]) == ([2, 1], None)


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        (f"/reports/aid?{PERIOD}", "shop_clerk", 403),
        (f"/reports/aid/smart/list?{PERIOD}", "reader", 403),
        (f"/reports/aid/happy/list?{PERIOD}", "auditor", 422),
        ("/reports/aid?from=2022-02-01&to=2022-01-01", "auditor", 409),
        ("/reports/aid?from=1999-02-01&to=1999-03-01", "auditor", 404),
        ("/reports/aid", "auditor", 422),
    ],
)
async def test_what_cannot_be_answered_is_said(client: httpx.AsyncClient, path: str, role: str, status: int) -> None:
    """A role without the task, a measure nobody knows, a period that is none or has no policy."""
    assert (await client.get(path, headers={"x-role": role})).status_code == status


def test_every_giver_is_read() -> None:
    """B13: the views that the report reads are all that tell of giving."""
    assert {view.name for view in GIVING} == {
        "entitlement", "special_aid", "temp_aid", "allocation", "voucher", "kitchen_meal", "meal_month",
    }  # fmt: skip
