"""A donor's question (捐赠人查询): answered within the days of the rule, or late on record once (R-CHA-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from pydantic import Field

from contracts.charity.donor_query import DonorQueryAnswered, DonorQueryOverdue, DonorQueryReceived, QueryTopic
from contracts.ids import DonationId, DonorId, DonorQueryId, NoteRef
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.store.model import IndexChange, SetTimer
from policy import end_of
from services.charity.domain.donation import Donation, donation

DonorQueryEvent = DonorQueryReceived | DonorQueryAnswered | DonorQueryOverdue


@dataclass(frozen=True, kw_only=True)
class DonorQuery:
    """Who asked, until when the answer is in time, and what became of it."""

    query_id: DonorQueryId = DonorQueryId("")
    donor_id: DonorId = DonorId("")
    due_at: datetime = datetime.max.replace(tzinfo=UTC)
    answered_on: date | None = None
    overdue: bool = False


def evolve(query: DonorQuery, event: DonorQueryEvent) -> DonorQuery:
    match event:
        case DonorQueryReceived(query_id=query_id, donor_id=donor, due_at=due):
            return DonorQuery(query_id=query_id, donor_id=donor, due_at=due)
        case DonorQueryAnswered(answered_on=day, in_time=in_time):
            return replace(query, answered_on=day, overdue=not in_time)
        case DonorQueryOverdue():
            return replace(query, overdue=True)
        case _:
            assert_never(event)


class ReceiveQuery(Command):
    """A donor asks, about a gift or in general."""

    query_id: DonorQueryId
    donor_id: DonorId
    topic: QueryTopic
    donation_id: DonationId | None = None
    question: NoteRef | None = Field(default=None, description="where the question stands")


class AnswerQuery(Command):
    """The donor got an answer."""

    query_id: DonorQueryId
    answer: NoteRef | None = Field(default=None, description="where the answer stands")


class MarkQueryOverdue(Command):
    """Its time is over."""

    query_id: DonorQueryId


def receive(command: ReceiveQuery, _query: DonorQuery, context: Context, gift: Donation) -> list[DonorQueryReceived]:
    """The question is open; the day it came is not counted, the last one is in time to its end. Only donors ask about a gift, each of the own.

    Raises: Refused("not_the_donor").  Source: R-CHA-11, ruling 16.
    """
    require(command.donation_id is None or gift.donor_id == command.donor_id, "not_the_donor")
    due_at = end_of(context.on + timedelta(days=context.policy.donor_query_days))
    return [DonorQueryReceived(**command.model_dump(exclude={"occurred_at"}), received_on=context.on, due_at=due_at)]


def answer(command: AnswerQuery, query: DonorQuery, context: Context) -> list[DonorQueryOverdue | DonorQueryAnswered]:
    """The donor has an answer. Too late, the breach is on record as the timer would have written it; given in time and told later, it is in time.

    Raises: Refused("already_answered", answered_on).  Source: R-CHA-11, ruling 16.
    """
    require(query.answered_on is None, "already_answered", answered_on=str(query.answered_on))
    in_time = context.occurred_at < query.due_at
    answered = DonorQueryAnswered(
        query_id=query.query_id, donor_id=query.donor_id, answered_on=context.on, in_time=in_time, answer=command.answer
    )
    return [*([] if in_time or query.overdue else [_overdue(query)]), answered]


def overdue(_command: MarkQueryOverdue, query: DonorQuery, context: Context) -> list[DonorQueryOverdue]:
    """The breach is on record; nothing when it was answered or marked before.

    Raises: Refused("not_yet", due_at).  Source: R-CHA-11.
    """
    if query.answered_on is not None or query.overdue:
        return []
    require(context.occurred_at >= query.due_at, "not_yet", due_at=query.due_at.isoformat())
    return [_overdue(query)]


def _overdue(query: DonorQuery) -> DonorQueryOverdue:
    return DonorQueryOverdue(query_id=query.query_id, donor_id=query.donor_id, due_at=query.due_at)


def index(event: DonorQueryEvent) -> Iterable[IndexChange]:
    """It is overdue at its instant (timer)."""
    return [SetTimer("overdue", event.due_at if isinstance(event, DonorQueryReceived) else None)]


_ID = "0190a000-0000-8000-8000-0000000000"
_QUERY = DonorQueryId(f"{_ID}ca")

donor_query = Aggregate(
    "donor-query",
    id="query_id",
    state=DonorQuery,
    evolve=evolve,
    index=index,
    commands=[
        command(
            receive,
            stream="new",
            also=[donation.by("donation_id")],
            roles={Role.CHARITY_OFFICER},
            example=ReceiveQuery(query_id=_QUERY, donor_id=DonorId(f"{_ID}d9"), topic=QueryTopic.USE),
        ),
        command(answer, roles={Role.CHARITY_OFFICER}, example=AnswerQuery(query_id=_QUERY)),
        command(overdue, roles={Role.SYSTEM}, example=MarkQueryOverdue(query_id=_QUERY)),
    ],
)
