"""Facts about special aid (L2, 专项救助): the decisions of other departments, recorded whole. Amounts are fen."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import CaseId, HouseholdId, LineId, Month, NeedId, PersonId
from contracts.terms import ClosingCode, Department, Scheme


@event("relief.special-aid.opened", version=1, stream="case_id")
class SpecialAidOpened(Event):
    """A special case is on its way to the department that decides. Planned, so it covers nothing yet. Source: section 3.5 step 2, ruling 9."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    scheme: Scheme
    person_id: PersonId | None = None


@event("relief.special-aid.subsidy-approved", version=1, stream="case_id")
class SubsidyApproved(Event):
    """The department decided. A fact: recorded whole, never trimmed. `month`: what a monthly need's money is for. Source: rulings 3, 9."""

    case_id: CaseId
    household_id: HouseholdId
    line_id: LineId
    department: Department
    decided_on: date
    amount_fen: int
    month: Month | None = None


@event("relief.special-aid.subsidy-paid", version=1, stream="case_id")
class SubsidyPaid(Event):
    """The department's money arrived. Source: ruling 9."""

    case_id: CaseId
    household_id: HouseholdId
    line_id: LineId
    amount_fen: int
    month: Month | None = None


@event("relief.special-aid.subsidy-reversed", version=1, stream="case_id")
class SubsidyReversed(Event):
    """The department took money back: a new fact. Source: rulings 9, 11."""

    case_id: CaseId
    household_id: HouseholdId
    line_id: LineId
    amount_fen: int
    month: Month | None = None


@event("relief.special-aid.refused", version=1, stream="case_id")
class SpecialAidRefused(Event):
    """The department said no. Source: section 3.2."""

    case_id: CaseId
    household_id: HouseholdId
    department: Department
    decided_on: date


@event("relief.special-aid.closed", version=1, stream="case_id")
class SpecialAidClosed(Event):
    """The special case is over. Source: section 3.5."""

    case_id: CaseId
    household_id: HouseholdId
    code: ClosingCode
