"""Facts about a certificate of served time (志愿服务记录证明): what an organisation's records say of a person (R-VOL-01)."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import OrganisationId, PersonId, VolunteerCertificateId


@event("charity.volunteer-certificate.issued", version=1, stream="certificate_id")
class VolunteerCertificateIssued(Event):
    """The person has it, free of charge. It says what the organisation's records said on that day; a later correction changes no certificate.

    first, last: the days it tells about, by the start of each shift.  shifts: records that counted.  minutes: really served.
    trained_minutes: training beside them.  Source: R-VOL-01.
    """

    certificate_id: VolunteerCertificateId
    person_id: PersonId
    organisation_id: OrganisationId
    first: date
    last: date
    shifts: int
    minutes: int
    trained_minutes: int
    issued_on: date
