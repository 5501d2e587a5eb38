"""Charity's commands as they are really given: over the store in memory and the real one, by two processes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from contracts.charity.allocation import AllocationRefusal, AllocationRefused
from contracts.charity.donation import DonationKind
from contracts.envelope import Event, Meta
from contracts.ids import AllocationId, AreaCode, DonationId, FundId, GoodsCode, LineId, LotId, Month, PersonId, ShopId, VoucherId
from contracts.relief.household import MemberJoined, StatusRecognised
from contracts.relief.need import CoverageCommitted
from contracts.terms import Layer, NeedCategory, Purpose, Scheme, Status
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import Answer, Cause, CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, Forbidden, Role, system_actor
from kit.store import EventStore
from kit.testing import policy
from services.charity.domain.allocation import ApproveAllocation, ProposeAllocation
from services.charity.domain.donation import AllocateDonation, ReceiveDonation
from services.charity.domain.fund import EstablishFund, Fund, FundEvent, fund
from services.charity.domain.shop import OpenShop
from services.charity.domain.stock_lot import ReceiveStock
from services.charity.domain.voucher import AuthoriseProxy, CancelVoucher, IssueVoucher, RedeemVoucher
from services.charity.service import charity
from tests.charity.facts import CHILD, DAY, DONOR, GIFT, GRANT, HOME, NEED, SECOND_GRANT, THIRD_GRANT, meta_of, uuid
from tests.kit.store.conftest import opened, store  # noqa: F401 - fixtures

OFFICER = Actor("officer-1", frozenset({Role.CHARITY_OFFICER}), "440308")
SIGNER = Actor("approver-2", frozenset({Role.APPROVER}), "440308")
WHEN = datetime(2022, 4, 8, 4, tzinfo=UTC)
CARE = FundId("disability-care")


@pytest.fixture
def paths(store: EventStore) -> tuple[CommandPath, CommandPath]:  # noqa: F811
    """Two processes of charity over one store."""
    packs, calendar = policy()

    def path() -> CommandPath:
        return CommandPath(charity, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)

    return path(), path()


async def give(path: CommandPath, command: Command, actor: Actor = OFFICER) -> Answer:
    """Give a command on 8 April 2022; the same command again is the same key."""
    timed = command.model_copy(update={"occurred_at": WHEN})
    return await path.execute(timed, actor, f"{type(command).__name__}|{timed.model_dump_json()}")


async def hear(path: CommandPath, event: Event, meta: Meta | None = None) -> list[Answer]:
    """Let charity's reactions answer an event of relief, as its worker does."""
    meta = meta or meta_of(event, WHEN)
    answers = []
    for reaction in charity.reactions:
        for command in reaction.record(event, meta) if reaction.on is type(event) else ():
            aggregate, spec = charity.by_model[type(command)]
            key = reaction.key(meta.id, aggregate.stream(getattr(command, aggregate.id)), spec.name)
            answers.append(await path.execute(command, system_actor(reaction.name), key, cause=Cause.of(meta)))
    return answers


async def facts(store: EventStore, stream: str) -> Sequence[Event]:  # noqa: F811
    return [one.event() for one in (await store.load([stream]))[stream]]


async def books(store: EventStore) -> tuple[Fund, list[FundEvent]]:  # noqa: F811
    events: list[FundEvent] = list(await facts(store, fund.stream(CARE)))  # type: ignore[arg-type]
    return fund.fold(events), events


async def endowed(path: CommandPath, fen: int) -> None:
    """The disability fund with one donation."""
    await give(path, EstablishFund(fund_id=CARE, purpose=Purpose.DISABILITY))
    gift = ReceiveDonation(donation_id=GIFT, donor_id=DONOR, kind=DonationKind.MONEY, amount_fen=fen, purpose=Purpose.DISABILITY)
    await give(path, gift)
    await give(path, AllocateDonation(donation_id=GIFT, fund_id=CARE))


