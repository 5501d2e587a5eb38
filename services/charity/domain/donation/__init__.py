"""A donation (捐赠) of money or goods: value and restriction are fixed when it is received (section 3.2, C09). Amounts are fen."""

from __future__ import annotations

from contracts.charity.donation import DonationKind, ReversalReason
from contracts.ids import DonationId, DonorId, FundId, NoteRef, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.charity.domain.donation.receiving import (
    IssueReceipt,
    PledgeDonation,
    ReceiveDonation,
    ValueDonation,
    issue_receipt,
    pledge,
    receive,
    value,
)
from services.charity.domain.donation.reversing import ReverseDonation, SettleClaim, reverse, settle_claim
from services.charity.domain.donation.state import Donation, evolve
from services.charity.domain.donation.using import (
    AllocateDonation,
    ChangePurpose,
    NoticeUseChange,
    ObjectToUseChange,
    allocate,
    allocated_to_lot,
    change_purpose,
    notice_use_change,
    object_to_use_change,
)
from services.charity.domain.fund import fund

__all__ = [
    "AllocateDonation",
    "ChangePurpose",
    "Donation",
    "IssueReceipt",
    "NoticeUseChange",
    "ObjectToUseChange",
    "PledgeDonation",
    "ReceiveDonation",
    "ReverseDonation",
    "SettleClaim",
    "ValueDonation",
    "allocated_to_lot",
    "donation",
]


_GIFT = DonationId("0190a000-0000-8000-8000-0000000000d1")


_DONOR = DonorId("0190a000-0000-8000-8000-0000000000d9")


_TERMS = {"donation_id": _GIFT, "donor_id": _DONOR, "kind": DonationKind.MONEY, "amount_fen": 5_000_000, "purpose": Purpose.CHILDREN}


donation = Aggregate(
    "donation",
    id="donation_id",
    state=Donation,
    evolve=evolve,
    commands=[
        command(pledge, stream="new", roles={Role.CHARITY_OFFICER}, example=PledgeDonation.model_validate(_TERMS)),
        command(receive, stream="any", roles={Role.CHARITY_OFFICER}, example=ReceiveDonation.model_validate(_TERMS)),
        command(value, roles={Role.CHARITY_OFFICER}, example=ValueDonation(donation_id=_GIFT, value_fen=840_000)),
        command(
            issue_receipt,
            roles={Role.CHARITY_OFFICER},
            example=IssueReceipt(donation_id=_GIFT, organisation_id=OrganisationId("51440308mj00000001")),
        ),
        command(
            notice_use_change,
            roles={Role.CHARITY_OFFICER},
            example=NoticeUseChange(donation_id=_GIFT, purpose=Purpose.EDUCATION),
        ),
        command(object_to_use_change, roles={Role.CHARITY_OFFICER}, example=ObjectToUseChange(donation_id=_GIFT)),
        command(
            change_purpose,
            roles={Role.CHARITY_OFFICER},
            example=ChangePurpose(donation_id=_GIFT, purpose=Purpose.EDUCATION, consent=NoteRef("0190a000-0000-8000-8000-0000000000c1")),
        ),
        command(
            allocate,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=AllocateDonation(donation_id=_GIFT, fund_id=FundId("children")),
        ),
        command(
            reverse,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=ReverseDonation(donation_id=_GIFT, reason=ReversalReason.BANK_REVERSED),
        ),
        command(settle_claim, roles={Role.CHARITY_OFFICER}, example=SettleClaim(donation_id=_GIFT, amount_fen=3_000_000)),
    ],
)
