"""Policies, services and needs: the three lists, what answers what, and what nothing answers."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import AreaCode, HouseholdId, Month, NeedId
from contracts.relief.household import HouseholdOpened, StatusRecognised
from contracts.relief.need import NeedClosed, NeedRegistered, NeedReopened
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, Status
from services.linkage.offers import BadOffers, Group, NeedItem, Offer, OfferGiver, OfferKind, Offers, OfferStep, load, need_items, offers
from services.linkage.offers.catalogue import FOLDER
from services.linkage.views.household import household
from services.linkage.views.need import need
from tests.linkage.memory import MemoryReader
from tests.linkage.story import HAISHAN, SHATOUJIAO, Story, an_id
from tests.linkage.test_api import app_of, client_of

DAY = date(2022, 6, 1)
AUDITOR = {"x-role": "auditor"}


def home_of(number: int) -> HouseholdId:
    return HouseholdId(an_id(900 + number))


def home(
    number: int, status: Status | None = None, *, area: str = SHATOUJIAO, hukou: bool = True, since: str = "2022-03"
) -> list[HouseholdOpened | StatusRecognised]:
    opened = HouseholdOpened(household_id=home_of(number), area=AreaCode(area), hukou=hukou, opened_on=date(2022, 2, 1))
    recognised = [StatusRecognised(household_id=home_of(number), status=status, from_month=Month(since))] if status else []
    return [opened, *recognised]


def lacks(
    number: int, category: NeedCategory, dimension: Dimension = Dimension.MATERIAL, measure: Measure = Measure.FEN, at: int | None = None
) -> NeedRegistered:
    return NeedRegistered(
        need_id=NeedId(an_id(number)),
        household_id=home_of(number if at is None else at),
        category=category,
        dimension=dimension,
        measure=measure,
        period=Period.EVENT,
        gross=100_000,
    )


def listed(story: Story, day: date = DAY, catalogue: Offers | None = None) -> list[NeedItem]:
    homes = {row.household_id: row for row in household.fold(story.told).values()}
    return need_items(need.fold(story.told).values(), homes, catalogue or offers(), day)


def answers(item: NeedItem) -> list[str]:
    return [one.id for one in item.items]


def an_offer(name: str = "thing", first: date = date(2022, 1, 1), last: date | None = None, groups: Sequence[Group] = ()) -> Offer:
    return Offer(
        id=name,
        kind=OfferKind.POLICY,
        title="a thing",
        title_zh="事项",
        valid_from=first,
        valid_to=last,
        groups=frozenset(groups),
        needs=frozenset({NeedCategory.MEDICAL}),
        dimensions=frozenset({Dimension.MATERIAL}),
        layer=Layer.SPECIAL,
        giver=OfferGiver.STREET,
        next_step=OfferStep.APPLY_AT_STREET,
    )


def test_an_edge_household_with_bills_is_shown_every_layer_that_answers() -> None:
    """A08: medical aid of the bureau, then temporary aid, then a fund; recognition is for those who have no status yet."""
    story = Story().tell(*home(1, Status.EDGE), on="2022-03-01").tell(lacks(1, NeedCategory.MEDICAL), on="2022-04-01")
    (item,) = listed(story)
    assert (answers(item), item.no_match) == (["medical-aid", "temporary-aid", "charity-fund"], False)


def test_a_household_without_status_is_shown_how_to_get_one() -> None:
    """A08: one application, tested for each status; medical aid itself is for recognised households."""
    story = Story().tell(*home(1), on="2022-03-01").tell(lacks(1, NeedCategory.MEDICAL), on="2022-04-01")
    (item,) = listed(story)
    assert answers(item) == ["edge", "rigid", "temporary-aid", "charity-fund"]


def test_emergency_aid_asks_for_no_hukou_and_dibao_does() -> None:
    """A08: somebody from elsewhere gets temporary aid and charity for the living, not the monthly allowance."""
    for hukou, regular in ((True, {"dibao", "tekun", "disability-two-subsidies"}), (False, set())):
        story = Story().tell(*home(1, hukou=hukou), on="2022-03-01").tell(lacks(1, NeedCategory.LIVING), on="2022-04-01")
        assert set(answers(listed(story)[0])) == {*regular, "temporary-aid", "charity-fund"}


def test_money_does_not_answer_a_need_of_meals() -> None:
    """Ruling 12: a need measured in meals is answered by meals, whatever funds there are."""
    meals = lacks(1, NeedCategory.ELDER_CARE, Dimension.SERVICE, Measure.MEAL)
    (item,) = listed(Story().tell(*home(1), on="2022-03-01").tell(meals, on="2022-04-01"))
    assert answers(item) == ["elder-meals"]


def test_a_need_that_nothing_answers_says_so() -> None:
    """A08: a lift to work is on no list: no match, said plainly."""
    story = Story().tell(*home(1), on="2022-03-01").tell(lacks(1, NeedCategory.EMPLOYMENT, Dimension.MATERIAL), on="2022-04-01")
    (item,) = listed(story)
    assert (item.items, item.no_match) == ([], True)


def test_the_status_of_the_day_decides() -> None:
    """Ruling 8: edge from June on; in May the household had no status, so the bureau's aid did not answer yet."""
    story = Story().tell(*home(1, Status.EDGE, since="2022-06"), on="2022-03-01").tell(lacks(1, NeedCategory.MEDICAL), on="2022-04-01")
    may, june = (listed(story, date(2022, month, 15))[0] for month in (5, 6))
    assert ("medical-aid" in answers(may), "medical-aid" in answers(june)) == (False, True)


