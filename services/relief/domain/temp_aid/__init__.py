"""Temporary aid (L3, 临时救助): requested, granted within caps, paid in stages, closed; what stays open goes on to charity.

Rules: R-TMP-01..05, 07, 08; rulings 3, 9, 10, 21, 25. `granting` decides, `paying` and `papers` do what follows, `state` folds.
"""

from __future__ import annotations

from datetime import date

from contracts.ids import CaseId, EventCause, HouseholdId, NeedId, PersonId
from contracts.relief.temp_aid import TempAidRefusal
from contracts.terms import ClosingCode, FundingSource, TempAidKind
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.relief.domain.household import household
from services.relief.domain.known_person import known_person
from services.relief.domain.need import need
from services.relief.domain.temp_aid.granting import GrantTempAid, RefuseTempAid, RequestTempAid, grant, refuse, request
from services.relief.domain.temp_aid.papers import MissPapers, RecordEasing, SupplementTempAid, miss_papers, record_easing, supplement
from services.relief.domain.temp_aid.paying import CloseTempAid, PayTempAid, ReturnTempAid, close, pay, return_aid
from services.relief.domain.temp_aid.state import TempAid, TempAidEvent, evolve, index
from services.relief.domain.temp_aid_year import temp_aid_year

_ID = "0190a000-0000-8000-8000-00000000000"
_CASE, _HOME, _NEED, _CHILD = CaseId(f"{_ID}5"), HouseholdId(f"{_ID}2"), NeedId(f"{_ID}1"), PersonId(f"{_ID[:-1]}11")
_REQUEST = RequestTempAid(
    case_id=_CASE,
    household_id=_HOME,
    need_id=_NEED,
    kind=TempAidKind.EXPENDITURE,
    cause=EventCause("leukaemia-2022"),
    affected_ids=(_CHILD,),
    amount_fen=2_000_000,
)

temp_aid = Aggregate(
    "temp-aid",
    id="case_id",
    state=TempAid,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            request,
            stream="new",
            also=[household.by("household_id"), need.by("need_id"), known_person.each("affected_ids", missing_ok=True)],
            roles={Role.CASEWORKER},
            anywhere=True,
            example=_REQUEST,
        ),
        command(
            grant,
            also=[household.by("household_id"), need.by("need_id"), temp_aid_year.by("household_id", missing_ok=True)],
            roles={Role.APPROVER},
            anywhere=True,
            approval=True,
            example=GrantTempAid(case_id=_CASE, amount_fen=1_638_000, source=FundingSource.DISTRICT, conference=True),
        ),
        command(
            refuse,
            roles={Role.APPROVER},
            anywhere=True,
            approval=True,
            example=RefuseTempAid(case_id=_CASE, reason=TempAidRefusal.COVERED_OTHERWISE),
        ),
        command(
            pay,
            also=[need.by("need_id")],
            roles={Role.CASEWORKER, Role.DISTRICT_OFFICER},
            anywhere=True,
            example=PayTempAid(case_id=_CASE, amount_fen=1_638_000, source=FundingSource.DISTRICT),
        ),
        command(
            return_aid,
            also=[need.by("need_id")],
            roles={Role.CASEWORKER, Role.DISTRICT_OFFICER},
            example=ReturnTempAid(case_id=_CASE, amount_fen=100_000),
        ),
        command(record_easing, roles={Role.CASEWORKER}, anywhere=True, example=RecordEasing(case_id=_CASE, eased_on=date(2022, 10, 8))),
        command(miss_papers, roles={Role.SYSTEM}, example=MissPapers(case_id=_CASE)),
        command(supplement, roles={Role.APPROVER}, anywhere=True, approval=True, example=SupplementTempAid(case_id=_CASE)),
        command(
            close,
            also=[need.by("need_id")],
            roles={Role.CASEWORKER, Role.APPROVER},
            example=CloseTempAid(case_id=_CASE, code=ClosingCode.PARTLY_MET),
        ),
    ],
)

__all__ = [
    "CloseTempAid",
    "GrantTempAid",
    "MissPapers",
    "PayTempAid",
    "RecordEasing",
    "RefuseTempAid",
    "RequestTempAid",
    "ReturnTempAid",
    "SupplementTempAid",
    "TempAid",
    "TempAidEvent",
    "temp_aid",
]
