"""The ledger of a fund: every fen is in one place at every event, and each movement names the donations it draws on."""

from __future__ import annotations

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.charity.allocation import AllocationRefused
from contracts.charity.donation import DonationKind, ReversalReason
from contracts.charity.fund import (
    DonationCredited,
    FundAidReturned,
    FundEstablished,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
)
from contracts.envelope import Event
from contracts.ids import AllocationId, DonationId, NeedId
from contracts.terms import NeedCategory, Purpose
from kit.command import Command
from kit.errors import Refused
from kit.testing import SECOND, WORKER, Given, given
from services.charity.domain.allocation import (
    ApproveAllocation,
    GiveUpAllocation,
    ProposeAllocation,
    ReleaseAllocation,
    ReturnAid,
    SettleAllocation,
    allocation,
)
from services.charity.domain.donation import AllocateDonation, ReceiveDonation, ReverseDonation, donation
from services.charity.domain.fund import (
    EstablishFund,
    FundEvent,
    aid_returned,
    fund,
    released,
    reserved,
    spent,
)
from tests.charity.facts import (
    DONOR,
    FUND,
    GIFT,
    GRANT,
    HOME,
    SECOND_GIFT,
    SECOND_GRANT,
    credited,
    draw,
    established,
    set_aside,
    uuid,
)
from tests.charity.facts import (
    spent as spent_by,
)


@pytest.mark.parametrize(
    ("purpose", "asked", "needed"),
    [(Purpose.DISABILITY, False, True), (Purpose.CHILDREN, False, False), (Purpose.CHILDREN, True, True)],
)
def test_the_pack_says_which_purposes_need_a_certificate(purpose: Purpose, asked: bool, needed: bool) -> None:
    """C08: the disability fund helps only persons with a certificate of the district."""
    command = EstablishFund(fund_id=FUND, purpose=purpose, certificate_needed=asked)
    given(fund).when(command).then(FundEstablished(fund_id=FUND, purpose=purpose, certificate_needed=needed))


def test_a_fund_is_established_once() -> None:
    given(fund, established()).when(EstablishFund(fund_id=FUND, purpose=Purpose.CHILDREN)).refused("already_exists")


TWO_GIFTS = [established(), credited(10_000_00), credited(5_000_00, SECOND_GIFT)]


def test_a_reservation_draws_on_the_oldest_donation_first() -> None:
    """Section 3.9, FundTrace: one donated yuan is followed in order of receipt."""
    state = fund.fold(TWO_GIFTS)
    assert reserved(state, GRANT, 12_000_00).draws == (draw(10_000_00), draw(2_000_00, SECOND_GIFT))
    assert state.available_fen == 15_000_00


def test_payment_uses_the_oldest_of_what_was_reserved_and_a_release_gives_the_newest_back() -> None:
    """Ruling 3: the rest is released at once, whichever of the two is written first."""
    state = fund.fold([*TWO_GIFTS, set_aside(draw(10_000_00), draw(2_000_00, SECOND_GIFT))])
    back = released(state, GRANT, 5_000_00)
    assert back.draws == (draw(3_000_00), draw(2_000_00, SECOND_GIFT))
    assert spent(state, GRANT, 7_000_00).draws == spent(fund.fold([back], state), GRANT, 7_000_00).draws == (draw(7_000_00),)


def test_no_movement_takes_more_than_there_is() -> None:
    """DET-21: a fund is never below zero."""
    state = fund.fold([*TWO_GIFTS, set_aside(draw(4_000_00))])
    for movement, code, open_fen in [
        (reserved, "above_available", 11_000_00),
        (spent, "above_reserved", 4_000_00),
        (released, "above_reserved", 4_000_00),
        (aid_returned, "above_spent", 0),
    ]:
        with pytest.raises(Refused) as refusal:
            movement(state, GRANT, open_fen + 1)
        assert (refusal.value.code, refusal.value.params) == (code, {"open_fen": open_fen})


def test_a_finished_allocation_leaves_no_trace_in_what_is_held() -> None:
    """The state of a fund grows with the allocations it still answers for, not with all it ever saw."""
    state = fund.fold([*TWO_GIFTS, set_aside(draw(4_000_00))])
    assert fund.fold([released(state, GRANT, 4_000_00)], state).holds == {}


class Desk:
    """Charity's streams in memory: commands are given, their facts kept, refusals counted as no facts."""

    def __init__(self) -> None:
        self.facts = Given(fund)

    def say(self, aggregate: object, command: Command, *, second: bool = False) -> list[Event]:
        desk = Given(aggregate, self.facts.streams)  # type: ignore[arg-type]
        outcome = desk.when(command, actor=SECOND if second else WORKER)
        self.facts.facts(outcome.events)
        return outcome.events

    @property
    def ledger(self) -> list[FundEvent]:
        return self.facts.streams[fund.stream(FUND)]  # type: ignore[return-value]


gifts = st.integers(0, 3).map(lambda n: DonationId(uuid(0xD00 + n)))
grants = st.integers(0, 3).map(lambda n: AllocationId(uuid(0x300 + n)))
amounts = st.integers(1, 60)
steps = st.one_of(
    st.tuples(st.just("give"), gifts, amounts),
    st.tuples(st.just("reverse"), gifts, amounts),
    *(st.tuples(st.just(what), grants, amounts) for what in ("grant", "settle", "give_up", "release", "return")),
)


