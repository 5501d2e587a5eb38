"""Charity's books over whole histories: money in funds that end, grants that freeze, goods in lots. No fen is lost or in two places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from contracts.charity.donation import DonationAllocated, DonationKind, ReversalReason
from contracts.charity.fund import (
    DonationCredited,
    FundAidReturned,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.charity.known_household import MemberKnown, StatusKnown
from contracts.charity.shop import ShopOpened
from contracts.charity.stock_lot import LossReason, StockCounted, StockIssued, StockReceived, StockWrittenOff
from contracts.envelope import Event
from contracts.ids import AreaCode, DonationId, FundId, GoodsCode, GrantId, LotId, Month, OrganisationId, ShopId, VoucherId
from contracts.terms import Purpose, Status
from kit.aggregate import Aggregate
from kit.command import Command
from kit.testing import SECOND, WORKER, Given, given
from services.charity.domain.donation import AllocateDonation, ReceiveDonation, ReverseDonation, donation
from services.charity.domain.fund import CloseFund, EstablishFund, Fund, fund
from services.charity.domain.known_organisation import NoteReinstatement, NoteRestriction, known_organisation
from services.charity.domain.organisation_grant import (
    ApproveGrant,
    EndGrant,
    FreezeGrant,
    OrganisationGrant,
    PayPart,
    ProposeGrant,
    ReturnPart,
    UnfreezeGrant,
    organisation_grant,
)
from services.charity.domain.stock_lot import CountStock, ReceiveStock, StockLot, WriteOffStock, stock_lot
from services.charity.domain.voucher import IssueVoucher, RedeemVoucher, voucher
from tests.charity.facts import AGENCY, CHILD, DAY, DONOR, GIFT, HOME, MOTHER, OTHER_AGENCY, uuid

FUNDS = (FundId("first"), FundId("second"), FundId("third"))
AGENCIES = (AGENCY, OTHER_AGENCY)
SINCE = date(2021, 11, 1)
ZHONGYI = ShopId("zhongyi-home")
COUNT = 8
"""So many gifts and so many grants take part."""


class Office:
    """All streams of charity in memory; what is refused leaves no fact."""

    def __init__(self) -> None:
        self.streams = Given(fund).streams

    def say(self, aggregate: Aggregate[Any], command: Command, *, second: bool = False) -> list[Event]:
        desk = Given(aggregate, self.streams)
        outcome = desk.when(command, actor=SECOND if second else WORKER)
        desk.facts(outcome.events)
        return outcome.events

    def ledger(self, fund_id: FundId) -> list[Event]:
        return self.streams.get(fund.stream(fund_id), [])

    def grant(self, number: int) -> OrganisationGrant:
        state: OrganisationGrant = Given(fund, self.streams).state(organisation_grant, grant_id(number))
        return state


def grant_id(number: int) -> GrantId:
    return GrantId(uuid(0x600 + number))


def agency(number: int) -> OrganisationId:
    """Each organisation has every second grant."""
    return AGENCIES[number % 2]


Step = tuple[str, int, int]
WHAT = (*["give", "grant", "pay"] * 3, *["restrict", "reinstate"] * 2, "return", "end", "reverse", "close")
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, COUNT - 1), st.integers(1, 60)), max_size=40)


def play(office: Office, step: Step) -> None:
    what, number, fen = step
    match what:
        case "give":
            _give(office, number, fen)
        case "grant":
            _grant(office, number, fen)
        case "pay":
            for part in office.grant(number).open_fen:
                office.say(organisation_grant, PayPart(grant_id=grant_id(number), allocation_id=part))
        case "restrict" | "reinstate":
            _tell(office, number, restricted=what == "restrict")
        case "end":
            office.say(organisation_grant, EndGrant(grant_id=grant_id(number)))
        case "return":
            _give_back(office, fen // 6 + 1)
        case "reverse":
            for holder in FUNDS:
                gift = DonationId(uuid(0xD00 + number))
                office.say(donation, ReverseDonation(donation_id=gift, reason=ReversalReason.BANK_REVERSED, fund_id=holder))
        case _:
            office.say(fund, CloseFund(fund_id=FUNDS[number % 3], successor_id=FUNDS[(number + 1) % 3]))


def _give(office: Office, number: int, fen: int) -> None:
    gift = DonationId(uuid(0xD00 + number))
    terms = {"donation_id": gift, "donor_id": DONOR, "kind": DonationKind.MONEY, "amount_fen": 10 * fen, "purpose": Purpose.ELDERS}
    office.say(donation, ReceiveDonation.model_validate(terms))
    office.say(donation, AllocateDonation(donation_id=gift, fund_id=FUNDS[number % 3]))


def _grant(office: Office, number: int, fen: int) -> None:
    terms = {"grant_id": grant_id(number), "organisation_id": agency(number), "fund_id": FUNDS[fen % 3], "purpose": Purpose.ELDERS}
    office.say(organisation_grant, ProposeGrant.model_validate(terms | {"amounts_fen": (fen, fen // 2 + 1)}))
    office.say(organisation_grant, ApproveGrant(grant_id=grant_id(number)), second=True)


def _give_back(office: Office, fen: int) -> None:
    """Every organisation gives a little of every paid part back."""
    for number in range(COUNT):
        for part in office.grant(number).paid_fen:
            office.say(organisation_grant, ReturnPart(grant_id=grant_id(number), allocation_id=part, amount_fen=fen))


def _tell(office: Office, number: int, *, restricted: bool) -> None:
    """As the reaction does: note it, then every grant of the organisation."""
    told = NoteRestriction(organisation_id=agency(number), since=SINCE) if restricted else NoteReinstatement(organisation_id=agency(number))
    office.say(known_organisation, told)
    for one in range(number % 2, COUNT, 2):
        command = FreezeGrant(grant_id=grant_id(one), since=SINCE) if restricted else UnfreezeGrant(grant_id=grant_id(one))
        if office.grant(one).offer:
            office.say(organisation_grant, command)


def sums(ledger: Sequence[Event]) -> Counter[str]:
    """The figures of a fund by its events alone, without the fold under test."""
    told: Counter[str] = Counter()
    signs = {
        DonationCredited: {"received": 1},
        LeftoverReceived: {"received": 1},
        LeftoverMoved: {"received": -1},
        FundReserved: {"reserved": 1},
        FundSpent: {"reserved": -1, "spent": 1},
        FundReleased: {"reserved": -1},
        FundAidReturned: {"spent": -1},
        FundTakenBack: {"taken_back": 1},
    }
    for event in ledger:
        for name, sign in signs.get(type(event), {}).items():
            told[name] += sign * event.amount_fen  # type: ignore[attr-defined]
    return told


@settings(max_examples=150)
@forall(STEPS)
def test_the_fund_equation_holds_at_every_prefix_also_when_grants_freeze_and_funds_end(steps: list[Step]) -> None:
    """Property 3, ruling 23, SC-25: received = spent + reserved + available + taken back; nothing is below zero."""
    office = Office()
    for one in FUNDS:
        office.say(fund, EstablishFund(fund_id=one, purpose=Purpose.ELDERS))
    for step in steps:
        play(office, step)
    for one in FUNDS:
        ledger = office.ledger(one)
        for length in range(len(ledger) + 1):
            told, state = sums(ledger[:length]), fund.fold(ledger[:length])
            assert told["received"] == told["spent"] + told["reserved"] + state.available_fen + told["taken_back"]
            assert min(told["spent"], told["reserved"], told["taken_back"], state.available_fen) >= 0


@settings(max_examples=100)
@forall(STEPS)
def test_frozen_money_stays_reserved_and_no_restricted_organisation_is_paid(steps: list[Step]) -> None:
    """Ruling 23, SC-25: what is open of all grants is what the funds hold reserved, frozen or not."""
    office = Office()
    for one in FUNDS:
        office.say(fund, EstablishFund(fund_id=one, purpose=Purpose.ELDERS))
    restricted: set[OrganisationId] = set()
    for what, number, fen in steps:
        before = sum(sums(office.ledger(one))["spent"] for one in FUNDS)
        play(office, (what, number, fen))
        if what in {"restrict", "reinstate"}:
            (restricted.add if what == "restrict" else restricted.discard)(agency(number))
        if what == "pay" and agency(number) in restricted:
            assert sum(sums(office.ledger(one))["spent"] for one in FUNDS) == before
        open_fen = sum(sum(office.grant(one).open_fen.values()) for one in range(COUNT))
        assert open_fen == sum(sums(office.ledger(one))["reserved"] for one in FUNDS)
        assert all(office.grant(one).frozen == (agency(one) in restricted) for one in range(COUNT) if office.grant(one).open_fen)


@settings(max_examples=100)
@forall(STEPS)
def test_money_received_is_spent_held_taken_back_or_in_no_fund_yet(steps: list[Step]) -> None:
    """C09: for each donation and so for its restriction; a fund that ends moves it, and loses none."""
    office = Office()
    for one in FUNDS:
        office.say(fund, EstablishFund(fund_id=one, purpose=Purpose.ELDERS))
    for step in steps:
        play(office, step)
    books: list[Fund] = [fund.fold(office.ledger(one)) for one in FUNDS]
    for number in range(COUNT):
        gift = DonationId(uuid(0xD00 + number))
        state = donation.fold(office.streams.get(donation.stream(gift), []))
        shares = [book.share(gift) for book in books]
        placed = sum(share.spent + share.reserved + share.available + share.taken_back for share in shares)
        assert state.allocated_fen == placed
        assert min(min(share.received, share.available) for share in shares) >= 0


GOODS = st.lists(st.tuples(st.sampled_from(("lot", "redeem", "count", "write_off")), st.integers(0, 2), st.integers(1, 30)), max_size=25)


@settings(max_examples=100)
@forall(GOODS)
def test_goods_received_are_given_out_in_stock_written_off_or_in_no_lot_yet(steps: list[Step]) -> None:
    """C09, C01, R-SHP-04: at list value, under the donation's restriction; what a count misses is posted apart."""
    office = Office()
    price = 2_00
    value_fen = 100 * price
    _shop(office, value_fen)
    for counter, (what, number, pieces) in enumerate(steps, 1):
        lot = LotId(uuid(0xE00 + number))
        commands: dict[str, tuple[Aggregate[Any], Command]] = {
            "lot": (stock_lot, _lot(lot, pieces, price)),
            "redeem": (voucher, RedeemVoucher(voucher_id=VoucherId(uuid(0xF1)), lot_id=lot, quantity=pieces, counter=counter)),
            "count": (stock_lot, CountStock(lot_id=lot, found=pieces)),
            "write_off": (stock_lot, WriteOffStock(lot_id=lot, quantity=pieces, reason=LossReason.EXPIRED)),
        }
        office.say(*commands[what])
        _reconciled(office, value_fen, price)


