"""Something that must be published by an instant (信息公开): done with sums and counts only, or overdue on record (R-CHA-08, R-CHA-09)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from pydantic import Field

from contracts.charity.disclosure_task import (
    DisclosureKind,
    DisclosureOverdue,
    DisclosurePublished,
    DisclosureTaskOpened,
    Figures,
)
from contracts.ids import DisclosureTaskId, FundId, NoteRef
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.store.model import IndexChange, SetTimer, Take
from services.charity.domain.disclosing import REPEATED, next_yearly, report, yearly
from services.charity.domain.fund import Fund, fund

DisclosureTaskEvent = DisclosureTaskOpened | DisclosurePublished | DisclosureOverdue
EVERY_YEAR = frozenset({DisclosureKind.YEARLY, DisclosureKind.AUDIT})
AFTER_THE_END = EVERY_YEAR | {DisclosureKind.FINAL}
"""Reports about a whole period: before it is over they cannot be true."""


@dataclass(frozen=True, kw_only=True)
class DisclosureTask:
    """What is to be published; whether it was, in time; whether the next report is open already."""

    opened: DisclosureTaskOpened | None = None
    published_on: date | None = None
    overdue: bool = False
    followed: bool = False

    @property
    def fund_id(self) -> FundId | None:
        return self.opened.fund_id if self.opened else None

    @property
    def task(self) -> DisclosureTaskOpened:
        assert self.opened is not None  # noqa: S101 - every task begins with its opening
        return self.opened


def evolve(task: DisclosureTask, event: DisclosureTaskEvent) -> DisclosureTask:
    match event:
        case DisclosureTaskOpened():
            return DisclosureTask(opened=event)
        case DisclosurePublished(published_on=day, in_time=in_time, next_task_id=following):
            return replace(task, published_on=day, overdue=not in_time, followed=task.followed or following is not None)
        case DisclosureOverdue(next_task_id=following):
            return replace(task, overdue=True, followed=following is not None)
        case _:
            assert_never(event)


class OpenYearlyReport(Command):
    """The first yearly report is to be published; those of the next years follow by themselves."""

    task_id: DisclosureTaskId
    year: int = Field(strict=True, ge=2000, le=2100)


class OpenAudit(Command):
    """Money is raised in public: the first yearly audit is to be published; those of the next years follow by themselves."""

    task_id: DisclosureTaskId
    year: int = Field(strict=True, ge=2000, le=2100)


class PublishDisclosure(Command):
    """It was published. The figures are the fund's own."""

    task_id: DisclosureTaskId
    report: NoteRef | None = Field(default=None, description="where the published paper stands")


class MarkOverdue(Command):
    """Its time is over."""

    task_id: DisclosureTaskId


def open_yearly(command: OpenYearlyReport, _task: DisclosureTask, context: Context) -> list[DisclosureTaskOpened]:
    """The report on the year is due in the next year. Source: R-CHA-08; one a year is a claim."""
    return [yearly(command.task_id, command.year, context.policy)]


def open_audit(command: OpenAudit, _task: DisclosureTask, context: Context) -> list[DisclosureTaskOpened]:
    """The auditors' report on the year is due with the yearly report. Source: R-CHA-08; one a year is a claim."""
    return [yearly(command.task_id, command.year, context.policy, DisclosureKind.AUDIT)]


def publish(
    command: PublishDisclosure, task: DisclosureTask, context: Context, about: Fund
) -> list[DisclosureOverdue | DisclosurePublished | DisclosureTaskOpened]:
    """It is published with the fund's sums of this moment; the report of the next period is open.

    Too late, the breach is on record as the timer would have written it. Published in time but told after the timer, it is in time.
    Raises: Refused("already_published" | "period_running", covers_to); Refused("report_missing"): an audit is the auditors' paper.
    Source: R-CHA-08, R-CHA-09, ruling 16.
    """
    require(task.published_on is None, "already_published")
    opened = task.task
    require(opened.kind is not DisclosureKind.AUDIT or command.report is not None, "report_missing")
    require(opened.kind not in AFTER_THE_END or context.on > opened.covers_to, "period_running", covers_to=opened.covers_to.isoformat())
    in_time = context.occurred_at < opened.due_at
    late = [] if in_time or task.overdue else _overdue(task, context, about)
    following = [] if late or task.followed else _following(opened, context, about)
    published = DisclosurePublished(
        task_id=opened.task_id,
        kind=opened.kind,
        published_on=context.on,
        in_time=in_time,
        fund_id=opened.fund_id,
        donation_id=opened.donation_id,
        figures=_figures(about) if opened.fund_id else None,
        report=command.report,
        next_task_id=following[0].task_id if following else None,
    )
    return [*late, published, *following]