async def propose(path: CommandPath, grant: AllocationId, fen: int, *, certificate: bool = True) -> None:
    offer = ProposeAllocation(
        allocation_id=grant,
        fund_id=CARE,
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.DISABILITY,
        amount_fen=fen,
        person_id=CHILD,
        certificate=certificate,
    )
    await give(path, offer)


async def reserve(path: CommandPath, grant: AllocationId, fen: int) -> None:
    await propose(path, grant, fen)
    await give(path, ApproveAllocation(allocation_id=grant), SIGNER)


async def test_two_approvals_at_once_never_overdraw_a_fund(paths: tuple[CommandPath, CommandPath], store: EventStore) -> None:  # noqa: F811
    """SC-16: available 14,000.00; of 9,000.00 and 8,000.00 one is reserved, the other is on record as `insufficient`; the third `purpose`."""
    one, two = paths
    await endowed(one, 612_000_00)
    await reserve(one, AllocationId(uuid(0x30)), 598_000_00)
    await propose(one, GRANT, 9_000_00)
    await propose(two, SECOND_GRANT, 8_000_00)
    await propose(two, THIRD_GRANT, 3_000_00, certificate=False)
    await asyncio.gather(
        give(one, ApproveAllocation(allocation_id=GRANT), SIGNER), give(two, ApproveAllocation(allocation_id=SECOND_GRANT), SIGNER)
    )
    await give(one, ApproveAllocation(allocation_id=THIRD_GRANT), SIGNER)

    state, _ = await books(store)
    assert state.available_fen in {5_000_00, 6_000_00}
    assert state.share(GIFT).reserved == 612_000_00 - state.available_fen
    ends = [(await facts(store, f"allocation/{grant}"))[-1] for grant in (GRANT, SECOND_GRANT, THIRD_GRANT)]
    reasons = [end.reason for end in ends if isinstance(end, AllocationRefused)]
    assert reasons == [AllocationRefusal.INSUFFICIENT, AllocationRefusal.PURPOSE]


async def test_an_answer_of_the_need_that_is_delivered_again_pays_once(
    paths: tuple[CommandPath, CommandPath],
    store: EventStore,  # noqa: F811
) -> None:
    """SC-07's second donor, section 3.2: 4,120.00 of 6,000.00 is paid once, 1,880.00 is free again, whichever process hears it."""
    one, two = paths
    await endowed(one, 10_000_00)
    await reserve(one, GRANT, 6_000_00)
    accepted = CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LineId(GRANT),
        layer=Layer.CHARITY,
        scheme=Scheme.CHARITY,
        offered=6_000_00,
        amount=4_120_00,
    )
    first, again = await hear(one, accepted), await hear(two, accepted)
    assert again[0].repeated
    assert [e.id for e in again[0].events] == [e.id for e in first[0].events]
    state, events = await books(store)
    assert (state.available_fen, state.share(GIFT).spent, state.share(GIFT).reserved) == (5_880_00, 4_120_00, 0)
    stranger = CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LineId(THIRD_GRANT),
        layer=Layer.CHARITY,
        scheme=Scheme.CHARITY,
        offered=1,
        amount=1,
    )
    await hear(one, stranger, meta_of(stranger))
    assert (await books(store))[1] == events


