"""Special aid (L2, 专项救助): what other departments decide and pay, kept as facts beside the need they cover (rulings 3, 9, 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from contracts.ids import CaseId, HouseholdId, LineId, Month, NeedId, PersonId
from contracts.relief.need import CoverageCommitted, CoverageDelivered, CoverageReleased, CoverageReversed, NeedReopened
from contracts.relief.special_aid import (
    SpecialAidClosed,
    SpecialAidOpened,
    SpecialAidRefused,
    SubsidyApproved,
    SubsidyPaid,
    SubsidyReversed,
)
from contracts.terms import ClosingCode, Department, Layer, Measure, Period, Scheme
from kit.aggregate import Aggregate, command, require
from kit.clock import month_of
from kit.command import Command, Context, PositiveFen
from kit.errors import Refused
from kit.identity import Role
from kit.reaction import household_subject, person_subject
from kit.store.model import IndexChange, Link
from services.relief.domain.household import Household, household
from services.relief.domain.need import Need, committed, delivered, need, released, reversed_line

SpecialAidEvent = SpecialAidOpened | SubsidyApproved | SubsidyPaid | SubsidyReversed | SpecialAidRefused | SpecialAidClosed
SpecialScheme = Literal[Scheme.MEDICAL_AID, Scheme.EDUCATION_AID, Scheme.HOUSING_AID, Scheme.DISABILITY_AID, Scheme.CHILD_SUBSIDY]


@dataclass(frozen=True, kw_only=True)
class Subsidy:
    """One decision of a department. A reversal takes paid money back; it is not due again."""

    amount_fen: int
    month: Month | None
    paid_fen: int = 0
    reversed_fen: int = 0

    @property
    def unpaid_fen(self) -> int:
        return self.amount_fen - self.paid_fen


@dataclass(frozen=True, kw_only=True)
class SpecialAid:
    """A case of one scheme for one need, and its subsidies by coverage line."""

    case_id: CaseId = CaseId("")
    household_id: HouseholdId | None = None
    need_id: NeedId | None = None
    scheme: Scheme = Scheme.MEDICAL_AID
    subsidies: Mapping[LineId, Subsidy] = field(default_factory=dict)
    is_closed: bool = False


def evolve(case: SpecialAid, event: SpecialAidEvent) -> SpecialAid:
    match event:
        case SpecialAidOpened():
            return replace(case, case_id=event.case_id, household_id=event.household_id, need_id=event.need_id, scheme=event.scheme)
        case SubsidyApproved(line_id=line, amount_fen=fen, month=month):
            return replace(case, subsidies={**case.subsidies, line: Subsidy(amount_fen=fen, month=month)})
        case SubsidyPaid(line_id=line, amount_fen=fen):
            return _with(case, line, replace(case.subsidies[line], paid_fen=case.subsidies[line].paid_fen + fen))
        case SubsidyReversed(line_id=line, amount_fen=fen):
            return _with(case, line, replace(case.subsidies[line], reversed_fen=case.subsidies[line].reversed_fen + fen))
        case SpecialAidRefused():
            return case  # the department may still decide otherwise, on appeal
        case SpecialAidClosed():
            return replace(case, is_closed=True)
        case _:
            assert_never(event)


def _with(case: SpecialAid, line_id: LineId, subsidy: Subsidy) -> SpecialAid:
    return replace(case, subsidies={**case.subsidies, line_id: subsidy})


class OpenSpecialAid(Command):
    """Send a need to the department that decides about it."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    scheme: SpecialScheme
    person_id: PersonId | None = None


class RecordDecision(Command):
    """Record that the department approved. `month`: what money for a monthly need is for; default: the month of the decision."""

    case_id: CaseId
    department: Department
    decided_on: date
    amount_fen: PositiveFen
    month: Month | None = None


class RecordSubsidyPayment(Command):
    """Record that the department's money, or a part of it, arrived."""

    case_id: CaseId
    line_id: LineId
    amount_fen: PositiveFen


