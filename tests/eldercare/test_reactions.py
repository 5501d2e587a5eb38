"""Facts of relief and registry become eldercare's own commands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.envelope import Meta
from contracts.ids import ActorId, AreaCode, CareBedId, CareVisitPlanId, HouseholdId, Month, OrganisationId
from contracts.registry.organisation import (
    DeregistrationReason,
    OrganisationDeregistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.household import HouseholdOpened, StatusExpired, StatusRecognised
from contracts.terms import Certainty, DeathSource, Status
from services.eldercare.domain.assist import CancelAssistForDeath
from services.eldercare.domain.care_visit_plan import EndPlanForDeath, HoldPlanForDeath, ResumePlanAfterRevocation
from services.eldercare.domain.device import ReinstateAfterRevocation, ReturnForDeath
from services.eldercare.domain.family_care_bed import CloseBedForDeath, HoldBedForDeath, ResumeBedAfterRevocation
from services.eldercare.domain.known_household import NoteHome, NoteStatus, NoteStatusEnd
from services.eldercare.domain.known_organisation import NoteReinstatement, NoteRestriction
from services.eldercare.domain.known_person import NoteDeath, WithdrawDeath
from services.eldercare.domain.loan import AskCollection, WithdrawCollection
from services.eldercare.domain.meal_account import CloseForDeath, ReopenAfterRevocation
from services.eldercare.reactions.death import on_death, on_death_revoked
from services.eldercare.reactions.organisations import on_deregistered, on_reinstated, on_restricted
from services.eldercare.reactions.status import on_household_opened, on_status_expired, on_status_recognised
from services.eldercare.service import eldercare
from tests.eldercare.alarm_facts import DEVICE
from tests.eldercare.facts import ACCOUNT, ELDER, HOME, ID
from tests.eldercare.mobility_facts import ASSIST, LOAN

THEN = datetime(2022, 8, 2, 4, tzinfo=UTC)
META = Meta(
    id="event-1",
    source="/minsheng/test/relief",
    position=1,
    stream="household/1",
    version=1,
    type="relief.household.status-recognised",
    schema_version=1,
    key="1",
    recorded_at=THEN,
    occurred_at=THEN,
    actor="worker-1",
    authority="approver",
    correlation_id="c-1",
)
DAY = date(2022, 6, 14)
PROVIDER = OrganisationId("52770308mjdem0014u")


def death(certainty: Certainty) -> PersonDeceased:
    return PersonDeceased(person_id=ELDER, died_on=DAY, source=DeathSource.FUNERAL_HOME, certainty=certainty)


def test_a_household_s_home_is_noted() -> None:
    """Section 3.4: who may open its accounts is known before anybody does."""
    event = HouseholdOpened(household_id=HOME, area=AreaCode("440308003"), hukou=True, opened_on=DAY)
    assert list(on_household_opened.record(event, META)) == [NoteHome(household_id=HOME, area=AreaCode("440308003"), occurred_at=THEN)]


def test_a_recognised_status_is_noted_for_its_household() -> None:
    """Section 3.4: with its months, whether or not there is an account; business time is the cause's."""
    event = StatusRecognised(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-09"), to_month=Month("2023-08"))
    noted = NoteStatus(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-09"), to_month=Month("2023-08"), occurred_at=THEN)
    assert list(on_status_recognised.record(event, META)) == [noted]
    assert list(on_status_recognised.then(event, [f"meal-account/{ACCOUNT}"])) == []


def test_an_expired_status_is_noted_with_its_last_month() -> None:
    """E02."""
    event = StatusExpired(household_id=HouseholdId(HOME), status=Status.DIBAO, last_month=Month("2022-09"))
    ended = NoteStatusEnd(household_id=HOME, status=Status.DIBAO, last_month=Month("2022-09"), occurred_at=THEN)
    assert list(on_status_expired.record(event, META)) == [ended]


def test_a_confirmed_death_is_noted_first_and_then_closes_the_person_s_meal_accounts_and_devices() -> None:
    """SG-04: other streams of the person are left alone."""
    event = death(Certainty.CONFIRMED)
    noted = NoteDeath(person_id=ELDER, died_on=DAY, certainty=Certainty.CONFIRMED, occurred_at=THEN)
    assert list(on_death.record(event, META)) == [noted]
    assert on_death.subject is not None
    assert on_death.subject(event) == f"person/{ELDER}"
    streams = [f"meal-account/{ACCOUNT}", "care-bed/7", f"device/{DEVICE}"]
    assert list(on_death.then(event, streams)) == [CloseForDeath(account_id=ACCOUNT), ReturnForDeath(device_id=DEVICE)]


def test_a_reported_death_is_noted_and_closes_nothing() -> None:
    """Ruling 22."""
    event = death(Certainty.REPORTED)
    noted = NoteDeath(person_id=ELDER, died_on=DAY, certainty=Certainty.REPORTED, occurred_at=THEN)
    assert list(on_death.record(event, META)) == [noted]
    assert list(on_death.then(event, [f"meal-account/{ACCOUNT}", f"device/{DEVICE}"])) == []


def test_a_revoked_death_is_withdrawn_first_and_then_opens_accounts_and_devices_again() -> None:
    """Ruling 22."""
    event = PersonDeathRevoked(person_id=ELDER, reason=RevocationReason.WRONG_PERSON)
    assert list(on_death_revoked.record(event, META)) == [WithdrawDeath(person_id=ELDER, occurred_at=THEN)]
    assert on_death_revoked.subject is not None
    assert on_death_revoked.subject(event) == f"person/{ELDER}"
    streams = [f"meal-account/{ACCOUNT}", f"device/{DEVICE}"]
    again = [ReopenAfterRevocation(account_id=ACCOUNT), ReinstateAfterRevocation(device_id=DEVICE)]
    assert list(on_death_revoked.then(event, streams)) == again


def test_a_report_holds_visits_and_beds_a_confirmation_ends_everything_and_a_revocation_takes_both_back() -> None:
    """SG-04, ruling 22: a loan is fetched, a booking cancelled; each kind of stream is told its own command."""
    plan, bed = CareVisitPlanId(f"{ID}b1"), CareBedId(f"{ID}c1")
    streams = [f"loan/{LOAN}", f"assist/{ASSIST}", f"care-visit-plan/{plan}", f"family-care-bed/{bed}"]
    assert list(on_death.then(death(Certainty.REPORTED), streams)) == [HoldPlanForDeath(plan_id=plan), HoldBedForDeath(bed_id=bed)]
    assert list(on_death.then(death(Certainty.CONFIRMED), streams)) == [
        EndPlanForDeath(plan_id=plan),
        CloseBedForDeath(bed_id=bed),
        AskCollection(loan_id=LOAN),
        CancelAssistForDeath(assist_id=ASSIST),
    ]
    revoked = PersonDeathRevoked(person_id=ELDER, reason=RevocationReason.FALSE_REPORT)
    assert list(on_death_revoked.then(revoked, streams)) == [
        ResumePlanAfterRevocation(plan_id=plan),
        ResumeBedAfterRevocation(bed_id=bed),
        WithdrawCollection(loan_id=LOAN),
    ]


def test_what_the_registry_says_of_a_provider_is_noted() -> None:
    """SG-15: a restriction or the end of the organisation, and the reinstatement."""
    restricted = OrganisationRestricted(organisation_id=PROVIDER, reason=RestrictionReason.INVESTIGATION, since=DAY)
    noted = NoteRestriction(organisation_id=PROVIDER, since=DAY, occurred_at=THEN)
    assert list(on_restricted.record(restricted, META)) == [noted]
    gone = OrganisationDeregistered(
        organisation_id=PROVIDER, reason=DeregistrationReason.OWN_WISH, since=DAY, approved_by=ActorId("registrar-2")
    )
    assert list(on_deregistered.record(gone, META)) == [noted]
    again = OrganisationReinstated(organisation_id=PROVIDER, reason=ReinstatementReason.CLEARED, since=DAY)
    assert list(on_reinstated.record(again, META)) == [NoteReinstatement(organisation_id=PROVIDER, occurred_at=THEN)]


def test_the_service_listens_to_registry_and_relief_and_its_meal_accounts_are_keyed_by_household() -> None:
    """Design: the Kafka key is the household where there is one."""
    assert eldercare.sources == ["registry", "relief"]
    assert eldercare.by_name["meal-account"].key == "household_id"
    assert all(spec.example.model_validate(spec.example.model_dump()) for _, spec in eldercare.by_model.values())
