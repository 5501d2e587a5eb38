"""Facts about temporary aid (L3, 临时救助). Amounts are fen."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, CaseId, EventCause, HouseholdId, LineId, NeedId
from contracts.terms import ClosingCode, FundingSource, TempAidKind


class TempAidRefusal(StrEnum):
    NOT_IN_NEED = "not_in_need"
    COVERED_OTHERWISE = "covered_otherwise"
    NO_PROOF = "no_proof"
    WITHDRAWN = "withdrawn"


@event("relief.temp-aid.requested", version=1, stream="case_id")
class TempAidRequested(Event):
    """Emergency money was asked for. `members`: of the household that day; `affected`: persons the expense is for. Source: R-TMP-01, 02."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    kind: TempAidKind
    cause: EventCause
    members: int
    affected: int
    amount_fen: int
    requested_by: ActorId


@event("relief.temp-aid.granted", version=1, stream="case_id")
class TempAidGranted(Event):
    """Money was approved within the case's and the household-year's cap; paying it is a later fact. Source: R-TMP-05, R-TMP-07, ruling 9.

    cap_fen, conference: the arithmetic of the decision; line_id: the coverage line on the need.
    """

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    line_id: LineId
    amount_fen: int
    source: FundingSource
    cap_fen: int
    conference: bool
    approved_by: ActorId
    papers_due: date | None = None


@event("relief.temp-aid.refused", version=1, stream="case_id")
class TempAidRefused(Event):
    """The request was refused. Source: B11."""

    case_id: CaseId
    household_id: HouseholdId
    reason: TempAidRefusal
    refused_by: ActorId


@event("relief.temp-aid.paid", version=1, stream="case_id")
class TempAidPaid(Event):
    """A part or all of the grant was paid. Municipal and district money are two facts. Source: B11, R-TMP-05."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    line_id: LineId
    amount_fen: int
    source: FundingSource


@event("relief.temp-aid.returned", version=1, stream="case_id")
class TempAidReturned(Event):
    """The family gave money back. Source: ruling 9."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    line_id: LineId
    amount_fen: int


@event("relief.temp-aid.eased", version=1, stream="case_id")
class TempAidEased(Event):
    """The emergency is over since `eased_on`; `papers_due`: the last day for its papers. Source: SG-08, SC-06."""

    case_id: CaseId
    household_id: HouseholdId
    eased_on: date
    papers_due: date


@event("relief.temp-aid.papers-overdue", version=1, stream="case_id")
class TempAidPapersOverdue(Event):
    """The papers were not complete and signed by the end of `papers_due`: a finding, nothing is taken back by itself. Source: SG-08, SC-06."""

    case_id: CaseId
    household_id: HouseholdId
    papers_due: date


@event("relief.temp-aid.supplemented", version=1, stream="case_id")
class TempAidSupplemented(Event):
    """The papers of an emergency were completed, signed by a second person. Source: R-TMP-01, ruling 21."""

    case_id: CaseId
    household_id: HouseholdId
    signed_by: ActorId


@event("relief.temp-aid.closed", version=1, stream="case_id")
class TempAidClosed(Event):
    """The case is over; with a residual left a charity referral was proposed in the same append. Source: B16, R-TMP-08."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    code: ClosingCode
    residual: int