async def test_a_household_has_one_voucher_a_month_also_at_once(
    paths: tuple[CommandPath, CommandPath],
    store: EventStore,  # noqa: F811
) -> None:
    """R-SHP-03: the claim on household and month holds between two processes; a cancelled unused voucher makes room."""
    one, two = paths
    joined = MemberJoined(household_id=HOME, person_id=CHILD, joined_on=DAY)
    await hear(one, joined, meta_of(joined))
    dibao = StatusRecognised(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-04"))
    await hear(one, dibao, meta_of(dibao))
    ids = [VoucherId(uuid(0xF1)), VoucherId(uuid(0xF2)), VoucherId(uuid(0xF3))]
    wishes = [IssueVoucher(voucher_id=one_id, household_id=HOME, month=Month("2022-04")) for one_id in ids]
    results = await asyncio.gather(give(one, wishes[0]), give(two, wishes[1]), return_exceptions=True)
    assert [r.code for r in results if isinstance(r, Refused)] == ["claimed"]
    winner = ids[[isinstance(r, Answer) for r in results].index(True)]
    assert [(s, n) for s, n, _ in await store.due(datetime(2022, 6, 30, 16, tzinfo=UTC), 9)] == [(f"voucher/{winner}", "expire")]
    await give(two, CancelVoucher(voucher_id=winner))
    await give(one, wishes[2])
    assert await store.holder("voucher-month", f"{HOME}:2022-04") == f"voucher/{ids[2]}"


async def test_facts_of_a_household_share_its_key_and_the_ledgers_keep_their_own(
    paths: tuple[CommandPath, CommandPath],
    store: EventStore,  # noqa: F811
) -> None:
    """Design: what concerns a household is in its order on one partition; a fund's book is another stream of the same append."""
    await endowed(paths[0], 10_000_00)
    await reserve(paths[0], GRANT, 6_000_00)
    keys = {one.meta.stream.split("/")[0]: one.meta.key for one in await store.read(0, 99)}
    assert keys == {"fund": f"fund/{CARE}", "donation": f"donation/{GIFT}", "allocation": HOME}
    assert DonationId(GIFT) in (await books(store))[0].shares


async def test_a_voucher_is_redeemed_at_the_shop_of_the_clerk_whichever_street_the_household_lives_in(
    paths: tuple[CommandPath, CommandPath],
) -> None:
    """C01: the goods' shop says whose clerk hands them out; a proxy is written down at any shop."""
    path, haishan, rice = paths[0], "440308004", LotId(uuid(0xE1))
    await give(path, OpenShop(shop_id=ShopId("haishan-shop"), area=AreaCode(haishan)))
    goods = ReceiveDonation(
        donation_id=GIFT, donor_id=DONOR, kind=DonationKind.GOODS, amount_fen=84_000, purpose=Purpose.GENERAL, receipt_waived=False
    )
    await give(path, goods)
    bags = ReceiveStock(
        lot_id=rice, shop_id=ShopId("haishan-shop"), donation_id=GIFT, goods=GoodsCode("rice-5kg"), quantity=20, list_price_fen=4_200
    )
    await give(path, bags)
    joined = MemberJoined(household_id=HOME, person_id=CHILD, joined_on=DAY)
    await hear(path, joined, meta_of(joined))
    dibao = StatusRecognised(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-04"))
    await hear(path, dibao, meta_of(dibao))
    voucher = VoucherId(uuid(0xF1))
    await give(path, IssueVoucher(voucher_id=voucher, household_id=HOME, month=Month("2022-04")))
    neighbour = AuthoriseProxy(voucher_id=voucher, person_id=PersonId(uuid(0x19)), valid_from=DAY, valid_to=DAY)
    assert (await give(path, neighbour, Actor("clerk-1", frozenset({Role.SHOP_CLERK}), "440308003"))).events
    taken = RedeemVoucher(voucher_id=voucher, lot_id=rice, quantity=2, counter=1)
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, taken, Actor("clerk-1", frozenset({Role.SHOP_CLERK}), "440308003"))
    answer = await give(path, taken, Actor("clerk-2", frozenset({Role.SHOP_CLERK}), haishan))
    assert [event.type for event in answer.events] == ["charity.voucher.redeemed", "charity.stock-lot.issued"]


async def test_a_street_s_people_neither_establish_nor_sign_for_the_district(paths: tuple[CommandPath, CommandPath]) -> None:
    """Funds and allocations are the whole district's (ruling 21): a street's officer and approver have no say in them."""
    path, haishan = paths[0], "440308004"
    await endowed(path, 10_000_00)
    await propose(path, GRANT, 9_000_00)
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, ApproveAllocation(allocation_id=GRANT), Actor("approver-9", frozenset({Role.APPROVER}), haishan))
    own = EstablishFund(fund_id=FundId("own"), purpose=Purpose.GENERAL)
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, own, Actor("officer-9", frozenset({Role.CHARITY_OFFICER}), haishan))
    assert (await give(path, ApproveAllocation(allocation_id=GRANT), SIGNER)).events
