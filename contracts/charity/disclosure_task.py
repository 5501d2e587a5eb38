"""Facts about what charity must publish, and by when (R-CHA-08, R-CHA-09). Amounts are fen.

No event here names a donor, a person or a household: what may not be published is not in it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import DisclosureTaskId, DonationId, FundId, NoteRef


class DisclosureKind(StrEnum):
    """What is to be published."""

    PERIODIC = "periodic"  # 募捐进展, each three months of a long campaign or project
    RECEIPTS = "receipts"  # 应急募捐款物接收, each five days
    FINAL = "final"  # 全面情况, after the end
    YEARLY = "yearly"  # 年度报告
    CORRECTION = "correction"  # 更正, after a reversed donation
    LEFTOVER = "leftover"  # 剩余财产去向
    USE_CHANGE = "use_change"  # 变更用途
    PLAN_CHANGE = "plan_change"  # 募捐方案变更备案
    AUDIT = "audit"  # 年度审计报告, of those who raise money in public


class Figures(Event):
    """A fund's ledger on the day it was published: sums and counts."""

    received_fen: int
    spent_fen: int
    reserved_fen: int
    available_fen: int
    taken_back_fen: int
    donations: int


@event("charity.disclosure-task.opened", version=1, stream="task_id")
class DisclosureTaskOpened(Event):
    """Something must be published before an instant.

    number: of a report that comes again, from 1.  covers_from, covers_to: the days it tells about.  Source: R-CHA-08, R-CHA-04, SC-17.
    """

    task_id: DisclosureTaskId
    kind: DisclosureKind
    due_at: datetime
    covers_from: date
    covers_to: date
    number: int = 1
    fund_id: FundId | None = None
    donation_id: DonationId | None = None


@event("charity.disclosure-task.published", version=1, stream="task_id")
class DisclosurePublished(Event):
    """It was published, with these figures of the fund if it is about one; `next_task_id`: the report that follows.

    in_time: by its day of publication, whenever it was told.  report: the published paper.  Source: R-CHA-08, R-CHA-09.
    """

    task_id: DisclosureTaskId
    kind: DisclosureKind
    published_on: date
    in_time: bool
    fund_id: FundId | None = None
    donation_id: DonationId | None = None
    figures: Figures | None = None
    report: NoteRef | None = None
    next_task_id: DisclosureTaskId | None = None


@event("charity.disclosure-task.overdue", version=1, stream="task_id")
class DisclosureOverdue(Event):
    """Nothing was published in time; the next report does not wait for it. Source: R-CHA-08."""

    task_id: DisclosureTaskId
    kind: DisclosureKind
    due_at: datetime
    fund_id: FundId | None = None
    donation_id: DonationId | None = None
    next_task_id: DisclosureTaskId | None = None
