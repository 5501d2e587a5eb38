"""Facts about a visit campaign (走访行动): an occasion on which many households are visited, and whom it is for (A03, A05, C06)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, CampaignId, HouseholdId


class CampaignKind(StrEnum):
    """The occasion."""

    ALL_HOUSEHOLDS = "all_households"  # 进万家门、访万家情
    SPRING_FESTIVAL = "spring_festival"  # 春节慰问
    CARING = "caring"  # 解忧暖心传党恩
    CHILD = "child"  # 六一走访
    CONTACT = "contact"  # 挂点服务走访
    MID_AUTUMN = "mid_autumn"  # 中秋慰问
    ELDERS_DAY = "elders_day"  # 重阳走访


class TargetGroup(StrEnum):
    """Whom a campaign or a screening is for. A status bears the word that `Status` has for it."""

    TEKUN = "tekun"  # 特困
    DIBAO = "dibao"  # 低保
    EDGE = "edge"  # 低保边缘
    RIGID = "rigid"  # 刚性支出困难
    CHILD = "child"  # 困境儿童家庭
    DISABLED = "disabled"  # 残疾人
    ELDER_ALONE = "elder_alone"  # 独居、空巢老人
    EVERYBODY = "everybody"  # 全体居民


@event("relief.visit-campaign.opened", version=1, stream="campaign_id")
class VisitCampaignOpened(Event):
    """Visits may be made under the campaign from a day on. `area`: the district or the street whose campaign it is. Source: A03, A05."""

    campaign_id: CampaignId
    kind: CampaignKind
    year: int
    area: AreaCode
    groups: tuple[TargetGroup, ...]
    opened_on: date


@event("relief.visit-campaign.targets-added", version=1, stream="campaign_id")
class CampaignTargetsAdded(Event):
    """These households are to be visited, since a day; only those that were not named before. Source: A05."""

    campaign_id: CampaignId
    household_ids: tuple[HouseholdId, ...]
    added_on: date


@event("relief.visit-campaign.closed", version=1, stream="campaign_id")
class VisitCampaignClosed(Event):
    """Visits made after this day no longer belong to the campaign. Source: A03."""

    campaign_id: CampaignId
    closed_on: date