def test_a_closed_need_leaves_the_list_and_a_reopened_one_comes_back() -> None:
    """A08: open at the end of the day asked for, whatever happened since."""
    story = Story().tell(*home(1), on="2022-03-01").tell(lacks(1, NeedCategory.MEDICAL), on="2022-04-01")
    story.tell(NeedClosed(need_id=NeedId(an_id(1)), household_id=home_of(1), code=ClosingCode.MET), on="2022-05-01")
    story.tell(NeedReopened(need_id=NeedId(an_id(1)), household_id=home_of(1)), on="2022-05-20")
    shown = {
        day: len(listed(story, date.fromisoformat(day))) for day in ("2022-03-31", "2022-04-01", "2022-05-01", "2022-05-19", "2022-05-20")
    }
    assert list(shown.values()) == [0, 1, 0, 0, 1]


def test_both_days_of_a_validity_are_in_force() -> None:
    """3.9: valid from-to; the insurance of 2022 answers on the first and the last day of the year, not before and after."""
    insurance = [
        "child-insurance" in {one.id for one in offers().on(date.fromisoformat(day))}
        for day in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01")
    ]
    assert insurance == [False, True, True, False]


def test_new_terms_follow_old_ones_under_the_same_id_but_never_on_one_day() -> None:
    """A08: an entry that changes keeps its id; twice on one day is refused."""
    old = an_offer(last=date(2022, 6, 30))
    assert len(Offers(offers=(old, an_offer(first=date(2022, 7, 1)))).offers) == 2
    with pytest.raises(ValueError, match="in force twice"):
        Offers(offers=(old, an_offer(first=date(2022, 6, 30))))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("needs", [], "needs"),
        ("needs", ["money"], "needs"),
        ("dimensions", [], "dimensions"),
        ("groups", ["everybody"], "groups"),
        ("valid_to", "2001-01-01", "before valid_from"),
        ("amount", 5, "amount"),
        ("id", "tekun", "in force twice"),
    ],
)
def test_an_entry_that_could_never_match_is_refused(tmp_path: Path, field: str, value: object, reason: str) -> None:
    """A08: at configuration time, with file and reason."""
    told = yaml.safe_load((FOLDER / "2022.yaml").read_text(encoding="utf-8"))
    told["offers"][0][field] = value
    path = tmp_path / "2023.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadOffers, match=rf"2023\.yaml[\s\S]*{reason}"):
        load([path])