def play(desk: Desk, step: tuple[str, str, int]) -> None:
    what, name, fen = step
    gift, grant = DonationId(name), AllocationId(name)
    match what:
        case "give":
            terms = {"donation_id": gift, "donor_id": DONOR, "kind": DonationKind.MONEY, "amount_fen": fen, "purpose": Purpose.CHILDREN}
            desk.say(donation, ReceiveDonation.model_validate(terms))
            desk.say(donation, AllocateDonation(donation_id=gift, fund_id=FUND))
        case "reverse":
            desk.say(donation, ReverseDonation(donation_id=gift, reason=ReversalReason.BANK_REVERSED))
        case "grant":
            offer = ProposeAllocation(
                allocation_id=grant, fund_id=FUND, household_id=HOME, need_id=NeedId(uuid(1)), category=NeedCategory.CHILD, amount_fen=fen
            )
            desk.say(allocation, offer)
            desk.say(allocation, ApproveAllocation(allocation_id=grant), second=True)
        case "settle":
            desk.say(allocation, SettleAllocation(allocation_id=grant, accepted_fen=fen))
        case "give_up":
            desk.say(allocation, GiveUpAllocation(allocation_id=grant))
        case "release":
            desk.say(allocation, ReleaseAllocation(allocation_id=grant))
        case _:
            desk.say(allocation, ReturnAid(allocation_id=grant, amount_fen=fen))


def totals(ledger: list[FundEvent]) -> dict[str, int]:
    """The sums of a fund by its events alone, without the fold under test."""
    fen = {kind: sum(e.amount_fen for e in ledger if isinstance(e, kind)) for kind in MOVEMENTS}
    out = fen[FundSpent] - fen[FundAidReturned]
    held = fen[FundReserved] - fen[FundSpent] - fen[FundReleased]
    return {"received": fen[DonationCredited], "spent": out, "reserved": held, "taken_back": fen[FundTakenBack]}


MOVEMENTS = (DonationCredited, FundReserved, FundSpent, FundReleased, FundAidReturned, FundTakenBack)


@settings(max_examples=120)
@hypothesis_given(st.lists(steps, max_size=25))
def test_every_fen_received_is_in_one_place_at_every_event(played: list[tuple[str, str, int]]) -> None:
    """Property 3: received = spent (net of returned aid) + reserved + available + taken back, at every event prefix; nothing below zero."""
    desk = Desk()
    desk.say(fund, EstablishFund(fund_id=FUND, purpose=Purpose.CHILDREN))
    for step in played:
        play(desk, step)
    for length in range(len(desk.ledger) + 1):
        prefix = desk.ledger[:length]
        state, sums = fund.fold(prefix), totals(prefix)
        assert min(sums.values()) >= 0
        assert state.available_fen >= 0
        assert sums["received"] == sums["spent"] + sums["reserved"] + state.available_fen + sums["taken_back"]


@settings(max_examples=80)
@hypothesis_given(st.lists(steps, max_size=25))
def test_the_same_holds_for_each_donation_and_the_draws_are_the_amount(played: list[tuple[str, str, int]]) -> None:
    """Property 3 by donation: one donated yuan can be followed; no donation gives what it does not have."""
    desk = Desk()
    desk.say(fund, EstablishFund(fund_id=FUND, purpose=Purpose.CHILDREN))
    for step in played:
        play(desk, step)
    for length, event in enumerate(desk.ledger, 1):
        if isinstance(event, FundReserved | FundSpent | FundReleased | FundAidReturned):
            assert sum(d.amount_fen for d in event.draws) == event.amount_fen
        for share in fund.fold(desk.ledger[:length]).shares.values():
            assert min(share.available, share.reserved, share.spent, share.taken_back) >= 0


@settings(max_examples=60)
@hypothesis_given(st.lists(steps, max_size=25))
def test_a_refusal_moves_no_money_and_a_replay_of_the_books_gives_the_same_state(played: list[tuple[str, str, int]]) -> None:
    """SC-16: a refused allocation stands on its own stream only; state is a function of the events."""
    desk = Desk()
    desk.say(fund, EstablishFund(fund_id=FUND, purpose=Purpose.CHILDREN))
    for step in played:
        play(desk, step)
    refused = {e.allocation_id for events in desk.facts.streams.values() for e in events if isinstance(e, AllocationRefused)}
    moved = {e.allocation_id for e in desk.ledger if isinstance(e, FundReserved)}
    assert not refused & moved
    half = len(desk.ledger) // 2
    assert fund.fold(desk.ledger[half:], fund.fold(desk.ledger[:half])) == fund.fold(desk.ledger)


def test_a_returned_yuan_can_be_reserved_again_under_the_same_restriction() -> None:
    """SC-17: what a family gives back is available in the fund it came from."""
    before = fund.fold([established(), credited(50_000_00), set_aside(draw(30_000_00))])
    paid = fund.fold([spent(before, GRANT, 30_000_00)], before)
    back = aid_returned(paid, GRANT, 1_200_00)
    assert back == FundAidReturned(fund_id=FUND, allocation_id=GRANT, amount_fen=1_200_00, draws=(draw(1_200_00, GIFT),))
    assert fund.fold([back], paid).available_fen == 21_200_00


def test_returned_aid_goes_back_to_the_donations_it_came_from() -> None:
    """Section 3.9, FundTrace: another family's payment from an older donation is not touched."""
    held = [set_aside(draw(10_000_00)), set_aside(draw(5_000_00, SECOND_GIFT), grant=SECOND_GRANT)]
    paid = [spent_by(draw(10_000_00)), spent_by(draw(5_000_00, SECOND_GIFT), grant=SECOND_GRANT)]
    state = fund.fold([*TWO_GIFTS, *held, *paid])
    assert aid_returned(state, SECOND_GRANT, 1_200_00).draws == (draw(1_200_00, SECOND_GIFT),)
