"""A thing that reports count: one visit, one donation, one shift. Figures, lists and street tables are all made from these rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.envelope import Event, Meta
from contracts.ids import AreaCode, HouseholdId, OrganisationId, PersonId
from kit.view import Row
from services.linkage.views.facts import Fact, fact_of


class Counts(StrEnum):
    """What is counted."""

    CAMPAIGN = "campaign"  # 走访行动
    VISIT = "visit"  # 走访
    OPINION = "opinion"  # 意见建议
    PAIRING = "pairing"  # 结对帮扶
    SIGNAL = "signal"  # 线索
    SCREENING_ROUND = "screening_round"  # 排查
    SCREENING = "screening"  # 排查人次
    HOUSEHOLD = "household"  # 住户
    NEED = "need"  # 需求
    REFERRAL = "referral"  # 转介
    REGULAR_PAYMENT = "regular_payment"  # 常规救助发放
    SPECIAL_PAYMENT = "special_payment"  # 专项救助发放
    TEMPORARY_PAYMENT = "temporary_payment"  # 临时救助发放
    DONATION = "donation"  # 捐赠
    CHARITY_PAYMENT = "charity_payment"  # 慈善救助发放
    GRANT_PAYMENT = "grant_payment"  # 社会组织资助
    SHOP_GOODS = "shop_goods"  # 慈善超市物资
    KITCHEN_MEAL = "kitchen_meal"  # 爱心厨房餐食
    CHARITY_ACTIVITY = "charity_activity"  # 慈善活动
    VOLUNTEER_SESSION = "volunteer_session"  # 志愿服务活动
    VOLUNTEER_SHIFT = "volunteer_shift"  # 志愿服务时长
    EXTERNAL_AID = "external_aid"  # 对口帮扶
    DISCLOSURE = "disclosure"  # 信息公开
    DEVICE = "device"  # 智能养老设备
    ALARM = "alarm"  # 应急呼叫
    MOBILITY_ASSET = "mobility_asset"  # 助行器具
    LOAN = "loan"  # 助行借用
    CARE_VISIT = "care_visit"  # 巡访关爱
    CARE_BED = "care_bed"  # 家庭养老床位
    MEAL = "meal"  # 长者助餐
    SAFETY_TRAINING = "safety_training"  # 安全培训
    SAFETY_ACCIDENT = "safety_accident"  # 安全责任事故
    ORGANISATION = "organisation"  # 社会组织
    DEATH = "death"  # 死亡


class CountedRow(Row, frozen=True):
    """One thing. It counts in the year and place of its first fact.

    on: the Shanghai day.  area: of the place; none: that of what it is part of, or the whole district.  part_of: the key of another row.
    code: its kind in the domain's words.  people: who did it.  times: how many times it counts.  fact: the event behind it.
    ended: the day of the answer or the closing, where a measure asks how long it took.
    """

    key: str
    kind: Counts
    year: int
    on: date
    fact: Fact
    area: AreaCode | None = None
    part_of: str | None = None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    organisation_id: OrganisationId | None = None
    code: str | None = None
    people: tuple[str, ...] = ()
    times: int = 1
    fen: int = 0
    minutes: int = 0
    ended: date | None = None

    @property
    def whole_kind(self) -> Counts | None:
        """The kind of what it is part of."""
        return Counts(self.part_of.partition("/")[0]) if self.part_of else None


def counted(kind: Counts, key: str, meta: Meta, on: date | None = None, **fields: Any) -> CountedRow:
    """A new row for a thing that counts from an event on. `on`: its day in the domain's words, else the event's."""
    fact = fact_of(meta)
    day = on or fact.on
    return CountedRow(key=f"{kind}/{key}", kind=kind, year=day.year, on=day, fact=fact, **fields)


Change = Callable[[CountedRow | None, Any, Meta], CountedRow | None]


@dataclass(frozen=True)
class Counter:
    """How one type of event changes the rows it names. key: event -> the row's key without its kind."""

    kind: Counts
    key: Callable[[Any], str]
    change: Change

    def keys(self, event: Event) -> tuple[str, ...]:
        return (f"{self.kind}/{self.key(event)}",)
