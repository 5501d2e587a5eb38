"""Facts about one need. Its stream is the only guard of the residual (ruling 3).

Amounts are in the need's measure (fen for money). `net = max(0, gross - prior payers)`; `residual = max(0, net - committed - delivered)`.
A line is named by its giver: an entitlement (whose id is its line's id), a case, an allocation. `month` is the month an amount is for; None for
an `event` need. Amounts of one line add up: regular aid commits a difference when its monthly amount rises, and releases it when it falls.
"""

from __future__ import annotations

from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AssessmentId, HouseholdId, LineId, Month, NeedId, PersonId, ReferralId
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, PriorPayer, Scheme, Urgency


class CoverageRefusal(StrEnum):
    NOTHING_LEFT = "nothing_left"
    NEED_CLOSED = "need_closed"
    OTHER_MEASURE = "other_measure"
    UNKNOWN_NEED = "unknown_need"


class NoReferralReason(StrEnum):
    """Why a need is referred to nobody (B02)."""

    OWN_AID_COVERS = "own_aid_covers"  # 政府救助可解决
    HELPED_ON_THE_SPOT = "helped_on_the_spot"  # 现场已解决
    DECLINED_BY_PERSON = "declined_by_person"  # 本人谢绝
    NO_SUPPLIER = "no_supplier"  # 暂无资源
    AWAITS_DECISION = "awaits_decision"  # 待部门决定


class UnmetReason(StrEnum):
    """Why nobody helps with what is open of a need: what its receiver said (`DeclineReason`), or that nobody answered, or had it."""

    NOT_OUR_PURPOSE = "not_our_purpose"  # 不属于受理范围
    NO_FUNDS = "no_funds"  # 无资金
    NO_CAPACITY = "no_capacity"  # 无服务能力
    NOT_REACHABLE = "not_reachable"  # 联系不上
    ALREADY_HELPED = "already_helped"  # 已获帮助
    RESTRICTED = "restricted"  # 机构受限
    NO_ANSWER = "no_answer"  # 无人答复
    NO_SUPPLY = "no_supply"  # 无资源


@event("relief.need.registered", version=1, stream="need_id")
class NeedRegistered(Event):
    """A household lacks something. `gross` is before insurance; for a `month` need it is the amount of each month. Source: rulings 1, 2, 5."""

    need_id: NeedId
    household_id: HouseholdId
    category: NeedCategory
    dimension: Dimension
    measure: Measure
    period: Period
    gross: int
    person_id: PersonId | None = None
    assessment_id: AssessmentId | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    urgency: Urgency = Urgency.YELLOW


@event("relief.need.changed", version=1, stream="need_id")
class NeedChanged(Event):
    """The gross amount is another, for a `month` need from `first_month` to `last_month`. Source: section 3.4, ruling 19 of the design."""

    need_id: NeedId
    household_id: HouseholdId
    gross: int
    first_month: Month | None = None
    last_month: Month | None = None


@event("relief.need.prior-payer-recorded", version=1, stream="need_id")
class PriorPayerRecorded(Event):
    """Insurance or another payer before assistance covers a part; it reduces the need, it is no aid. Source: ruling 1."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    payer: PriorPayer
    amount: int
    month: Month | None = None


@event("relief.need.coverage-committed", version=1, stream="need_id")
class CoverageCommitted(Event):
    """The need accepted a line: `amount` of what was offered, each month from first to last for a `month` need. An offer is answered once.

    It adds to what the line holds already.  Source: rulings 3, 9.
    """

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    layer: Layer
    scheme: Scheme
    offered: int
    amount: int
    first_month: Month | None = None
    last_month: Month | None = None


@event("relief.need.coverage-refused", version=1, stream="need_id")
class CoverageRefused(Event):
    """The need accepted nothing of an offer; the giver releases it at once. Source: ruling 3."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    layer: Layer
    offered: int
    reason: CoverageRefusal


@event("relief.need.coverage-delivered", version=1, stream="need_id")
class CoverageDelivered(Event):
    """A part of a line moved from committed to delivered. Source: rulings 1, 9."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    amount: int
    month: Month | None = None


@event("relief.need.coverage-released", version=1, stream="need_id")
class CoverageReleased(Event):
    """A committed amount was given back and is open again, for a `month` need in that one month. Source: ruling 20 of the design."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    amount: int
    month: Month | None = None


@event("relief.need.coverage-reversed", version=1, stream="need_id")
class CoverageReversed(Event):
    """A delivered amount was returned; only this line falls, nothing is re-allocated by itself. Source: ruling 11."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    amount: int
    month: Month | None = None


@event("relief.need.no-referral-explained", version=1, stream="need_id")
class NoReferralExplained(Event):
    """Somebody said why the need is referred to nobody; the last reason counts until a referral is proposed. Source: B02."""

    need_id: NeedId
    household_id: HouseholdId
    reason: NoReferralReason


@event("relief.need.unmet-recorded", version=1, stream="need_id")
class UnmetNeedRecorded(Event):
    """Nobody helps with `residual` of the need for now, with the reason; it stays open. Source: section 3.5.

    referral_id: the referral that ended so. A need of which nobody was asked has `NoReferralExplained`.
    """

    need_id: NeedId
    household_id: HouseholdId
    category: NeedCategory
    residual: int
    reason: UnmetReason
    referral_id: ReferralId


@event("relief.need.closed", version=1, stream="need_id")
class NeedClosed(Event):
    """Nothing more is to be done for the need; the code says why. Source: section 3.5."""

    need_id: NeedId
    household_id: HouseholdId
    code: ClosingCode


@event("relief.need.reopened", version=1, stream="need_id")
class NeedReopened(Event):
    """A reversal made the residual positive again. Source: ruling 11."""

    need_id: NeedId
    household_id: HouseholdId
