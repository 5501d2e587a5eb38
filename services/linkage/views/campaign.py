"""Visit campaigns as relief tells them: what each is for, the households it means, their pairs, and the visits made to them (A05).

A target stands under the campaign's key, a visit and a pair under the household's: they meet only when somebody asks for the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, PairingId, VisitId
from contracts.relief.pairing_agreement import PairingEnded, PairingEstablished
from contracts.relief.visit import MissedReason, VisitCompleted, VisitMissed, VisitMissExplained, VisitScheduled
from contracts.relief.visit_campaign import CampaignKind, CampaignTargetsAdded, TargetGroup, VisitCampaignClosed, VisitCampaignOpened
from kit.view import Row, View
from services.linkage.views.facts import Fact, fact_of

VisitFact = VisitScheduled | VisitCompleted | VisitMissed | VisitMissExplained


class CampaignRow(Row, frozen=True):
    """One campaign."""

    campaign_id: CampaignId
    kind: CampaignKind
    area: AreaCode
    groups: tuple[TargetGroup, ...]
    opened_on: date
    closed_on: date | None = None


class TargetsRow(Row, frozen=True):
    """Households that a campaign means to visit, as they were named together."""

    campaign_id: CampaignId
    household_ids: tuple[HouseholdId, ...]
    added_on: date
    fact: Fact


class CampaignVisitRow(Row, frozen=True):
    """A visit to a household under a campaign: planned, made, or missed. A late one is missed and made. fact: what was said last."""

    visit_id: VisitId
    campaign_id: CampaignId
    household_id: HouseholdId
    fact: Fact
    planned_on: date | None = None
    visited_on: date | None = None
    missed_on: date | None = None
    missed: MissedReason | None = None


class PairRow(Row, frozen=True):
    """The cadre who stands by a household in a campaign."""

    pairing_id: PairingId
    campaign_id: CampaignId
    household_id: HouseholdId
    cadre: ActorId
    since: date
    ended_on: date | None = None


def campaign_of(event: Event) -> Iterable[str]:
    return (event.campaign_id,) if isinstance(event, VisitCampaignOpened | VisitCampaignClosed) else ()


def evolve_campaign(row: CampaignRow | None, event: Event, _meta: Meta) -> CampaignRow | None:
    match event:
        case VisitCampaignOpened():
            return CampaignRow(
                campaign_id=event.campaign_id, kind=event.kind, area=event.area, groups=event.groups, opened_on=event.opened_on
            )
        case VisitCampaignClosed(closed_on=day):
            return row and replace(row, closed_on=day)
        case _:
            return row


def targets_of(event: Event) -> Iterable[str]:
    """A chunk is named by its first household: a campaign names each once."""
    return (f"{event.campaign_id}/{event.household_ids[0]}",) if isinstance(event, CampaignTargetsAdded) else ()


def evolve_targets(_row: TargetsRow | None, event: CampaignTargetsAdded, meta: Meta) -> TargetsRow:
    return TargetsRow(campaign_id=event.campaign_id, household_ids=event.household_ids, added_on=event.added_on, fact=fact_of(meta))


def visit_of(event: Event) -> Iterable[str]:
    """A visit to somebody of whom no household is known stands in no household's line."""
    return (event.visit_id,) if isinstance(event, VisitFact) and event.household_id is not None else ()


def evolve_visit(row: CampaignVisitRow | None, event: Event, meta: Meta) -> CampaignVisitRow | None:
    fact = fact_of(meta)
    match event:
        case VisitScheduled(planned_on=day):
            return replace(_visit(row, event, fact), planned_on=day)
        case VisitCompleted(visited_on=day, late=late):
            made = replace(_visit(row, event, fact), visited_on=day)
            return made if late else replace(made, missed=None, missed_on=None)
        case VisitMissed(reason=reason):
            return replace(_visit(row, event, fact), missed=reason, missed_on=fact.on)
        case VisitMissExplained(reason=reason):
            return row and replace(row, missed=reason)
        case _:
            return row


def _visit(row: CampaignVisitRow | None, event: VisitScheduled | VisitCompleted | VisitMissed, fact: Fact) -> CampaignVisitRow:
    """What is said of it now. A visit that nobody planned has no row before it was made."""
    home = event.household_id or HouseholdId("")
    return (
        replace(row, fact=fact)
        if row
        else CampaignVisitRow(visit_id=event.visit_id, campaign_id=event.campaign_id, household_id=home, fact=fact)
    )


def pair_of(event: Event) -> Iterable[str]:
    return (event.pairing_id,) if isinstance(event, PairingEstablished | PairingEnded) else ()


def evolve_pair(row: PairRow | None, event: Event, _meta: Meta) -> PairRow | None:
    match event:
        case PairingEstablished():
            return PairRow(
                pairing_id=event.pairing_id, campaign_id=event.campaign_id, household_id=event.household_id, cadre=event.cadre,
                since=event.since,
            )  # fmt: skip
        case PairingEnded(ended_on=day):
            return row and replace(row, ended_on=day)
        case _:
            return row


campaign = View("campaign", row=CampaignRow, key=campaign_of, evolve=evolve_campaign, index=("campaign_id",))
campaign_targets = View("campaign_targets", row=TargetsRow, key=targets_of, evolve=evolve_targets, index=("campaign_id",))
campaign_visit = View("campaign_visit", row=CampaignVisitRow, key=visit_of, evolve=evolve_visit, index=("campaign_id",))
campaign_pair = View("campaign_pair", row=PairRow, key=pair_of, evolve=evolve_pair, index=("campaign_id",))
