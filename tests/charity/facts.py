"""The people, gifts and funds of charity's tests, and their facts. Amounts are fen: 612_000_00 is 612,000.00 yuan."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.charity.allocation import AllocationProposed, AllocationReserved
from contracts.charity.disclosure_task import DisclosureKind, DisclosureTaskOpened
from contracts.charity.donation import DonationAllocated, DonationKind, DonationReceived
from contracts.charity.fund import DonationCredited, Draw, FundEstablished, FundReserved, FundSpent
from contracts.charity.known_household import MemberKnown, StatusKnown
from contracts.envelope import Event, Meta, type_of
from contracts.ids import (
    ActivityId,
    ActorId,
    AllocationId,
    DisclosureTaskId,
    DonationId,
    DonorId,
    FundId,
    HouseholdId,
    Month,
    NeedId,
    OrganisationId,
    PersonId,
    ReferralId,
)
from contracts.terms import NeedCategory, Purpose, Status
from kit.testing import id_for
from policy import end_of


def uuid(number: int) -> str:
    return f"0190a000-0000-8000-8000-{number:012x}"


HOME, OTHER_HOME = HouseholdId(uuid(0x02)), HouseholdId(uuid(0x22))
NEED, OTHER_NEED = NeedId(uuid(0x01)), NeedId(uuid(0x21))
MOTHER, CHILD, STRANGER = PersonId(uuid(0x10)), PersonId(uuid(0x11)), PersonId(uuid(0x19))
GRANT, SECOND_GRANT, THIRD_GRANT = AllocationId(uuid(0x31)), AllocationId(uuid(0x32)), AllocationId(uuid(0x33))
GIFT, SECOND_GIFT = DonationId(uuid(0xD1)), DonationId(uuid(0xD2))
DONOR = DonorId(uuid(0xD9))
REFERRAL = ReferralId(uuid(0x51))
FUND = FundId("care")
AGENCY, OTHER_AGENCY = OrganisationId("51440308mj00000001"), OrganisationId("51440308mj00000002")
ACTIVITY = ActivityId(uuid(0xA1))
OFFICER, APPROVER = ActorId("worker-1"), ActorId("approver-2")
DAY = date(2022, 3, 1)


def draw(fen: int, gift: DonationId = GIFT) -> Draw:
    return Draw(donation_id=gift, amount_fen=fen)


def received(
    fen: int, purpose: Purpose = Purpose.CHILDREN, kind: DonationKind = DonationKind.MONEY, *, waived: bool = False, gift: DonationId = GIFT
) -> DonationReceived:
    return DonationReceived(
        donation_id=gift, donor_id=DONOR, kind=kind, amount_fen=fen, purpose=purpose, received_on=DAY, receipt_waived=waived
    )


def in_fund(fen: int, gift: DonationId = GIFT) -> DonationAllocated:
    return DonationAllocated(donation_id=gift, amount_fen=fen, fund_id=FUND)


def established(purpose: Purpose = Purpose.CHILDREN, *, certificate_needed: bool = False) -> FundEstablished:
    return FundEstablished(fund_id=FUND, purpose=purpose, certificate_needed=certificate_needed)


def credited(fen: int, gift: DonationId = GIFT) -> DonationCredited:
    return DonationCredited(fund_id=FUND, donation_id=gift, amount_fen=fen)


def set_aside(*draws: Draw, grant: AllocationId = GRANT) -> FundReserved:
    return FundReserved(fund_id=FUND, allocation_id=grant, amount_fen=sum(d.amount_fen for d in draws), draws=draws)


def spent(*draws: Draw, grant: AllocationId = GRANT) -> FundSpent:
    return FundSpent(fund_id=FUND, allocation_id=grant, amount_fen=sum(d.amount_fen for d in draws), draws=draws)


def proposed(
    fen: int,
    *,
    grant: AllocationId = GRANT,
    category: NeedCategory = NeedCategory.MEDICAL,
    person: PersonId | None = None,
    certificate: bool = False,
    related: bool = False,
    referral: ReferralId | None = None,
) -> AllocationProposed:
    return AllocationProposed(
        allocation_id=grant,
        fund_id=FUND,
        household_id=HOME,
        need_id=NEED,
        category=category,
        amount_fen=fen,
        proposed_by=OFFICER,
        person_id=person,
        certificate=certificate,
        related=related,
        referral_id=referral,
    )


def reserved(
    fen: int, *, grant: AllocationId = GRANT, category: NeedCategory = NeedCategory.MEDICAL, referral: ReferralId | None = None
) -> AllocationReserved:
    return AllocationReserved(
        allocation_id=grant,
        fund_id=FUND,
        household_id=HOME,
        need_id=NEED,
        category=category,
        amount_fen=fen,
        approved_by=APPROVER,
        referral_id=referral,
    )


def status_known(status: Status = Status.DIBAO, first: str = "2022-04", last: str | None = None) -> StatusKnown:
    return StatusKnown(household_id=HOME, status=status, from_month=Month(first), to_month=Month(last) if last else None)


def member(person: PersonId, joined_on: date = DAY) -> MemberKnown:
    return MemberKnown(household_id=HOME, person_id=person, joined_on=joined_on)


def meta_of(event: Event, at: datetime = datetime(2022, 5, 4, 2, 30, tzinfo=UTC)) -> Meta:
    """The envelope of a fact that relief recorded at that instant."""
    return Meta(
        id=uuid(0xEE),
        source="/minsheng/test/relief",
        position=7,
        stream="",
        version=1,
        type=type_of(event).name,
        schema_version=1,
        key=HOME,
        recorded_at=at,
        occurred_at=at,
        actor="worker-9",
        authority="caseworker",
        correlation_id=uuid(0xCC),
    )


def task(
    kind: DisclosureKind,
    last_day: date,
    covers: tuple[date, date],
    *,
    number: int = 1,
    on: date = DAY,
    of_fund: FundId | None = FUND,
    gift: DonationId | None = None,
) -> DisclosureTaskOpened:
    """What a decision taken on a day opens: to be published up to and with the last day."""
    return DisclosureTaskOpened(
        task_id=DisclosureTaskId(id_for(f"disclosure:{kind}:{number}", on)),
        kind=kind,
        due_at=end_of(last_day),
        covers_from=covers[0],
        covers_to=covers[1],
        number=number,
        fund_id=of_fund,
        donation_id=gift,
    )
