"""Facts about an opinion or suggestion that a visit brought home (意见建议): an owner, a due date, the next level when it passes (A04)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, NoteRef, OpinionId, VisitId


class OpinionTopic(StrEnum):
    """What it is about."""

    SOCIAL_AID = "social_aid"  # 社会救助
    ELDER_CARE = "elder_care"  # 养老服务
    CHILDREN = "children"  # 儿童关爱
    HEALTH = "health"  # 医疗卫生
    EDUCATION = "education"  # 教育
    HOUSING = "housing"  # 住房
    EMPLOYMENT = "employment"  # 就业
    NEIGHBOURHOOD = "neighbourhood"  # 社区环境
    EPIDEMIC = "epidemic"  # 疫情防控
    OTHER = "other"  # 其他


class Level(StrEnum):
    """Who has to act, from the nearest to the farthest."""

    COMMUNITY = "community"  # 社区
    STREET = "street"  # 街道
    DISTRICT = "district"  # 区级


class OpinionOutcome(StrEnum):
    """How it ended."""

    TAKEN_UP = "taken_up"  # 已采纳
    EXPLAINED = "explained"  # 已解释
    PASSED_ON = "passed_on"  # 已转办
    NOT_POSSIBLE = "not_possible"  # 无法采纳


@event("relief.opinion.collected", version=1, stream="opinion_id")
class OpinionCollected(Event):
    """A visit brought it home; its owner answers before `due_at`. `note`: the words, in the vault. Source: A04."""

    opinion_id: OpinionId
    visit_id: VisitId
    area: AreaCode
    topic: OpinionTopic
    owner: ActorId
    level: Level
    due_at: datetime
    note: NoteRef | None = None


@event("relief.opinion.assigned", version=1, stream="opinion_id")
class OpinionAssigned(Event):
    """Another owner answers; the due date stays. Source: A04."""

    opinion_id: OpinionId
    area: AreaCode
    owner: ActorId
    due_at: datetime | None = None


@event("relief.opinion.answered", version=1, stream="opinion_id")
class OpinionAnswered(Event):
    """The person has an answer. `late`: after the due date. Source: A04."""

    opinion_id: OpinionId
    area: AreaCode
    owner: ActorId
    note: NoteRef | None = None
    late: bool = False


@event("relief.opinion.overdue", version=1, stream="opinion_id")
class OpinionOverdue(Event):
    """Nobody answered before `missed_at`; the next level acts before `due_at`. Above the district there is none. Source: A04, DET-14."""

    opinion_id: OpinionId
    area: AreaCode
    owner: ActorId
    missed_at: datetime
    level: Level
    due_at: datetime | None = None


@event("relief.opinion.closed", version=1, stream="opinion_id")
class OpinionClosed(Event):
    """An answered opinion is over. Source: A04."""

    opinion_id: OpinionId
    area: AreaCode
    outcome: OpinionOutcome


@event("relief.opinion.reopened", version=1, stream="opinion_id")
class OpinionReopened(Event):
    """The answer did not settle it; it is due anew, at the level it began at. Source: A04."""

    opinion_id: OpinionId
    area: AreaCode
    owner: ActorId
    level: Level
    due_at: datetime
