"""Who gives the commands: role, area of the office, and which person of the role signs. Everybody is invented."""

from __future__ import annotations

from dataclasses import dataclass

from kit.identity import Role

DISTRICT = "440308"


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person at a desk, known by a code without personal meaning."""

    role: Role
    area: str
    actor: str


def clerk(role: Role, area: str = DISTRICT, number: int = 1) -> Clerk:
    """The number-th person of a role at an office: `approver-2`, `caseworker-440308003-1`."""
    place = "" if area == DISTRICT else f"{area}-"
    return Clerk(role, area, f"{role.value.replace('_', '-')}-{place}{number}")


def caseworker(street: str, number: int = 1) -> Clerk:
    return clerk(Role.CASEWORKER, street, number)


REGISTRAR = clerk(Role.REGISTRAR)
CIVIL_REGISTRAR = clerk(Role.CIVIL_REGISTRAR)
APPROVER = clerk(Role.APPROVER)
SECOND_APPROVER = clerk(Role.APPROVER, number=2)
DISTRICT_OFFICER = clerk(Role.DISTRICT_OFFICER)
CHARITY_OFFICER = clerk(Role.CHARITY_OFFICER)
CHARITY_APPROVER = clerk(Role.APPROVER, number=3)
SECOND_CIVIL_REGISTRAR = clerk(Role.CIVIL_REGISTRAR, number=2)
ALARM_DESK = clerk(Role.ALARM_DESK)


def care_worker(street: str, number: int = 1) -> Clerk:
    return clerk(Role.CARE_WORKER, street, number)
