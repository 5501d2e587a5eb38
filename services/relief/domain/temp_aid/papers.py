"""The papers of an emergency, completed after the money: due from the day it eased, signed by a second person (R-TMP-01, SG-08, ruling 21)."""

from __future__ import annotations

from datetime import date

from contracts.ids import CaseId
from contracts.relief.temp_aid import TempAidEased, TempAidPapersOverdue, TempAidSupplemented
from contracts.terms import TempAidKind
from kit.aggregate import require
from kit.clock import shanghai_date
from kit.command import Command, Context
from services.relief.domain.temp_aid.state import TempAid


class RecordEasing(Command):
    """The emergency is over; default: on the day of the command."""

    case_id: CaseId
    eased_on: date | None = None


class MissPapers(Command):
    """The last day for the papers is over."""

    case_id: CaseId


class SupplementTempAid(Command):
    """Sign the completed papers of an emergency as the second person."""

    case_id: CaseId


def record_easing(command: RecordEasing, aid: TempAid, context: Context) -> list[TempAidEased]:
    """The papers are due ten working days after the day the emergency eased, that day not counted.

    Raises: Refused("case_closed" | "not_an_emergency" | "not_granted" | "supplemented_already" | "not_yet");
    Refused("eased_already", papers_due).  Source: R-TMP-01, SG-08, SC-06, ruling 16.
    """
    eased_on = command.eased_on or context.on
    require(aid.closed is None, "case_closed", closed_as=aid.closed)
    _require_granted_emergency(aid)
    require(not aid.supplemented, "supplemented_already")
    require(aid.papers_due is None, "eased_already", papers_due=aid.papers_due and aid.papers_due.isoformat())
    require(eased_on <= shanghai_date(context.now), "not_yet")
    return [
        TempAidEased(
            case_id=aid.case_id,
            household_id=aid.household_id,
            eased_on=eased_on,
            papers_due=context.calendar.add_workdays(eased_on, context.policy.temp_papers_wd),
        )
    ]


def _require_granted_emergency(aid: TempAid) -> None:
    require(aid.kind is TempAidKind.EMERGENCY, "not_an_emergency")
    require(aid.granted, "not_granted")


def miss_papers(_command: MissPapers, aid: TempAid, context: Context) -> list[TempAidPapersOverdue]:
    """It is a fact that the papers are missing; no money is taken back by it. Nothing happens when they were signed or the case is over.

    Source: SG-08, SC-06.
    """
    return overdue(aid, context)


def overdue(aid: TempAid, context: Context) -> list[TempAidPapersOverdue]:
    """What the passed day leads to at the command's time, if nobody has said it yet."""
    if aid.closed is not None or aid.papers_due is None or not aid.papers_late(context.occurred_at):
        return []
    return [TempAidPapersOverdue(case_id=aid.case_id, household_id=aid.household_id, papers_due=aid.papers_due)]


def supplement(_command: SupplementTempAid, aid: TempAid, context: Context) -> list[TempAidSupplemented | TempAidPapersOverdue]:
    """The papers are complete and a second person has signed; that they came too late is recorded first.

    Raises: Refused("not_an_emergency" | "not_granted" | "supplemented_already" | "same_person").  Source: R-TMP-01, ruling 21.
    """
    _require_granted_emergency(aid)
    require(not aid.supplemented, "supplemented_already")
    require(context.actor_id != aid.approved_by, "same_person")
    signed = TempAidSupplemented(case_id=aid.case_id, household_id=aid.household_id, signed_by=context.actor_id)
    return [*overdue(aid, context), signed]
