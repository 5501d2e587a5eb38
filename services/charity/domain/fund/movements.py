"""How money moves in a fund: each movement takes from the donations in their order and refuses what they do not hold (ruling 23)."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.charity.fund import (
    DonationCredited,
    Draw,
    FundAidReturned,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
)
from contracts.ids import AllocationId, DonationId
from kit.aggregate import require
from services.charity.domain.fund.state import Fund


def credited(fund: Fund, donation_id: DonationId, amount_fen: int) -> DonationCredited:
    """The donation is available in the fund.

    Raises: Refused("fund_closed").  Source: C08.
    """
    require(fund.closed_on is None, "fund_closed", fund_id=fund.fund_id)
    return DonationCredited(fund_id=fund.fund_id, donation_id=donation_id, amount_fen=amount_fen)


def reserved(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundReserved:
    """The amount is set aside, from the oldest available money on.

    Raises: Refused("fund_closed"); Refused("above_available", open_fen).  Source: ruling 23.
    """
    require(fund.closed_on is None, "fund_closed", fund_id=fund.fund_id)
    draws = drawn_from({donation: share.available for donation, share in fund.shares.items()}, amount_fen, "above_available")
    return FundReserved(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def spent(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundSpent:
    """The amount left the fund, out of what the allocation held reserved.

    Raises: Refused("above_reserved", open_fen).  Source: ruling 23.
    """
    draws = drawn_from(fund.hold(allocation_id).reserved, amount_fen, "above_reserved")
    return FundSpent(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def released(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundReleased:
    """The amount is available again, out of what the allocation held reserved: the newest money first, the oldest stays for the payment.

    Raises: Refused("above_reserved", open_fen).  Source: ruling 3.
    """
    newest_first = dict(reversed(list(fund.hold(allocation_id).reserved.items())))
    draws = drawn_from(newest_first, amount_fen, "above_reserved")
    return FundReleased(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws[::-1])


def aid_returned(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundAidReturned:
    """The amount is available again under the same restriction, out of what the allocation spent.

    Raises: Refused("above_spent", open_fen).  Source: SC-17.
    """
    draws = drawn_from(fund.hold(allocation_id).spent, amount_fen, "above_spent")
    return FundAidReturned(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def taken_back(fund: Fund, donation_id: DonationId) -> list[FundTakenBack]:
    """What is neither spent nor reserved of the donation left the fund; none for zero. Source: ruling 23, SC-17."""
    fen = fund.share(donation_id).available
    return [FundTakenBack(fund_id=fund.fund_id, donation_id=donation_id, amount_fen=fen)] if fen else []


def drawn_from(open_fen: Mapping[DonationId, int], amount_fen: int, code: str) -> tuple[Draw, ...]:
    """Take the amount from the donations in their order.

    Raises: Refused(code, open_fen) when they hold less.
    """
    require(amount_fen <= sum(open_fen.values()), code, open_fen=sum(open_fen.values()))
    draws, left = [], amount_fen
    for donation_id, fen in open_fen.items():
        if taken := min(fen, left):
            draws.append(Draw(donation_id=donation_id, amount_fen=taken))
            left -= taken
    return tuple(draws)