def test_a_file_without_offers_is_refused(tmp_path: Path) -> None:
    for text in ("", "offers: 5", "[unclosed"):
        (tmp_path / "empty.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(BadOffers, match=r"empty\.yaml"):
            load([tmp_path / "empty.yaml"])


DAYS = st.dates(date(2021, 1, 1), date(2023, 12, 31))
NEEDS = st.tuples(
    st.sampled_from(NeedCategory), st.sampled_from(Dimension), st.sampled_from(Measure), st.sampled_from([None, *Status]), st.booleans()
)


@settings(max_examples=60)
@given(lacked=st.lists(NEEDS, max_size=12), day=DAYS)
def test_every_open_need_has_a_match_or_says_that_it_has_none(
    lacked: list[tuple[NeedCategory, Dimension, Measure, Status | None, bool]], day: date
) -> None:
    """A08, 3.9: exactly one of both, and those with and those without are all that are open; what matches is in force on that day."""
    story = Story()
    for number, (category, dimension, measure, status, hukou) in enumerate(lacked):
        story.tell(*home(number, status, hukou=hukou, since="2021-01"), on="2021-01-01")
        story.tell(lacks(number, category, dimension, measure), on="2021-01-01")
    found = listed(story, day)
    assert len(found) == len(lacked)
    assert all(bool(item.items) is not item.no_match for item in found)
    assert sum(item.no_match for item in found) + sum(bool(item.items) for item in found) == len(found)
    assert all(one.holds(day) for item in found for one in item.items)


@given(first=DAYS, last=st.none() | DAYS, day=DAYS)
def test_a_policy_out_of_its_days_never_matches(first: date, last: date | None, day: date) -> None:
    """A08: whatever its days, it answers between them only."""
    if last is not None and last < first:
        first, last = last, first
    story = Story().tell(*home(1), on="2021-01-01").tell(lacks(1, NeedCategory.MEDICAL), on="2021-01-01")
    (item,) = listed(story, day, Offers(offers=(an_offer(first=first, last=last),)))
    assert item.no_match is not (first <= day and (last is None or day <= last))


def district() -> Story:
    """Shatoujiao: bills that can be met and a wish that cannot; Haishan: a need of meals; one need is over."""
    story = Story().tell(*home(1, Status.EDGE), *home(2), *home(3, area=HAISHAN), on="2022-03-01")
    story.tell(lacks(1, NeedCategory.MEDICAL), on="2022-04-01").tell(lacks(2, NeedCategory.EMPLOYMENT), on="2022-04-02")
    story.tell(lacks(3, NeedCategory.LIVING, measure=Measure.MEAL), on="2022-04-03").tell(
        lacks(4, NeedCategory.LEGAL, at=1), on="2022-04-04"
    )
    return story.tell(NeedClosed(need_id=NeedId(an_id(4)), household_id=home_of(1), code=ClosingCode.MET), on="2022-05-01")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(MemoryReader(district()))) as found:
        yield found


async def test_the_need_list_counts_those_without_a_match_apart(client: httpx.AsyncClient) -> None:
    """A08, 3.9: three open needs, one of them with nothing; the counts say so whatever is filtered."""
    whole = (await client.get("/lists/needs", headers=AUDITOR)).raise_for_status().json()
    assert whole["counts"] == {"open": 3, "with_match": 2, "without_match": 1}
    assert [(one["need_id"], one["no_match"], bool(one["matches"])) for one in whole["items"]] == [
        (an_id(1), False, True),
        (an_id(2), True, False),
        (an_id(3), False, True),
    ]
    none = (await client.get("/lists/needs?match=none", headers=AUDITOR)).json()
    some = (await client.get("/lists/needs?match=any", headers=AUDITOR)).json()
    assert ([one["need_id"] for one in none["items"]], len(some["items"])) == ([an_id(2)], 2)
    assert none["counts"] == some["counts"] == whole["counts"]
    first = whole["items"][0]
    assert (first["status_zh"], first["category_zh"], whole["items"][1]["status_zh"]) == ("低保边缘", "医疗", "未认定")
    match = first["matches"][0]
    assert (match["title_zh"], match["layer_zh"], match["next_step_zh"]) == (
        "医疗救助",
        "专项救助",
        "转有关部门办理",
    )


