"""The time of one volunteer that counts already: a ledger, so that no shift counts twice, whoever reports it. Not for other services."""

from __future__ import annotations

from datetime import datetime

from contracts.envelope import Event, event
from contracts.ids import OrganisationId, PersonId, VolunteerRecordId


@event("charity.volunteer-hours.counted", version=1, stream="person_id", shared=False)
class ShiftCounted(Event):
    """The time from start to end belongs to this record and no other; it replaces what the record held before. Source: H03.

    minutes: really served in it.  trained_minutes: of training for it, beside them; a certificate tells both (R-VOL-01).
    """

    person_id: PersonId
    record_id: VolunteerRecordId
    organisation_id: OrganisationId
    started_at: datetime
    ended_at: datetime
    minutes: int = 0
    trained_minutes: int = 0


@event("charity.volunteer-hours.freed", version=1, stream="person_id", shared=False)
class ShiftFreed(Event):
    """The record holds no time any more. Source: R-VOL-01."""

    person_id: PersonId
    record_id: VolunteerRecordId
