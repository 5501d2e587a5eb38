"""Of those whom a status entitles to basic living, how many had it on a day, and who had not."""

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
from contracts.ids import ActorId, AreaCode, EntitlementId, HouseholdId, Month, NeedId, PersonId, UnitId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.entitlement import EntitlementGranted, EntitlementProposed, EntitlementStopped, StopReason
from contracts.relief.household import HouseholdClosed, HouseholdOpened, MemberJoined, StatusExpired, StatusRecognised
from contracts.terms import Certainty, ClosingCode, DeathSource, Scheme, Status
from services.linkage.entitled import Ratio
from tests.linkage.memory import MemoryReader
from tests.linkage.story import HAISHAN, SHATOUJIAO, Story, an_id
from tests.linkage.test_api import app_of, client_of

AUDITOR = {"x-role": "auditor"}
SCHEMES = {Status.DIBAO: Scheme.DIBAO, Status.TEKUN: Scheme.TEKUN}


def home_of(number: int) -> HouseholdId:
    return HouseholdId(an_id(900 + number))


def person_of(number: int) -> PersonId:
    return PersonId(an_id(200 + number))


def home(number: int, status: Status, *, since: str = "2022-03", area: str = SHATOUJIAO) -> list[Event]:
    """A household of one with a status."""
    day = date(2022, 1, 3)
    return [
        HouseholdOpened(household_id=home_of(number), area=AreaCode(area), hukou=True, opened_on=day),
        MemberJoined(household_id=home_of(number), person_id=person_of(number), joined_on=day),
        StatusRecognised(household_id=home_of(number), status=status, from_month=Month(since)),
    ]


def granted(number: int, status: Status = Status.DIBAO, first: str = "2022-04") -> list[Event]:
    entitlement = EntitlementId(an_id(600 + number))
    proposed = EntitlementProposed(
        entitlement_id=entitlement,
        household_id=home_of(number),
        unit_id=UnitId(an_id(650 + number)),
        need_id=NeedId(an_id(700 + number)),
        scheme=SCHEMES[status],
        person_ids=(person_of(number),),
        counted_income_fen=0,
        proposed_by=ActorId("worker-1"),
    )
    grant = EntitlementGranted(
        entitlement_id=entitlement,
        household_id=home_of(number),
        person_ids=proposed.person_ids,
        approved_by=ActorId("approver-2"),
        first_month=Month(first),
        review_month=Month("2023-03"),
    )
    return [proposed, grant]


def stopped(number: int, last: str) -> EntitlementStopped:
    return EntitlementStopped(
        entitlement_id=EntitlementId(an_id(600 + number)), household_id=home_of(number), last_month=Month(last), reason=StopReason.INCOME,
        person_ids=(),
    )  # fmt: skip


def district() -> Story:
    """Dibao with a grant of 10 April and a stop with June; tekun in Haishan without; dibao without; an edge household, which has no claim."""
    told = Story().tell(
        *home(1, Status.DIBAO), *home(2, Status.TEKUN, area=HAISHAN), *home(3, Status.DIBAO), *home(4, Status.EDGE), on="2022-02-20"
    )
    return told.tell(*granted(1), on="2022-04-10").tell(stopped(1, "2022-06"), on="2022-06-15")


def client_with(told: Story) -> httpx.AsyncClient:
    return client_of(app_of(MemoryReader(told)))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_with(district()) as found:
        yield found


async def told_on(told: Story, day: str) -> dict[str, int | None]:
    async with client_with(told) as client:
        found = (await client.get(f"/lists/entitled?on={day}", headers=AUDITOR)).raise_for_status().json()
    shown: dict[str, int | None] = found["ratio"]
    return shown


@pytest.mark.parametrize(
    ("day", "entitled", "with_benefit", "share"),
    [
        ("2022-02-28", 0, 0, None),  # the statuses begin with March
        ("2022-03-01", 3, 0, 0),
        ("2022-04-09", 3, 0, 0),
        ("2022-04-10", 3, 1, 333),  # the day of the grant
        ("2022-06-30", 3, 1, 333),  # its last month
        ("2022-07-01", 3, 0, 0),
    ],
)
async def test_the_ratio_of_any_past_day(day: str, entitled: int, with_benefit: int, share: int | None) -> None:
    """B05: three are entitled by status, one of them had dibao from the grant to the end of its last month; a share in thousandths."""
    assert await told_on(district(), day) == {
        "entitled": entitled,
        "with_benefit": with_benefit,
        "without_benefit": entitled - with_benefit,
        "share_permille": share,
    }


