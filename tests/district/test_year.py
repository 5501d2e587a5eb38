"""The year as steps: how many of everything, the same every time, nobody's name outside a registration. And a small year, played."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256

from kit.clock import shanghai_date
from kit.vault import check_document_number
from minsheng.district import EXAMPLE, Step, year
from minsheng.district.seasons import DONATIONS_PERCENT, SCREENING_PERCENT, TEMP_AID_SHARES, VISITS_PERCENT, is_closed, split, window_of
from tests.district.world import World

SEED = 2022


@cache
def whole_year() -> tuple[Step, ...]:
    return tuple(step for day in year(SEED) for step in day)


def steps(path: str) -> Iterator[Step]:
    """The steps of one command, `service/aggregate/command`; those that are refused on purpose count nowhere."""
    return (step for step in whole_year() if f"{step.service}/{step.aggregate}/{step.command}" == path and not step.refused)


def by_month(found: Iterable[Step], amount: str = "") -> list[int]:
    months: Counter[int] = Counter()
    for step in found:
        months[shanghai_date(step.at).month] += step.body[amount] if amount else 1
    return [months[month] for month in range(1, 13)]


_small: list[World] = []


async def small_year() -> World:
    """A world in which a small year was played, once for all tests: every step was answered as it says."""
    if not _small:
        world = World()
        assert await world.play(year(SEED, 0.02)) > 2_000
        _small.append(world)
    return _small[0]


async def test_a_small_year_is_accepted_step_by_step() -> None:
    """Every command of a small year is stored, or refused where it says so; no reaction and no timer fails."""
    world = await small_year()
    assert world.refusals.told == []
    assert not world.events("charity.allocation.refused")


async def test_every_kind_of_referral_happens_in_a_small_year() -> None:
    """Section 3.5: met, declined, expired, returned, withdrawn, unmet, put to a conference and reopened, each at least once."""
    world = await small_year()
    told = {event.meta.type.rsplit(".", 1)[1] for event in world.events_of("relief", "referral")}
    assert {"accepted", "declined", "expired", "returned", "withdrawn", "reopened", "covered"} <= told
    closed = [json.loads(event.data) for event in world.events("relief.referral.closed")]
    assert {one["code"] for one in closed} >= {"MET", "PARTLY_MET", "NO_SUPPLY"}
    assert {one.get("follow") for one in closed} >= {"new_referral", "case_conference", "unmet_need"}


async def test_one_family_was_forgotten_and_helped_in_the_end() -> None:
    """DET-13, section 3.5: nobody answers, the referral expires and goes to the next level; routed anew, the need is met."""
    world = await small_year()
    first = next(step.id for step in whole_year() if step.story == EXAMPLE and step.command == "propose" and step.service == "relief")
    story = [event.meta.type.rsplit(".", 1)[1] for event in world.events_of("relief", "referral") if event.meta.stream.endswith(first)]
    assert story == ["proposed", "sent", "expired", "escalated", "closed"]
    closed = {event.meta.stream: json.loads(event.data) for event in world.events("relief.referral.closed")}
    again = closed[f"referral/{first}"]["replaced_by"]
    assert closed[f"referral/{again}"]["code"] == "MET"


async def test_deaths_end_what_they_should() -> None:
    """SG-04, ruling 22: aid ends with the month of the death, a false report is taken back and its month paid, a late one is recalled."""
    world = await small_year()
    stopped = [json.loads(event.data) for event in world.events("relief.entitlement.stopped")]
    assert any(one["reason"] == "death" for one in stopped)
    assert len(world.events("registry.person.death-revoked")) == 1
    assert len(world.events("relief.entitlement.payment-line-failed")) == 2


def digest(found: Iterable[Step]) -> str:
    told = sha256()
    for step in found:
        told.update(repr(step).encode())
    return told.hexdigest()


def test_the_same_seed_tells_the_same_year() -> None:
    """Told twice, the year is the same to the last byte; another seed invents other people."""
    again = (step for day in year(SEED) for step in day)
    assert digest(again) == digest(whole_year())
    small, other = ([step for day in year(seed, 0.02) for step in day] for seed in (SEED, SEED + 1))
    assert digest(small) != digest(other)


def test_steps_are_in_order_and_each_lies_in_its_window() -> None:
    """A day is a list; within it steps stand by window, turn and instant, and the clock can stand at the end of each window."""
    days = list(year(SEED))
    dates = [{shanghai_date(step.at) for step in day} for day in days]
    assert all(len(one) == 1 for one in dates)
    assert [min(one) for one in dates] == sorted(min(one) for one in dates)
    for day in days:
        assert [(step.window, step.turn, step.at) for step in day] == sorted((step.window, step.turn, step.at) for step in day)
        assert all(window_of(step.at) == step.window for step in day)


def test_keys_are_unique_and_money_needs_two_people() -> None:
    """Property 10: who approved never proposed. Keys: a repeat of the year changes nothing."""
    assert len({step.key for step in whole_year()}) == len(whole_year())
    actors: dict[str, dict[str, str]] = defaultdict(dict)
    for step in whole_year():
        if step.aggregate in {"allocation", "entitlement", "organisation-grant", "external-aid"}:
            actors[step.id][step.command] = step.actor
    assert all(one["propose"] != one[second] for one in actors.values() for second in ("approve", "grant", "commit") if second in one)


def test_personal_values_stand_in_registrations_alone() -> None:
    """9.5: every number is of the invented area and valid, every name is marked, and neither occurs in any other command."""
    registrations = list(steps("registry/person/register"))
    names = {step.body["name"] for step in registrations}
    for step in registrations:
        assert check_document_number(step.body["document_number"], allow_demo=True).startswith("770308")
        assert step.body["name"][1] in "示范例样"
        assert step.body["phone"].startswith(("000", "0755-0"))
        assert int(step.body["address"].split("示范路 ")[1].split(" ")[0]) >= 900
    assert len({step.body["document_number"] for step in registrations}) == len(registrations)
    others = "".join(json.dumps(step.body, ensure_ascii=False) for step in whole_year() if step.command != "register")
    assert not any("\u4e00" <= character <= "\u9fff" for character in others)
    assert "770308" not in others.replace("770308mj", "")
    assert names


def test_how_many_commands_there_are() -> None:
    """Some 60,000 commands."""
    assert 50_000 <= len(whole_year()) <= 75_000


def test_visits_and_opinions() -> None:
    """A03, A04: 9,870 persons visited by 1,632 visitors, 318 opinions; months as given; nobody in person in a closed street."""
    visits = [step for step in steps("relief/visit/complete") if step.story.startswith("visit/")]
    assert len({step.body["person_id"] for step in visits}) == len(visits) == 9_870
    assert len({who for step in steps("relief/visit/complete") for who in step.body["visitors"]}) == 1_632
    assert len({step.body["person_id"] for step in steps("relief/visit/complete")}) == 9_870
    assert by_month(visits) == split(9_870, VISITS_PERCENT)
    assert not [
        step
        for step in steps("relief/visit/complete")
        if step.body["channel"] == "in_person" and is_closed(shanghai_date(step.at), step.body["area"][:9])
    ]
    assert len(list(steps("relief/opinion/collect"))) == 318
    assert 300 <= len(list(steps("relief/opinion/answer"))) < 318


def test_the_caring_action_and_screening() -> None:
    """A05, A06, J06: 46 households with a cadre each; 3,120 person-times by phone and chat in the months given."""
    paired = {step.body["household_id"] for step in steps("relief/pairing-agreement/establish")}
    targets = [home for step in steps("relief/visit-campaign/add-targets") for home in step.body["household_ids"]]
    assert paired == set(targets)
    assert len(targets) == 46
    assert by_month(steps("relief/screening-round/screen")) == split(3_120, SCREENING_PERCENT)


def test_donations() -> None:
    """C08, C09: 4,560,000.00 yuan in the months' shares, 612,000.00 of it for disability care."""
    received = list(steps("charity/donation/receive"))
    assert by_month(received, "amount_fen") == [456_000_000 * percent // 100 for percent in DONATIONS_PERCENT]
    assert sum(step.body["amount_fen"] for step in received if step.body["purpose"] == "disability") == 61_200_000


def test_aid() -> None:
    """9.2, 9.3: 120 dibao households with 246 persons, 14 tekun persons, 14 come and 17 leave, 45 cases of temporary aid."""
    proposals = Counter((step.body["scheme"], shanghai_date(step.at).month == 1) for step in steps("relief/entitlement/propose"))
    taken_over = [step for step in steps("relief/household/form-unit") if shanghai_date(step.at).day == 5 and step.at.month == 1]
    assert sum(len(step.body["person_ids"]) for step in taken_over if step.body["scheme"] == "dibao") == 246
    assert proposals["tekun", True] == 14
    assert sum(count for (scheme, _), count in proposals.items() if scheme == "dibao") == 120 + 14
    assert Counter(step.body["reason"] for step in steps("relief/entitlement/stop")) == {"income": 5, "assets": 5, "moved": 3}
    assert Counter(step.body["status"] for step in steps("relief/household/recognise-status")) == {"edge": 35, "rigid": 8}
    assert by_month(steps("relief/temp-aid/request")) == split(45, TEMP_AID_SHARES)


def test_volunteers() -> None:
    """C12, H03: 12 kinds, 48 sessions, 8,140 person-times; 124 organisations, 1,960 people and 100,400 hours in epidemic work."""
    held = {step.id: step.body["served_times"] for step in steps("charity/volunteer-activity/close")}
    offers = [step for step in steps("charity/volunteer-activity/publish") if step.id in held]
    assert (len(held), sum(held.values()), len({step.body["kind"] for step in offers})) == (48, 8_140, 12)
    shifts = [*steps("charity/volunteer-record/record"), *steps("charity/volunteer-record/record-late")]
    assert sum(step.body["minutes"] for step in shifts) == 100_400 * 60
    assert len({step.body["person_id"] for step in shifts}) == 1_960
    assert len({step.body["organisation_id"] for step in shifts}) == 124
    assert len(list(steps("registry/organisation/register"))) == 190


def test_mobility_care_and_trainings() -> None:
    """E08, E13, J11: 70 wheelchairs lent 4,200 times, 56 care beds signed, 32 trainings with 1,230 person-times."""
    chairs = [step for step in steps("eldercare/mobility-asset/deploy") if step.body["kind"] != "stair_climber"]
    assert (len(chairs), len(list(steps("eldercare/loan/unlock")))) == (70, 4_200)
    assert len(list(steps("eldercare/family-care-bed/contract"))) == 56
    attended = [person for step in steps("eldercare/safety-training/record-attendance") for person in step.body["person_ids"]]
    assert (len(list(steps("eldercare/safety-training/hold"))), len(attended)) == (32, 1_230)


def test_elders() -> None:
    """E04, E11, E12: 1,720 devices of 1,536 elders, 900 calls of which 120 are real, 6,000 lunches on working days."""
    devices = list(steps("eldercare/device/assign"))
    assert (len(devices), len({step.body["person_id"] for step in devices})) == (1_720, 1_536)
    outcomes = Counter(step.body["outcome"] for step in steps("eldercare/emergency-incident/close"))
    assert (outcomes["real"], sum(outcomes.values()), len(list(steps("eldercare/device/alarm")))) == (120, 900, 900)
    assert len(list(steps("eldercare/meal-account/check-in"))) == 6_000
    dead = {step.body["died_on"] + step.id for step in steps("registry/person/report-death") if step.body["certainty"] == "confirmed"}
    assert len(dead) == 30
