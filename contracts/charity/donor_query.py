"""Facts about a donor's question (捐赠人查询): asked, answered in time or late (R-CHA-11). What is asked and answered stands in the vault."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import DonationId, DonorId, DonorQueryId, NoteRef


class QueryTopic(StrEnum):
    """What a donor wants to know."""

    USE = "use"  # 捐赠财产使用情况
    PROJECT = "project"  # 项目进展
    RECEIPT = "receipt"  # 捐赠票据
    AGREEMENT = "agreement"  # 捐赠协议履行
    OTHER = "other"  # 其他


@event("charity.donor-query.received", version=1, stream="query_id")
class DonorQueryReceived(Event):
    """A donor asked; the answer is due before `due_at`. `donation_id`: the gift it is about, if one is named. Source: R-CHA-11."""

    query_id: DonorQueryId
    donor_id: DonorId
    topic: QueryTopic
    received_on: date
    due_at: datetime
    donation_id: DonationId | None = None
    question: NoteRef | None = None


@event("charity.donor-query.answered", version=1, stream="query_id")
class DonorQueryAnswered(Event):
    """The donor has an answer. in_time: by the day it was given, whenever it was told. Source: R-CHA-11."""

    query_id: DonorQueryId
    donor_id: DonorId
    answered_on: date
    in_time: bool
    answer: NoteRef | None = None


@event("charity.donor-query.overdue", version=1, stream="query_id")
class DonorQueryOverdue(Event):
    """Nobody answered in time; the question stays open. Source: R-CHA-11."""

    query_id: DonorQueryId
    donor_id: DonorId
    due_at: datetime
