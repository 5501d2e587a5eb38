"""What a detection says and what becomes of it: a condition at a moment, a finding once it has held for its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

import msgspec

from contracts.ids import AreaCode, HouseholdId
from kit.identity import Role
from policy import Calendar, Pack, end_of
from services.linkage.chain import AidChain, chain
from services.linkage.rows import HouseholdRows


class Kind(StrEnum):
    """The kinds of the exception board (3.9)."""

    GAP = "gap"  # 缺口
    OVERLAP = "overlap"  # 重复
    STALE = "stale"  # 超期
    ERROR = "error"  # 差错


class NextStep(StrEnum):
    """What the owner is to do."""

    REFER_OR_OPEN_CASE = "refer_or_open_case"  # 转介或立案
    HOLD_AND_DECIDE = "hold_and_decide"  # 暂停发放并裁定
    STOP_SECOND_GRANT = "stop_second_grant"  # 停发第二笔
    REVIEW_AND_RELEASE = "review_and_release"  # 复核并释放预留
    REVIEW_ENTITLEMENT = "review_entitlement"  # 复核待遇
    ANSWER_OR_REROUTE = "answer_or_reroute"  # 催办或改派
    STOP_AND_RECOVER = "stop_and_recover"  # 停发并追回
    CLEAR_DATA = "clear_data"  # 核实数据


Detail = int | str
"""Amounts in fen, ids, months, codes; never a personal value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Something is so at a moment. `subject`: what it is about within the household (a need, a person, two cases).

    earliest: it cannot have begun before this, however old the fact behind it is (a month that had to begin first).
    due_at: the limit that the facts themselves name (a referral's answer); the detection's own limit counts from the beginning.
    """

    subject: str
    details: dict[str, Detail]
    earliest: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a detection looks at: the household at one moment, as then known, under the policy of that day."""

    rows: HouseholdRows
    day: date
    pack: Pack

    @cached_property
    def chain(self) -> AidChain:
        """The chain at the end of the day; made only if a detection asks."""
        return chain(self.rows, self.day)


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """One detection of section 3.6.

    looks_at: aggregates whose facts can change its answer; it is asked again only after one of these, or when a month or dated value begins.
    conditions: what is so at a moment.
    limit: (start, pack, calendar) -> the instant from which the condition is a finding.
    """

    id: str
    kind: Kind
    owner: Role
    next_step: NextStep
    looks_at: frozenset[str]
    conditions: Callable[[Scene], Iterable[Condition]]
    limit: Callable[[datetime, Pack, Calendar], datetime]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that has held for its limit. `began`: when it began; `until`: when it ended (None: it still is).

    Source: ruling 24: neither depends on when somebody looked.
    """

    detection: str
    kind: Kind
    household_id: HouseholdId
    area: AreaCode
    subject: str
    owner: Role
    next_step: NextStep
    began: datetime
    since: datetime
    until: datetime | None
    details: dict[str, Detail]

    @property
    def id(self) -> str:
        """Names the finding for ever: the same from every rebuild."""
        return f"{self.household_id}~{self.detection}~{self.subject}~{int(self.began.timestamp() * 1000)}"


def start_of(day: date) -> datetime:
    """The first instant of a Shanghai day, in UTC."""
    return end_of(day - timedelta(days=1))


def start_of_month(month: str) -> datetime:
    """The first instant of a month (`YYYY-MM`) in Shanghai, in UTC."""
    return start_of(date.fromisoformat(f"{month}-01"))


def at_once(start: datetime, _pack: Pack, _calendar: Calendar) -> datetime:
    """A condition that is a finding from its first moment."""
    return start
