"""Receipts, and how the use of a donation may change: with the donor's consent, or after a public notice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from contracts.charity.disclosure_task import DisclosureKind
from contracts.charity.donation import (
    DonationKind,
    DonationPledged,
    DonationPurposeChanged,
    DonationReceiptIssued,
    DonationReceived,
    DonationValued,
    UseChangeNoticed,
    UseChangeObjected,
)
from contracts.ids import DonorId, NoteRef
from contracts.terms import Purpose
from kit.testing import given
from services.charity.domain.donation import (
    AllocateDonation,
    ChangePurpose,
    IssueReceipt,
    NoticeUseChange,
    ObjectToUseChange,
    PledgeDonation,
    ReceiveDonation,
    donation,
)
from services.charity.domain.fund import fund
from tests.charity.facts import AGENCY, DAY, DONOR, FUND, GIFT, OFFICER, credited, established, in_fund, received, task, uuid

CONSENT = NoteRef(uuid(0xC1))
RECEIPT = IssueReceipt(donation_id=GIFT, organisation_id=AGENCY)
NOTICE = NoticeUseChange(donation_id=GIFT, purpose=Purpose.EDUCATION)
NOTICED = UseChangeNoticed(donation_id=GIFT, purpose=Purpose.EDUCATION, notice_until=date(2022, 4, 30))  # 60 days from the 1st of March
OBJECT = ObjectToUseChange(donation_id=GIFT)
OBJECTED = UseChangeObjected(donation_id=GIFT, purpose=Purpose.EDUCATION)
TERMS = {"donation_id": GIFT, "donor_id": DONOR, "kind": DonationKind.MONEY, "amount_fen": 50_000_00, "purpose": Purpose.CHILDREN}


def issued(fen: int = 50_000_00, kind: DonationKind = DonationKind.MONEY, donor: DonorId | None = DONOR) -> DonationReceiptIssued:
    return DonationReceiptIssued(
        donation_id=GIFT, kind=kind, amount_fen=fen, organisation_id=AGENCY, handled_by=OFFICER, issued_on=DAY, donor_id=donor
    )


def change(consent: NoteRef | None = None, purpose: Purpose = Purpose.EDUCATION) -> ChangePurpose:
    return ChangePurpose(donation_id=GIFT, purpose=purpose, consent=consent)


def changed(consent: NoteRef | None = None) -> DonationPurposeChanged:
    return DonationPurposeChanged(donation_id=GIFT, before=Purpose.CHILDREN, purpose=Purpose.EDUCATION, consent=consent)


def test_a_pledge_may_rest_on_a_written_agreement() -> None:
    """R-CHA-01: when the donor wants one."""
    told = DonationPledged(
        donation_id=GIFT, donor_id=DONOR, kind=DonationKind.MONEY, amount_fen=50_000_00, purpose=Purpose.CHILDREN, agreement=CONSENT
    )
    given(donation).when(PledgeDonation.model_validate(TERMS | {"agreement": CONSENT})).then(told)


def test_a_receipt_names_donor_amount_organisation_handler_and_date_once() -> None:
    """R-CHA-01, C09."""
    given(donation, received(50_000_00)).when(RECEIPT).then(issued())
    given(donation, received(50_000_00), issued()).when(RECEIPT).refused("receipt_issued")
    pledged = DonationPledged(donation_id=GIFT, donor_id=DONOR, kind=DonationKind.MONEY, amount_fen=1, purpose=Purpose.GENERAL)
    given(donation, pledged).when(RECEIPT).refused("not_received")


def test_a_waived_receipt_is_not_issued_and_an_anonymous_one_names_no_donor() -> None:
    """R-CHA-01, R-CHA-09: both are recorded all the same."""
    given(donation, received(50_000_00, waived=True)).when(RECEIPT).refused("receipt_waived")
    told = DonationReceived(
        donation_id=GIFT,
        donor_id=DONOR,
        kind=DonationKind.MONEY,
        amount_fen=50_000_00,
        purpose=Purpose.CHILDREN,
        received_on=DAY,
        receipt_waived=False,
        anonymous=True,
    )
    given(donation).when(ReceiveDonation.model_validate(TERMS | {"anonymous": True})).then(told)
    given(donation, told).when(RECEIPT).then(issued(donor=None))


def test_goods_get_a_receipt_once_they_have_their_list_value() -> None:
    """R-CHA-01, C09: kind and value stand on it."""
    goods = received(0, Purpose.EPIDEMIC, DonationKind.GOODS)
    given(donation, goods).when(RECEIPT).refused("value_missing")
    valued = DonationValued(donation_id=GIFT, value_fen=8_400_00)
    given(donation, goods, valued).when(RECEIPT).then(issued(8_400_00, DonationKind.GOODS))


def test_another_use_needs_the_donors_consent_and_is_told() -> None:
    """R-CHA-03, R-CHA-11: the change is filed and told within 10 days; afterwards a fund of the new purpose takes the money."""
    to_tell = task(DisclosureKind.USE_CHANGE, date(2022, 3, 11), (DAY, DAY), of_fund=None, gift=GIFT)
    case = given(donation, received(50_000_00))
    case.when(change()).refused("consent_missing")
    case.when(change(CONSENT, Purpose.CHILDREN)).refused("same_purpose")
    outcome = case.when(change(CONSENT)).then(changed(CONSENT), to_tell)
    after = case.facts(outcome.events).also(fund, established(Purpose.EDUCATION))
    after.when(AllocateDonation(donation_id=GIFT, fund_id=FUND)).then(in_fund(50_000_00), credited(50_000_00))


def test_a_donor_who_is_not_found_is_asked_in_public_for_sixty_days() -> None:
    """R-CHA-03: only when the 60th day is over, and only for the use that was announced."""
    case = given(donation, received(50_000_00))
    outcome = case.when(NOTICE).then(NOTICED)
    noticed = case.facts(outcome.events)
    over = datetime(2022, 4, 30, 16, tzinfo=UTC)
    noticed.when(change(), at=over - timedelta(seconds=1)).refused("notice_running", notice_until="2022-04-30")
    noticed.when(change(purpose=Purpose.ELDERS), at=over).refused("consent_missing")
    assert noticed.when(change(), at=over).events[0] == changed()


def test_a_donor_who_objects_keeps_the_agreed_use() -> None:
    """R-CHA-03: after the objection the notice is worth nothing."""
    given(donation, received(50_000_00)).when(OBJECT).refused("no_notice")
    given(donation, received(50_000_00), NOTICED).when(OBJECT).then(OBJECTED)
    objected = given(donation, received(50_000_00), NOTICED, OBJECTED)
    objected.when(change(), on=date(2022, 5, 9)).refused("consent_missing")


def test_what_is_in_a_fund_already_stays_under_its_restriction() -> None:
    """R-CHA-03, section 3.2."""
    in_use = given(donation, received(50_000_00), in_fund(50_000_00))
    in_use.when(change(CONSENT)).refused("already_allocated", fund_id=FUND)
    in_use.when(NOTICE).refused("already_allocated")
