"""What is counted of relief: visits and what they brought, screening, needs, referrals, money paid."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.relief.entitlement import PaymentLineFailed, PaymentLinePaid
from contracts.relief.household import HouseholdOpened
from contracts.relief.need import NeedRegistered
from contracts.relief.need_signal import NeedSignalReceived
from contracts.relief.opinion import OpinionAnswered, OpinionCollected, OpinionReopened
from contracts.relief.pairing_agreement import PairingEstablished
from contracts.relief.referral import ReferralClosed, ReferralReopened, ReferralSent
from contracts.relief.screening_round import PersonScreened, ScreeningOpened
from contracts.relief.special_aid import SubsidyPaid, SubsidyReversed
from contracts.relief.temp_aid import TempAidPaid, TempAidReturned
from contracts.relief.visit import VisitCompleted
from contracts.relief.visit_campaign import VisitCampaignOpened
from services.linkage.views.counted.row import CountedRow, Counter, Counts, counted
from services.linkage.views.facts import fact_of


def campaign(_row: CountedRow | None, event: VisitCampaignOpened, meta: Meta) -> CountedRow:
    return counted(Counts.CAMPAIGN, event.campaign_id, meta, event.opened_on, area=event.area, code=event.kind)


def visit(row: CountedRow | None, event: VisitCompleted, meta: Meta) -> CountedRow:
    return row or counted(
        Counts.VISIT,
        event.visit_id,
        meta,
        event.visited_on,
        area=event.area,
        part_of=f"{Counts.CAMPAIGN}/{event.campaign_id}",
        person_id=event.person_id,
        household_id=event.household_id,
        code=event.channel,
        people=event.visitors,
    )


def opinion(_row: CountedRow | None, event: OpinionCollected, meta: Meta) -> CountedRow:
    return counted(
        Counts.OPINION,
        event.opinion_id,
        meta,
        area=event.area,
        part_of=f"{Counts.VISIT}/{event.visit_id}",
        code="collected",
        people=(event.owner,),
    )


def opinion_answered(row: CountedRow | None, _event: OpinionAnswered, meta: Meta) -> CountedRow | None:
    return row and replace(row, code="answered", ended=fact_of(meta).on)


def opinion_reopened(row: CountedRow | None, _event: OpinionReopened, _meta: Meta) -> CountedRow | None:
    """The answer settled nothing: the next one counts."""
    return row and replace(row, code="collected", ended=None)


def pairing(_row: CountedRow | None, event: PairingEstablished, meta: Meta) -> CountedRow:
    return counted(
        Counts.PAIRING,
        event.pairing_id,
        meta,
        event.since,
        area=event.area,
        part_of=f"{Counts.CAMPAIGN}/{event.campaign_id}",
        household_id=event.household_id,
        people=(event.cadre,),
    )


def signal(_row: CountedRow | None, event: NeedSignalReceived, meta: Meta) -> CountedRow:
    return counted(
        Counts.SIGNAL, event.signal_id, meta, area=event.area, person_id=event.person_id, household_id=event.household_id, code=event.source
    )


def screening_round(_row: CountedRow | None, event: ScreeningOpened, meta: Meta) -> CountedRow:
    return counted(Counts.SCREENING_ROUND, event.round_id, meta, event.opened_on, area=event.area, code=event.kind)


def screened_key(event: PersonScreened) -> str:
    """A person's attempts of a round by one channel are one row that counts as often as they were made (J06)."""
    return f"{event.round_id}/{event.person_id}/{event.channel}"


def screened(row: CountedRow | None, event: PersonScreened, meta: Meta) -> CountedRow:
    if row is not None:
        return replace(row, times=row.times + 1)
    return counted(
        Counts.SCREENING,
        screened_key(event),
        meta,
        event.screened_on,
        part_of=f"{Counts.SCREENING_ROUND}/{event.round_id}",
        person_id=event.person_id,
        code=event.channel,
    )


def household(_row: CountedRow | None, event: HouseholdOpened, meta: Meta) -> CountedRow:
    return counted(Counts.HOUSEHOLD, event.household_id, meta, event.opened_on, area=event.area, household_id=event.household_id)


def need(_row: CountedRow | None, event: NeedRegistered, meta: Meta) -> CountedRow:
    part_of = f"{Counts.HOUSEHOLD}/{event.household_id}"
    return counted(Counts.NEED, event.need_id, meta, part_of=part_of, household_id=event.household_id, code=event.category)


