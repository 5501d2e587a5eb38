"""A voucher of the charity supermarket: the points of one household and month (R-SHP-03). One point is `shop_point_fen` of list price."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from pydantic import Field

from contracts.charity.stock_lot import StockIssued
from contracts.charity.voucher import ProxyAuthorised, VoucherCancelled, VoucherExpired, VoucherIssued, VoucherRedeemed
from contracts.ids import HouseholdId, LotId, Month, PersonId, VoucherId
from kit.aggregate import Aggregate, command, require
from kit.clock import SHANGHAI, month_of
from kit.command import Command, Context, Count
from kit.errors import Refused
from kit.identity import Role
from kit.store.model import IndexChange, ReleaseAll, SetTimer, Take
from policy import Pack
from services.charity.domain.known_household import KnownHousehold, known_household
from services.charity.domain.stock_lot import StockLot, issued, stock_lot

VoucherEvent = VoucherIssued | ProxyAuthorised | VoucherRedeemed | VoucherExpired | VoucherCancelled


@dataclass(frozen=True, kw_only=True)
class Voucher:
    """Points given and used, the newest counter, proxies by person (first and last day)."""

    voucher_id: VoucherId = VoucherId("")
    household_id: HouseholdId = HouseholdId("")
    valid_to: date = date.min
    points: int = 0
    redeemed: int = 0
    counter: int = 0
    proxies: Mapping[PersonId, tuple[date, date]] = field(default_factory=dict)
    is_open: bool = False

    @property
    def rest(self) -> int:
        return self.points - self.redeemed


def evolve(voucher: Voucher, event: VoucherEvent) -> Voucher:
    match event:
        case VoucherIssued():
            return Voucher(
                voucher_id=event.voucher_id, household_id=event.household_id, valid_to=event.valid_to, points=event.points, is_open=True
            )
        case ProxyAuthorised(person_id=person, valid_from=first, valid_to=last):
            return replace(voucher, proxies={**voucher.proxies, person: (first, last)})
        case VoucherRedeemed(points=points, counter=counter):
            return replace(voucher, redeemed=voucher.redeemed + points, counter=counter)
        case VoucherExpired() | VoucherCancelled():
            return replace(voucher, is_open=False)
        case _:
            assert_never(event)


class IssueVoucher(Command):
    """Give a household its points of a month."""

    voucher_id: VoucherId
    household_id: HouseholdId
    month: Month


class AuthoriseProxy(Command):
    """A named person may redeem for the household, from a day to a day."""

    voucher_id: VoucherId
    person_id: PersonId
    valid_from: date
    valid_to: date


class RedeemVoucher(Command):
    """Take pieces of a lot against points, with the shop online."""

    voucher_id: VoucherId
    lot_id: LotId
    quantity: Count
    counter: int = Field(strict=True, gt=0, description="of the voucher; each redemption's is higher than the one before")
    proxy: PersonId | None = Field(default=None, description="who came, if not a member of the household")


class ExpireVoucher(Command):
    """The quarter is over."""

    voucher_id: VoucherId


class CancelVoucher(Command):
    """It was issued in error, or its household ended."""

    voucher_id: VoucherId


def issue(command: IssueVoucher, _voucher: Voucher, context: Context, home: KnownHousehold) -> list[VoucherIssued]:
    """The household has its points: the pack's points of its status for each member on the first day of the month.

    Raises: Refused("month_not_begun" | "quarter_over" | "household_died_out" | "no_status" | "status_without_points" | "no_members").
    Source: R-SHP-03, SG-04; one voucher a household and month is a claim.
    """
    require(not home.died_out, "household_died_out")
    valid_to = last_valid_day(command.month, context.policy)
    require(command.month <= month_of(context.on), "month_not_begun", month=command.month)
    require(context.on <= valid_to, "quarter_over", valid_to=valid_to.isoformat())
    status = home.status_in(command.month)
    if status is None:
        raise Refused("no_status", month=command.month)
    each = context.policy.shop_points_month.get(status, 0)
    require(each > 0, "status_without_points", status=status)
    persons = len(home.members_on(date.fromisoformat(f"{command.month}-01")))
    require(persons > 0, "no_members", month=command.month)
    return [
        VoucherIssued(
            voucher_id=command.voucher_id,
            household_id=command.household_id,
            month=command.month,
            status=status,
            persons=persons,
            points=each * persons,
            valid_to=valid_to,
        )
    ]


def last_valid_day(month: Month, policy: Pack) -> date:
    """The last day on which points of a month can be used: the last of its quarter (R-SHP-03).

    Raises ValueError for a rule of the pack that this program does not know.
    """
    if policy.shop_points_expire != "quarter_end":
        raise ValueError(f"shop_points_expire: {policy.shop_points_expire} is not known")
    year, number = int(month[:4]), int(month[5:])
    last = -(-number // 3) * 3
    return date(year, last, monthrange(year, last)[1])


def authorise_proxy(command: AuthoriseProxy, voucher: Voucher, _context: Context) -> list[ProxyAuthorised]:
    """The person may redeem in the days named, first and last included.

    Raises: Refused("voucher_over" | "dates_reversed").  Source: R-SHP-03.
    """
    require(voucher.is_open, "voucher_over")
    require(command.valid_from <= command.valid_to, "dates_reversed")
    return [ProxyAuthorised(**command.model_dump(exclude={"occurred_at"}), household_id=voucher.household_id)]


def redeem(
    command: RedeemVoucher, voucher: Voucher, context: Context, lot: StockLot, home: KnownHousehold
) -> list[VoucherRedeemed | StockIssued]:
    """The goods are the household's and the shop has fewer. While nobody of the household lives its points are frozen.

    Raises: Refused("voucher_over" | "voucher_expired" | "household_died_out" | "counter_not_higher" | "proxy_not_authorised");
    Refused("above_rest", points, rest); Refused("above_on_hand", on_hand).  Source: R-SHP-03, property 12, SG-04, ruling 21.
    """
    require(not home.died_out, "household_died_out")
    _require_usable(command, voucher, context)
    value_fen = lot.list_price_fen * command.quantity
    points = points_for(value_fen, context.policy)
    require(points <= voucher.rest, "above_rest", points=points, rest=voucher.rest)
    redeemed = VoucherRedeemed(
        voucher_id=voucher.voucher_id,
        household_id=voucher.household_id,
        shop_id=lot.place,
        lot_id=lot.lot_id,
        goods=lot.goods,
        quantity=command.quantity,
        points=points,
        value_fen=value_fen,
        counter=command.counter,
        proxy=command.proxy,
    )
    return [redeemed, issued(lot, voucher.voucher_id, voucher.household_id, command.quantity)]


def _require_usable(command: RedeemVoucher, voucher: Voucher, context: Context) -> None:
    require(voucher.is_open, "voucher_over")
    require(context.on <= voucher.valid_to, "voucher_expired", valid_to=voucher.valid_to.isoformat())
    require(command.counter > voucher.counter, "counter_not_higher", counter=voucher.counter)
    if command.proxy is not None:
        first, last = voucher.proxies.get(command.proxy, (date.max, date.min))
        require(first <= context.on <= last, "proxy_not_authorised", person_id=command.proxy)


def points_for(value_fen: int, policy: Pack) -> int:
    """The points of a list value. A broken point costs a whole one: value given never exceeds points used (property 12)."""
    return -(-value_fen // policy.shop_point_fen)


def expire(_command: ExpireVoucher, voucher: Voucher, context: Context) -> list[VoucherExpired]:
    """The voucher is over and its rest lapsed; nothing happens to one that is over already.

    Raises: Refused("not_yet", valid_to).  Source: R-SHP-03.
    """
    if not voucher.is_open:
        return []
    require(context.on > voucher.valid_to, "not_yet", valid_to=voucher.valid_to.isoformat())
    return [VoucherExpired(voucher_id=voucher.voucher_id, household_id=voucher.household_id, points=voucher.rest)]


def cancel(_command: CancelVoucher, voucher: Voucher, _context: Context) -> list[VoucherCancelled]:
    """The voucher is over. If nothing was redeemed, another one of the month may be issued.

    Raises: Refused("voucher_over").  Source: section 3.2.
    """
    require(voucher.is_open, "voucher_over")
    return [
        VoucherCancelled(
            voucher_id=voucher.voucher_id, household_id=voucher.household_id, points=voucher.rest, redeemed_points=voucher.redeemed
        )
    ]


def index(event: VoucherEvent) -> Iterable[IndexChange]:
    """One voucher a household and month (claim); it expires at 00:00 in Shanghai after its last day (timer)."""
    match event:
        case VoucherIssued(household_id=home, month=month, valid_to=last):
            due = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI).astimezone(UTC)
            return [Take("voucher-month", f"{home}:{month}"), SetTimer("expire", due)]
        case VoucherCancelled(redeemed_points=0):
            return [ReleaseAll()]
        case VoucherExpired() | VoucherCancelled():
            return [SetTimer("expire", None)]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_VOUCHER, _HOME, _NEIGHBOUR, _LOT = VoucherId(f"{_ID}f1"), HouseholdId(f"{_ID}02"), PersonId(f"{_ID}19"), LotId(f"{_ID}e1")

voucher = Aggregate(
    "voucher",
    id="voucher_id",
    state=Voucher,
    evolve=evolve,
    key="household_id",
    index=index,
    commands=[
        command(
            issue,
            stream="new",
            also=[known_household.by("household_id", missing_ok=True)],
            roles={Role.CHARITY_OFFICER},
            example=IssueVoucher(voucher_id=_VOUCHER, household_id=_HOME, month=Month("2022-04")),
        ),
        command(
            authorise_proxy,
            roles={Role.CHARITY_OFFICER, Role.SHOP_CLERK},
            anywhere=True,  # a household may go to any shop, and its proxy is written down there
            example=AuthoriseProxy(voucher_id=_VOUCHER, person_id=_NEIGHBOUR, valid_from=date(2022, 4, 1), valid_to=date(2022, 6, 30)),
        ),
        command(
            redeem,
            also=[stock_lot.by("lot_id"), known_household.by("household_id", missing_ok=True)],
            area=stock_lot.by("lot_id"),  # at the shop where the goods lie, whoever comes
            roles={Role.SHOP_CLERK},
            example=RedeemVoucher(voucher_id=_VOUCHER, lot_id=_LOT, quantity=2, counter=1),
        ),
        command(expire, roles={Role.SYSTEM}, example=ExpireVoucher(voucher_id=_VOUCHER)),
        command(cancel, roles={Role.CHARITY_OFFICER}, example=CancelVoucher(voucher_id=_VOUCHER)),
    ],
)
