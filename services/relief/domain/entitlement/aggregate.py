"""The declaration of an entitlement: claims, subjects, commands, and who may give them."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.ids import EntitlementId, HouseholdId, Month, NeedId, PersonId, UnitId
from contracts.relief.entitlement import EntitlementGranted, EntitlementResumed, EntitlementStopped, StopReason
from contracts.terms import Scheme
from kit.aggregate import Aggregate, command
from kit.identity import Role
from kit.reaction import household_subject, person_subject
from kit.store.model import IndexChange, Link, Release, Take
from services.relief.domain.death_case import death_case
from services.relief.domain.entitlement.changing import resume, revise, stop
from services.relief.domain.entitlement.commands import (
    EndForDeath,
    GrantEntitlement,
    ProposeEntitlement,
    RecordFailure,
    RecordPayment,
    ResumeAfterRevocation,
    ResumeEntitlement,
    ReviseEntitlement,
    StopEntitlement,
)
from services.relief.domain.entitlement.death import end_for_death, resume_after_revocation
from services.relief.domain.entitlement.granting import grant, propose
from services.relief.domain.entitlement.paying import record_failure, record_payment
from services.relief.domain.entitlement.state import Entitlement, EntitlementEvent, evolve
from services.relief.domain.household import household
from services.relief.domain.known_person import known_person
from services.relief.domain.need import need

CLAIM = "basic-living"


def index(event: EntitlementEvent) -> Iterable[IndexChange]:
    """At most one active basic-living entitlement a person (ruling 4); found by its persons, also after its end, and by its household."""
    match event:
        case EntitlementGranted(person_ids=persons, household_id=home):
            links = [Link(person_subject(person)) for person in persons]
            return [*(Take(CLAIM, person) for person in persons), *links, Link(household_subject(home))]
        case EntitlementStopped(person_ids=persons):
            return [Release(CLAIM, person) for person in persons]
        case EntitlementResumed(person_ids=persons):
            return [Take(CLAIM, person) for person in persons]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_ENTITLEMENT, _PERSON = EntitlementId(f"{_ID}08"), PersonId(f"{_ID}10")
_HOME, _UNIT, _NEED = HouseholdId(f"{_ID}02"), UnitId(f"{_ID}04"), NeedId(f"{_ID}01")
_PERSONS = known_person.each("person_ids", missing_ok=True)
_CASES = death_case.each("person_ids", missing_ok=True)
_HOUSEHOLD, _NEEDED = household.by("household_id"), need.by("need_id")

entitlement = Aggregate(
    "entitlement",
    id="entitlement_id",
    state=Entitlement,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            propose,
            stream="new",
            also=[_HOUSEHOLD, _NEEDED],
            roles={Role.CASEWORKER},
            example=ProposeEntitlement(
                entitlement_id=_ENTITLEMENT,
                household_id=_HOME,
                unit_id=_UNIT,
                need_id=_NEED,
                scheme=Scheme.DIBAO,
                counted_income_fen=260_000,
            ),
        ),
        command(
            grant,
            also=[_HOUSEHOLD, _NEEDED, _PERSONS],
            roles={Role.APPROVER},
            approval=True,
            example=GrantEntitlement(entitlement_id=_ENTITLEMENT),
        ),
        command(
            revise,
            also=[_NEEDED, _PERSONS, _CASES],
            roles={Role.APPROVER},
            approval=True,
            example=ReviseEntitlement(entitlement_id=_ENTITLEMENT, counted_income_fen=300_000),
        ),
        command(
            record_payment,
            also=[_NEEDED, _PERSONS],
            roles={Role.DISTRICT_OFFICER},
            example=RecordPayment(entitlement_id=_ENTITLEMENT, month=Month("2022-05")),
        ),
        command(
            record_failure,
            also=[_NEEDED],
            roles={Role.DISTRICT_OFFICER},
            example=RecordFailure(entitlement_id=_ENTITLEMENT, month=Month("2022-05")),
        ),
        command(
            stop,
            also=[_HOUSEHOLD, _NEEDED, _CASES],
            roles={Role.APPROVER},
            example=StopEntitlement(entitlement_id=_ENTITLEMENT, reason=StopReason.OWN_WISH),
        ),
        command(
            resume,
            also=[_HOUSEHOLD, _NEEDED, _PERSONS],
            roles={Role.APPROVER},
            approval=True,
            example=ResumeEntitlement(entitlement_id=_ENTITLEMENT),
        ),
        command(
            end_for_death,
            also=[_NEEDED, _PERSONS, _CASES],
            roles={Role.SYSTEM},
            example=EndForDeath(entitlement_id=_ENTITLEMENT, person_id=_PERSON),
        ),
        command(
            resume_after_revocation,
            also=[_NEEDED, _PERSONS, death_case.by("person_id", missing_ok=True)],
            roles={Role.SYSTEM},
            example=ResumeAfterRevocation(entitlement_id=_ENTITLEMENT, person_id=_PERSON),
        ),
    ],
)
