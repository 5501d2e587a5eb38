"""A pair (结对帮扶): one cadre stands by one household in a campaign, one active pair each (A05, A06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, PairingId
from contracts.relief.pairing_agreement import PairingEnd, PairingEnded, PairingEstablished
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import household_subject
from kit.store.model import IndexChange, Link, ReleaseAll, Take
from services.relief.domain.household import Household, household
from services.relief.domain.visit_campaign import VisitCampaign, visit_campaign

PairingEvent = PairingEstablished | PairingEnded


@dataclass(frozen=True, kw_only=True)
class PairingAgreement:
    """Who stands by whom, and whether still."""

    pairing_id: PairingId = PairingId("")
    household_id: HouseholdId | None = None
    campaign_id: CampaignId = CampaignId("")
    cadre: ActorId = ActorId("")
    ended: PairingEnd | None = None


def evolve(pairing: PairingAgreement, event: PairingEvent) -> PairingAgreement:
    match event:
        case PairingEstablished():
            return PairingAgreement(
                pairing_id=event.pairing_id, household_id=event.household_id, campaign_id=event.campaign_id, cadre=event.cadre
            )
        case PairingEnded(reason=reason):
            return replace(pairing, ended=reason)
        case _:
            assert_never(event)


class EstablishPairing(Command):
    """A cadre stands by a household in a campaign."""

    pairing_id: PairingId
    household_id: HouseholdId
    campaign_id: CampaignId
    cadre: ActorId


class EndPairing(Command):
    """The pair is over; another may follow."""

    pairing_id: PairingId
    reason: PairingEnd


def establish(
    command: EstablishPairing, _pairing: PairingAgreement, context: Context, home: Household, campaign: VisitCampaign
) -> list[PairingEstablished]:
    """The household has this pair in the campaign and no other.

    Raises: Refused("household_closed" | "campaign_not_begun" | "campaign_closed"); Refused("claimed") while another pair is active.
    Source: A06.
    """
    require(home.is_open, "household_closed")
    campaign.require_open(context.on)
    return [
        PairingEstablished(
            pairing_id=command.pairing_id,
            household_id=command.household_id,
            campaign_id=command.campaign_id,
            cadre=command.cadre,
            area=home.area or AreaCode(""),
            since=context.on,
        )
    ]


def end(command: EndPairing, pairing: PairingAgreement, context: Context) -> list[PairingEnded]:
    """The household is free for another pair; visits are streams of their own and stay.

    Raises: Refused("already_ended").  Source: A06.
    """
    require(pairing.ended is None, "already_ended", reason=pairing.ended)
    return [
        PairingEnded(
            pairing_id=pairing.pairing_id,
            household_id=pairing.household_id or HouseholdId(""),
            campaign_id=pairing.campaign_id,
            cadre=pairing.cadre,
            ended_on=context.on,
            reason=command.reason,
        )
    ]


def index(event: PairingEvent) -> Iterable[IndexChange]:
    """One active pair a household and campaign (claim); found from the household."""
    match event:
        case PairingEstablished(household_id=home, campaign_id=campaign):
            return [Take("active-pair", f"{campaign}/{home}"), Link(household_subject(home))]
        case PairingEnded():
            return [ReleaseAll()]
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_PAIRING, _HOME = PairingId(f"{_ID}74"), HouseholdId(f"{_ID}02")
_WHO = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

pairing_agreement = Aggregate(
    "pairing-agreement",
    id="pairing_id",
    state=PairingAgreement,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            establish,
            stream="new",
            also=[household.by("household_id"), visit_campaign.by("campaign_id")],
            roles=_WHO,
            example=EstablishPairing(
                pairing_id=_PAIRING, household_id=_HOME, campaign_id=CampaignId("caring-2022"), cadre=ActorId("cadre-7")
            ),
        ),
        command(end, roles=_WHO, example=EndPairing(pairing_id=_PAIRING, reason=PairingEnd.DONE)),
    ],
)
