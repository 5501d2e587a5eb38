"""Eldercare: meals, devices, emergency calls, visits, care beds and mobility help for elders, and safety. A table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from kit.http.auth import Authenticate
from kit.service import Service
from services.eldercare.domain.assist import assist
from services.eldercare.domain.care_visit_plan import care_visit_plan
from services.eldercare.domain.device import device
from services.eldercare.domain.emergency_incident import emergency_incident
from services.eldercare.domain.face_consent import face_consent
from services.eldercare.domain.family_care_bed import family_care_bed
from services.eldercare.domain.impact_assessment import impact_assessment
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_organisation import known_organisation
from services.eldercare.domain.known_person import known_person
from services.eldercare.domain.loan import loan
from services.eldercare.domain.meal_account import meal_account
from services.eldercare.domain.meal_point import meal_point
from services.eldercare.domain.mobility_asset import mobility_asset
from services.eldercare.domain.operator_training import operator_training
from services.eldercare.domain.safety_accident import safety_accident
from services.eldercare.domain.safety_training import safety_training
from services.eldercare.reactions.death import on_death, on_death_revoked
from services.eldercare.reactions.organisations import on_deregistered, on_reinstated, on_restricted
from services.eldercare.reactions.status import on_household_opened, on_status_expired, on_status_recognised
from services.eldercare.resources import EldercareResources, open_resources
from services.eldercare.telemetry import topic
from services.eldercare.telemetry.parts import telemetry_parts
from services.eldercare.telemetry.reporting import heartbeat_routes


def routers(resources: EldercareResources, authenticate: Authenticate) -> list[APIRouter]:
    """Heartbeats of devices, beside the commands."""
    return [heartbeat_routes(resources, authenticate)]


eldercare = Service(
    "eldercare",
    aggregates=[
        meal_point,
        meal_account,
        device,
        emergency_incident,
        mobility_asset,
        loan,
        operator_training,
        assist,
        care_visit_plan,
        family_care_bed,
        face_consent,
        impact_assessment,
        safety_training,
        safety_accident,
        known_household,
        known_organisation,
        known_person,
    ],
    reactions=[
        on_household_opened,
        on_status_recognised,
        on_status_expired,
        on_death,
        on_death_revoked,
        on_restricted,
        on_deregistered,
        on_reinstated,
    ],
    resources=open_resources,
    routers=routers,
    tables=["telemetry"],
    topics={topic.NAME: topic.SETTINGS},
    parts=telemetry_parts,
)
