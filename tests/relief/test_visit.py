"""A visit: planned and made, made at once, or missed; what it finds is registered with it (A03, B10, C06)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, HouseholdId, NeedId, NoteRef, PersonId, VisitId
from contracts.relief.visit import Channel, LivingState, MissedReason, Mood, VisitCompleted, VisitMissed, VisitMissExplained
from contracts.relief.visit_campaign import CampaignKind
from contracts.terms import NeedCategory, Period
from kit.errors import KeyMisused, Refused
from kit.store.model import SetTimer
from kit.testing import Given, given
from services.relief.domain.household import OpenHousehold
from services.relief.domain.need import FoundOnTheWay
from services.relief.domain.visit import CompleteVisit, MissVisit, ScheduleVisit, evolve, index, visit
from services.relief.domain.visit_campaign import OpenCampaign
from tests.relief.discovery import (
    CADRES,
    CAMPAIGN,
    CHILD,
    DISTRICT,
    HOME,
    MEDICAL,
    MOTHER,
    NEED,
    OTHER_HOME,
    PLACE,
    SECOND_NEED,
    STRANGER,
    TUESDAY,
    TUITION,
    VISIT,
    InMemory,
    at,
    campaign,
    campaign_closed,
    completed,
    home,
    registered,
    scheduled,
    uid,
)

PHOTO, CONSENT = NoteRef(uid(90)), NoteRef(uid(91))
DUE = at(1)
IN_TIME, LATE = DUE - timedelta(seconds=1), DUE
TIMER = MissVisit(visit_id=VISIT)
MADE = CompleteVisit(visit_id=VISIT)


def whole(**more: Any) -> CompleteVisit:
    """A visit that nobody planned, told whole."""
    told = {"campaign_id": CAMPAIGN, "person_id": MOTHER, "area": PLACE, "visitors": CADRES, "household_id": HOME}
    return CompleteVisit(visit_id=VISIT, **{**told, **more})


def facts(*events: Event, kind: CampaignKind = CampaignKind.CARING) -> Given:
    return given(visit, campaign(kind), *home(), *events)


def missed(reason: MissedReason = MissedReason.NOT_MADE) -> VisitMissed:
    return VisitMissed(
        visit_id=VISIT, campaign_id=CAMPAIGN, person_id=MOTHER, area=PLACE, visitors=CADRES, reason=reason, household_id=HOME
    )


def explained(reason: MissedReason) -> VisitMissExplained:
    return VisitMissExplained(visit_id=VISIT, area=PLACE, reason=reason, household_id=HOME)


# --- planning ---


def test_a_planned_visit_is_due_by_the_end_of_its_day() -> None:
    """A03, ruling 16: planned for Tuesday; the timer is the command that misses it."""
    plan = {"visit_id": VISIT, "campaign_id": CAMPAIGN, "person_id": MOTHER, "area": PLACE, "visitors": CADRES, "household_id": HOME}
    ask = ScheduleVisit.model_validate({**plan, "planned_on": TUESDAY})
    facts().when(ask, on=date(2022, 2, 25)).then(scheduled())
    assert SetTimer("miss", DUE) in list(index(scheduled()))
    facts().when(ask, on=date(2022, 3, 2)).refused("day_past")
    facts(campaign_closed(date(2022, 2, 28))).when(ask, on=date(2022, 2, 25)).refused("campaign_closed")
    facts().when(ask.model_copy(update={"person_id": STRANGER}), on=TUESDAY).refused("not_a_member")
    given(visit, *home()).when(ask, on=TUESDAY).refused("not_found")


# --- making ---


def test_a_visit_nobody_planned_is_told_whole() -> None:
    """A03: one command a visit, so that an import is one line."""
    facts().when(whole()).then(completed())
    facts().when(MADE).refused("details_missing", fields=["campaign_id", "person_id", "area", "visitors"])


def test_a_planned_visit_needs_only_what_was_found() -> None:
    """A03, B10: living state, thoughts, words in the vault; others may go than planned."""
    told = CompleteVisit(
        visit_id=VISIT,
        visitors=(ActorId("cadre-9"),),
        channel=Channel.PHONE,
        living=(LivingState.OUT_OF_WORK,),
        mood=Mood.WORRIED,
        note=PHOTO,
    )
    facts(scheduled()).when(told).then(
        VisitCompleted(
            visit_id=VISIT,
            campaign_id=CAMPAIGN,
            person_id=MOTHER,
            area=PLACE,
            visitors=(ActorId("cadre-9"),),
            channel=Channel.PHONE,
            visited_on=TUESDAY,
            household_id=HOME,
            living=(LivingState.OUT_OF_WORK,),
            mood=Mood.WORRIED,
            note=PHOTO,
        )
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("person_id", CHILD), ("area", AreaCode("440308004-haiyue")), ("household_id", OTHER_HOME)],
)
def test_an_account_does_not_contradict_the_plan(field: str, value: str) -> None:
    """A03."""
    facts(scheduled(), *home(OTHER_HOME, (STRANGER,))).when(whole(**{field: value})).refused("other_visit", fields=[field])


def test_the_visited_person_lives_in_the_household() -> None:
    """Ruling 4; somebody without a known household may be visited too."""
    facts().when(whole(person_id=STRANGER)).refused("not_a_member", person_id=STRANGER)
    facts().when(whole(household_id=HouseholdId(uid(99)))).refused("not_found")
    assert facts().when(whole(person_id=STRANGER, household_id=None)).refusal is None


def test_a_visit_counts_while_its_campaign_runs() -> None:
    """A03: what was done before the end may be told after it."""
    facts().when(whole(), on=date(2022, 1, 3)).refused("campaign_not_begun")
    over = facts(campaign_closed(TUESDAY))
    over.when(whole(), on=TUESDAY).then(completed())
    over.when(whole(), on=date(2022, 3, 2)).refused("campaign_closed")


def test_telling_the_same_again_changes_nothing() -> None:
    """A03: another account of a visit that was told is refused."""
    told = facts(completed())
    told.when(whole()).then()
    told.when(MADE).then()
    told.when(whole(channel=Channel.PHONE)).refused("told_otherwise")
    told.when(whole(), on=date(2022, 3, 2)).refused("told_otherwise")


# --- needs ---


def test_needs_found_are_registered_with_the_visit() -> None:
    """B10: the visit and its needs are one append."""
    facts().when(whole(needs=(MEDICAL, TUITION))).then(completed(need_ids=(NEED, SECOND_NEED)), registered(MEDICAL), registered(TUITION))
    told = facts(completed(need_ids=(NEED,)), registered(MEDICAL))
    told.when(whole(needs=(MEDICAL,))).then()


def test_a_need_has_a_household_and_an_id_of_its_own() -> None:
    """B10, rulings 2, 4 and 5: nothing of the visit is recorded when a need is wrong."""
    facts().when(whole(needs=(MEDICAL,), household_id=None)).refused("household_missing")
    facts().when(whole(needs=(MEDICAL, MEDICAL))).refused("named_twice")
    facts(registered(MEDICAL)).when(whole(needs=(MEDICAL,))).refused("need_known", need_id=NEED)
    facts().when(whole(needs=(MEDICAL.model_copy(update={"person_id": STRANGER}),))).refused("not_a_member")
    facts().when(whole(needs=(MEDICAL.model_copy(update={"period": Period.MONTH}),))).refused("month_missing")


def test_a_visit_finds_at_most_three_needs_with_proper_ids() -> None:
    """B10: more of them is an assessment; an id is checked before it names a stream."""
    many = [{"need_id": uid(number), "category": "living", "gross": 1} for number in range(4)]
    with pytest.raises(ValidationError):
        CompleteVisit.model_validate({"visit_id": VISIT, "needs": many})
    with pytest.raises(ValidationError):
        FoundOnTheWay(need_id=NeedId("household/1"), category=NeedCategory.LIVING, gross=1)


# --- pictures of minors ---


def test_pictures_of_a_minor_need_the_guardians_consent() -> None:
    """C06: at a Children's Day visit always, elsewhere when a minor is in the picture."""
    pictures = whole(photo_refs=(PHOTO,))
    children = facts(kind=CampaignKind.CHILD)
    children.when(pictures).refused("consent_missing")
    assert children.when(whole(photo_refs=(PHOTO,), guardian_consent=CONSENT)).events[0].guardian_consent == CONSENT
    assert children.when(whole()).refusal is None
    assert facts().when(pictures).refusal is None
    facts().when(whole(photo_refs=(PHOTO,), minor_in_photos=True)).refused("consent_missing")


