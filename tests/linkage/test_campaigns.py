"""A campaign's households: those that were visited and those not yet, on any day, with who is to go."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, Month, PairingId, PersonId, VisitId
from contracts.relief.household import HouseholdClosed, HouseholdOpened, StatusRecognised
from contracts.relief.pairing_agreement import PairingEnd, PairingEnded, PairingEstablished
from contracts.relief.visit import Channel, MissedReason, VisitCompleted, VisitMissed, VisitMissExplained, VisitScheduled
from contracts.relief.visit_campaign import CampaignKind, CampaignTargetsAdded, TargetGroup, VisitCampaignClosed, VisitCampaignOpened
from contracts.terms import ClosingCode, Status
from services.linkage.campaigns import TargetItem, target_items
from services.linkage.views.campaign import campaign_pair, campaign_targets, campaign_visit
from services.linkage.views.household import household
from tests.linkage.memory import MemoryReader
from tests.linkage.story import HAISHAN, SHATOUJIAO, Story, an_id, at
from tests.linkage.test_api import app_of, client_of

CARING, OTHER = CampaignId("caring-2022"), CampaignId("spring-2022")
AUDITOR = {"x-role": "auditor"}
LIST = f"/lists/campaigns/{CARING}/households"
WHOLE = f"{LIST}?on=2022-12-31"


def home_of(number: int) -> HouseholdId:
    return HouseholdId(an_id(900 + number))


def home(number: int, status: Status, area: str = SHATOUJIAO) -> list[Event]:
    opened = HouseholdOpened(household_id=home_of(number), area=AreaCode(area), hukou=True, opened_on=date(2022, 1, 3))
    return [opened, StatusRecognised(household_id=home_of(number), status=status, from_month=Month("2022-02"))]


def caring() -> VisitCampaignOpened:
    groups = (TargetGroup.DIBAO, TargetGroup.EDGE, TargetGroup.CHILD)
    return VisitCampaignOpened(
        campaign_id=CARING, kind=CampaignKind.CARING, year=2022, area=AreaCode("440308"), groups=groups, opened_on=date(2022, 6, 20)
    )


def named(*numbers: int, on: date) -> CampaignTargetsAdded:
    return CampaignTargetsAdded(campaign_id=CARING, household_ids=tuple(home_of(number) for number in numbers), added_on=on)


def planned(number: int, on: date) -> VisitScheduled:
    return VisitScheduled(
        visit_id=VisitId(an_id(100 + number)),
        campaign_id=CARING,
        person_id=PersonId(an_id(200 + number)),
        household_id=home_of(number),
        area=AreaCode(SHATOUJIAO),
        visitors=(ActorId("cadre-1"),),
        planned_on=on,
        due_at=at((date.fromordinal(on.toordinal() + 1)).isoformat(), 0),
    )


def missed(number: int, reason: MissedReason = MissedReason.NOT_MADE) -> VisitMissed:
    plan = planned(number, date(2022, 7, 1))
    return VisitMissed(
        visit_id=plan.visit_id, campaign_id=CARING, person_id=plan.person_id, household_id=plan.household_id, area=plan.area,
        visitors=plan.visitors, reason=reason,
    )  # fmt: skip


def made(number: int, on: date, *, name: CampaignId = CARING, late: bool = False, visit: int | None = None) -> VisitCompleted:
    return VisitCompleted(
        visit_id=VisitId(an_id(100 + (number if visit is None else visit))),
        campaign_id=name,
        person_id=PersonId(an_id(200 + number)),
        household_id=home_of(number),
        area=AreaCode(SHATOUJIAO),
        visitors=(ActorId("cadre-1"),),
        channel=Channel.IN_PERSON,
        visited_on=on,
        late=late,
    )


def story() -> Story:
    """Three households are named on 21 June, one on 1 July; one is visited, one twice missed by its plan, one only under another campaign."""
    told = Story().tell(
        *home(1, Status.DIBAO), *home(2, Status.EDGE), *home(3, Status.DIBAO, HAISHAN), *home(4, Status.EDGE), on="2022-01-03"
    )
    told.tell(caring(), on="2022-06-20").tell(named(1, 2, 3, on=date(2022, 6, 21)), on="2022-06-21")
    told.tell(
        PairingEstablished(
            pairing_id=PairingId(an_id(41)), household_id=home_of(2), campaign_id=CARING, cadre=ActorId("cadre-7"),
            area=AreaCode(SHATOUJIAO), since=date(2022, 6, 22),
        ),
        on="2022-06-22",
    )  # fmt: skip
    told.tell(made(1, date(2022, 6, 28)), on="2022-06-28").tell(planned(2, date(2022, 7, 1)), on="2022-06-25")
    told.tell(missed(2), on=at("2022-07-02", 0)).tell(named(4, on=date(2022, 7, 1)), on="2022-07-01")
    return told.tell(made(3, date(2022, 7, 3), name=OTHER), on="2022-07-03")


def listed(told: Story, day: date) -> list[TargetItem]:
    targets = [row for row in campaign_targets.fold(told.told).values() if row.campaign_id == CARING]
    visits = [row for row in campaign_visit.fold(told.told).values() if row.campaign_id == CARING]
    pairs = [row for row in campaign_pair.fold(told.told).values() if row.campaign_id == CARING]
    homes = {row.household_id: row for row in household.fold(told.told).values()}
    return target_items(targets, visits, pairs, homes, day)


def left(told: Story, day: date) -> list[HouseholdId]:
    return [item.household_id for item in listed(told, day) if not item.visited]


def test_those_not_yet_visited_are_listed_for_any_day() -> None:
    """A05: all three before the first visit, two after it, and the one that is named later is added to the rest."""
    told = story()
    assert left(told, date(2022, 6, 20)) == []
    assert left(told, date(2022, 6, 27)) == [home_of(1), home_of(2), home_of(3)]
    assert left(told, date(2022, 6, 28)) == [home_of(2), home_of(3)]
    assert left(told, date(2022, 7, 10)) == [home_of(2), home_of(3), home_of(4)]


def test_a_visit_of_another_campaign_leaves_a_household_on_the_list() -> None:
    """A05: the third household was visited on 3 July, but not for this."""
    assert home_of(3) in left(story(), date(2022, 7, 10))


def test_the_list_says_who_is_to_go_and_why_nobody_was_there() -> None:
    """A05, A03: a plan for 1 July stands until its day is over; then it is missed, and what is said about it later replaces the reason."""
    told = story()
    before, after = (
        next(item for item in listed(told, day) if item.household_id == home_of(2)) for day in (date(2022, 7, 1), date(2022, 7, 2))
    )
    assert (before.cadre, before.planned_on, before.missed) == ("cadre-7", date(2022, 7, 1), None)
    assert (after.planned_on, after.missed, after.status) == (None, MissedReason.NOT_MADE, Status.EDGE)
    why = VisitMissExplained(
        visit_id=planned(2, date(2022, 7, 1)).visit_id, area=AreaCode(SHATOUJIAO), reason=MissedReason.NOBODY_HOME, household_id=home_of(2)
    )
    told.tell(why, on="2022-07-04")
    assert [item.missed for item in listed(told, date(2022, 7, 10)) if item.household_id == home_of(2)] == [MissedReason.NOBODY_HOME]


def test_a_visit_made_in_time_and_told_late_was_never_missed_and_a_late_one_was() -> None:
    """A03, A05: both households are visited; only of the late one it stays that its plan was missed."""
    for late in (False, True):
        told = story().tell(made(2, date(2022, 7, 3) if late else date(2022, 7, 1), late=late), on="2022-07-03")
        (item,) = [one for one in listed(told, date(2022, 7, 10)) if one.household_id == home_of(2)]
        assert (item.visited, item.missed is not None) == (True, late)


def test_a_pair_that_ended_names_nobody_and_a_household_that_is_gone_says_so() -> None:
    """A05, A06: the cadre left on 5 July, and the fourth household was closed."""
    told = story()
    ended = PairingEnded(
        pairing_id=PairingId(an_id(41)), household_id=home_of(2), campaign_id=CARING, cadre=ActorId("cadre-7"), ended_on=date(2022, 7, 5),
        reason=PairingEnd.CADRE_LEFT,
    )  # fmt: skip
    told.tell(ended, on="2022-07-05").tell(
        HouseholdClosed(household_id=home_of(4), code=ClosingCode.MOVED, closed_on=date(2022, 7, 6)), on="2022-07-06"
    )
    found = {item.household_id: item for item in listed(told, date(2022, 7, 6))}
    assert (found[home_of(2)].cadre, found[home_of(4)].open, found[home_of(2)].open) == (None, False, True)


@given(
    days=st.lists(st.none() | st.dates(date(2022, 6, 21), date(2022, 12, 31)), min_size=1, max_size=8),
    day=st.dates(date(2022, 6, 1), date(2023, 1, 31)),
)
def test_visited_and_not_yet_are_always_the_whole_list(days: list[date | None], day: date) -> None:
    """A05: whoever was visited when, each household named stands once, on the one side or the other."""
    told = Story().tell(caring(), on="2022-06-20")
    told.tell(named(*range(len(days)), on=date(2022, 6, 21)), on="2022-06-21")
    for number, on in enumerate(days):
        if on is not None:
            told.tell(made(number, on), made(number, on, visit=50 + number), on=on.isoformat())
    found = listed(told, day)
    assert len({item.household_id for item in found}) == len(found) == (len(days) if day >= date(2022, 6, 21) else 0)
    assert sum(item.visited for item in found) == sum(on is not None and on <= day for on in days)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    told = story().tell(VisitCampaignClosed(campaign_id=CARING, closed_on=date(2022, 12, 1)), on="2022-12-01")
    async with client_of(app_of(MemoryReader(told))) as found:
        yield found


async def test_the_list_over_http_counts_both_and_filters(client: httpx.AsyncClient) -> None:
    """A05: the counts say how many of all were visited, whatever is filtered; each line names its event."""
    whole = (await client.get(WHOLE, headers=AUDITOR)).raise_for_status().json()
    assert whole["counts"] == {"targets": 4, "visited": 1, "not_visited": 3}
    assert (whole["campaign"]["kind_zh"], whole["campaign"]["groups_zh"]) == ("解忧暖心传党恩", ["低保", "低保边缘", "困境儿童家庭"])
    assert whole["campaign"]["closed_on"] == "2022-12-01"
    rest = (await client.get(f"{WHOLE}&visited=no", headers=AUDITOR)).json()
    done = (await client.get(f"{WHOLE}&visited=yes", headers=AUDITOR)).json()
    assert rest["counts"] == done["counts"] == whole["counts"]
    assert [one["household_id"] for one in rest["items"]] == [home_of(number) for number in (2, 3, 4)]
    assert [(one["visited_on"], one["visited_zh"], one["source"]["type"]) for one in done["items"]] == [
        ("2022-06-28", "已走访", "relief.visit.completed")
    ]
    assert [one["missed_reason_zh"] for one in rest["items"]] == ["未走访", None, None]
    past = (await client.get(f"{LIST}?on=2022-06-27", headers=AUDITOR)).json()
    assert past["counts"] == {"targets": 3, "visited": 0, "not_visited": 3}


async def test_pages_follow_each_other_and_the_table_has_all(client: httpx.AsyncClient) -> None:
    """A05: page by page without a gap, and as CSV whole."""
    seen, cursor = [], ""
    while cursor is not None:
        page = (await client.get(LIST, params={"on": "2022-12-31", "limit": 3, "cursor": cursor}, headers=AUDITOR)).json()
        seen += [one["household_id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [home_of(number) for number in (1, 2, 3, 4)]
    text = (await client.get(f"{WHOLE}&visited=no&format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
    assert [(row["household_id"], row["cadre"], row["visited_zh"]) for row in csv.DictReader(io.StringIO(text))] == [
        (home_of(2), "cadre-7", "未走访"),
        (home_of(3), "", "未走访"),
        (home_of(4), "", "未走访"),
    ]


async def test_a_street_sees_its_own_households_of_the_campaign(client: httpx.AsyncClient) -> None:
    """A05, ruling 26 of the design: a campaign of the district, each caseworker's own part; a clerk of a shop none; an unknown one 404."""
    parts = {area: (await client.get(WHOLE, headers={"x-area": area})).json()["counts"]["targets"] for area in (SHATOUJIAO, HAISHAN)}
    assert parts == {SHATOUJIAO: 3, HAISHAN: 1}
    assert (await client.get(f"{WHOLE}&area={HAISHAN}", headers={"x-area": SHATOUJIAO})).status_code == 403
    assert (await client.get(WHOLE, headers={"x-role": "shop_clerk"})).status_code == 403
    assert (await client.get("/lists/campaigns/nobody-opened/households", headers=AUDITOR)).status_code == 404
