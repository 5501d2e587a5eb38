"""What a detection says and what becomes of it: a condition at a moment, a finding once it has held for its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from contracts.envelope import Event, registered, type_of
from contracts.ids import AreaCode, HouseholdId
from kit.identity import Role
from kit.view import Row, View
from policy import Pack, end_of
from services.linkage.chain import AidChain, chain
from services.linkage.detections.limits import Limit
from services.linkage.rows import Fold, HouseholdRows

R = TypeVar("R", bound=Row)
HOUSEHOLD = "household"
"""The scope of a Kafka key that is a household's id; every other key is a stream, and its scope the stream's aggregate."""


class Kind(StrEnum):
    """The kinds of the exception board (3.9)."""

    GAP = "gap"  # 缺口
    OVERLAP = "overlap"  # 重复
    STALE = "stale"  # 超期
    ERROR = "error"  # 差错
    PROCESS = "process"  # 程序


class NextStep(StrEnum):
    """What the owner is to do."""

    OFFER_BENEFIT = "offer_benefit"  # 告知并协助申请
    START_SERVICE = "start_service"  # 落实服务
    CHECK_AGAIN = "check_again"  # 重新核查
    ANSWER_OR_RAISE = "answer_or_raise"  # 答复或上报
    PUBLISH = "publish"  # 予以公开
    VISIT = "visit"  # 上门探访
    REFER_OR_OPEN_CASE = "refer_or_open_case"  # 转介或立案
    HOLD_AND_DECIDE = "hold_and_decide"  # 暂停发放并裁定
    STOP_SECOND_GRANT = "stop_second_grant"  # 停发第二笔
    REVIEW_AND_RELEASE = "review_and_release"  # 复核并释放预留
    REVIEW_ENTITLEMENT = "review_entitlement"  # 复核待遇
    ANSWER_OR_REROUTE = "answer_or_reroute"  # 催办或改派
    STOP_AND_RECOVER = "stop_and_recover"  # 停发并追回
    CLEAR_DATA = "clear_data"  # 核实数据
    COMPLETE_PAPERS = "complete_papers"  # 补齐材料并签字
    NAME_CONTACT = "name_contact"  # 另行指定联系人
    FINISH_STEPS = "finish_steps"  # 办结未完事项
    ACT_ON_ALARM = "act_on_alarm"  # 立即处置
    DECIDE_ORGANISATION = "decide_organisation"  # 决定恢复或撤销登记


Detail = int | str
"""Amounts in fen, ids, months, codes; never a personal value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Something is so at a moment. `subject`: what it is about within the scope (a need, a person, two cases, the stream itself).

    earliest: it cannot have begun before this, however old the fact behind it is (a month that had to begin first).
    counts_from: where the detection's limit counts from, if not from the beginning (the day that an answer is due).
    due_at: the limit that the facts themselves name (a referral's answer).
    """

    subject: str
    details: dict[str, Detail]
    earliest: datetime | None = None
    counts_from: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a detection looks at: what is said under one Kafka key, at one moment, as then known, under the policy of that day."""

    key: str
    fold: Fold
    day: date
    pack: Pack

    def of(self, view: View[R]) -> list[R]:
        """The rows of a view that the detection reads."""
        return self.fold.of(view)

    @cached_property
    def rows(self) -> HouseholdRows:
        """The household's rows. Raises LookupError for a stream: a detection of streams reads its own view."""
        found = self.fold.rows()
        if found is None:
            raise LookupError(f"{self.key} is no household")
        return found

    @cached_property
    def chain(self) -> AidChain:
        """The household's chain at the end of the day; made only if a detection asks."""
        return chain(self.rows, self.day)


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """One detection of section 3.6. Its limit and its owners are the pack's (`Pack.findings`).

    scopes: whose Kafka keys it looks at: `household`, and aggregates whose streams are their own key (`opinion`). What may name a household
    but need not (`device`) has either key: the detection then stands in both.
    rule: its line in the pack and its title; another than the id where one detection of the page is several here.
    looks_at: aggregates, or single events by wire name, that can change its answer; it is asked again only after one of these, or when a
    month or dated value begins. Keys of which no detection looks at anything cost nothing.
    reads: views of the scope beside the household's, folded for it in memory.
    conditions: what is so at a moment.
    """

    id: str
    kind: Kind
    next_step: NextStep
    looks_at: frozenset[str]
    conditions: Callable[[Scene], Iterable[Condition]]
    scopes: frozenset[str] = frozenset({HOUSEHOLD})
    reads: Sequence[View[Any]] = ()
    rule: str = ""

    @property
    def name(self) -> str:
        return self.rule or self.id


def events_of(aggregate: str, *, but: Iterable[type[Event]] = ()) -> frozenset[str]:
    """The wire names of an aggregate's events, without those that change nothing for the detection."""
    left_out = {type_of(event).name for event in but}
    return frozenset(kind.name for kind in registered() if kind.aggregate == aggregate and kind.name not in left_out)


def names(*events: type[Event]) -> frozenset[str]:
    """The wire names of some events."""
    return frozenset(type_of(event).name for event in events)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """From an instant on a finding that nobody settled is somebody else's as well."""

    at: datetime
    owner: Role


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that has held for its limit. `began`: when it began; `until`: when it ended (None: it still is).

    scope: the Kafka key it is about: the household's id, or a stream; household_id: None for what concerns no household.
    owner: whose it is from `since` on; turns: whose it becomes with age.
    Source: ruling 24: nothing of it depends on when somebody looked.
    """

    detection: str
    rule: str
    kind: Kind
    scope: str
    household_id: HouseholdId | None
    area: AreaCode
    subject: str
    owner: Role
    next_step: NextStep
    limit: Limit
    began: datetime
    since: datetime
    until: datetime | None
    details: dict[str, Detail]
    turns: tuple[Turn, ...] = ()

    @property
    def id(self) -> str:
        """Names the finding for ever: the same from every rebuild."""
        return f"{self.scope}~{self.detection}~{self.subject}~{int(self.began.timestamp() * 1000)}"

    def owner_at(self, instant: datetime) -> Role:
        """Whose it is at an instant; what is over stays with whom it was then."""
        seen = min(instant, self.until) if self.until else instant
        return next((turn.owner for turn in reversed(self.turns) if turn.at <= seen), self.owner)


def start_of(day: date) -> datetime:
    """The first instant of a Shanghai day, in UTC."""
    return end_of(day - timedelta(days=1))


def start_of_month(month: str) -> datetime:
    """The first instant of a month (`YYYY-MM`) in Shanghai, in UTC."""
    return start_of(date.fromisoformat(f"{month}-01"))
