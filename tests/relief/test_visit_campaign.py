"""A visit campaign: its days, and the households it means to visit (A03, A05)."""

from __future__ import annotations

from datetime import date

from contracts.ids import HouseholdId
from contracts.relief.visit_campaign import CampaignKind, CampaignTargetsAdded, TargetGroup
from kit.testing import given
from services.relief.domain.visit_campaign import CHUNK, MOST_TARGETS, AddTargets, CloseCampaign, OpenCampaign, visit_campaign
from tests.relief.discovery import CAMPAIGN, DISTRICT, TUESDAY, campaign, campaign_closed, uid

HOMES = tuple(HouseholdId(uid(1_000 + number)) for number in range(CHUNK))
JANUARY = date(2022, 1, 4)


def added(*homes: HouseholdId, on: date = TUESDAY) -> CampaignTargetsAdded:
    return CampaignTargetsAdded(campaign_id=CAMPAIGN, household_ids=homes, added_on=on)


def test_a_campaign_is_opened_for_groups_of_households() -> None:
    """A05: a group that is named twice counts once."""
    groups = (TargetGroup.DIBAO, TargetGroup.EDGE, TargetGroup.DIBAO)
    ask = OpenCampaign(campaign_id=CAMPAIGN, kind=CampaignKind.CARING, year=2022, area=DISTRICT, groups=groups)
    given(visit_campaign).when(ask, on=JANUARY).then(campaign())
    given(visit_campaign, campaign()).when(ask).refused("already_exists")


def test_targets_are_added_in_chunks_and_each_household_once() -> None:
    """A05: the set to be visited is a dated fact; a repeated list changes nothing."""
    given(visit_campaign, campaign()).when(AddTargets(campaign_id=CAMPAIGN, household_ids=HOMES)).then(added(*HOMES))
    some = given(visit_campaign, campaign(), added(*HOMES[:3]))
    some.when(AddTargets(campaign_id=CAMPAIGN, household_ids=(*HOMES[1:5], HOMES[4]))).then(added(*HOMES[3:5]))
    some.when(AddTargets(campaign_id=CAMPAIGN, household_ids=HOMES[:2])).then()


def test_a_list_has_an_end() -> None:
    """A05."""
    many = [added(*(HouseholdId(uid(10_000 + number)) for number in range(MOST_TARGETS)))]
    full = given(visit_campaign, campaign(), *many)
    full.when(AddTargets(campaign_id=CAMPAIGN, household_ids=HOMES[:1])).refused("too_many", limit=MOST_TARGETS)


def test_nothing_is_added_outside_its_days() -> None:
    """A03."""
    ask = AddTargets(campaign_id=CAMPAIGN, household_ids=HOMES[:1])
    given(visit_campaign, campaign()).when(ask, on=date(2022, 1, 3)).refused("campaign_not_begun")
    over = given(visit_campaign, campaign(), campaign_closed(TUESDAY))
    over.when(ask, on=date(2022, 3, 2)).refused("campaign_closed")
    over.when(ask, on=TUESDAY).then(added(HOMES[0]))


def test_a_campaign_is_closed_once() -> None:
    """A03."""
    ask = CloseCampaign(campaign_id=CAMPAIGN)
    given(visit_campaign, campaign()).when(ask).then(campaign_closed(TUESDAY))
    given(visit_campaign, campaign(), campaign_closed(TUESDAY)).when(ask).refused("already_closed")
    given(visit_campaign, campaign()).when(ask, on=date(2022, 1, 3)).refused("campaign_not_begun")
