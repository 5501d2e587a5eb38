"""From a chain to the answer of the API: every code with its term, every amount with its text, every line with its event."""

from __future__ import annotations

from datetime import date, datetime

from contracts.terms import Layer, Measure
from policy import Areas
from services.linkage.api.answers import Amount, FactAnswer, FreshnessAnswer, StatesAnswer, slot_text
from services.linkage.api.chain_model import (
    CaseAnswer,
    ChainAnswer,
    EscalationAnswer,
    GiverAnswer,
    LineAnswer,
    MemberAnswer,
    NeedAnswer,
    OutsideAnswer,
    PayerAnswer,
    ReferralAnswer,
    RefusedAnswer,
    ReviewAnswer,
    SlotAnswer,
    StatusAnswer,
    StayAnswer,
    StepAnswer,
)
from services.linkage.api.findings_answer import FindingAnswer
from services.linkage.chain import AidChain, Line, Member, NeedChain, OutsideLine, RefusedOffer, Review, Slot
from services.linkage.giving import Giver, OpenCase
from services.linkage.labels import name_zh, zh
from services.linkage.matrix import LayerOf
from services.linkage.views.household import StatusSpan
from services.linkage.views.need import PayerLine
from services.linkage.views.referral import Escalation, ReferralRow, Step


def chain_answer(
    aid: AidChain,
    areas: Areas,
    layer_of: LayerOf,
    now: datetime,
    known_at: datetime | None,
    alerts: list[FindingAnswer],
    fresh: FreshnessAnswer,
) -> ChainAnswer:
    """The chain as the API tells it. `now`: for ages."""
    measures = {need.need_id: need.measure for need in aid.needs}
    return ChainAnswer(
        household_id=aid.household_id,
        area=aid.area,
        area_zh=areas.get(aid.area).title_zh if aid.area in areas.by_code else aid.area,
        as_of=aid.as_of,
        known_at=known_at,
        closed=aid.closed is not None,
        status=aid.status,
        status_zh=zh(aid.status) if aid.status else None,
        statuses=[_status(span) for span in aid.statuses],
        members=[_member(member) for member in aid.members],
        needs=[_need(need) for need in aid.needs],
        outside=[_outside(line, layer_of) for line in aid.outside],
        referrals=[_referral(row, measures.get(row.need_id, Measure.FEN), aid.as_of, now) for row in aid.referrals],
        reviews=[_review(review) for review in aid.reviews],
        alerts=alerts,
        freshness=fresh,
    )


def without_persons(answer: ChainAnswer) -> ChainAnswer:
    """The chain for those whose task needs no person: no members, no death, nobody's need, no alert about a person."""
    needs = [need.model_copy(update={"person_id": None}) for need in answer.needs]
    return answer.model_copy(update={"members": [], "needs": needs, "alerts": []})


def _need(need: NeedChain) -> NeedAnswer:
    measure = need.measure
    return NeedAnswer(
        need_id=need.need_id,
        category=need.category,
        category_zh=zh(need.category),
        dimension=need.dimension,
        dimension_zh=zh(need.dimension),
        measure=measure,
        measure_zh=zh(measure),
        period=need.period,
        urgency=need.urgency,
        urgency_zh=zh(need.urgency),
        person_id=need.person_id,
        closed_as=need.closed_as,
        closed_as_zh=zh(need.closed_as) if need.closed_as else None,
        residual=Amount.of(need.residual, measure),
        slots=[_slot(slot, measure) for slot in need.slots],
        refused=[_refused(offer, measure) for offer in need.refused],
        cases=[_case(case, measure) for case in need.cases],
        referral_ids=[row.referral_id for row in need.referrals],
        source=FactAnswer.of(need.registered),
    )


def _slot(slot: Slot, measure: Measure) -> SlotAnswer:
    return SlotAnswer(
        month=slot_text(slot.slot),
        gross=Amount.of(slot.gross, measure),
        prior_payers=[_payer(payer, measure) for payer in slot.payers],
        net=Amount.of(slot.net, measure),
        lines=[_line(line, measure) for line in slot.lines],
        residual=Amount.of(slot.residual, measure),
    )


def _payer(payer: PayerLine, measure: Measure) -> PayerAnswer:
    return PayerAnswer(
        line_id=payer.line_id,
        payer=payer.payer,
        payer_zh=zh(payer.payer),
        amount=Amount.of(payer.amount, measure),
        source=FactAnswer.of(payer.fact),
    )


def _line(line: Line, measure: Measure) -> LineAnswer:
    return LineAnswer(
        line_id=line.line_id,
        layer=line.layer,
        layer_zh=zh(line.layer),
        scheme=line.scheme,
        scheme_zh=zh(line.scheme) if line.scheme else None,
        giver=giver_answer(line.giver),
        offered=Amount.of(line.offered, measure),
        states=StatesAnswer.of(line.amounts, measure),
        residual_after=Amount.of(line.residual_after, measure),
        said=StatesAnswer.of(line.said, measure) if line.said else None,
        source=FactAnswer.of(line.source),
        facts=FactAnswer.all(line.facts),
    )


