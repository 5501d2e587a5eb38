"""A certificate of served time (志愿服务记录证明): made of the volunteer's ledger, by the organisation that recorded it (R-VOL-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from contracts.charity.volunteer_certificate import VolunteerCertificateIssued
from contracts.ids import OrganisationId, PersonId, VolunteerCertificateId
from kit.aggregate import Aggregate, command, require
from kit.clock import shanghai_date
from kit.command import Command, Context
from kit.identity import Role
from services.charity.domain.volunteer_hours import VolunteerHours, volunteer_hours


@dataclass(frozen=True, kw_only=True)
class VolunteerCertificate:
    """When it was issued; nothing changes it."""

    issued_on: date | None = None


def evolve(_certificate: VolunteerCertificate, event: VolunteerCertificateIssued) -> VolunteerCertificate:
    match event:
        case VolunteerCertificateIssued(issued_on=day):
            return VolunteerCertificate(issued_on=day)
        case _:
            assert_never(event)


class IssueCertificate(Command):
    """A person asks for a certificate of what was served for an organisation between two days, both included."""

    certificate_id: VolunteerCertificateId
    person_id: PersonId
    organisation_id: OrganisationId
    first: date
    last: date


def issue(
    command: IssueCertificate, _certificate: VolunteerCertificate, context: Context, hours: VolunteerHours
) -> list[VolunteerCertificateIssued]:
    """What the organisation's own records of the person say today: only served time, no record of another organisation.

    Raises: Refused("ends_before_it_starts" | "period_running" | "nothing_served").  Source: R-VOL-01.
    """
    require(command.first <= command.last, "ends_before_it_starts")
    require(command.last <= context.on, "period_running", last=command.last.isoformat())
    own = [shift for shift in hours.shifts.values() if shift.organisation_id == command.organisation_id]
    counts = [shift for shift in own if command.first <= shanghai_date(shift.started_at) <= command.last]
    require(len(counts) > 0, "nothing_served")
    issued = VolunteerCertificateIssued(
        **command.model_dump(exclude={"occurred_at"}),
        shifts=len(counts),
        minutes=sum(shift.minutes for shift in counts),
        trained_minutes=sum(shift.trained_minutes for shift in counts),
        issued_on=context.on,
    )
    return [issued]


_ID = "0190a000-0000-8000-8000-0000000000"

volunteer_certificate = Aggregate(
    "volunteer-certificate",
    id="certificate_id",
    state=VolunteerCertificate,
    evolve=evolve,
    commands=[
        command(
            issue,
            stream="new",
            also=[volunteer_hours.by("person_id", missing_ok=True)],
            roles={Role.CHARITY_OFFICER},
            example=IssueCertificate(
                certificate_id=VolunteerCertificateId(f"{_ID}b9"),
                person_id=PersonId(f"{_ID}11"),
                organisation_id=OrganisationId("51440308mj00000001"),
                first=date(2022, 1, 1),
                last=date(2022, 3, 31),
            ),
        )
    ],
)
