"""Facts about a charity activity: kitchen, visits, camp. Counts only; nobody is named but a child that is enrolled (C03–C06, D03, F03)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActivityId, AreaCode, NoteRef, OrganisationId, PersonId, ShopId


class CharityActivityKind(StrEnum):
    """What is done."""

    KITCHEN = "kitchen"  # 爱心厨房
    BORDER_GUARDS = "border_guards"  # 边防慰问
    EPIDEMIC_CARE = "epidemic_care"  # 疫情防控关爱行动
    CHILDRENS_DAY = "childrens_day"  # “六一”走访
    SPORTS_CULTURE = "sports_culture"  # 残疾人文化体育
    SUMMER_CAMP = "summer_camp"  # 乒乓球夏令营
    OTHER = "other"


class SafetyLesson(StrEnum):
    """What a camp teaches besides (F03)."""

    DROWNING = "drowning"  # 防溺水
    FIRE = "fire"  # 防火
    ELECTRICITY_AND_GAS = "electricity_and_gas"  # 用电用气安全


@event("charity.charity-activity.planned", version=1, stream="activity_id")
class CharityActivityPlanned(Event):
    """The activity is in the calendar; `site_id`: of the shop whose site it uses (众益家园). Source: C03, C04."""

    activity_id: ActivityId
    kind: CharityActivityKind
    organisation_id: OrganisationId
    area: AreaCode
    planned_on: date
    site_id: ShopId | None = None


@event("charity.charity-activity.child-enrolled", version=1, stream="activity_id")
class ChildEnrolled(Event):
    """A child takes part in a camp; the guardian's consent was stored before. Source: F03, R-PI-02."""

    activity_id: ActivityId
    person_id: PersonId
    guardian_id: PersonId
    consent: NoteRef


@event("charity.charity-activity.held", version=1, stream="activity_id")
class ActivityHeld(Event):
    """The activity took place: person-times, organisations visited, goods at list value in fen, by the organisation that did it.

    Source: C03, C04, C05, C10, D03.
    """

    activity_id: ActivityId
    kind: CharityActivityKind
    organisation_id: OrganisationId
    area: AreaCode
    held_on: date
    person_times: int
    organisations: int
    goods_fen: int
    site_id: ShopId | None = None
    lessons: tuple[SafetyLesson, ...] = ()


@event("charity.charity-activity.cancelled", version=1, stream="activity_id")
class CharityActivityCancelled(Event):
    """The activity does not take place. Source: C03."""

    activity_id: ActivityId
    kind: CharityActivityKind