def giver_answer(giver: Giver) -> GiverAnswer:
    """Who stands behind a line."""
    return GiverAnswer(kind=giver.kind, kind_zh=zh(giver.kind), id=giver.id, name=giver.name, name_zh=name_zh(giver.name))


def _refused(offer: RefusedOffer, measure: Measure) -> RefusedAnswer:
    return RefusedAnswer(
        line_id=offer.line_id,
        layer=offer.layer,
        layer_zh=zh(offer.layer),
        giver=giver_answer(offer.giver),
        offered=Amount.of(offer.offered, measure),
        reason=offer.refusal.reason,
        reason_zh=zh(offer.refusal.reason),
        source=FactAnswer.of(offer.refusal.fact),
    )


def _case(case: OpenCase, measure: Measure) -> CaseAnswer:
    return CaseAnswer(
        layer=case.layer,
        layer_zh=zh(case.layer),
        giver=giver_answer(case.giver),
        amount=None if case.amount is None else Amount.of(case.amount, measure),
        source=FactAnswer.of(case.since),
    )


def _outside(line: OutsideLine, layer_of: LayerOf) -> OutsideAnswer:
    layer = Layer(layer_of(line.scheme))
    return OutsideAnswer(
        layer=layer,
        layer_zh=zh(layer),
        scheme=line.scheme,
        scheme_zh=zh(line.scheme),
        giver=giver_answer(line.giver),
        month=line.month,
        quantity=Amount.of(line.quantity, line.measure),
        delivered=Amount.of(line.delivered_fen),
        list_value=Amount.of(line.list_value_fen),
        facts=FactAnswer.all(line.facts),
    )


def _referral(row: ReferralRow, measure: Measure, as_of: date, now: datetime) -> ReferralAnswer:
    """State, age and clock at the end of the day; overdue is told by the clock."""
    steps = [step for step in row.steps if step.fact.on <= as_of]
    last, is_open = steps[-1], row.is_open(as_of)
    ended = None if is_open else row.code
    level = last.escalated(as_of)[-1].level if last.escalated(as_of) else None
    return ReferralAnswer(
        referral_id=row.referral_id,
        need_id=row.need_id,
        receiver=row.receiver,
        receiver_zh=zh(row.receiver),
        organisation_id=row.organisation_id,
        urgency=row.urgency,
        urgency_zh=zh(row.urgency),
        residual=Amount.of(row.residual, measure),
        covered=Amount.of(row.covered, measure),
        state=last.state,
        state_zh=zh(last.state),
        age_days=(as_of - last.fact.on).days,
        due_at=last.due_at,
        overdue=is_open and last.due_at is not None and last.due_at <= now,
        level=level,
        level_zh=zh(level) if level else None,
        steps=[_step(step, as_of) for step in steps],
        code=ended,
        code_zh=zh(ended) if ended else None,
        follow=None if is_open else row.follow,
        replaced_by=None if is_open else row.replaced_by,
    )


def _step(step: Step, as_of: date) -> StepAnswer:
    return StepAnswer(
        state=step.state,
        state_zh=zh(step.state),
        due_at=step.due_at,
        reason=step.reason,
        progress=step.progress,
        progress_zh=zh(step.progress) if step.progress else None,
        escalations=[_escalation(one) for one in step.escalated(as_of)],
        source=FactAnswer.of(step.fact),
    )


def _escalation(one: Escalation) -> EscalationAnswer:
    return EscalationAnswer(
        level=one.level, level_zh=zh(one.level), late_since=one.late_since, due_at=one.due_at, source=FactAnswer.of(one.fact)
    )


def _member(member: Member) -> MemberAnswer:
    return MemberAnswer(
        person_id=member.person_id,
        present=member.present,
        stays=[StayAnswer(joined_on=stay.joined_on, left_on=stay.left_on, reason=stay.reason) for stay in member.stays],
        died_on=member.death.died_on if member.death else None,
        death_certainty=member.death.certainty if member.death else None,
    )


def _status(span: StatusSpan) -> StatusAnswer:
    return StatusAnswer(
        status=span.status,
        status_zh=zh(span.status),
        first_month=span.first_month,
        last_month=span.last_month,
        source=FactAnswer.of(span.fact),
    )


def _review(review: Review) -> ReviewAnswer:
    return ReviewAnswer(
        entitlement_id=review.entitlement_id,
        scheme=review.scheme,
        scheme_zh=zh(review.scheme),
        due_month=review.due_month,
        reason=review.reason,
        source=FactAnswer.of(review.source),
    )