class RecordRefusal(Command):
    """Record that the department said no."""

    case_id: CaseId
    department: Department
    decided_on: date


class ReverseSubsidy(Command):
    """Record that the department took paid money back."""

    case_id: CaseId
    line_id: LineId
    amount_fen: PositiveFen


class CloseSpecialAid(Command):
    """The case is over; what was approved and never paid is open again."""

    case_id: CaseId
    code: ClosingCode


def open_case(command: OpenSpecialAid, _case: SpecialAid, _context: Context, home: Household, need: Need) -> list[SpecialAidOpened]:
    """The case is on its way to the department; it covers nothing yet.

    Raises: Refused("household_closed" | "other_household" | "other_measure" | "need_closed" | "not_a_member").
    Source: section 3.5 step 2, ruling 9.
    """
    require(home.is_open, "household_closed")
    require(need.household_id == command.household_id, "other_household")
    require(need.measure is Measure.FEN, "other_measure", measure=need.measure)
    require(need.closed is None, "need_closed", closed_as=need.closed)
    require(command.person_id is None or command.person_id in home.members, "not_a_member", person_id=command.person_id)
    return [SpecialAidOpened(**command.model_dump(exclude={"occurred_at"}))]


def record_decision(command: RecordDecision, case: SpecialAid, context: Context, need: Need) -> list[SubsidyApproved | CoverageCommitted]:
    """The department's decision stands as a fact and covers the need whole, whatever the residual.

    Raises: Refused("case_closed" | "decided_in_future" | "month_not_wanted").  Source: rulings 2, 3, 9, 13.
    """
    _require_running(case, command.decided_on, context)
    require(command.month is None or need.period is Period.MONTH, "month_not_wanted")
    month = (command.month or Month(month_of(command.decided_on))) if need.period is Period.MONTH else None
    line_id = LineId(context.new_id("subsidy"))
    approved = SubsidyApproved(
        case_id=case.case_id,
        household_id=_home(case),
        line_id=line_id,
        department=command.department,
        decided_on=command.decided_on,
        amount_fen=command.amount_fen,
        month=month,
    )
    layer = Layer(context.policy.layer_of(case.scheme))
    return [approved, committed(need, line_id, layer, case.scheme, command.amount_fen, (month, month) if month else None)]


def record_payment(command: RecordSubsidyPayment, case: SpecialAid, _context: Context, need: Need) -> list[SubsidyPaid | CoverageDelivered]:
    """The money arrived and counts as delivered.

    Raises: Refused("case_closed" | "line_unknown"); Refused("above_approved", unpaid_fen).  Source: rulings 1, 9.
    """
    require(not case.is_closed, "case_closed")
    subsidy = _subsidy(case, command.line_id)
    require(command.amount_fen <= subsidy.unpaid_fen, "above_approved", unpaid_fen=subsidy.unpaid_fen)
    paid = SubsidyPaid(
        case_id=case.case_id,
        household_id=_home(case),
        line_id=command.line_id,
        amount_fen=command.amount_fen,
        month=subsidy.month,
    )
    return [paid, *delivered(need, command.line_id, command.amount_fen, subsidy.month)]


def record_refusal(command: RecordRefusal, case: SpecialAid, context: Context) -> list[SpecialAidRefused]:
    """The department's refusal stands as a fact; the case stays open for another way.

    Raises: Refused("case_closed" | "decided_in_future").  Source: section 3.2.
    """
    _require_running(case, command.decided_on, context)
    return [SpecialAidRefused(case_id=case.case_id, household_id=_home(case), department=command.department, decided_on=command.decided_on)]