async def test_the_need_list_of_a_past_day_and_page_by_page(client: httpx.AsyncClient) -> None:
    """A08: on 15 April the fourth need was open too; pages follow each other without a gap."""
    seen, cursor = [], ""
    while cursor is not None:
        page = (await client.get("/lists/needs", params={"on": "2022-04-15", "limit": 3, "cursor": cursor}, headers=AUDITOR)).json()
        seen += [one["need_id"] for one in page["items"]]
        assert page["counts"]["open"] == 4
        cursor = page["next"]
    assert seen == [an_id(number) for number in (1, 2, 3, 4)]
    assert (await client.get("/lists/needs?cursor=nonsense", headers=AUDITOR)).status_code == 422


async def test_everybody_sees_the_needs_of_the_own_area(client: httpx.AsyncClient) -> None:
    """Ruling 26 of the design: the household's current area; policies are the same everywhere, what they answer is the area's."""
    shown = {
        area: [one["need_id"] for one in (await client.get("/lists/needs", headers={"x-area": area})).json()["items"]]
        for area in (SHATOUJIAO, HAISHAN)
    }
    assert shown == {SHATOUJIAO: [an_id(1), an_id(2)], HAISHAN: [an_id(3)]}
    assert (await client.get(f"/lists/needs?area={HAISHAN}", headers={"x-area": SHATOUJIAO})).status_code == 403
    assert (await client.get("/lists/needs?area=999999")).status_code == 404
    for path in ("policies", "services", "needs"):
        assert (await client.get(f"/lists/{path}", headers={"x-role": "shop_clerk"})).status_code == 403
    counted = {
        area: {one["id"]: one["open_needs"] for one in (await client.get("/lists/policies", headers={"x-area": area})).json()["items"]}
        for area in (SHATOUJIAO, HAISHAN)
    }
    assert (counted[SHATOUJIAO]["medical-aid"], counted[HAISHAN]["medical-aid"]) == (1, 0)
    assert counted[SHATOUJIAO].keys() == counted[HAISHAN].keys()


async def test_policies_and_services_are_two_lists_of_a_day(client: httpx.AsyncClient) -> None:
    """A08: both say from when to when and for whom; the care fund of disabled people begins on 15 May."""
    policies = (await client.get("/lists/policies", headers=AUDITOR)).json()
    services = (await client.get("/lists/services?on=2022-05-14", headers=AUDITOR)).json()
    later = (await client.get("/lists/services?on=2022-05-15", headers=AUDITOR)).json()
    assert {one["id"] for one in policies["items"]} | {one["id"] for one in later["items"]} == {one.id for one in offers().offers}
    assert {one["id"] for one in later["items"]} - {one["id"] for one in services["items"]} == {"disability-care-fund"}
    medical = next(one for one in policies["items"] if one["id"] == "medical-aid")
    assert (medical["groups_zh"], medical["valid_from"], medical["valid_to"]) == (
        ["低保", "低保边缘", "刚性支出困难", "特困"],
        "2022-01-01",
        None,
    )


async def test_the_three_lists_as_tables(client: httpx.AsyncClient) -> None:
    """A08: each list as CSV; the need list whole, with an explicit flag where nothing matches."""
    tables = {}
    for path in ("policies", "services", "needs"):
        text = (await client.get(f"/lists/{path}?format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
        tables[path] = list(csv.DictReader(io.StringIO(text)))
    assert [row["no_match"] for row in tables["needs"]] == ["False", "True", "False"]
    assert tables["needs"][0]["matches"] == "medical-aid temporary-aid charity-fund"
    assert {row["layer_zh"] for row in tables["policies"]} == {"常规救助", "专项救助", "临时救助"}
    assert len(tables["services"]) == len(offers().on(DAY, OfferKind.SERVICE))
