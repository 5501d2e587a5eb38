"""What is counted of charity: donations, what they were given for, volunteers' sessions and hours, aid outside the district."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from contracts.charity.allocation import AidReturned, AllocationPaid
from contracts.charity.charity_activity import ActivityHeld
from contracts.charity.disclosure_task import DisclosurePublished
from contracts.charity.donation import DonationPurposeChanged, DonationReceived, DonationReversed, DonationValued
from contracts.charity.external_aid import ExternalAidCommitted, ExternalAidDelivered
from contracts.charity.kitchen_meal import MealsCorrected, MealsProvided
from contracts.charity.organisation_grant import GrantPaid, GrantReturned
from contracts.charity.volunteer_activity import ActivityClosed
from contracts.charity.volunteer_record import VolunteerHoursCorrected, VolunteerHoursRecorded
from contracts.charity.voucher import VoucherRedeemed
from contracts.envelope import Event, Meta
from kit.clock import shanghai_date
from services.linkage.views.counted.row import CountedRow, Counter, Counts, counted


def donation(_row: CountedRow | None, event: DonationReceived, meta: Meta) -> CountedRow:
    return counted(Counts.DONATION, event.donation_id, meta, event.received_on, code=event.purpose, fen=event.amount_fen)


def donation_valued(row: CountedRow | None, event: DonationValued, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=event.value_fen)


def donation_reversed(row: CountedRow | None, event: DonationReversed, _meta: Meta) -> CountedRow | None:
    """What was taken back was not received in the end (ruling 23)."""
    return row and replace(row, fen=row.fen - event.taken_back_fen)


def donation_redirected(row: CountedRow | None, event: DonationPurposeChanged, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code=event.purpose)


def allocation(_row: CountedRow | None, event: AllocationPaid, meta: Meta) -> CountedRow:
    return counted(
        Counts.CHARITY_PAYMENT,
        event.allocation_id,
        meta,
        part_of=f"{Counts.HOUSEHOLD}/{event.household_id}",
        household_id=event.household_id,
        code=event.fund_id,
        fen=event.amount_fen,
    )


def aid_returned(row: CountedRow | None, event: AidReturned, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=row.fen - event.amount_fen)


def grant_paid(_row: CountedRow | None, event: GrantPaid, meta: Meta) -> CountedRow:
    return counted(
        Counts.GRANT_PAYMENT, event.allocation_id, meta, organisation_id=event.organisation_id, code=event.fund_id, fen=event.amount_fen
    )


def grant_returned(row: CountedRow | None, event: GrantReturned, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=row.fen - event.amount_fen)


def goods_key(event: VoucherRedeemed) -> str:
    return f"{event.voucher_id}/{event.counter}"


def goods(_row: CountedRow | None, event: VoucherRedeemed, meta: Meta) -> CountedRow:
    return counted(
        Counts.SHOP_GOODS,
        goods_key(event),
        meta,
        part_of=f"{Counts.HOUSEHOLD}/{event.household_id}",
        household_id=event.household_id,
        code=event.shop_id,
        fen=event.value_fen,
    )


def kitchen(_row: CountedRow | None, event: MealsProvided, meta: Meta) -> CountedRow:
    return counted(
        Counts.KITCHEN_MEAL,
        event.line_id,
        meta,
        event.served_on,
        part_of=f"{Counts.HOUSEHOLD}/{event.household_id}",
        household_id=event.household_id,
        organisation_id=event.organisation_id,
        times=event.meals,
        fen=event.value_fen,
    )


def kitchen_corrected(row: CountedRow | None, event: MealsCorrected, _meta: Meta) -> CountedRow | None:
    return row and replace(row, times=event.meals, fen=event.value_fen)


def activity(_row: CountedRow | None, event: ActivityHeld, meta: Meta) -> CountedRow:
    return counted(
        Counts.CHARITY_ACTIVITY,
        event.activity_id,
        meta,
        event.held_on,
        area=event.area,
        organisation_id=event.organisation_id,
        code=event.kind,
        times=event.person_times,
        fen=event.goods_fen,
    )


def session(_row: CountedRow | None, event: ActivityClosed, meta: Meta) -> CountedRow:
    return counted(
        Counts.VOLUNTEER_SESSION,
        event.activity_id,
        meta,
        event.held_on,
        area=event.area,
        organisation_id=event.organisation_id,
        code=event.kind,
        times=event.served_times,
    )


def shift(_row: CountedRow | None, event: VolunteerHoursRecorded, meta: Meta) -> CountedRow:
    return counted(
        Counts.VOLUNTEER_SHIFT,
        event.record_id,
        meta,
        shanghai_date(event.started_at),
        area=event.area,
        organisation_id=event.organisation_id,
        person_id=event.person_id,
        code=event.kind,
        minutes=event.minutes,
    )


def shift_corrected(row: CountedRow | None, event: VolunteerHoursCorrected, _meta: Meta) -> CountedRow | None:
    """No minutes: the shift does not count (R-VOL-01)."""
    if row is None or event.minutes == 0:
        return None
    day = shanghai_date(event.started_at)
    return replace(row, on=day, year=day.year, organisation_id=event.organisation_id, minutes=event.minutes)


def outside(_row: CountedRow | None, event: ExternalAidCommitted, meta: Meta) -> CountedRow:
    return counted(Counts.EXTERNAL_AID, event.aid_id, meta, code=event.county)


def outside_delivered(row: CountedRow | None, event: ExternalAidDelivered, _meta: Meta) -> CountedRow | None:
    return row and replace(row, fen=row.fen + event.amount_fen)


def disclosure(_row: CountedRow | None, event: DisclosurePublished, meta: Meta) -> CountedRow:
    return counted(Counts.DISCLOSURE, event.task_id, meta, event.published_on, code=event.kind)


CHARITY: Mapping[type[Event], Counter] = {
    DonationReceived: Counter(Counts.DONATION, lambda event: event.donation_id, donation),
    DonationValued: Counter(Counts.DONATION, lambda event: event.donation_id, donation_valued),
    DonationReversed: Counter(Counts.DONATION, lambda event: event.donation_id, donation_reversed),
    DonationPurposeChanged: Counter(Counts.DONATION, lambda event: event.donation_id, donation_redirected),
    AllocationPaid: Counter(Counts.CHARITY_PAYMENT, lambda event: event.allocation_id, allocation),
    AidReturned: Counter(Counts.CHARITY_PAYMENT, lambda event: event.allocation_id, aid_returned),
    GrantPaid: Counter(Counts.GRANT_PAYMENT, lambda event: event.allocation_id, grant_paid),
    GrantReturned: Counter(Counts.GRANT_PAYMENT, lambda event: event.allocation_id, grant_returned),
    VoucherRedeemed: Counter(Counts.SHOP_GOODS, goods_key, goods),
    MealsProvided: Counter(Counts.KITCHEN_MEAL, lambda event: event.line_id, kitchen),
    MealsCorrected: Counter(Counts.KITCHEN_MEAL, lambda event: event.line_id, kitchen_corrected),
    ActivityHeld: Counter(Counts.CHARITY_ACTIVITY, lambda event: event.activity_id, activity),
    ActivityClosed: Counter(Counts.VOLUNTEER_SESSION, lambda event: event.activity_id, session),
    VolunteerHoursRecorded: Counter(Counts.VOLUNTEER_SHIFT, lambda event: event.record_id, shift),
    VolunteerHoursCorrected: Counter(Counts.VOLUNTEER_SHIFT, lambda event: event.record_id, shift_corrected),
    ExternalAidCommitted: Counter(Counts.EXTERNAL_AID, lambda event: event.aid_id, outside),
    ExternalAidDelivered: Counter(Counts.EXTERNAL_AID, lambda event: event.aid_id, outside_delivered),
    DisclosurePublished: Counter(Counts.DISCLOSURE, lambda event: event.task_id, disclosure),
}
