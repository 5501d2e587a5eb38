"""The use rate of meal points: what was served of what could be, per point, kind and month."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.eldercare.meal_account import MealCheckedIn, SubsidyGround
from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.ids import AreaCode, CheckInId, HouseholdId, MealAccountId, MealPointId
from contracts.terms import CheckInMethod
from policy import Calendar
from services.linkage.meal_use import PointUse, Use, by_kind, days_of, uses
from services.linkage.views.counted import Counts, counted
from services.linkage.views.meal_point import meal_point
from tests.linkage.memory import MemoryReader
from tests.linkage.story import Story, an_id
from tests.linkage.test_api import app_of, client_of

CANTEEN, FIRM = MealPointId("qiaodong-canteen"), MealPointId("yongan-noodles")
AUDITOR = {"x-role": "auditor"}
CALENDAR = Calendar.load()
APRIL = date(2022, 4, 1), date(2022, 4, 30)


def opened(point: MealPointId, capacity: int, kind: MealPointKind = MealPointKind.CANTEEN) -> MealPointOpened:
    return MealPointOpened(meal_point_id=point, area=AreaCode("440308003-qiaodong"), kind=kind, capacity=capacity)


def meal(number: int, on: date, point: MealPointId = CANTEEN) -> MealCheckedIn:
    return MealCheckedIn(
        account_id=MealAccountId(an_id(300 + number)),
        household_id=HouseholdId(an_id(900 + number)),
        check_in_id=CheckInId(an_id(1000 + number)),
        meal_point_id=point,
        method=CheckInMethod.CARD,
        served_on=on,
        price_fen=1_800,
        pays_fen=1_800,
        ground=SubsidyGround.NOT_ENTITLED,
    )


def april(*, closed: str | None = None) -> Story:
    """A canteen of ten lunches a day with meals on 1 April, a Friday, on the make-up Saturday 2 April and on the holiday 4 April; a firm of five."""
    told = Story().tell(opened(CANTEEN, 10), on="2022-01-05").tell(opened(FIRM, 5, MealPointKind.CATERING_FIRM), on="2022-04-25")
    for number, day in enumerate((1, 1, 1, 2, 4)):
        told.tell(meal(number, date(2022, 4, day)), on=f"2022-04-0{day}")
    told.tell(meal(10, date(2022, 4, 26), FIRM), meal(11, date(2022, 5, 6), FIRM), on="2022-05-06")
    return told.tell(MealPointClosed(meal_point_id=CANTEEN), on=closed) if closed else told


def used(told: Story, month: str = "2022-04", today: date = date(2022, 12, 31)) -> list[PointUse]:
    meals = [row for row in counted.fold(told.told).values() if row.kind is Counts.MEAL]
    return uses(meal_point.fold(told.told).values(), meals, days_of(month, today), CALENDAR)


def test_meals_served_of_the_capacity_of_the_working_days() -> None:
    """E04: April 2022 has 21 weekdays, less two of the holiday (4, 5), with the made-up 2nd and 24th: 21 days, 4 of 210 lunches, 19 in a thousand."""
    canteen, firm = used(april())
    assert canteen.use == Use(points=1, capacity=210, served=4, other_days=1)
    assert canteen.use.rate_permille == 19
    assert [row.on.day for row in canteen.meals] == [1, 1, 1, 2, 4]
    assert (firm.use.capacity, firm.use.served, firm.use.rate_permille) == (5 * 5, 1, 40)  # open since Monday 25 April


def test_a_point_counts_from_its_opening_to_its_closing() -> None:
    """E04: closed on Friday 8 April, that day included: 1, 2, 6, 7 and 8 April are worked; in May it is on no list."""
    assert used(april(closed="2022-04-08"))[0].use.capacity == 5 * 10
    assert [one.point.meal_point_id for one in used(april(closed="2022-04-08"), "2022-05")] == [FIRM]


def test_of_the_running_month_only_the_days_so_far_count() -> None:
    """E04: on 2 April two working days are over or running; of a month to come there is nothing to say."""
    assert used(april(), today=date(2022, 4, 2))[0].use == Use(points=1, capacity=20, served=4)
    assert used(april(), "2022-05", today=date(2022, 4, 2)) == []


def test_canteens_can_be_compared_with_catering_firms() -> None:
    """E05: the points of a kind together, each with its rate; a kind without points has none."""
    kinds = by_kind(used(april()))
    assert {kind: (use.points, use.rate_permille) for kind, use in kinds.items()} == {
        MealPointKind.CANTEEN: (1, 19),
        MealPointKind.CATERING_FIRM: (1, 40),
    }
    assert by_kind([])[MealPointKind.CANTEEN].rate_permille is None


@given(days=st.lists(st.dates(*APRIL), max_size=30), capacity=st.integers(1, 40))
def test_every_meal_stands_on_one_side_and_the_list_is_all_of_them(days: list[date], capacity: int) -> None:
    """E04: meals of working days and of other days are together the list behind the figure."""
    told = Story().tell(opened(CANTEEN, capacity), on="2022-01-05")
    for number, day in enumerate(days):
        told.tell(meal(number, day), on=day.isoformat())
    (one,) = used(told)
    workdays = [day for day in days_of("2022-04", APRIL[1]) if CALENDAR.is_workday(day)]
    assert one.use.served + one.use.other_days == len(one.meals) == len(days)
    assert (one.use.served, one.use.capacity) == (sum(day in workdays for day in days), capacity * len(workdays))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(MemoryReader(april()))) as found:
        yield found


async def test_the_figure_over_http_opens_its_list(client: httpx.AsyncClient) -> None:
    """E04, E05: each point's rate, the kinds beside each other, and the meals with their events, page by page and as CSV."""
    month = (await client.get("/reports/meal-points/2022-04", headers=AUDITOR)).raise_for_status().json()
    canteen, firm = month["points"]
    assert (canteen["served"], canteen["capacity"], canteen["rate_permille"], canteen["other_days"]) == (4, 210, 19, 1)
    assert (month["until"], firm["kind_zh"], canteen["area_zh"]) == ("2022-04-30", "社会餐饮企业", "桥东社区")
    assert [(one["kind"], one["rate_permille"]) for one in month["kinds"]] == [("canteen", 19), ("catering_firm", 40)]
    page = (await client.get(f"{canteen['list']}?limit=3", headers=AUDITOR)).raise_for_status().json()
    rest = (await client.get(f"{canteen['list']}?after={page['next']}", headers=AUDITOR)).json()
    assert ([len(page["items"]), len(rest["items"])], rest["next"], page["point"]) == ([3, 2], None, canteen)
    assert page["items"][0]["source"]["type"] == "eldercare.meal-account.checked-in"
    table = (await client.get("/reports/meal-points/2022-04?format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
    assert [row["rate_permille"] for row in csv.DictReader(io.StringIO(table))] == ["19", "40"]
    meals = (await client.get(f"{canteen['list']}?format=csv", headers=AUDITOR)).content.decode("utf-8-sig").splitlines()
    assert len(meals) == 1 + 5


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/reports/meal-points/2022-13", "auditor", 422),
        ("/reports/meal-points/2005-04", "auditor", 404),
        ("/reports/meal-points/2022-04/no-such-point/list", "auditor", 404),
        ("/reports/meal-points/2022-04/qiaodong-canteen/list", "reader", 403),
        ("/reports/meal-points/2022-04", "care_worker", 403),
    ],
)
async def test_what_cannot_be_answered_is_said(client: httpx.AsyncClient, path: str, role: str, status: int) -> None:
    """No month, a year without a calendar, a point nobody opened, a role without the task."""
    assert (await client.get(path, headers={"x-role": role})).status_code == status
