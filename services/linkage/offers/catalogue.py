"""The catalogue of policies and services: from when to when each holds, for whom, which needs it answers, who gives it, what to do next.

An entry that could never match, or that stands twice on one day, is refused when it is loaded (A08).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.terms import Dimension, Layer, Measure, NeedCategory, Status

FOLDER = Path(__file__).parent


class OfferKind(StrEnum):
    """Which of the two lists it stands on."""

    POLICY = "policy"  # 政策清单
    SERVICE = "service"  # 服务清单


class OfferGiver(StrEnum):
    """Who gives it."""

    CIVIL_AFFAIRS = "civil_affairs"  # 民政局
    STREET = "street"  # 街道办事处
    MEDICAL_SECURITY = "medical_security"  # 医保局
    EDUCATION = "education"  # 教育局
    HOUSING = "housing"  # 住建局
    HUMAN_RESOURCES = "human_resources"  # 人社局
    EMERGENCY_MANAGEMENT = "emergency_management"  # 应急管理局
    DISABLED_PERSONS_FEDERATION = "disabled_persons_federation"  # 残联
    JUSTICE = "justice"  # 司法局
    CHARITY = "charity"  # 慈善会
    CHARITY_SHOP = "charity_shop"  # 慈善超市
    ELDERCARE = "eldercare"  # 养老服务机构
    SOCIAL_WORK = "social_work"  # 社工站
    VOLUNTEERS = "volunteers"  # 志愿者组织


class OfferStep(StrEnum):
    """What the caseworker does next; a clerk sends nobody away (R-ONE-01)."""

    APPLY_AT_STREET = "apply_at_street"  # 协助在街道申请
    TELL_DEPARTMENT = "tell_department"  # 转有关部门办理
    OPEN_TEMP_AID = "open_temp_aid"  # 启动临时救助
    REFER_TO_CHARITY = "refer_to_charity"  # 转介慈善
    REFER_TO_ELDERCARE = "refer_to_eldercare"  # 转介养老服务
    ISSUE_POINTS = "issue_points"  # 发放积分券
    SEND_SOCIAL_WORKER = "send_social_worker"  # 安排社工
    ASK_VOLUNTEERS = "ask_volunteers"  # 对接志愿者


class Group(StrEnum):
    """For whom: the household's primary status, or that it has none (R-LAY-03)."""

    TEKUN = "tekun"  # 特困
    DIBAO = "dibao"  # 低保
    EDGE = "edge"  # 低保边缘
    RIGID = "rigid"  # 刚性支出困难
    OTHER = "other"  # 其他低收入
    UNRECOGNISED = "unrecognised"  # 未认定


def group_of(status: Status | None) -> Group:
    """The group of a household with this status."""
    return Group(status) if status else Group.UNRECOGNISED


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Offer(_Strict):
    """One policy or service. Both days of its validity are included; valid_to None: until further notice.

    groups: households of one of these; none: all.  hukou: only households registered here.
    needs, dimensions: it answers a need of any of these in any of those.  measures: only needs measured so; none: all (ruling 12).
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    kind: OfferKind
    title: str
    title_zh: str
    valid_from: date
    valid_to: date | None = None
    groups: frozenset[Group] = frozenset()
    hukou: bool = False
    needs: Annotated[frozenset[NeedCategory], Field(min_length=1)]
    dimensions: Annotated[frozenset[Dimension], Field(min_length=1)]
    measures: frozenset[Measure] = frozenset()
    layer: Layer
    giver: OfferGiver
    next_step: OfferStep

    @model_validator(mode="after")
    def _some_day(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"{self.id}: valid_to lies before valid_from")
        return self

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: Offer) -> bool:
        """Whether both are in force on some day."""
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)


class Offers(_Strict):
    """All policies and services of all years. One id may come again with later days: then the terms changed."""

    offers: tuple[Offer, ...]

    @model_validator(mode="after")
    def _one_a_day(self) -> Self:
        twice = sorted({one.id for one, other in combinations(self.offers, 2) if one.id == other.id and one.overlaps(other)})
        if twice:
            raise ValueError(f"in force twice on one day: {twice}")
        return self

    def on(self, day: date, kind: OfferKind | None = None) -> Sequence[Offer]:
        """What is in force on a day, in the order of the catalogue."""
        return [one for one in self.offers if one.holds(day) and kind in {None, one.kind}]


class BadOffers(Exception):
    """The catalogue cannot be used: files and reason."""


def load(paths: Iterable[Path]) -> Offers:
    """The catalogue of some files. Raises: BadOffers."""
    files = sorted(paths)
    try:
        read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
        return Offers(offers=tuple(entry for file in read for entry in file["offers"]))
    except (ValidationError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BadOffers(f"{', '.join(path.name for path in files)}: {error}") from error


@cache
def offers() -> Offers:
    """The whole catalogue. Raises: BadOffers."""
    return load(FOLDER.glob("*.yaml"))