def _lot(lot: LotId, pieces: int, price: int) -> ReceiveStock:
    return ReceiveStock(lot_id=lot, shop_id=ZHONGYI, donation_id=GIFT, goods=GoodsCode("rice-5kg"), quantity=pieces, list_price_fen=price)


def _shop(office: Office, value_fen: int) -> None:
    """A shop, a household with points, and donated goods of a value for the epidemic."""
    terms = {"donation_id": GIFT, "donor_id": DONOR, "kind": DonationKind.GOODS, "amount_fen": value_fen, "purpose": Purpose.EPIDEMIC}
    members = [MemberKnown(household_id=HOME, person_id=person, joined_on=date(2022, 1, 1)) for person in (MOTHER, CHILD)]
    known = StatusKnown(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-01"))
    Given(fund, office.streams).facts([ShopOpened(shop_id=ZHONGYI, area=AreaCode("440308003")), known, *members])
    office.say(donation, ReceiveDonation.model_validate(terms))
    office.say(voucher, IssueVoucher(voucher_id=VoucherId(uuid(0xF1)), household_id=HOME, month=Month(f"{DAY:%Y-%m}")))


def _reconciled(office: Office, value_fen: int, price: int) -> None:
    facts = [event for events in office.streams.values() for event in events]
    lots = {event.lot_id for event in facts if isinstance(event, StockReceived)}
    on_hand = sum(_folded(office, lot).on_hand for lot in lots)
    issued = sum(event.quantity for event in facts if isinstance(event, StockIssued))
    off = sum(event.quantity for event in facts if isinstance(event, StockWrittenOff))
    missing = sum(event.missing for event in facts if isinstance(event, StockCounted))
    unplaced = value_fen - sum(event.amount_fen for event in facts if isinstance(event, DonationAllocated))
    assert value_fen == unplaced + price * (issued + on_hand + off + missing)
    assert min(unplaced, on_hand) >= 0
    assert {event.purpose for event in facts if isinstance(event, StockReceived)} <= {Purpose.EPIDEMIC}


def _folded(office: Office, lot: LotId) -> StockLot:
    state: StockLot = given(stock_lot).facts(office.streams[stock_lot.stream(lot)]).state(stock_lot, lot)
    return state
