"""Facts about a pair (结对帮扶): one cadre stands by one household in a campaign (A05, A06)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, PairingId


class PairingEnd(StrEnum):
    DONE = "done"  # 帮扶结束
    CADRE_LEFT = "cadre_left"  # 干部调离
    HOUSEHOLD_MOVED = "household_moved"  # 住户迁出
    DECLINED = "declined"  # 住户谢绝


@event("relief.pairing-agreement.established", version=1, stream="pairing_id")
class PairingEstablished(Event):
    """The cadre stands by the household; a household has one active pair a campaign (claim). `area`: the household's. Source: A06."""

    pairing_id: PairingId
    household_id: HouseholdId
    campaign_id: CampaignId
    cadre: ActorId
    area: AreaCode
    since: date


@event("relief.pairing-agreement.ended", version=1, stream="pairing_id")
class PairingEnded(Event):
    """The pair is over and another may follow; the visits made stay. Source: A06."""

    pairing_id: PairingId
    household_id: HouseholdId
    campaign_id: CampaignId
    cadre: ActorId
    ended_on: date
    reason: PairingEnd