def overdue(_command: MarkOverdue, task: DisclosureTask, context: Context, about: Fund) -> list[DisclosureOverdue | DisclosureTaskOpened]:
    """The breach is on record and the next period's report is open; nothing when it was published or marked before.

    Raises: Refused("not_yet", due_at).  Source: R-CHA-08.
    """
    if task.published_on is not None or task.overdue:
        return []
    due_at = task.task.due_at
    require(context.occurred_at >= due_at, "not_yet", due_at=due_at.isoformat())
    return _overdue(task, context, about)


def _overdue(task: DisclosureTask, context: Context, about: Fund) -> list[DisclosureOverdue | DisclosureTaskOpened]:
    opened = task.task
    following = _following(opened, context, about)
    late = DisclosureOverdue(
        task_id=opened.task_id,
        kind=opened.kind,
        due_at=opened.due_at,
        fund_id=opened.fund_id,
        donation_id=opened.donation_id,
        next_task_id=following[0].task_id if following else None,
    )
    return [late, *following]


def _following(opened: DisclosureTaskOpened, context: Context, about: Fund) -> list[DisclosureTaskOpened]:
    """The report of the next period, while there is one: each year's, and a campaign's until it ends."""
    if opened.kind in EVERY_YEAR:
        return [next_yearly(opened.kind, opened.number + 1, context)]
    if opened.kind not in REPEATED or opened.fund_id is None or about.starts_on is None or about.closed_on is not None:
        return []
    following = report(opened.kind, opened.number + 1, opened.fund_id, about.starts_on, context)
    # Receipts of the last days are published too; of progress after the end the full report tells.
    last = following.covers_from if opened.kind is DisclosureKind.RECEIPTS else following.covers_to
    return [following] if about.ends_on is None or last <= about.ends_on else []


def _figures(about: Fund) -> Figures:
    shares = about.shares.values()
    return Figures(
        received_fen=sum(share.received for share in shares),
        spent_fen=sum(share.spent for share in shares),
        reserved_fen=sum(share.reserved for share in shares),
        available_fen=about.available_fen,
        taken_back_fen=sum(share.taken_back for share in shares),
        donations=len(about.shares),
    )


def index(event: DisclosureTaskEvent) -> Iterable[IndexChange]:
    """It is overdue at its instant (timer); a year has one report and one audit (claims)."""
    match event:
        case DisclosureTaskOpened(kind=DisclosureKind.YEARLY, due_at=due, number=year):
            return [Take("yearly-report", str(year)), SetTimer("overdue", due)]
        case DisclosureTaskOpened(kind=DisclosureKind.AUDIT, due_at=due, number=year):
            return [Take("yearly-audit", str(year)), SetTimer("overdue", due)]
        case DisclosureTaskOpened(due_at=due):
            return [SetTimer("overdue", due)]
        case _:
            return [SetTimer("overdue", None)]


_TASK = DisclosureTaskId("0190a000-0000-8000-8000-0000000000c2")
_FUND = [fund.by("fund_id")]

disclosure_task = Aggregate(
    "disclosure-task",
    id="task_id",
    state=DisclosureTask,
    evolve=evolve,
    index=index,
    commands=[
        command(open_yearly, stream="new", roles={Role.CHARITY_OFFICER}, example=OpenYearlyReport(task_id=_TASK, year=2022)),
        command(open_audit, stream="new", roles={Role.CHARITY_OFFICER}, example=OpenAudit(task_id=_TASK, year=2022)),
        command(publish, also=_FUND, roles={Role.CHARITY_OFFICER}, example=PublishDisclosure(task_id=_TASK)),
        command(overdue, also=_FUND, roles={Role.SYSTEM}, example=MarkOverdue(task_id=_TASK)),
    ],
)