async def test_what_became_known_later_is_no_less_true_of_the_day() -> None:
    """B05, ruling 8: a death of 1 May that was told in July leaves nobody entitled on 2 May; revoked, the household counts again."""
    died = PersonDeceased(person_id=person_of(3), died_on=date(2022, 5, 1), certainty=Certainty.CONFIRMED, source=DeathSource.HOSPITAL)
    told = district().tell(died, on="2022-07-10")
    assert [(await told_on(told, day))["entitled"] for day in ("2022-04-30", "2022-05-02")] == [3, 2]
    told.tell(PersonDeathRevoked(person_id=person_of(3), reason=RevocationReason.FALSE_REPORT), on="2022-08-01")
    assert (await told_on(told, "2022-05-02"))["entitled"] == 3


async def test_a_household_that_is_closed_or_lost_its_status_is_entitled_no_more() -> None:
    """B05: the status of one ends with May, another household is closed on 5 May."""
    told = district().tell(StatusExpired(household_id=home_of(3), status=Status.DIBAO, last_month=Month("2022-05")), on="2022-05-20")
    told.tell(HouseholdClosed(household_id=home_of(2), code=ClosingCode.MOVED, closed_on=date(2022, 5, 5)), on="2022-05-05")
    assert [(await told_on(told, day))["entitled"] for day in ("2022-05-04", "2022-05-05", "2022-05-31", "2022-06-01")] == [3, 2, 2, 1]


async def test_the_list_behind_the_figure_names_each_with_its_event(client: httpx.AsyncClient) -> None:
    """B05: those with the benefit name the grant, those without the recognition; together they are the figure."""
    whole = (await client.get("/lists/entitled?on=2022-05-01", headers=AUDITOR)).raise_for_status().json()
    assert [(one["household_id"], one["has_benefit_zh"], one["scheme_zh"], one["source"]["type"]) for one in whole["items"]] == [
        (home_of(1), "已享受", "最低生活保障", "relief.entitlement.granted"),
        (home_of(2), "未享受", None, "relief.household.status-recognised"),
        (home_of(3), "未享受", None, "relief.household.status-recognised"),
    ]
    without = (await client.get("/lists/entitled?on=2022-05-01&benefit=without", headers=AUDITOR)).json()
    assert ([one["household_id"] for one in without["items"]], without["ratio"]) == ([home_of(2), home_of(3)], whole["ratio"])
    page = (await client.get("/lists/entitled?on=2022-05-01&limit=2", headers=AUDITOR)).json()
    rest = (await client.get(f"/lists/entitled?on=2022-05-01&limit=2&cursor={page['next']}", headers=AUDITOR)).json()
    assert ([len(page["items"]), len(rest["items"])], rest["next"]) == ([2, 1], None)
    text = (await client.get("/lists/entitled?on=2022-05-01&format=csv", headers=AUDITOR)).content.decode("utf-8-sig")
    assert [row["has_benefit"] for row in csv.DictReader(io.StringIO(text))] == ["True", "False", "False"]


async def test_each_place_has_its_own_figure(client: httpx.AsyncClient) -> None:
    """B05, ruling 26 of the design: a street's people see their street; a day before every policy pack has no figure."""
    shares = {
        area: (await client.get("/lists/entitled?on=2022-05-01", headers={"x-area": area})).json()["ratio"]["share_permille"]
        for area in (SHATOUJIAO, HAISHAN)
    }
    assert shares == {SHATOUJIAO: 500, HAISHAN: 0}
    assert (await client.get("/lists/entitled", headers={"x-role": "shop_clerk"})).status_code == 403
    early = Story().tell(*home(1, Status.DIBAO, since="1999-01"), on="1999-01-01")
    async with client_with(early) as before:
        assert (await before.get("/lists/entitled?on=1999-05-01", headers=AUDITOR)).status_code == 404


@given(entitled=st.integers(1, 5_000), data=st.data())
def test_the_share_is_a_thousand_only_when_nobody_is_left_out(entitled: int, data: st.DataObject) -> None:
    """B05: rounded down, so one household without is never rounded away."""
    found = Ratio(entitled=entitled, with_benefit=data.draw(st.integers(0, entitled)))
    assert (found.share_permille == 1000) is (found.without_benefit == 0)
