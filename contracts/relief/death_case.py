"""Facts about what a death asks of relief: which steps are open, done or late, until all are done or the death is revoked (SG-04).

The stream has the person's id. What a step does stands in the streams it concerns; here it is seen that it was done.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import EntitlementId, HouseholdId, PersonId
from contracts.terms import Certainty


class DeathStep(StrEnum):
    """What must happen. Holding payments is no step: it works from the moment the death is known."""

    CONFIRM = "confirm"  # 核实死亡
    END = "end"  # 停发或提交复核
    RECALCULATE = "recalculate"  # 重新核定其余成员
    NOTIFY = "notify"  # 告知家庭
    LIFT = "lift"  # 误报更正后恢复


class DeathOutcome(StrEnum):
    DONE = "done"
    REVOKED = "revoked"


@event("relief.death-case.opened", version=1, stream="person_id")
class DeathCaseOpened(Event):
    """Somebody of a household died, as reported or confirmed. Payments of later months are held unless another recipient lives.

    Reported: it is to be confirmed. Confirmed: each entitlement is to be ended or put before a person, and the household is to be told.
    late_at: when three months after the death are over.  Source: SG-04, ruling 22, R-DIB-16.
    """

    person_id: PersonId
    household_id: HouseholdId
    died_on: date
    certainty: Certainty
    entitlement_ids: tuple[EntitlementId, ...]
    late_at: datetime


@event("relief.death-case.confirmed", version=1, stream="person_id")
class DeathCaseConfirmed(Event):
    """The reported death is confirmed; the steps of a confirmed death are open. Source: ruling 22."""

    person_id: PersonId
    household_id: HouseholdId
    died_on: date
    entitlement_ids: tuple[EntitlementId, ...]
    late_at: datetime


@event("relief.death-case.recalculation-due", version=1, stream="person_id")
class DeathRecalculationDue(Event):
    """Others live from the entitlement: its amount is to be decided anew within three months of the death. Source: R-DIB-16, ruling 21."""

    person_id: PersonId
    household_id: HouseholdId
    entitlement_id: EntitlementId


@event("relief.death-case.step-done", version=1, stream="person_id")
class DeathStepDone(Event):
    """A step was done; the entitlement it concerned, if it concerned one. Source: SG-04."""

    person_id: PersonId
    household_id: HouseholdId
    step: DeathStep
    entitlement_id: EntitlementId | None = None


@event("relief.death-case.late", version=1, stream="person_id")
class DeathCaseLate(Event):
    """These steps were still open when their time was over. Source: R-DIB-16, ruling 22."""

    person_id: PersonId
    household_id: HouseholdId
    steps: tuple[DeathStep, ...]
    late_at: datetime


@event("relief.death-case.revoked", version=1, stream="person_id")
class DeathCaseRevoked(Event):
    """The death was an error: what it ended goes on, within one working day. Source: ruling 22."""

    person_id: PersonId
    household_id: HouseholdId
    entitlement_ids: tuple[EntitlementId, ...]
    late_at: datetime


@event("relief.death-case.closed", version=1, stream="person_id")
class DeathCaseClosed(Event):
    """Nothing is left to do. Source: SG-04."""

    person_id: PersonId
    household_id: HouseholdId
    outcome: DeathOutcome
