"""Eldercare: meals, devices and emergency calls of elders. A table of contents."""

from __future__ import annotations

from kit.service import Service
from services.eldercare.domain.device import device
from services.eldercare.domain.emergency_incident import emergency_incident
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_person import known_person
from services.eldercare.domain.meal_account import meal_account
from services.eldercare.domain.meal_point import meal_point
from services.eldercare.reactions.death import on_death, on_death_revoked
from services.eldercare.reactions.status import on_household_opened, on_status_expired, on_status_recognised

eldercare = Service(
    "eldercare",
    aggregates=[meal_point, meal_account, device, emergency_incident, known_household, known_person],
    reactions=[on_household_opened, on_status_recognised, on_status_expired, on_death, on_death_revoked],
)
