"""The shape of the chain's answer: texts and links beside the codes."""

from __future__ import annotations

from datetime import date, datetime

from services.linkage.api.answers import Amount, Answer, FactAnswer, FreshnessAnswer, StatesAnswer
from services.linkage.api.findings_answer import FindingAnswer


class GiverAnswer(Answer):
    kind: str
    kind_zh: str
    id: str
    name: str | None
    name_zh: str | None


class PayerAnswer(Answer):
    """Insurance or another payer before assistance."""

    line_id: str
    payer: str
    payer_zh: str
    amount: Amount
    source: FactAnswer


class LineAnswer(Answer):
    """One coverage line; `residual_after`: what was open once it and those before it counted; `said`: the giver's own figures."""

    line_id: str
    layer: str
    layer_zh: str
    scheme: str | None
    scheme_zh: str | None
    giver: GiverAnswer
    offered: Amount
    states: StatesAnswer
    residual_after: Amount
    said: StatesAnswer | None
    source: FactAnswer
    facts: list[FactAnswer]


class SlotAnswer(Answer):
    """One month of a monthly need, or (month null) the whole life of a need for one event."""

    month: str | None
    gross: Amount
    prior_payers: list[PayerAnswer]
    net: Amount
    lines: list[LineAnswer]
    residual: Amount


class RefusedAnswer(Answer):
    """An offer of which the need accepted nothing."""

    line_id: str
    layer: str
    layer_zh: str
    giver: GiverAnswer
    offered: Amount
    reason: str
    reason_zh: str
    source: FactAnswer


class CaseAnswer(Answer):
    """Help on its way that covers nothing yet."""

    layer: str
    layer_zh: str
    giver: GiverAnswer
    amount: Amount | None
    source: FactAnswer


class EscalationAnswer(Answer):
    """A level that has to see to a late step, until when."""

    level: str
    level_zh: str
    late_since: datetime
    due_at: datetime | None
    source: FactAnswer


class StepAnswer(Answer):
    state: str
    state_zh: str
    due_at: datetime | None
    reason: str | None
    progress: str | None
    progress_zh: str | None
    escalations: list[EscalationAnswer]
    source: FactAnswer


class ReferralAnswer(Answer):
    """A referral: its states, the age of the present one, the level that sees to it since it is late, and how it ended."""

    referral_id: str
    need_id: str
    receiver: str
    receiver_zh: str
    organisation_id: str | None
    urgency: str
    urgency_zh: str
    residual: Amount
    covered: Amount
    state: str
    state_zh: str
    age_days: int
    due_at: datetime | None
    overdue: bool
    level: str | None
    level_zh: str | None
    steps: list[StepAnswer]
    code: str | None
    code_zh: str | None
    follow: str | None
    replaced_by: str | None


class NeedAnswer(Answer):
    """One need. `residual`: over the months up to the current one."""

    need_id: str
    category: str
    category_zh: str
    dimension: str
    dimension_zh: str
    measure: str
    measure_zh: str
    period: str
    urgency: str
    urgency_zh: str
    person_id: str | None
    closed_as: str | None
    closed_as_zh: str | None
    residual: Amount
    slots: list[SlotAnswer]
    refused: list[RefusedAnswer]
    cases: list[CaseAnswer]
    referral_ids: list[str]
    source: FactAnswer


class OutsideAnswer(Answer):
    """Aid outside a need: in totals, never in a residual; goods at list value, beside the money."""

    layer: str
    layer_zh: str
    scheme: str
    scheme_zh: str
    giver: GiverAnswer
    month: str
    quantity: Amount
    delivered: Amount
    list_value: Amount
    facts: list[FactAnswer]


class StayAnswer(Answer):
    joined_on: date
    left_on: date | None
    reason: str | None


class MemberAnswer(Answer):
    person_id: str
    present: bool
    stays: list[StayAnswer]
    died_on: date | None
    death_certainty: str | None


class StatusAnswer(Answer):
    status: str
    status_zh: str
    first_month: str
    last_month: str | None
    source: FactAnswer


class ReviewAnswer(Answer):
    """An entitlement that a person must look at."""

    entitlement_id: str
    scheme: str
    scheme_zh: str
    due_month: str
    reason: str | None
    source: FactAnswer


class ChainAnswer(Answer):
    """The chain of aid of one household (一户一条救助链)."""

    household_id: str
    area: str
    area_zh: str
    as_of: date
    known_at: datetime | None
    closed: bool
    status: str | None
    status_zh: str | None
    statuses: list[StatusAnswer]
    members: list[MemberAnswer]
    needs: list[NeedAnswer]
    outside: list[OutsideAnswer]
    referrals: list[ReferralAnswer]
    reviews: list[ReviewAnswer]
    alerts: list[FindingAnswer]
    freshness: FreshnessAnswer
