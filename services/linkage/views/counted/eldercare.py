"""What is counted of eldercare: devices and alarms, wheelchairs and loans, visits, beds, meals, safety."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from contracts.eldercare.care_visit_plan import CareVisitDone, CareVisitPlanOpened
from contracts.eldercare.device import DeviceAssigned, DeviceReinstated, DeviceReturned
from contracts.eldercare.emergency_incident import AlarmReceived, IncidentClosed
from contracts.eldercare.family_care_bed import BedClosed, BedContracted, BedResumed, BedStayEnded
from contracts.eldercare.loan import AssetReturned, AssetUnlocked
from contracts.eldercare.meal_account import MealCheckedIn, MealSubsidyApplied
from contracts.eldercare.mobility_asset import AssetDeployed
from contracts.eldercare.safety_accident import AccidentReported
from contracts.eldercare.safety_training import AttendanceRecorded, TrainingHeld
from contracts.envelope import Event, Meta
from services.linkage.views.counted.row import CountedRow, Counter, Counts, counted

OUT, BACK = "out", "back"
ACTIVE, ENDED = "active", "ended"


def device(_row: CountedRow | None, event: DeviceAssigned, meta: Meta) -> CountedRow:
    """Persons are counted, not devices (E11): the figure asks for distinct persons."""
    return counted(
        Counts.DEVICE, event.device_id, meta, area=event.area, person_id=event.person_id, household_id=event.household_id, code=OUT
    )


def device_back(row: CountedRow | None, _event: DeviceReturned, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=BACK)


def device_again(row: CountedRow | None, _event: DeviceReinstated, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=OUT)


def alarm(_row: CountedRow | None, event: AlarmReceived, meta: Meta) -> CountedRow:
    return counted(
        Counts.ALARM, event.incident_id, meta, area=event.area, person_id=event.person_id, household_id=event.household_id, code="open"
    )


def alarm_closed(row: CountedRow | None, event: IncidentClosed, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=event.outcome)


def asset(_row: CountedRow | None, event: AssetDeployed, meta: Meta) -> CountedRow:
    """A unit put into a community counts, also when it is retired later."""
    return counted(Counts.MOBILITY_ASSET, event.asset_id, meta, area=event.area, code=event.kind)


def loan(_row: CountedRow | None, event: AssetUnlocked, meta: Meta) -> CountedRow:
    return counted(Counts.LOAN, event.loan_id, meta, area=event.area, person_id=event.person_id, household_id=event.household_id, code=OUT)


def loan_back(row: CountedRow | None, _event: AssetReturned, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=BACK)


def plan(_row: CountedRow | None, event: CareVisitPlanOpened, meta: Meta) -> CountedRow:
    """The plan's row counts the visits made under it, none yet."""
    return counted(
        Counts.CARE_VISIT, event.plan_id, meta, area=event.area, person_id=event.person_id, household_id=event.household_id, times=0
    )


def care_visit(row: CountedRow | None, _event: CareVisitDone, _meta: Meta) -> CountedRow | None:
    return row and replace(row, times=row.times + 1)


def bed(_row: CountedRow | None, event: BedContracted, meta: Meta) -> CountedRow:
    return counted(
        Counts.CARE_BED,
        event.bed_id,
        meta,
        area=event.area,
        person_id=event.person_id,
        household_id=event.household_id,
        organisation_id=event.provider_id,
        code=ACTIVE,
    )


def bed_closed(row: CountedRow | None, _event: BedClosed, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=ENDED)


def bed_resumed(row: CountedRow | None, _event: BedResumed | BedStayEnded, _meta: Meta) -> CountedRow | None:
    """A return told late opens again what the timer had closed (R-ELD-11)."""
    return row and replace(row, code=ACTIVE)


def meal(_row: CountedRow | None, event: MealCheckedIn, meta: Meta) -> CountedRow:
    return counted(
        Counts.MEAL,
        event.check_in_id,
        meta,
        event.served_on,
        part_of=f"{Counts.HOUSEHOLD}/{event.household_id}",
        household_id=event.household_id,
        code=event.meal_point_id,
    )


def meal_subsidised(row: CountedRow | None, event: MealSubsidyApplied, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=event.subsidy_fen)


def training(_row: CountedRow | None, event: TrainingHeld, meta: Meta) -> CountedRow:
    return counted(Counts.SAFETY_TRAINING, event.training_id, meta, event.held_on, area=event.area, code=event.topic, times=0)


def attended(row: CountedRow | None, event: AttendanceRecorded, _meta: Meta) -> CountedRow | None:
    """The same person twice counts twice (J11)."""
    return row and replace(row, times=row.times + len(event.person_ids))


def accident(_row: CountedRow | None, event: AccidentReported, meta: Meta) -> CountedRow:
    """An accident somebody is liable for; the report speaks of these (J12)."""
    return counted(
        Counts.SAFETY_ACCIDENT, event.accident_id, meta, event.happened_on, area=event.area, code="liable" if event.liable else "not_liable"
    )


ELDERCARE: Mapping[type[Event], Counter] = {
    DeviceAssigned: Counter(Counts.DEVICE, lambda event: event.device_id, device),
    DeviceReturned: Counter(Counts.DEVICE, lambda event: event.device_id, device_back),
    DeviceReinstated: Counter(Counts.DEVICE, lambda event: event.device_id, device_again),
    AlarmReceived: Counter(Counts.ALARM, lambda event: event.incident_id, alarm),
    IncidentClosed: Counter(Counts.ALARM, lambda event: event.incident_id, alarm_closed),
    AssetDeployed: Counter(Counts.MOBILITY_ASSET, lambda event: event.asset_id, asset),
    AssetUnlocked: Counter(Counts.LOAN, lambda event: event.loan_id, loan),
    AssetReturned: Counter(Counts.LOAN, lambda event: event.loan_id, loan_back),
    CareVisitPlanOpened: Counter(Counts.CARE_VISIT, lambda event: event.plan_id, plan),
    CareVisitDone: Counter(Counts.CARE_VISIT, lambda event: event.plan_id, care_visit),
    BedContracted: Counter(Counts.CARE_BED, lambda event: event.bed_id, bed),
    BedClosed: Counter(Counts.CARE_BED, lambda event: event.bed_id, bed_closed),
    BedResumed: Counter(Counts.CARE_BED, lambda event: event.bed_id, bed_resumed),
    BedStayEnded: Counter(Counts.CARE_BED, lambda event: event.bed_id, bed_resumed),
    MealCheckedIn: Counter(Counts.MEAL, lambda event: event.check_in_id, meal),
    MealSubsidyApplied: Counter(Counts.MEAL, lambda event: event.check_in_id, meal_subsidised),
    TrainingHeld: Counter(Counts.SAFETY_TRAINING, lambda event: event.training_id, training),
    AttendanceRecorded: Counter(Counts.SAFETY_TRAINING, lambda event: event.training_id, attended),
    AccidentReported: Counter(Counts.SAFETY_ACCIDENT, lambda event: event.accident_id, accident),
}
