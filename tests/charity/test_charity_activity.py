"""Charity activities: told in counts, by site and organisation; a child takes part only with its guardian's consent."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.charity.charity_activity import (
    ActivityHeld,
    CharityActivityCancelled,
    CharityActivityKind,
    CharityActivityPlanned,
    ChildEnrolled,
    SafetyLesson,
)
from contracts.charity.shop import ShopOpened
from contracts.charity.voucher import VoucherRedeemed
from contracts.envelope import registered
from contracts.ids import AreaCode, NoteRef, OrganisationId, ShopId
from kit.testing import given
from services.charity.domain.charity_activity import CallOffActivity, EnrolChild, HoldActivity, PlanActivity, charity_activity
from services.charity.domain.shop import shop
from tests.charity.facts import ACTIVITY, AGENCY, CHILD, MOTHER, OTHER_AGENCY, uuid

ZHONGYI = ShopId("zhongyi-home")
STREET = AreaCode("440308003")
HELD = date(2022, 3, 5)
CONSENT = NoteRef(uuid(0xC1))
KITCHEN, CAMP, GUARDS = CharityActivityKind.KITCHEN, CharityActivityKind.SUMMER_CAMP, CharityActivityKind.BORDER_GUARDS
OPENED = ShopOpened(shop_id=ZHONGYI, area=STREET)


def planned(kind: CharityActivityKind = KITCHEN, site: ShopId | None = None, by: OrganisationId = AGENCY) -> CharityActivityPlanned:
    return CharityActivityPlanned(activity_id=ACTIVITY, kind=kind, organisation_id=by, area=STREET, planned_on=HELD, site_id=site)


def held(
    kind: CharityActivityKind = KITCHEN,
    persons: int = 0,
    organisations: int = 0,
    goods: int = 0,
    site: ShopId | None = None,
    lessons: tuple[SafetyLesson, ...] = (),
    by: OrganisationId = AGENCY,
) -> ActivityHeld:
    return ActivityHeld(
        activity_id=ACTIVITY,
        kind=kind,
        organisation_id=by,
        area=STREET,
        held_on=HELD,
        person_times=persons,
        organisations=organisations,
        goods_fen=goods,
        site_id=site,
        lessons=lessons,
    )


def enrol(consent: NoteRef | None = CONSENT) -> EnrolChild:
    return EnrolChild(activity_id=ACTIVITY, person_id=CHILD, guardian_id=MOTHER, consent=consent)


ENROLLED = ChildEnrolled(activity_id=ACTIVITY, person_id=CHILD, guardian_id=MOTHER, consent=CONSENT)


def test_an_activity_of_the_site_is_planned_at_a_site_that_exists() -> None:
    """C03: the calendar of Zhongyi Home."""
    command = PlanActivity(activity_id=ACTIVITY, kind=KITCHEN, organisation_id=AGENCY, area=STREET, planned_on=HELD, site_id=ZHONGYI)
    given(charity_activity).also(shop, OPENED).when(command).then(planned(site=ZHONGYI))
    given(charity_activity).when(command).refused("not_found")
    given(charity_activity).when(command.model_copy(update={"site_id": None})).then(planned())


def test_an_activity_counts_once_for_the_organisation_that_did_it() -> None:
    """C10, C04: person-times and goods stand beside the organisation."""
    hold = HoldActivity(activity_id=ACTIVITY, person_times=60, goods_fen=1_200_00)
    kind = CharityActivityKind.EPIDEMIC_CARE
    told = held(kind, 60, goods=1_200_00, by=OTHER_AGENCY)
    given(charity_activity, planned(kind, by=OTHER_AGENCY)).when(hold, on=HELD).then(told)
    given(charity_activity, planned(kind, by=OTHER_AGENCY), told).when(hold, on=HELD).refused("wrong_stage", stage="held")


def test_attendance_of_culture_and_sports_is_counted_by_person_times() -> None:
    """D03."""
    kind = CharityActivityKind.SPORTS_CULTURE
    given(charity_activity, planned(kind)).when(HoldActivity(activity_id=ACTIVITY, person_times=35), on=HELD).then(held(kind, 35))


def test_activities_and_redemptions_of_a_site_are_told_apart() -> None:
    """C03: both name the site, in facts of two kinds, so that neither is counted as the other."""
    told = given(charity_activity, planned(site=ZHONGYI)).when(HoldActivity(activity_id=ACTIVITY, person_times=60), on=HELD)
    told.then(held(persons=60, site=ZHONGYI))
    assert "site_id" in ActivityHeld.__struct_fields__
    assert "site_id" not in VoucherRedeemed.__struct_fields__
    assert "shop_id" in VoucherRedeemed.__struct_fields__


def test_organisations_that_are_helped_are_counted_and_never_persons() -> None:
    """C05: border guards stand in no person's and no household's data; nobody is enrolled."""
    case = given(charity_activity, planned(GUARDS))
    case.when(HoldActivity(activity_id=ACTIVITY, organisations=2, goods_fen=5_000_00), on=HELD).then(
        held(GUARDS, organisations=2, goods=5_000_00)
    )
    case.when(HoldActivity(activity_id=ACTIVITY), on=HELD).refused("organisations_missing")
    case.when(HoldActivity(activity_id=ACTIVITY, organisations=2, person_times=30), on=HELD).refused("persons_counted")
    case.when(enrol()).refused("no_camp", kind=GUARDS)


def test_only_enrolment_names_a_person() -> None:
    """C05, C06: gifts and visits are counts; whom a visit was paid to is relief's to say."""
    facts = [kind.cls for kind in registered() if kind.name.startswith("charity.charity-activity.")]
    naming = {cls for cls in facts if {"person_id", "household_id", "guardian_id"} & set(cls.__struct_fields__)}
    assert naming == {ChildEnrolled}


def test_a_child_joins_a_camp_with_the_guardians_consent_stored_before() -> None:
    """F03: guardian consent stored before enrolment."""
    case = given(charity_activity, planned(CAMP))
    case.when(enrol()).then(ENROLLED)
    case.when(enrol(None)).refused("consent_missing")
    own = EnrolChild(activity_id=ACTIVITY, person_id=CHILD, guardian_id=CHILD, consent=CONSENT)
    case.when(own).refused("own_guardian")
    given(charity_activity, planned(CAMP), ENROLLED).when(enrol()).refused("already_enrolled")
    given(charity_activity, planned(CAMP), held(CAMP, 1)).when(enrol()).refused("wrong_stage")


def test_a_camp_tells_which_safety_lessons_it_gave() -> None:
    """F03: drowning, fire, electricity and gas."""
    lessons = tuple(SafetyLesson)
    hold = HoldActivity(activity_id=ACTIVITY, person_times=30, lessons=lessons)
    given(charity_activity, planned(CAMP), ENROLLED).when(hold, on=HELD).then(held(CAMP, 30, lessons=lessons))


@pytest.mark.parametrize("command", [HoldActivity(activity_id=ACTIVITY), CallOffActivity(activity_id=ACTIVITY)])
def test_what_was_called_off_counts_nowhere(command: HoldActivity | CallOffActivity) -> None:
    """C03."""
    off = CharityActivityCancelled(activity_id=ACTIVITY, kind=KITCHEN)
    given(charity_activity, planned()).when(CallOffActivity(activity_id=ACTIVITY)).then(off)
    given(charity_activity, planned(), off).when(command).refused("wrong_stage", stage="cancelled")
