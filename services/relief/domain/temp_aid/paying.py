"""After the grant: payments in stages, money that comes back, and the end of the case (R-TMP-05, R-TMP-08, B11, B16)."""

from __future__ import annotations

from contracts.ids import CaseId, Month, ReferralId
from contracts.relief.need import CoverageDelivered, CoverageReleased, CoverageReversed, NeedReopened
from contracts.relief.referral import ReferralProposed
from contracts.relief.temp_aid import TempAidClosed, TempAidPaid, TempAidReturned
from contracts.terms import ClosingCode, FundingSource, Receiver
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.relief.domain.need import Need, delivered, released, reversed_line
from services.relief.domain.need import need as needs
from services.relief.domain.referral.sending import proposed
from services.relief.domain.temp_aid.granting import require_own_area
from services.relief.domain.temp_aid.state import TempAid

ENDED_OTHERWISE = frozenset(
    {
        ClosingCode.WITHDRAWN_BY_PERSON,
        ClosingCode.MOVED,
        ClosingCode.DECEASED,
        ClosingCode.DUPLICATE,
        ClosingCode.SPLIT,
        ClosingCode.MERGED,
    }
)
"""The case ends for a reason outside the aid: no decision is awaited, an unpaid rest is given back, nobody else is asked to help."""


class PayTempAid(Command):
    """A part or all of the grant was paid out of one source; another source is another payment."""

    case_id: CaseId
    amount_fen: PositiveFen
    source: FundingSource


class ReturnTempAid(Command):
    """The family gave paid money back."""

    case_id: CaseId
    amount_fen: PositiveFen


class CloseTempAid(Command):
    """The case is over."""

    case_id: CaseId
    code: ClosingCode


def pay(command: PayTempAid, aid: TempAid, context: Context, need: Need) -> list[TempAidPaid | CoverageDelivered]:
    """The amount is paid and moves from committed to delivered on the need.

    Raises: Refused("not_granted" | "case_closed" | "outside_area" | "source_unknown"); Refused("above_granted", left_fen).
    Source: B11, R-TMP-05, ruling 9.
    """
    require(aid.granted, "not_granted")
    require(aid.closed is None, "case_closed", closed_as=aid.closed)
    require_own_area(aid.kind, context)
    require(command.source in context.policy.temp_sources, "source_unknown", source=command.source)
    require(command.amount_fen <= aid.unpaid_fen, "above_granted", left_fen=aid.unpaid_fen)
    paid = TempAidPaid(
        case_id=aid.case_id,
        household_id=aid.household_id,
        need_id=aid.need_id,
        line_id=aid.line_id,
        amount_fen=command.amount_fen,
        source=command.source,
    )
    return [paid, *delivered(need, aid.line_id, command.amount_fen, _month_of_line(aid, need))]


def _month_of_line(aid: TempAid, need: Need) -> Month | None:
    """The month the grant counts in on a `month` need; money is for that month whenever it is paid (ruling 2)."""
    return next(iter(need.lines.get(aid.line_id, {})), None)


def return_aid(
    command: ReturnTempAid, aid: TempAid, _context: Context, need: Need
) -> list[TempAidReturned | CoverageReversed | NeedReopened]:
    """The money is back and no longer counts on the need, which opens again when something of it is uncovered.

    Raises: Refused("above_paid", kept_fen).  Source: rulings 9, 11.
    """
    kept_fen = aid.paid_fen - aid.returned_fen
    require(command.amount_fen <= kept_fen, "above_paid", kept_fen=kept_fen)
    returned = TempAidReturned(
        case_id=aid.case_id,
        household_id=aid.household_id,
        need_id=aid.need_id,
        line_id=aid.line_id,
        amount_fen=command.amount_fen,
    )
    return [returned, *reversed_line(need, aid.line_id, command.amount_fen, _month_of_line(aid, need))]


def close(command: CloseTempAid, aid: TempAid, context: Context, need: Need) -> list[CoverageReleased | TempAidClosed | ReferralProposed]:
    """The case is over; what the state leaves open of the need is proposed to charity in the same append.

    Raises: Refused("case_closed" | "not_decided" | "papers_missing"); Refused("unpaid", unpaid_fen) unless the case ended otherwise;
    Refused("not_met", residual_fen) for code MET while something is open.  Source: B16, R-TMP-08, rulings 9, 21.
    """
    ended_otherwise = command.code in ENDED_OTHERWISE
    require(aid.closed is None, "case_closed", closed_as=aid.closed)
    require(aid.decided or ended_otherwise, "not_decided")
    require(not aid.lacks_papers, "papers_missing")
    require(aid.unpaid_fen == 0 or ended_otherwise, "unpaid", unpaid_fen=aid.unpaid_fen)
    given_back = released(need, aid.line_id, aid.unpaid_fen, _month_of_line(aid, need))
    left = needs.fold(given_back, need)
    residual_fen = left.open_amount() if left.closed is None else 0
    require(command.code is not ClosingCode.MET or residual_fen == 0, "not_met", residual_fen=residual_fen)
    closed = TempAidClosed(
        case_id=aid.case_id, household_id=aid.household_id, need_id=aid.need_id, code=command.code, residual=residual_fen
    )
    if residual_fen == 0 or ended_otherwise:
        return [*given_back, closed]
    return [closed, proposed(ReferralId(context.new_id("referral")), left, Receiver.CHARITY, left.urgency, context)]
