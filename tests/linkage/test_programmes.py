"""The annual report: each figure of the bureau's report beside what the log says, with the list behind it; and what each street did."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.charity.donation import DonationKind, DonationReceived, DonationReversed, ReversalReason
from contracts.charity.volunteer_record import HoursCorrection, HoursKind, VolunteerHoursCorrected, VolunteerHoursRecorded
from contracts.eldercare.device import DeviceAssigned, DeviceKind, DeviceReturn, DeviceReturned
from contracts.eldercare.family_care_bed import BedClosed, BedClosing, BedContracted, BedStayEnded
from contracts.ids import (
    ActorId,
    AreaCode,
    CampaignId,
    CareBedId,
    DeviceId,
    DonationId,
    DonorId,
    HouseholdId,
    OrganisationId,
    PersonId,
    RoundId,
    VisitId,
    VolunteerRecordId,
)
from contracts.relief.screening_round import PersonScreened, RoundKind, ScreeningOpened, ScreeningResult
from contracts.relief.visit import Channel, VisitCompleted
from contracts.relief.visit_campaign import CampaignKind, TargetGroup, VisitCampaignOpened
from contracts.terms import Purpose
from policy import Areas
from services.linkage.programmes.catalogue import BadCatalogue, Comparator, FigureSpec, Of, Unit, catalogues, load
from services.linkage.programmes.figures import Verdict, figure_of, place_of, tiles, verdict
from services.linkage.programmes.streets import streets
from services.linkage.views.counted import CountedRow, Counts, counted
from tests.linkage.memory import MemoryReader
from tests.linkage.story import SHATOUJIAO, Story, an_id, at
from tests.linkage.test_api import app_of, client_of

QIAODONG, YONGAN = AreaCode("440308003-qiaodong"), AreaCode("440308002-yongan")
SPRING, CARING = CampaignId("spring-2022"), CampaignId("caring-2022")
DONATION, DONOR = DonationId(an_id(31)), DonorId(an_id(32))


def campaign(name: CampaignId, kind: CampaignKind) -> VisitCampaignOpened:
    return VisitCampaignOpened(
        campaign_id=name, kind=kind, year=2022, area=AreaCode("440308"), groups=(TargetGroup.EVERYBODY,), opened_on=date(2022, 1, 1)
    )


def visit(
    number: int, person: int, visitors: tuple[int, ...], on: str, *, area: AreaCode = QIAODONG, name: CampaignId = SPRING
) -> VisitCompleted:
    return VisitCompleted(
        visit_id=VisitId(an_id(100 + number)),
        campaign_id=name,
        person_id=PersonId(an_id(200 + person)),
        household_id=HouseholdId(an_id(300 + person)) if name == CARING else None,
        area=area,
        visitors=tuple(ActorId(f"cadre-{one}") for one in visitors),
        channel=Channel.IN_PERSON,
        visited_on=date.fromisoformat(on),
    )


def year() -> Story:
    """Four visits of three persons by three cadres, one of them of the caring action; screening, a donation, devices, hours."""
    story = Story().tell(campaign(SPRING, CampaignKind.SPRING_FESTIVAL), campaign(CARING, CampaignKind.CARING), on="2022-01-01")
    story.tell(visit(1, 1, (1, 2), "2022-01-12"), on="2022-01-12").tell(visit(2, 1, (1,), "2022-02-12"), on="2022-02-12")
    story.tell(visit(3, 2, (3,), "2022-03-02", area=YONGAN), on="2022-03-02")
    story.tell(visit(4, 3, (3,), "2022-06-02", name=CARING), on="2022-06-02")
    return story


def rows_of(story: Story) -> Mapping[str, CountedRow]:
    return counted.fold(story.told)


def figure(name: str, story: Story) -> int:
    catalogue = catalogues()[2022]
    spec = catalogue.figure(name)
    assert spec is not None
    return figure_of(spec, rows_of(story), catalogue.tolerance_percent).counted


def test_visitors_and_visited_persons_are_counted_apart() -> None:
    """A03: four visits, three persons, three cadres, whoever went together."""
    assert [figure(name, year()) for name in ("visitors", "visited-persons")] == [3, 3]


def test_the_caring_action_counts_its_households_alone() -> None:
    """A05: one household of the caring campaign, though four visits were made."""
    assert figure("households-cared-for", year()) == 1


def test_screening_counts_person_times_by_channel() -> None:
    """J06, B07: in one round twice by phone and once at the door, in another once by phone: four person-times of one person."""
    story = Story()
    for name, kind in (("control-1", RoundKind.CONTROL_AREA), ("hardship-1", RoundKind.HARDSHIP_SPECIAL)):
        story.tell(
            ScreeningOpened(
                round_id=RoundId(name),
                kind=kind,
                area=AreaCode(SHATOUJIAO),
                channel=Channel.PHONE,
                groups=(TargetGroup.DISABLED,),
                opened_on=date(2022, 3, 14),
            ),
            on="2022-03-14",
        )
    for name, channel, day in (
        ("control-1", Channel.PHONE, 15),
        ("control-1", Channel.PHONE, 16),
        ("control-1", Channel.IN_PERSON, 17),
        ("hardship-1", Channel.PHONE, 17),
    ):
        on = date(2022, 3, day)
        story.tell(
            PersonScreened(
                round_id=RoundId(name), person_id=PersonId(an_id(1)), channel=channel, result=ScreeningResult.REACHED, screened_on=on
            ),
            on=on.isoformat(),
        )
    assert figure("screened", story) == 4
    by_channel = {(row.code, row.times) for row in rows_of(story).values() if row.kind is Counts.SCREENING}
    assert by_channel == {("phone", 2), ("in_person", 1), ("phone", 1)}
    places = {place_of(row, rows_of(story)) for row in rows_of(story).values() if row.kind is Counts.SCREENING}
    assert places == {SHATOUJIAO}, "an attempt lies where its round lies"


def test_what_was_taken_back_of_a_donation_was_not_received() -> None:
    """C09, ruling 23: 50,000.00 received, 20,000.00 taken back; the restriction decides which figure it belongs to."""
    story = Story().tell(
        DonationReceived(
            donation_id=DONATION,
            donor_id=DONOR,
            kind=DonationKind.MONEY,
            amount_fen=5_000_000,
            purpose=Purpose.DISABILITY,
            received_on=date(2022, 5, 15),
            receipt_waived=False,
        ),
        on="2022-05-15",
    )
    assert [figure(name, story) for name in ("donations", "disability-care-fund")] == [5_000_000, 5_000_000]
    story.tell(
        DonationReversed(donation_id=DONATION, reason=ReversalReason.BANK_REVERSED, taken_back_fen=2_000_000, claim_fen=0), on="2022-06-01"
    )
    assert [figure(name, story) for name in ("donations", "disability-care-fund")] == [3_000_000, 3_000_000]


def test_a_care_bed_contract_counts_once_it_is_signed_and_a_late_return_makes_it_active_again() -> None:
    """E08, R-ELD-11: signed is cumulative; a bed closed by a timer that came before the message of the return is active."""
    bed, home, elder = CareBedId(an_id(410)), HouseholdId(an_id(411)), PersonId(an_id(203))
    signed = BedContracted(
        bed_id=bed,
        person_id=elder,
        household_id=home,
        area=QIAODONG,
        provider_id=OrganisationId("52770308mjdem0014u"),
        grade=3,
        visits_month=4,
    )
    story = Story().tell(signed, on="2022-01-20")
    story.tell(BedClosed(bed_id=bed, household_id=home, reason=BedClosing.SUSPENDED_TOO_LONG), on="2022-06-01")
    assert (figure("care-beds", story), [row.code for row in rows_of(story).values()]) == (1, ["ended"])
    story.tell(BedStayEnded(bed_id=bed, person_id=elder, household_id=home, returned_on=date(2022, 5, 30)), on="2022-05-30")
    assert (figure("care-beds", story), [row.code for row in rows_of(story).values()]) == (1, ["active"])


def test_persons_with_devices_are_counted_not_devices() -> None:
    """E11: two devices of one person, one of another that was returned later: two persons."""
    story = Story()
    for number, person in ((1, 1), (2, 1), (3, 2)):
        story.tell(
            DeviceAssigned(
                device_id=DeviceId(an_id(400 + number)), kind=DeviceKind.PENDANT, person_id=PersonId(an_id(200 + person)), area=QIAODONG
            ),
            on="2022-01-20",
        )
    story.tell(DeviceReturned(device_id=DeviceId(an_id(403)), person_id=PersonId(an_id(202)), reason=DeviceReturn.MOVED), on="2022-08-01")
    assert figure("persons-with-devices", story) == 2


def shift(number: int, person: int, organisation: str, hours: int) -> VolunteerHoursRecorded:
    return VolunteerHoursRecorded(
        record_id=VolunteerRecordId(an_id(500 + number)),
        person_id=PersonId(an_id(200 + person)),
        organisation_id=OrganisationId(organisation),
        area=QIAODONG,
        kind=HoursKind.EPIDEMIC,
        started_at=at("2022-03-16", 8),
        ended_at=at("2022-03-16", 20),
        minutes=hours * 60 + 30,
        served_times=0,
    )


def test_hours_add_up_by_minutes_and_a_struck_shift_counts_nowhere() -> None:
    """H03, R-VOL-01: 10.5 and 8.5 hours are 19 whole hours; the second shift turned out not to have been served: 10."""
    one, two = "51770308mjdem00001", "51770308mjdem00002"
    story = Story().tell(shift(1, 1, one, 10), on="2022-03-17").tell(shift(2, 2, two, 8), on="2022-03-17")
    names = ("organisations-taking-part", "staff-taking-part", "hours")
    assert [figure(name, story) for name in names] == [2, 2, 19]
    story.tell(
        VolunteerHoursCorrected(
            record_id=VolunteerRecordId(an_id(502)),
            person_id=PersonId(an_id(202)),
            organisation_id=OrganisationId(two),
            started_at=at("2022-03-16", 8),
            ended_at=at("2022-03-16", 20),
            minutes=0,
            served_times=0,
            reason=HoursCorrection.NOT_SERVED,
        ),
        on="2022-03-20",
    )
    assert [figure(name, story) for name in names] == [1, 1, 10]


@pytest.mark.parametrize(
    ("comparator", "number", "found"),
    [
        (Comparator.AT_LEAST, 999, Verdict.SHORT),
        (Comparator.AT_LEAST, 1_000, Verdict.BORNE_OUT),
        (Comparator.AT_LEAST, 5_000, Verdict.BORNE_OUT),
        (Comparator.NEARLY, 949, Verdict.SHORT),
        (Comparator.NEARLY, 950, Verdict.BORNE_OUT),
        (Comparator.NEARLY, 1_050, Verdict.BORNE_OUT),
        (Comparator.NEARLY, 1_051, Verdict.ABOVE),
        (Comparator.ABOUT, 950, Verdict.BORNE_OUT),
        (Comparator.EXACTLY, 1_000, Verdict.BORNE_OUT),
        (Comparator.EXACTLY, 1_001, Verdict.ABOVE),
        (Comparator.EXACTLY, 999, Verdict.SHORT),
    ],
)
def test_a_figure_that_falls_short_is_shown_as_short(comparator: Comparator, number: int, found: Verdict) -> None:
    """Comparators: more than, nearly, about and exactly a thousand, with five per cent for nearly and about."""
    spec = FigureSpec(
        id="thousand",
        title="a thousand",
        title_zh="一千",
        reported=1_000,
        comparator=comparator,
        unit=Unit.ITEMS,
        kind=Counts.OPINION,
        of=Of.ROWS,
        item="A04",
    )
    assert verdict(spec, number, 5) is found


def test_the_safety_figure_is_a_count_not_a_typed_zero() -> None:
    """J12: nothing reported, nothing counted."""
    assert figure("safety-accidents", year()) == 0


def test_the_six_tiles_are_all_that_was_counted() -> None:
    """A01: each thing belongs to one of the six areas."""
    rows = rows_of(year())
    kinds = Counter(row.kind for row in rows.values())
    assert sum(tiles(catalogues()[2022], kinds).values()) == len(rows) == 6


def catalogue_file(folder: Path, change: str) -> Path:
    """The catalogue of 2022 with one programme changed."""
    told = yaml.safe_load((Path(load.__code__.co_filename).parent / "2022.yaml").read_text(encoding="utf-8"))
    match change:
        case "no line":
            del told["programmes"][0]["line"]
        case "a kind in none":
            told["programmes"][0]["counts"].remove("visit")
        case "a kind twice":
            told["programmes"][1]["counts"].append("visit")
        case "an id twice":
            told["programmes"][1]["id"] = told["programmes"][0]["id"]
    path = folder / "2023.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "reason"),
    [("no line", "line"), ("a kind in none", "in none"), ("a kind twice", "counted twice"), ("an id twice", "ids must differ")],
)
def test_a_programme_without_a_line_or_a_kind_without_a_programme_is_refused(tmp_path: Path, change: str, reason: str) -> None:
    """A01, A02: at configuration time, with file and reason."""
    with pytest.raises(BadCatalogue, match=reason):
        load(catalogue_file(tmp_path, change))


def test_each_street_has_what_lies_in_it_and_all_together_are_the_district() -> None:
    """A visit counts in its community's street; what has no place counts for the whole district."""
    rows = rows_of(year())
    lines = streets(rows, Areas.load(), date(2022, 1, 1), date(2022, 3, 31))
    visits = {line.area: (line.things, line.persons) for line in lines if line.kind is Counts.VISIT}
    assert visits == {"440308003": (2, 1), "440308002": (1, 1)}
    assert sum(line.things for line in lines) == len([row for row in rows.values() if row.on <= date(2022, 3, 31)])


