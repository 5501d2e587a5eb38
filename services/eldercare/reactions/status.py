"""What relief says of a household, kept here: where it lives, and its low-income status for the meals of its months (E02)."""

from __future__ import annotations

from contracts.envelope import Meta
from contracts.relief.household import HouseholdOpened, StatusExpired, StatusRecognised
from kit.reaction import Reaction
from services.eldercare.domain.known_household import NoteHome, NoteStatus, NoteStatusEnd


def note_home(event: HouseholdOpened, meta: Meta) -> list[NoteHome]:
    """The household's area is known before anybody opens an account for it."""
    return [NoteHome(household_id=event.household_id, area=event.area, occurred_at=meta.occurred_at)]


def note_status(event: StatusRecognised, meta: Meta) -> list[NoteStatus]:
    """The status is known from its first month on, whether or not anybody of the household has an account yet."""
    return [
        NoteStatus(
            household_id=event.household_id,
            status=event.status,
            from_month=event.from_month,
            to_month=event.to_month,
            occurred_at=meta.occurred_at,
        )
    ]


def note_status_end(event: StatusExpired, meta: Meta) -> list[NoteStatusEnd]:
    """The status ends with its last month."""
    return [NoteStatusEnd(household_id=event.household_id, status=event.status, last_month=event.last_month, occurred_at=meta.occurred_at)]


on_household_opened = Reaction("household-opened", on=HouseholdOpened, record=note_home)
on_status_recognised = Reaction("status-recognised", on=StatusRecognised, record=note_status)
on_status_expired = Reaction("status-expired", on=StatusExpired, record=note_status_end)
