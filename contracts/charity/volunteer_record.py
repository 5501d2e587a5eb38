"""Facts about a volunteer's served shift, as the organisation reports it. Hours are facts, never credits (R-VOL-03, H03)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActivityId, AreaCode, OrganisationId, PersonId, VolunteerRecordId


class HoursKind(StrEnum):
    """What the shift was part of."""

    SEASON = "season"  # 志愿服务季
    EPIDEMIC = "epidemic"  # 疫情防控
    OTHER = "other"


class HoursCorrection(StrEnum):
    """Why a record was corrected on request (R-VOL-01)."""

    WRONG_TIME = "wrong_time"
    WRONG_COUNT = "wrong_count"
    NOT_SERVED = "not_served"
    OTHER_ORGANISATION = "other_organisation"  # the same shift was another organisation's


@event("charity.volunteer-record.recorded", version=1, stream="record_id")
class VolunteerHoursRecorded(Event):
    """A person's shift for an organisation counts once, in the minutes really served.

    late: recorded after the working days of the rule, by the second role.  rating: 1 to 5, of the organisation.
    served_times: people served in the shift, person-times.  Source: R-VOL-01, R-VOL-03, H03, C10.
    """

    record_id: VolunteerRecordId
    person_id: PersonId
    organisation_id: OrganisationId
    area: AreaCode
    kind: HoursKind
    started_at: datetime
    ended_at: datetime
    minutes: int
    served_times: int
    activity_id: ActivityId | None = None
    rating: int | None = None
    trained_minutes: int = 0
    late: bool = False


@event("charity.volunteer-record.corrected", version=1, stream="record_id")
class VolunteerHoursCorrected(Event):
    """What the record says from now on, whole; 0 minutes: the shift does not count and its time is free again. Source: R-VOL-01."""

    record_id: VolunteerRecordId
    person_id: PersonId
    organisation_id: OrganisationId
    started_at: datetime
    ended_at: datetime
    minutes: int
    served_times: int
    reason: HoursCorrection
    late: bool = False
