"""A visit campaign (走访行动): when visits count for it, and which households it means to visit (A03, A05)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from pydantic import Field

from contracts.ids import AreaCode, CampaignId, HouseholdId
from contracts.relief.visit_campaign import CampaignKind, CampaignTargetsAdded, TargetGroup, VisitCampaignClosed, VisitCampaignOpened
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

VisitCampaignEvent = VisitCampaignOpened | CampaignTargetsAdded | VisitCampaignClosed
CHUNK = 200
"""Households of one command: an event stays below some ten kilobytes."""
MOST_TARGETS = 10_000


@dataclass(frozen=True, kw_only=True)
class VisitCampaign:
    """Its days and the households named so far."""

    campaign_id: CampaignId = CampaignId("")
    kind: CampaignKind = CampaignKind.ALL_HOUSEHOLDS
    area: AreaCode | None = None
    opened_on: date = date.max
    closed_on: date | None = None
    targets: frozenset[HouseholdId] = frozenset()

    def require_open(self, day: date) -> None:
        """What was done on a day counts while the campaign ran, whenever it is told.

        Raises: Refused("campaign_not_begun" | "campaign_closed").
        """
        require(self.opened_on <= day, "campaign_not_begun", opened_on=self.opened_on.isoformat())
        require(self.closed_on is None or day <= self.closed_on, "campaign_closed", closed_on=str(self.closed_on))


def evolve(campaign: VisitCampaign, event: VisitCampaignEvent) -> VisitCampaign:
    match event:
        case VisitCampaignOpened(campaign_id=campaign_id, kind=kind, area=area, opened_on=day):
            return replace(campaign, campaign_id=campaign_id, kind=kind, area=area, opened_on=day)
        case CampaignTargetsAdded(household_ids=homes):
            return replace(campaign, targets=campaign.targets | set(homes))
        case VisitCampaignClosed(closed_on=day):
            return replace(campaign, closed_on=day)
        case _:
            assert_never(event)


class OpenCampaign(Command):
    """Begin an occasion on which households are visited."""

    campaign_id: CampaignId
    kind: CampaignKind
    year: int = Field(ge=2000, le=2100)
    area: AreaCode
    groups: tuple[TargetGroup, ...] = Field(default=(TargetGroup.EVERYBODY,), min_length=1, max_length=8)


class AddTargets(Command):
    """Name households that are to be visited."""

    campaign_id: CampaignId
    household_ids: tuple[HouseholdId, ...] = Field(min_length=1, max_length=CHUNK)


class CloseCampaign(Command):
    """Visits made after this day no longer belong to the campaign."""

    campaign_id: CampaignId


def open_campaign(command: OpenCampaign, _campaign: VisitCampaign, context: Context) -> list[VisitCampaignOpened]:
    """Visits may be made under it from this day on. Source: A03, A05, C06."""
    return [
        VisitCampaignOpened(
            campaign_id=command.campaign_id,
            kind=command.kind,
            year=command.year,
            area=command.area,
            groups=tuple(dict.fromkeys(command.groups)),
            opened_on=context.on,
        )
    ]


def add_targets(command: AddTargets, campaign: VisitCampaign, context: Context) -> list[CampaignTargetsAdded]:
    """These households are to be visited; those named before are left out, so that a repeated list changes nothing.

    Raises: Refused("campaign_not_begun" | "campaign_closed"); Refused("too_many", limit).  Source: A05.
    """
    campaign.require_open(context.on)
    new = tuple(home for home in dict.fromkeys(command.household_ids) if home not in campaign.targets)
    require(len(campaign.targets) + len(new) <= MOST_TARGETS, "too_many", limit=MOST_TARGETS)
    return [CampaignTargetsAdded(campaign_id=campaign.campaign_id, household_ids=new, added_on=context.on)] if new else []


def close_campaign(_command: CloseCampaign, campaign: VisitCampaign, context: Context) -> list[VisitCampaignClosed]:
    """It ends with this day; visits made until then may still be told.

    Raises: Refused("campaign_not_begun" | "already_closed").  Source: A03.
    """
    require(campaign.closed_on is None, "already_closed", closed_on=str(campaign.closed_on))
    campaign.require_open(context.on)
    return [VisitCampaignClosed(campaign_id=campaign.campaign_id, closed_on=context.on)]


_CAMPAIGN, _HOME = CampaignId("caring-2022"), HouseholdId("0190a000-0000-8000-8000-000000000002")
_VISITORS = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

visit_campaign = Aggregate(
    "visit-campaign",
    id="campaign_id",
    state=VisitCampaign,
    evolve=evolve,
    area="area",
    commands=[
        command(
            open_campaign,
            stream="new",
            roles=_VISITORS,
            example=OpenCampaign(
                campaign_id=_CAMPAIGN,
                kind=CampaignKind.CARING,
                year=2022,
                area=AreaCode("440308"),
                groups=(TargetGroup.DIBAO, TargetGroup.EDGE, TargetGroup.CHILD),
            ),
        ),
        command(add_targets, roles=_VISITORS, example=AddTargets(campaign_id=_CAMPAIGN, household_ids=(_HOME,))),
        command(close_campaign, roles=_VISITORS, example=CloseCampaign(campaign_id=_CAMPAIGN)),
    ],
)