def reverse_payment(
    command: ReverseSubsidy, case: SpecialAid, _context: Context, need: Need
) -> list[SubsidyReversed | CoverageReversed | NeedReopened]:
    """The line covers less by what was taken back; it is not due again, and a closed need that lacks it is open again.

    Raises: Refused("line_unknown"); Refused("above_paid", paid_fen).  Source: rulings 9, 11.
    """
    subsidy = _subsidy(case, command.line_id)
    standing = subsidy.paid_fen - subsidy.reversed_fen
    require(command.amount_fen <= standing, "above_paid", paid_fen=standing)
    taken = SubsidyReversed(
        case_id=case.case_id,
        household_id=_home(case),
        line_id=command.line_id,
        amount_fen=command.amount_fen,
        month=subsidy.month,
    )
    return [taken, *reversed_line(need, command.line_id, command.amount_fen, subsidy.month)]


def close_case(command: CloseSpecialAid, case: SpecialAid, _context: Context, need: Need) -> list[SpecialAidClosed | CoverageReleased]:
    """The case is over, and nothing that was never paid covers the need any longer.

    Raises: Refused("case_closed").  Source: section 3.5, ruling 20 of the design.
    """
    require(not case.is_closed, "case_closed")
    closed = SpecialAidClosed(case_id=case.case_id, household_id=_home(case), code=command.code)
    rest = [event for line, one in case.subsidies.items() for event in released(need, line, one.unpaid_fen, one.month)]
    return [closed, *rest]


def _require_running(case: SpecialAid, decided_on: date, context: Context) -> None:
    require(not case.is_closed, "case_closed")
    require(decided_on <= context.on, "decided_in_future", decided_on=decided_on.isoformat())


def _subsidy(case: SpecialAid, line_id: LineId) -> Subsidy:
    if line_id not in case.subsidies:
        raise Refused("line_unknown", line_id=line_id)
    return case.subsidies[line_id]


def _home(case: SpecialAid) -> HouseholdId:
    assert case.household_id is not None  # noqa: S101 - every opened case has one
    return case.household_id


def index(event: SpecialAidEvent) -> Iterable[IndexChange]:
    """A case is found by its household and by the person it is for."""
    match event:
        case SpecialAidOpened(household_id=home, person_id=person):
            return [Link(household_subject(home)), *([Link(person_subject(person))] if person else [])]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_CASE, _HOME, _NEED, _LINE = CaseId(f"{_ID}07"), HouseholdId(f"{_ID}02"), NeedId(f"{_ID}01"), LineId(f"{_ID}03")
_BUREAU = Department.MEDICAL_SECURITY
_ROLES = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

special_aid = Aggregate(
    "special-aid",
    id="case_id",
    state=SpecialAid,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            open_case,
            stream="new",
            also=[household.by("household_id"), need.by("need_id")],
            roles={Role.CASEWORKER},
            example=OpenSpecialAid(case_id=_CASE, household_id=_HOME, need_id=_NEED, scheme=Scheme.MEDICAL_AID),
        ),
        command(
            record_decision,
            also=[need.by("need_id")],
            roles=_ROLES,
            example=RecordDecision(case_id=_CASE, department=_BUREAU, decided_on=date(2022, 3, 1), amount_fen=3_750_000),
        ),
        command(
            record_payment,
            also=[need.by("need_id")],
            roles=_ROLES,
            example=RecordSubsidyPayment(case_id=_CASE, line_id=_LINE, amount_fen=3_750_000),
        ),
        command(
            record_refusal,
            roles=_ROLES,
            example=RecordRefusal(case_id=_CASE, department=_BUREAU, decided_on=date(2022, 3, 1)),
        ),
        command(
            reverse_payment,
            also=[need.by("need_id")],
            roles=_ROLES,
            example=ReverseSubsidy(case_id=_CASE, line_id=_LINE, amount_fen=50_000),
        ),
        command(
            close_case, also=[need.by("need_id")], roles={Role.CASEWORKER}, example=CloseSpecialAid(case_id=_CASE, code=ClosingCode.MET)
        ),
    ],
)