# --- missing ---


def test_a_visit_that_was_not_made_is_missed_when_its_day_is_over() -> None:
    """A03, ruling 16: by the timer, at 24:00."""
    facts(scheduled()).when(TIMER, at=IN_TIME).refused("not_due")
    facts(scheduled()).when(TIMER, at=DUE).then(missed())
    facts(scheduled(), missed()).when(TIMER, at=DUE).then()
    facts(scheduled(), completed()).when(TIMER, at=DUE).then()
    facts(completed()).when(TIMER).then()


def test_somebody_says_why_it_was_missed() -> None:
    """A03: at the door, or after the clock has told it."""
    nobody = MissVisit(visit_id=VISIT, reason=MissedReason.NOBODY_HOME)
    facts(scheduled()).when(nobody, at=IN_TIME).then(missed(MissedReason.NOBODY_HOME))
    facts(scheduled(), missed()).when(nobody, at=IN_TIME).then(explained(MissedReason.NOBODY_HOME))
    facts(scheduled(), missed(MissedReason.REFUSED)).when(nobody).then()
    assert evolve(visit.fold([scheduled(), missed()]), explained(MissedReason.MOVED)).missed is MissedReason.MOVED


def test_a_late_visit_is_missed_and_made() -> None:
    """A03: told before the clock went, the breach comes with it; told after, it is there already."""
    late = completed(late=True, on=date(2022, 3, 2))
    facts(scheduled()).when(MADE, at=LATE).then(missed(), late)
    facts(scheduled(), missed()).when(MADE, at=LATE).then(late)