def referral(row: CountedRow | None, event: ReferralSent, meta: Meta) -> CountedRow:
    part_of = f"{Counts.HOUSEHOLD}/{event.household_id}"
    return row or counted(Counts.REFERRAL, event.referral_id, meta, part_of=part_of, household_id=event.household_id, code="open")


def referral_closed(row: CountedRow | None, event: ReferralClosed, meta: Meta) -> CountedRow | None:
    return row and replace(row, code=event.code, ended=fact_of(meta).on)


def referral_reopened(row: CountedRow | None, _event: ReferralReopened, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code="open", ended=None)


def regular(row: CountedRow | None, event: PaymentLinePaid, meta: Meta) -> CountedRow:
    if row is not None:
        return replace(row, fen=event.amount_fen)
    return counted(
        Counts.REGULAR_PAYMENT,
        event.line_id,
        meta,
        part_of=f"{Counts.HOUSEHOLD}/{event.household_id}",
        household_id=event.household_id,
        code=event.month,
        fen=event.amount_fen,
    )


def regular_failed(row: CountedRow | None, _event: PaymentLineFailed, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=0)


def special(row: CountedRow | None, event: SubsidyPaid, meta: Meta) -> CountedRow:
    if row is not None:
        return replace(row, fen=row.fen + event.amount_fen)
    part_of = f"{Counts.HOUSEHOLD}/{event.household_id}"
    return counted(Counts.SPECIAL_PAYMENT, event.case_id, meta, part_of=part_of, household_id=event.household_id, fen=event.amount_fen)


def special_reversed(row: CountedRow | None, event: SubsidyReversed, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=row.fen - event.amount_fen)


def temporary(row: CountedRow | None, event: TempAidPaid, meta: Meta) -> CountedRow:
    if row is not None:
        return replace(row, fen=row.fen + event.amount_fen)
    part_of = f"{Counts.HOUSEHOLD}/{event.household_id}"
    return counted(Counts.TEMPORARY_PAYMENT, event.case_id, meta, part_of=part_of, household_id=event.household_id, fen=event.amount_fen)


def temporary_returned(row: CountedRow | None, event: TempAidReturned, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=row.fen - event.amount_fen)


RELIEF: Mapping[type[Event], Counter] = {
    VisitCampaignOpened: Counter(Counts.CAMPAIGN, lambda event: event.campaign_id, campaign),
    VisitCompleted: Counter(Counts.VISIT, lambda event: event.visit_id, visit),
    OpinionCollected: Counter(Counts.OPINION, lambda event: event.opinion_id, opinion),
    OpinionAnswered: Counter(Counts.OPINION, lambda event: event.opinion_id, opinion_answered),
    OpinionReopened: Counter(Counts.OPINION, lambda event: event.opinion_id, opinion_reopened),
    PairingEstablished: Counter(Counts.PAIRING, lambda event: event.pairing_id, pairing),
    NeedSignalReceived: Counter(Counts.SIGNAL, lambda event: event.signal_id, signal),
    ScreeningOpened: Counter(Counts.SCREENING_ROUND, lambda event: event.round_id, screening_round),
    PersonScreened: Counter(Counts.SCREENING, screened_key, screened),
    HouseholdOpened: Counter(Counts.HOUSEHOLD, lambda event: event.household_id, household),
    NeedRegistered: Counter(Counts.NEED, lambda event: event.need_id, need),
    ReferralSent: Counter(Counts.REFERRAL, lambda event: event.referral_id, referral),
    ReferralClosed: Counter(Counts.REFERRAL, lambda event: event.referral_id, referral_closed),
    ReferralReopened: Counter(Counts.REFERRAL, lambda event: event.referral_id, referral_reopened),
    PaymentLinePaid: Counter(Counts.REGULAR_PAYMENT, lambda event: event.line_id, regular),
    PaymentLineFailed: Counter(Counts.REGULAR_PAYMENT, lambda event: event.line_id, regular_failed),
    SubsidyPaid: Counter(Counts.SPECIAL_PAYMENT, lambda event: event.case_id, special),
    SubsidyReversed: Counter(Counts.SPECIAL_PAYMENT, lambda event: event.case_id, special_reversed),
    TempAidPaid: Counter(Counts.TEMPORARY_PAYMENT, lambda event: event.case_id, temporary),
    TempAidReturned: Counter(Counts.TEMPORARY_PAYMENT, lambda event: event.case_id, temporary_returned),
}
