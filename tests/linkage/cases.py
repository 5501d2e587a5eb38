"""Worked cases of the domain as journals: written from the pages, not from running the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracts.charity.allocation import AllocationAccepted, AllocationPaid, AllocationProposed, AllocationReleased, AllocationReserved
from contracts.charity.voucher import VoucherIssued, VoucherRedeemed
from contracts.eldercare.meal_account import MealCheckedIn, MealSubsidyApplied, SubsidyGround
from contracts.ids import (
    ActorId,
    AllocationId,
    AreaCode,
    CaseId,
    CheckInId,
    EntitlementId,
    EventCause,
    FundId,
    GoodsCode,
    HouseholdId,
    LineId,
    LotId,
    MealAccountId,
    MealPointId,
    Month,
    NeedId,
    PackId,
    PersonId,
    ReferralId,
    ShopId,
    UnitId,
    VoucherId,
)
from contracts.relief.entitlement import EntitlementGranted, EntitlementProposed, EntitlementVersioned
from contracts.relief.household import HouseholdOpened, MemberJoined, StatusRecognised
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    NeedRegistered,
    PriorPayerRecorded,
)
from contracts.relief.special_aid import SpecialAidOpened, SubsidyApproved, SubsidyPaid
from contracts.relief.temp_aid import TempAidGranted, TempAidPaid, TempAidRequested
from contracts.terms import (
    CheckInMethod,
    Department,
    Dimension,
    FundingSource,
    Layer,
    Measure,
    NeedCategory,
    Period,
    PriorPayer,
    Scheme,
    Status,
    TempAidKind,
)
from tests.linkage.story import HOME, SHATOUJIAO, Story, an_id, at

HOUSEHOLD = HouseholdId(HOME)
MOTHER, FATHER, CHILD, GRANDMOTHER = (PersonId(an_id(n)) for n in (11, 12, 13, 14))
BILLS = NeedId(an_id(21))
LIVING = NeedId(an_id(22))
BASIC, CRITICAL = LineId(an_id(31)), LineId(an_id(32))
MEDICAL_AID, MEDICAL_LINE = CaseId(an_id(41)), LineId(an_id(41))
TEMP_AID, TEMP_LINE = CaseId(an_id(42)), LineId(an_id(42))
FIRST_FUND, SECOND_FUND = FundId("children-illness"), FundId("second-donor")
FIRST_GIFT, SECOND_GIFT = AllocationId(an_id(51)), AllocationId(an_id(52))
FIRST_LINE, SECOND_LINE = LineId(FIRST_GIFT), LineId(SECOND_GIFT)
FIRST_CASE, SECOND_CASE = CaseId(an_id(201)), CaseId(an_id(202))
DIBAO, UNIT = EntitlementId(an_id(61)), UnitId(an_id(62))
REFERRAL = ReferralId(an_id(71))
PACK = PackId("TP-2022A@000000000000")
WORKER, SECOND = ActorId("worker-1"), ActorId("approver-2")


def opened(story: Story, on: str = "2022-03-01", *, members: tuple[PersonId, ...] = (MOTHER, FATHER, CHILD, GRANDMOTHER)) -> Story:
    """A household of Shatoujiao."""
    day = date.fromisoformat(on)
    return story.tell(
        HouseholdOpened(household_id=HOUSEHOLD, area=AreaCode(SHATOUJIAO), hukou=True, opened_on=day),
        *(MemberJoined(household_id=HOUSEHOLD, person_id=person, joined_on=day) for person in members),
        on=on,
    )


def a_need(
    need_id: NeedId, gross: int, category: NeedCategory = NeedCategory.MEDICAL, months: tuple[str, str] | None = None
) -> NeedRegistered:
    """A need in fen: of an event, or of each month from first to last."""
    first, last = (Month(months[0]), Month(months[1])) if months else (None, None)
    return NeedRegistered(
        need_id=need_id,
        household_id=HOUSEHOLD,
        category=category,
        dimension=Dimension.MATERIAL,
        measure=Measure.FEN,
        period=Period.MONTH if months else Period.EVENT,
        gross=gross,
        first_month=first,
        last_month=last,
    )


def committed(
    line_id: str,
    amount: int,
    layer: Layer,
    scheme: Scheme,
    *,
    need_id: NeedId = BILLS,
    offered: int | None = None,
    months: tuple[str, str] | None = None,
) -> CoverageCommitted:
    """The need accepted a line."""
    first, last = (Month(months[0]), Month(months[1])) if months else (None, None)
    return CoverageCommitted(
        need_id=need_id,
        household_id=HOUSEHOLD,
        line_id=LineId(line_id),
        layer=layer,
        scheme=scheme,
        offered=offered or amount,
        amount=amount,
        first_month=first,
        last_month=last,
    )


def delivered(line_id: str, amount: int, *, need_id: NeedId = BILLS, month: str | None = None) -> CoverageDelivered:
    """A part of the line moved from committed to delivered."""
    return CoverageDelivered(
        need_id=need_id, household_id=HOUSEHOLD, line_id=LineId(line_id), amount=amount, month=Month(month) if month else None
    )


def payer(line_id: LineId, kind: PriorPayer, amount: int, *, need_id: NeedId = BILLS) -> PriorPayerRecorded:
    """Insurance pays before assistance does."""
    return PriorPayerRecorded(need_id=need_id, household_id=HOUSEHOLD, line_id=line_id, payer=kind, amount=amount)


def four_layers() -> Story:
    """SC-07: edge family of 4, child with leukaemia; bills 286,000, insurance 160,000 and 48,000, then L2, L3, L4, L4."""
    story = opened(Story())
    story.tell(StatusRecognised(household_id=HOUSEHOLD, status=Status.EDGE, from_month=Month("2022-04")), on="2022-03-15")
    story.tell(a_need(BILLS, 28_600_000), on="2022-04-01")
    story.tell(payer(BASIC, PriorPayer.BASIC_INSURANCE, 16_000_000), on="2022-04-05")
    story.tell(payer(CRITICAL, PriorPayer.CRITICAL_ILLNESS_INSURANCE, 4_800_000), on="2022-04-06")
    _medical_aid(story)
    _temporary_aid(story)
    gift(story, FIRST_GIFT, FIRST_FUND, offered=2_000_000, accepted=2_000_000, on="2022-05-10")
    gift(story, SECOND_GIFT, SECOND_FUND, offered=600_000, accepted=412_000, on="2022-05-12")
    return story


def _medical_aid(story: Story) -> None:
    story.tell(
        SpecialAidOpened(case_id=MEDICAL_AID, household_id=HOUSEHOLD, need_id=BILLS, scheme=Scheme.MEDICAL_AID, person_id=CHILD),
        on="2022-04-07",
    )
    line: dict[str, Any] = {"case_id": MEDICAL_AID, "household_id": HOUSEHOLD, "line_id": MEDICAL_LINE, "amount_fen": 3_750_000}
    story.tell(
        SubsidyApproved(**line, department=Department.MEDICAL_SECURITY, decided_on=date(2022, 4, 12)),
        committed(MEDICAL_LINE, 3_750_000, Layer.SPECIAL, Scheme.MEDICAL_AID),
        on="2022-04-12",
    )
    story.tell(SubsidyPaid(**line), delivered(MEDICAL_LINE, 3_750_000), on="2022-04-20")


def requested(case_id: CaseId, amount_fen: int, *, cause: str = "leukaemia", need_id: NeedId = BILLS) -> TempAidRequested:
    """Expenditure-type temporary aid was asked for."""
    return TempAidRequested(
        case_id=case_id,
        household_id=HOUSEHOLD,
        need_id=need_id,
        kind=TempAidKind.EXPENDITURE,
        cause=EventCause(cause),
        members=4,
        affected=1,
        amount_fen=amount_fen,
        requested_by=WORKER,
    )


def granted(case_id: CaseId, amount_fen: int, *, conference: bool = False, need_id: NeedId = BILLS) -> TempAidGranted:
    """It was granted; the case names its line."""
    return TempAidGranted(
        case_id=case_id,
        household_id=HOUSEHOLD,
        need_id=need_id,
        line_id=LineId(case_id),
        amount_fen=amount_fen,
        source=FundingSource.DISTRICT,
        cap_fen=1_638_000,
        conference=conference,
        approved_by=SECOND,
    )


def paid(case_id: CaseId, amount_fen: int, *, need_id: NeedId = BILLS) -> TempAidPaid:
    """The grant was paid."""
    return TempAidPaid(
        case_id=case_id,
        household_id=HOUSEHOLD,
        need_id=need_id,
        line_id=LineId(case_id),
        amount_fen=amount_fen,
        source=FundingSource.DISTRICT,
    )


def _temporary_aid(story: Story) -> None:
    """The case conference grants 16,380.00."""
    story.tell(requested(TEMP_AID, 1_638_000), on="2022-04-25")
    story.tell(
        granted(TEMP_AID, 1_638_000, conference=True),
        committed(TEMP_LINE, 1_638_000, Layer.TEMPORARY, Scheme.TEMPORARY_AID),
        on="2022-04-28",
    )
    story.tell(paid(TEMP_AID, 1_638_000), delivered(TEMP_LINE, 1_638_000), on="2022-04-30")


def gift(story: Story, gift_id: AllocationId, fund: FundId, *, offered: int, accepted: int, on: str) -> Story:
    """Charity reserves, the need accepts, charity keeps what was accepted and pays it, the need counts it as delivered."""
    names: dict[str, Any] = {"allocation_id": gift_id, "household_id": HOUSEHOLD, "need_id": BILLS, "fund_id": fund}
    story.tell(
        AllocationProposed(**names, category=NeedCategory.MEDICAL, amount_fen=offered, proposed_by=WORKER),
        on=at(on, 9),
    )
    story.tell(
        AllocationReserved(**names, category=NeedCategory.MEDICAL, amount_fen=offered, approved_by=SECOND),
        on=at(on, 9, 30),
    )
    story.tell(committed(gift_id, accepted, Layer.CHARITY, Scheme.CHARITY, offered=offered), on=at(on, 10))
    story.tell(AllocationAccepted(allocation_id=gift_id, household_id=HOUSEHOLD, accepted_fen=accepted), on=at(on, 10, 1))
    if offered > accepted:
        story.tell(AllocationReleased(**names, amount_fen=offered - accepted, kept_fen=accepted), on=at(on, 10, 1))
    story.tell(AllocationPaid(**names, amount_fen=accepted), on=at(on, 15))
    return story.tell(delivered(gift_id, accepted), on=at(on, 15, 1))


def regular(story: Story, *, months: tuple[str, str] = ("2022-05", "2023-04"), amount_fen: int = 149_500, on: str = "2022-04-08") -> Story:
    """SC-01: three members, dibao 1,495.00 a month from May; the living need is the unrounded gap of the same months."""
    story.tell(a_need(LIVING, 149_500, NeedCategory.LIVING, months), on="2022-03-02")
    names: dict[str, Any] = {"entitlement_id": DIBAO, "household_id": HOUSEHOLD}
    story.tell(
        EntitlementProposed(
            **names,
            unit_id=UNIT,
            need_id=LIVING,
            scheme=Scheme.DIBAO,
            person_ids=(MOTHER, CHILD, GRANDMOTHER),
            counted_income_fen=260_000,
            proposed_by=WORKER,
        ),
        on="2022-03-25",
    )
    first, last = Month(months[0]), Month(months[1])
    return story.tell(
        EntitlementGranted(**names, approved_by=SECOND, person_ids=(MOTHER, CHILD, GRANDMOTHER), first_month=first, review_month=last),
        EntitlementVersioned(
            **names,
            scheme=Scheme.DIBAO,
            version=1,
            first_month=first,
            last_month=last,
            amount_fen=amount_fen,
            members=3,
            standard_fen=136_500,
            counted_income_fen=260_000,
        ),
        committed(DIBAO, amount_fen, Layer.REGULAR, Scheme.DIBAO, need_id=LIVING, months=months),
        on=on,
    )


def meals_and_goods(story: Story) -> Story:
    """SC-22 and R-SHP-03: one subsidised lunch (15.00), 120.00 of goods."""
    account, voucher = MealAccountId(an_id(81)), VoucherId(an_id(82))
    lunch: dict[str, Any] = {
        "account_id": account,
        "household_id": HOUSEHOLD,
        "check_in_id": CheckInId(an_id(83)),
        "served_on": date(2022, 5, 6),
    }
    story.tell(
        MealCheckedIn(
            **lunch,
            meal_point_id=MealPointId("canteen-1"),
            method=CheckInMethod.CARD,
            price_fen=1_800,
            pays_fen=300,
            ground=SubsidyGround.KEY_GROUP,
        ),
        MealSubsidyApplied(**lunch, subsidy_fen=1_500, ground=SubsidyGround.KEY_GROUP),
        on="2022-05-06",
    )
    story.tell(
        VoucherIssued(
            voucher_id=voucher,
            household_id=HOUSEHOLD,
            month=Month("2022-05"),
            status=Status.EDGE,
            persons=4,
            points=480,
            valid_to=date(2022, 6, 30),
        ),
        on="2022-05-01",
    )
    return story.tell(
        VoucherRedeemed(
            voucher_id=voucher,
            household_id=HOUSEHOLD,
            shop_id=ShopId("shop-1"),
            lot_id=LotId(an_id(84)),
            goods=GoodsCode("rice-5kg"),
            quantity=3,
            points=120,
            value_fen=12_000,
            counter=1,
        ),
        on="2022-05-07",
    )