def test_a_visit_made_in_time_is_not_missed_although_it_is_told_later() -> None:
    """A03, ruling 14."""
    facts(scheduled(), missed()).when(MADE, at=IN_TIME).then(completed())
    assert visit.fold([scheduled(), missed(), completed()]).missed is None


Step = tuple[CompleteVisit | MissVisit, datetime]
INSTANTS = st.sampled_from([at(1, 4), IN_TIME, LATE, at(2, 4), at(9, 4)])


def played(steps: Sequence[Step]) -> list[Event]:
    """The visit's facts after commands given in this order; a refused one leaves nothing."""
    story: list[Event] = [scheduled()]
    for command, instant in steps:
        story += facts(*story).when(command, at=instant).events
    return story


@for_all(
    st.one_of(
        INSTANTS.map(lambda instant: (MADE, instant)), INSTANTS.map(lambda i: (MissVisit(visit_id=VISIT, reason=MissedReason.REFUSED), i))
    )
)
def test_it_does_not_matter_whether_the_clock_went_first(step: Step) -> None:
    """A03: the same end, and one breach at most, whenever the sweeper came by."""
    before, after = played([(TIMER, DUE), step]), played([step, (TIMER, DUE)])
    ends = [visit.fold(story) for story in (before, after)]
    assert ends[0] == ends[1]
    assert max(sum(isinstance(event, VisitMissed) for event in story) for story in (before, after)) <= 1


# --- import ---


async def opened_relief() -> InMemory:
    relief = InMemory()
    await relief.give(OpenCampaign(campaign_id=CAMPAIGN, kind=CampaignKind.ALL_HOUSEHOLDS, year=2022, area=DISTRICT), on=date(2022, 1, 4))
    await relief.give(OpenHousehold(household_id=HOME, area=AreaCode("440308003"), person_ids=(MOTHER, CHILD)), on=date(2022, 1, 4))
    return relief


def line(number: int) -> CompleteVisit:
    """Record `number` of an import: 40 records, 30 persons, 12 cadres in pairs."""
    cadres = (ActorId(f"cadre-{number % 12}"), ActorId(f"cadre-{(number + 1) % 12}"))
    person = PersonId(uid(500 + number % 30))
    return whole(visitors=cadres, person_id=person, household_id=None).model_copy(update={"visit_id": VisitId(uid(2_000 + number))})


async def test_an_import_given_twice_leaves_each_visit_once() -> None:
    """A03: with the same keys, and with other keys; visitors and visited persons are counted apart."""
    relief = await opened_relief()
    for keys in ("line", "line", "again"):
        await asyncio.gather(*(relief.give(line(number), key=f"{keys}-{number}") for number in range(40)))
    visits = [event for event in await relief.events() if isinstance(event, VisitCompleted)]
    assert len(visits) == 40
    assert len({one.person_id for one in visits}) == 30
    assert len({cadre for one in visits for cadre in one.visitors}) == 12


async def test_one_key_has_one_account() -> None:
    """A03: a line changed between two imports is told, not swallowed."""
    relief = await opened_relief()
    await relief.give(line(1), key="line-1")
    with pytest.raises(KeyMisused):
        await relief.give(line(2), key="line-1")
    with pytest.raises(Refused, match="told_otherwise"):
        await relief.give(line(1).model_copy(update={"channel": Channel.CHAT}))


async def test_a_wrong_need_leaves_no_visit_behind() -> None:
    """B10: one append, all or nothing; the right one then registers both."""
    relief = await opened_relief()
    with pytest.raises(Refused, match="not_a_member"):
        await relief.give(whole(needs=(MEDICAL, TUITION.model_copy(update={"person_id": STRANGER}))))
    assert (await relief.counts())["relief.visit.completed"] == 0
    await relief.give(whole(needs=(MEDICAL, TUITION)))
    *_, made, medical, tuition = await relief.store.read(0, 100)
    assert [made.event(), medical.event(), tuition.event()] == [
        completed(need_ids=(NEED, SECOND_NEED)),
        registered(MEDICAL),
        registered(TUITION),
    ]
    assert {one.meta.key for one in (made, medical, tuition)} == {HOME}


async def test_a_visit_without_a_household_is_keyed_by_itself() -> None:
    """Design: the Kafka key is the household's id where there is one, else the stream."""
    relief = await opened_relief()
    await relief.give(line(3))
    *_, made = await relief.store.read(0, 100)
    assert made.meta.key == made.meta.stream
