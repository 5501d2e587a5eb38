"""What has become of one case of temporary aid. Amounts are fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from contracts.ids import ActorId, CaseId, EventCause, HouseholdId, LineId, NeedId
from contracts.relief.temp_aid import (
    TempAidClosed,
    TempAidEased,
    TempAidGranted,
    TempAidPaid,
    TempAidPapersOverdue,
    TempAidRefused,
    TempAidRequested,
    TempAidReturned,
    TempAidSupplemented,
)
from contracts.terms import ClosingCode, TempAidKind
from kit.reaction import household_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer
from policy.calendar import end_of

TempAidEvent = (
    TempAidRequested
    | TempAidGranted
    | TempAidRefused
    | TempAidPaid
    | TempAidReturned
    | TempAidEased
    | TempAidPapersOverdue
    | TempAidSupplemented
    | TempAidClosed
)


@dataclass(frozen=True, kw_only=True)
class TempAid:
    """One request, at most one grant, its payments in stages."""

    case_id: CaseId = CaseId("")
    household_id: HouseholdId = HouseholdId("")
    need_id: NeedId = NeedId("")
    kind: TempAidKind = TempAidKind.EMERGENCY
    cause: EventCause = EventCause("")
    members: int = 0
    affected: int = 0
    requested_by: ActorId = ActorId("")
    approved_by: ActorId | None = None
    granted_fen: int = 0
    paid_fen: int = 0
    returned_fen: int = 0
    refused: bool = False
    papers_due: date | None = None
    papers_overdue: bool = False
    supplemented: bool = False
    closed: ClosingCode | None = None

    @property
    def line_id(self) -> LineId:
        """The case gives one line to the need and names it with its own id."""
        return LineId(self.case_id)

    @property
    def granted(self) -> bool:
        return self.approved_by is not None

    @property
    def decided(self) -> bool:
        return self.granted or self.refused

    @property
    def unpaid_fen(self) -> int:
        """What was granted and is still to be paid."""
        return self.granted_fen - self.paid_fen

    @property
    def lacks_papers(self) -> bool:
        """Emergency money was granted and no second person has signed the papers yet (ruling 21)."""
        return self.kind is TempAidKind.EMERGENCY and self.granted and not self.supplemented

    def papers_late(self, at: datetime) -> bool:
        """The last day for the papers is over, they are not complete, and nobody has said so yet (ruling 16: breach at 24:00)."""
        due = self.papers_due
        return self.lacks_papers and not self.papers_overdue and due is not None and at >= end_of(due)


def evolve(aid: TempAid, event: TempAidEvent) -> TempAid:
    match event:
        case TempAidRequested():
            return _requested(aid, event)
        case TempAidGranted(amount_fen=fen, approved_by=actor, papers_due=due):
            return replace(aid, granted_fen=fen, approved_by=actor, papers_due=due)
        case TempAidRefused():
            return replace(aid, refused=True)
        case TempAidPaid(amount_fen=fen):
            return replace(aid, paid_fen=aid.paid_fen + fen)
        case TempAidReturned(amount_fen=fen):
            return replace(aid, returned_fen=aid.returned_fen + fen)
        case TempAidEased(papers_due=due):
            return replace(aid, papers_due=due)
        case TempAidPapersOverdue():
            return replace(aid, papers_overdue=True)
        case TempAidSupplemented():
            return replace(aid, supplemented=True)
        case TempAidClosed(code=code):
            return replace(aid, closed=code)
        case _:
            assert_never(event)


def _requested(aid: TempAid, event: TempAidRequested) -> TempAid:
    return replace(
        aid,
        case_id=event.case_id,
        household_id=event.household_id,
        need_id=event.need_id,
        kind=event.kind,
        cause=event.cause,
        members=event.members,
        affected=event.affected,
        requested_by=event.requested_by,
    )


def index(event: TempAidEvent) -> Iterable[IndexChange]:
    """An open case is found from its household; the last day for its papers is a timer."""
    match event:
        case TempAidRequested(household_id=home):
            return [Link(household_subject(home))]
        case TempAidGranted(papers_due=date() as due) | TempAidEased(papers_due=due):
            return [SetTimer("miss-papers", end_of(due))]
        case TempAidSupplemented() | TempAidPapersOverdue():
            return [SetTimer("miss-papers", None)]
        case TempAidClosed():
            return [ReleaseAll()]
        case _:
            return []
