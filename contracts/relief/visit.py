"""Facts about one visit of one person under a campaign (走访): planned, made with what was found, or missed (A03, B10)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, CampaignId, HouseholdId, NeedId, NoteRef, PersonId, VisitId


class Channel(StrEnum):
    """How people were met; during closures not in person (J06)."""

    IN_PERSON = "in_person"  # 上门
    PHONE = "phone"  # 电话
    CHAT = "chat"  # 微信


class LivingState(StrEnum):
    """What the visitors saw of the living state (生活状况)."""

    STABLE = "stable"  # 生活平稳
    INCOME_LOST = "income_lost"  # 收入中断
    SERIOUSLY_ILL = "seriously_ill"  # 家有大病
    CARE_LACKING = "care_lacking"  # 缺人照护
    LIVES_ALONE = "lives_alone"  # 独居
    HOUSING_UNSAFE = "housing_unsafe"  # 住房不安全
    SCHOOLING_AT_RISK = "schooling_at_risk"  # 就学困难
    OUT_OF_WORK = "out_of_work"  # 失业


class Mood(StrEnum):
    """How the visited person takes life (思想动态)."""

    CALM = "calm"  # 平稳
    WORRIED = "worried"  # 焦虑
    LOW = "low"  # 低落
    DISTRESSED = "distressed"  # 情绪激动


class MissedReason(StrEnum):
    NOT_MADE = "not_made"  # 未走访
    NOBODY_HOME = "nobody_home"  # 无人在家
    REFUSED = "refused"  # 本人谢绝
    AREA_CLOSED = "area_closed"  # 封控
    MOVED = "moved"  # 已搬离


@event("relief.visit.scheduled", version=1, stream="visit_id")
class VisitScheduled(Event):
    """Somebody is to be visited on a day; after `due_at` (the end of that day) the visit is missed. Source: A03, ruling 16."""

    visit_id: VisitId
    campaign_id: CampaignId
    person_id: PersonId
    area: AreaCode
    visitors: tuple[ActorId, ...]
    planned_on: date
    due_at: datetime
    household_id: HouseholdId | None = None


@event("relief.visit.completed", version=1, stream="visit_id")
class VisitCompleted(Event):
    """The person was met. The needs found are registered in the same append. Source: A03, B10, C06.

    visitors: who went.  need_ids: of the needs found.  photo_refs: pictures taken.  guardian_consent: to pictures of a minor.
    late: it was made after its due instant, so it is also missed; one made in time is not, whatever was recorded before.
    """

    visit_id: VisitId
    campaign_id: CampaignId
    person_id: PersonId
    area: AreaCode
    visitors: tuple[ActorId, ...]
    channel: Channel
    visited_on: date
    household_id: HouseholdId | None = None
    living: tuple[LivingState, ...] = ()
    mood: Mood | None = None
    note: NoteRef | None = None
    need_ids: tuple[NeedId, ...] = ()
    photo_refs: tuple[NoteRef, ...] = ()
    guardian_consent: NoteRef | None = None
    late: bool = False


@event("relief.visit.missed", version=1, stream="visit_id")
class VisitMissed(Event):
    """The planned visit was not made: somebody says why, or its day passed. Source: A03."""

    visit_id: VisitId
    campaign_id: CampaignId
    person_id: PersonId
    area: AreaCode
    visitors: tuple[ActorId, ...]
    reason: MissedReason
    household_id: HouseholdId | None = None


@event("relief.visit.miss-explained", version=1, stream="visit_id")
class VisitMissExplained(Event):
    """Why a visit was missed became known after it had counted as not made. Source: A03."""

    visit_id: VisitId
    area: AreaCode
    reason: MissedReason
    household_id: HouseholdId | None = None
