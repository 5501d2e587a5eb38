"""Facts about a session of the volunteer season (“我为群众办实事”志愿服务季): published, signed up for, held (C12, D07)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActivityId, AreaCode, CampaignId, NoteRef, OrganisationId, PersonId


class VolunteerKind(StrEnum):
    """The twelve kinds of the season; the seed names the first four (C12)."""

    CARE_VISIT = "care_visit"  # 走访慰问
    PAINTING_AND_CALLIGRAPHY = "painting_and_calligraphy"  # 慈善书画
    LEGAL_AID = "legal_aid"  # 法律援助
    ENVIRONMENT = "environment"  # 环境保护
    EPIDEMIC_CONTROL = "epidemic_control"  # 疫情防控
    ELDERS = "elders"  # 敬老助老
    CHILDREN = "children"  # 关爱儿童
    DISABLED_PEOPLE = "disabled_people"  # 志愿助残
    HEALTH = "health"  # 健康义诊
    SAFETY = "safety"  # 安全宣传
    CULTURE_AND_SPORTS = "culture_and_sports"  # 文化体育
    CONVENIENCE = "convenience"  # 便民服务


class Channel(StrEnum):
    """Where volunteers and served people meet (D07)."""

    OFFLINE = "offline"  # 线下
    ONLINE = "online"  # 线上


@event("charity.volunteer-activity.published", version=1, stream="activity_id")
class ActivityPublished(Event):
    """Volunteers may sign up for one session of a season.

    insurance: where the accident insurance's paper stands; risky work is not published without it.  Source: C12, D07, R-VOL-02.
    """

    activity_id: ActivityId
    organisation_id: OrganisationId
    kind: VolunteerKind
    season: CampaignId
    area: AreaCode
    channel: Channel
    planned_at: datetime
    risky: bool = False
    insurance: NoteRef | None = None


@event("charity.volunteer-activity.signed-up", version=1, stream="activity_id")
class VolunteerSignedUp(Event):
    """A registered person means to come; hours count only once they were served. Source: C12, R-VOL-01."""

    activity_id: ActivityId
    person_id: PersonId


@event("charity.volunteer-activity.closed", version=1, stream="activity_id")
class ActivityClosed(Event):
    """The session was held: served and volunteering people are counted once a session, so sums are person-times, not persons.

    Source: C12, D07.
    """

    activity_id: ActivityId
    organisation_id: OrganisationId
    kind: VolunteerKind
    season: CampaignId
    area: AreaCode
    channel: Channel
    held_on: date
    served_times: int
    volunteer_times: int


@event("charity.volunteer-activity.cancelled", version=1, stream="activity_id")
class ActivityCancelled(Event):
    """The session is not held and counts nowhere. Source: C12."""

    activity_id: ActivityId
    organisation_id: OrganisationId
    kind: VolunteerKind
    season: CampaignId