@given(st.permutations(range(4)))
def test_the_order_in_which_streams_arrive_changes_no_row(order: list[int]) -> None:
    """Property 5: rows of different streams do not meet."""
    told = year().told
    head, visits = told[:2], told[2:]
    assert counted.fold([*head, *(visits[place] for place in order)]) == counted.fold(told)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(MemoryReader(year()))) as found:
        yield found


AUDITOR = {"x-role": "auditor"}


async def test_the_annual_report_over_http_opens_each_figure_as_a_list(client: httpx.AsyncClient) -> None:
    """A01, A03: every number opens the list behind it, as JSON page by page and whole as CSV, each line with its event."""
    report = (await client.get("/reports/annual/2022", headers=AUDITOR)).raise_for_status().json()
    assert report["things"] == sum(tile["things"] for tile in report["tiles"]) == 6
    figures = {one["id"]: one for programme in report["programmes"] for one in programme["figures"]}
    visited = figures["visited-persons"]
    assert (visited["comparator"], visited["reported"], visited["counted"], visited["verdict_zh"]) == ("~", 10_000, 3, "不足")
    assert figures["donations"]["reported_text"] == "4,500,000.00"
    for one in figures.values():
        listed = (await client.get(one["list"], headers=AUDITOR)).raise_for_status().json()
        assert listed["figure"] == one
    first = (await client.get(f"{visited['list']}?limit=3", headers=AUDITOR)).json()
    rest = (await client.get(f"{visited['list']}?limit=3&after={first['next']}", headers=AUDITOR)).json()
    assert ([len(page["items"]) for page in (first, rest)], rest["next"]) == ([3, 1], None)
    assert first["items"][0]["source"]["type"] == "relief.visit.completed"
    table = (await client.get(f"{visited['list']}?format=csv", headers=AUDITOR)).content.decode("utf-8-sig").splitlines()
    assert len(table) == 1 + 4


