"""An opinion or suggestion (意见建议): answered by its owner in time, or the next level has to act (A04, DET-14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from contracts.ids import ActorId, AreaCode, NoteRef, OpinionId, VisitId
from contracts.relief.opinion import (
    Level,
    OpinionAnswered,
    OpinionAssigned,
    OpinionClosed,
    OpinionCollected,
    OpinionOutcome,
    OpinionOverdue,
    OpinionReopened,
    OpinionTopic,
)
from kit.aggregate import Aggregate, command, require
from kit.clock import shanghai_date
from kit.command import Command, Context
from kit.identity import Role
from kit.store.model import IndexChange, ReleaseAll, SetTimer
from services.relief.domain.visit import Visit, visit

OpinionEvent = OpinionCollected | OpinionAssigned | OpinionAnswered | OpinionOverdue | OpinionClosed | OpinionReopened
NEXT = {Level.COMMUNITY: Level.STREET, Level.STREET: Level.DISTRICT}


class Stage(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """Who has to answer, on which level, until when. No `due_at`: it is answered, or the last level has missed it."""

    opinion_id: OpinionId = OpinionId("")
    area: AreaCode | None = None
    owner: ActorId = ActorId("")
    first_level: Level = Level.COMMUNITY
    level: Level = Level.COMMUNITY
    stage: Stage = Stage.OPEN
    first_due: datetime | None = None
    due_at: datetime | None = None

    @property
    def place(self) -> AreaCode:
        """The area of an opinion that was collected."""
        return self.area or AreaCode("")

    def require(self, *stages: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(opinion: Opinion, event: OpinionEvent) -> Opinion:
    match event:
        case OpinionCollected():
            begun = replace(opinion, opinion_id=event.opinion_id, area=event.area, first_level=event.level, owner=event.owner)
            return _due(begun, event.level, event.due_at)
        case OpinionAssigned(owner=owner):
            return replace(opinion, owner=owner)
        case OpinionAnswered():
            return replace(opinion, stage=Stage.ANSWERED, level=opinion.first_level, due_at=None)  # nobody has to act any more
        case OpinionOverdue(level=level, due_at=due):
            return replace(opinion, level=level, due_at=due)
        case OpinionClosed():
            return replace(opinion, stage=Stage.CLOSED)
        case OpinionReopened(level=level, due_at=due):
            return _due(opinion, level, due)
        case _:
            assert_never(event)


def _due(opinion: Opinion, level: Level, due_at: datetime) -> Opinion:
    return replace(opinion, stage=Stage.OPEN, level=level, first_due=due_at, due_at=due_at)


class CollectOpinion(Command):
    """Bring home what somebody said at a visit. `owner`: who answers; its words stay in the vault (`note`)."""

    opinion_id: OpinionId
    visit_id: VisitId
    area: AreaCode
    topic: OpinionTopic
    owner: ActorId
    note: NoteRef | None = None


class AssignOpinion(Command):
    """Another person answers; the due date stays."""

    opinion_id: OpinionId
    owner: ActorId


class AnswerOpinion(Command):
    """The person has an answer."""

    opinion_id: OpinionId
    note: NoteRef | None = None


class CloseOpinion(Command):
    """The answered opinion is over."""

    opinion_id: OpinionId
    outcome: OpinionOutcome


class ReopenOpinion(Command):
    """The answer did not settle it."""

    opinion_id: OpinionId


class MissOpinion(Command):
    """Nobody answered in time."""

    opinion_id: OpinionId


def collect(command: CollectOpinion, _opinion: Opinion, context: Context, visit: Visit) -> list[OpinionCollected]:
    """The opinion has a visit, an owner and a due date, at the level of its area.

    Raises: Refused("visit_not_made" | "area_unknown").  Source: A04.
    """
    require(visit.completed is not None, "visit_not_made")
    level = _level_of(command.area, context)
    return [
        OpinionCollected(level=level, due_at=_due_after(context.occurred_at, level, context), **command.model_dump(exclude={"occurred_at"}))
    ]


def _level_of(area: AreaCode, context: Context) -> Level:
    known = context.packs.areas.by_code.get(area)
    require(known is not None, "area_unknown", area=area)
    return Level(known.kind) if known else Level.COMMUNITY


def _due_after(start: datetime, level: Level, context: Context) -> datetime:
    """By the pack of the day it counts from, whenever somebody looks."""
    pack = context.packs.at(shanghai_date(start), context.area)
    return context.calendar.due_at(start, pack.opinion_answer_wd[level])


def assign(command: AssignOpinion, opinion: Opinion, _context: Context) -> list[OpinionAssigned]:
    """The new owner answers by the same date; naming the owner again changes nothing.

    Raises: Refused("wrong_stage").  Source: A04.
    """
    opinion.require(Stage.OPEN)
    if command.owner == opinion.owner:
        return []
    return [OpinionAssigned(opinion_id=opinion.opinion_id, area=opinion.place, owner=command.owner, due_at=opinion.due_at)]


def answer(command: AnswerOpinion, opinion: Opinion, context: Context) -> list[OpinionOverdue | OpinionAnswered]:
    """The opinion waits to be closed. Due dates that passed before the answer are told with it, if no clock has told them.

    Raises: Refused("wrong_stage").  Source: A04, rulings 14 and 16.
    """
    opinion.require(Stage.OPEN)
    late = opinion.first_due is not None and context.occurred_at >= opinion.first_due
    answered = OpinionAnswered(opinion_id=opinion.opinion_id, area=opinion.place, owner=opinion.owner, note=command.note, late=late)
    return [*_missed_until(context.occurred_at, opinion, context), answered]


def overdue(_command: MissOpinion, opinion: Opinion, context: Context) -> list[OpinionOverdue]:
    """The next level has to act, by a date of its own; above the district there is none. Nothing happens before the due date.

    Source: A04, DET-14.
    """
    return _missed_until(context.occurred_at, opinion, context) if opinion.stage is Stage.OPEN else []


def _missed_until(instant: datetime, opinion: Opinion, context: Context) -> list[OpinionOverdue]:
    """Every step that was missed by then, each counted from the one before: it does not matter when somebody looked."""
    missed: list[OpinionOverdue] = []
    while opinion.due_at is not None and opinion.due_at <= instant:
        missed.append(_overdue(opinion, opinion.due_at, context))
        opinion = evolve(opinion, missed[-1])
    return missed


def _overdue(opinion: Opinion, missed_at: datetime, context: Context) -> OpinionOverdue:
    higher = NEXT.get(opinion.level)
    return OpinionOverdue(
        opinion_id=opinion.opinion_id,
        area=opinion.place,
        owner=opinion.owner,
        missed_at=missed_at,
        level=higher or opinion.level,
        due_at=_due_after(missed_at, higher, context) if higher else None,
    )


def close(command: CloseOpinion, opinion: Opinion, _context: Context) -> list[OpinionClosed]:
    """An answered opinion is over.

    Raises: Refused("wrong_stage").  Source: A04.
    """
    opinion.require(Stage.ANSWERED)
    return [OpinionClosed(opinion_id=opinion.opinion_id, area=opinion.place, outcome=command.outcome)]


def reopen(_command: ReopenOpinion, opinion: Opinion, context: Context) -> list[OpinionReopened]:
    """It is due anew, at the level it began at.

    Raises: Refused("wrong_stage").  Source: A04.
    """
    opinion.require(Stage.ANSWERED, Stage.CLOSED)
    level = opinion.first_level
    due_at = _due_after(context.occurred_at, level, context)
    return [OpinionReopened(opinion_id=opinion.opinion_id, area=opinion.place, owner=opinion.owner, level=level, due_at=due_at)]


def index(event: OpinionEvent) -> Iterable[IndexChange]:
    """While it is open, one clock runs."""
    match event:
        case OpinionCollected(due_at=due) | OpinionOverdue(due_at=due) | OpinionReopened(due_at=due):
            return [SetTimer("overdue", due)]
        case OpinionAnswered():
            return [SetTimer("overdue", None)]
        case OpinionClosed():
            return [ReleaseAll()]
        case OpinionAssigned():
            return []
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_OPINION, _VISIT = OpinionId(f"{_ID}73"), VisitId(f"{_ID}72")
_WHO = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

opinion = Aggregate(
    "opinion",
    id="opinion_id",
    state=Opinion,
    evolve=evolve,
    area="area",
    index=index,
    commands=[
        command(
            collect,
            stream="new",
            also=[visit.by("visit_id")],
            roles=_WHO,
            example=CollectOpinion(
                opinion_id=_OPINION,
                visit_id=_VISIT,
                area=AreaCode("440308003-qiaodong"),
                topic=OpinionTopic.ELDER_CARE,
                owner=ActorId("caseworker-3"),
            ),
        ),
        command(assign, roles=_WHO, example=AssignOpinion(opinion_id=_OPINION, owner=ActorId("caseworker-4"))),
        command(answer, roles=_WHO, example=AnswerOpinion(opinion_id=_OPINION)),
        command(close, roles=_WHO, example=CloseOpinion(opinion_id=_OPINION, outcome=OpinionOutcome.TAKEN_UP)),
        command(reopen, roles=_WHO, example=ReopenOpinion(opinion_id=_OPINION)),
        command(overdue, roles={Role.SYSTEM}, example=MissOpinion(opinion_id=_OPINION)),
    ],
)