async def test_the_reports_as_csv(client: httpx.AsyncClient) -> None:
    """Each report is a table too."""
    annual = (await client.get("/reports/annual/2022?format=csv", headers=AUDITOR)).content.decode("utf-8-sig").splitlines()
    assert annual[0].startswith("programme,programme_zh,have")
    assert len(annual) == 1 + len(catalogues()[2022].figures)
    path = "/reports/streets?from=2022-01-01&to=2022-12-31&format=csv"
    table = (await client.get(path, headers=AUDITOR)).content.decode("utf-8-sig").splitlines()
    assert "440308003,沙头角街道,visit,走访,3,3,2,1,0,0" in table


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/reports/annual/1999", "auditor", 422),
        ("/reports/annual/2021", "auditor", 404),
        ("/reports/annual/2022/no-such-figure/list", "auditor", 404),
        ("/reports/annual/2022/visitors/list", "reader", 403),
        ("/reports/annual/2022", "care_worker", 403),
        ("/reports/streets?from=2022-02-01&to=2022-01-01", "auditor", 409),
        ("/reports/streets?from=2010-02-01&to=2022-01-01", "auditor", 409),
    ],
)
async def test_what_cannot_be_answered_is_said(client: httpx.AsyncClient, path: str, role: str, status: int) -> None:
    """A year nobody reported on, a figure nobody knows, a role without the task, a period that is none."""
    assert (await client.get(path, headers={"x-role": role})).status_code == status
