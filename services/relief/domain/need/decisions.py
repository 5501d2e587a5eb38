"""What may happen to a need: registering, offers from other givers and their answers, closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from contracts.ids import Month, PersonId
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageRefusal,
    CoverageRefused,
    CoverageReleased,
    CoverageReversed,
    NeedChanged,
    NeedClosed,
    NeedRegistered,
    NeedReopened,
    NoReferralExplained,
    PriorPayerRecorded,
)
from contracts.terms import ClosingCode, Period
from kit.aggregate import require
from kit.clock import month_of
from kit.command import Context
from kit.errors import Refused
from services.relief.domain.household import Household
from services.relief.domain.need.commands import (
    ChangeNeed,
    CloseNeed,
    DeliverCoverage,
    ExplainNoReferral,
    OfferCoverage,
    RecordPriorPayer,
    RegisterNeed,
    ReverseCoverage,
    TrimCoverage,
)
from services.relief.domain.need.coverage import delivered, home_of, released, reversed_line
from services.relief.domain.need.state import Need, Slot


def register(command: RegisterNeed, _need: Need, _context: Context, home: Household) -> list[NeedRegistered]:
    """The household's need is known and open.

    Raises: Refused("household_closed" | "month_missing" | "month_not_wanted" | "months_reversed" | "not_a_member").
    Source: rulings 1, 2, 5.
    """
    check_lack(command, home)
    return [NeedRegistered(**command.model_dump(exclude={"occurred_at"}))]


class Lack(Protocol):
    """Whose need it is and in which months: what a registration and a need found on the way both say."""

    @property
    def person_id(self) -> PersonId | None: ...
    @property
    def period(self) -> Period: ...
    @property
    def first_month(self) -> Month | None: ...
    @property
    def last_month(self) -> Month | None: ...


def check_lack(lack: Lack, home: Household) -> None:
    """A need is one of an open household, and of somebody who lives in it.

    Raises: Refused("household_closed" | "month_missing" | "month_not_wanted" | "months_reversed" | "not_a_member").
    """
    require(home.is_open, "household_closed")
    require(lack.person_id is None or lack.person_id in home.members, "not_a_member", person_id=lack.person_id)
    check_months(lack.period, lack.first_month, lack.last_month)


def check_months(period: Period, first: Month | None, last: Month | None) -> None:
    """A `month` need names both months in order, an `event` need none."""
    if period is Period.EVENT:
        require(first is None and last is None, "month_not_wanted")
        return
    if first is None or last is None:
        raise Refused("month_missing")
    require(first <= last, "months_reversed", first_month=first, last_month=last)


def change(command: ChangeNeed, need: Need, _context: Context) -> list[NeedChanged]:
    """The gross amount is the new one, for a `month` need in the months named.

    Raises: Refused("need_closed" | "month_missing" | "month_not_wanted" | "months_reversed").  Source: section 3.4.
    """
    _require_open(need)
    check_months(need.period, command.first_month, command.last_month)
    return [
        NeedChanged(
            need_id=need.need_id,
            household_id=home_of(need),
            gross=command.gross,
            first_month=command.first_month,
            last_month=command.last_month,
        )
    ]


def record_prior_payer(command: RecordPriorPayer, need: Need, _context: Context) -> list[PriorPayerRecorded]:
    """The payer's amount reduces the need before any aid; one line of a payer counts once.

    Raises: Refused("need_closed" | "month_missing" | "month_not_wanted" | "already_recorded").  Source: ruling 1, section 3.5 step 2.
    """
    _require_open(need)
    check_months(need.period, command.month, command.month)
    require(command.line_id not in need.payer_lines, "already_recorded", line_id=command.line_id)
    return [
        PriorPayerRecorded(
            need_id=need.need_id,
            household_id=home_of(need),
            line_id=command.line_id,
            payer=command.payer,
            amount=command.amount,
            month=command.month,
        )
    ]


def offer(command: OfferCoverage, need: Need, context: Context) -> list[CoverageCommitted | CoverageRefused]:
    """The offer has its answer: as much as the residual takes, or a refusal. A line is answered once.

    Source: rulings 3 and 10 (up to the residual exactly), 2 (without months money counts in the month of the grant).
    """
    if command.line_id in need.lines or command.line_id in need.refused:
        return []
    first, last = _months_offered(command, need, context)
    accepted = 0 if _unfit(command, need) else _acceptable(command.amount, need, need.slots(first, last))
    if accepted == 0:
        reason = _unfit(command, need) or CoverageRefusal.NOTHING_LEFT
        return [_refusal(command, reason)]
    return [
        CoverageCommitted(
            need_id=command.need_id,
            household_id=command.household_id,
            line_id=command.line_id,
            layer=command.layer,
            scheme=command.scheme,
            offered=command.amount,
            amount=accepted,
            first_month=first,
            last_month=last,
        )
    ]


def _months_offered(command: OfferCoverage, need: Need, context: Context) -> tuple[Month | None, Month | None]:
    if need.period is Period.EVENT:
        return None, None
    first = command.first_month or command.last_month or Month(month_of(context.on))
    return first, command.last_month or first


def _acceptable(amount: int, need: Need, slots: Sequence[Slot]) -> int:
    """As much as every slot takes; nothing where no slot is named."""
    return min((amount, *(need.residual(slot) for slot in slots))) if slots else 0


def _unfit(command: OfferCoverage, need: Need) -> CoverageRefusal | None:
    if need.household_id != command.household_id:
        return CoverageRefusal.UNKNOWN_NEED
    if need.closed is not None:
        return CoverageRefusal.NEED_CLOSED
    return CoverageRefusal.OTHER_MEASURE if need.measure is not command.measure else None


def _refusal(command: OfferCoverage, reason: CoverageRefusal) -> CoverageRefused:
    return CoverageRefused(
        need_id=command.need_id,
        household_id=command.household_id,
        line_id=command.line_id,
        layer=command.layer,
        offered=command.amount,
        reason=reason,
    )


def deliver(command: DeliverCoverage, need: Need, _context: Context) -> list[CoverageDelivered]:
    """The amount moved from committed to delivered; without a month it is that of the line, where it stands in one month alone.

    Raises: Refused("above_committed").  Source: rulings 1 and 2.
    """
    return delivered(need, command.line_id, command.amount, need.month_of_line(command.line_id, command.month))


def trim(command: TrimCoverage, need: Need, _context: Context) -> list[CoverageReleased]:
    """Of the line only `kept` still stands; the rest is open again. Nothing happens when the line never held more.

    Source: ruling 20 of the design (coverage is given back).
    """
    return [event for slot in need.lines.get(command.line_id, {}) for event in _trimmed(command, need, slot)]


def _trimmed(command: TrimCoverage, need: Need, slot: Slot) -> list[CoverageReleased]:
    portion = need.portion(command.line_id, slot)
    amount = min(portion.committed, max(0, portion.total - command.kept))
    return released(need, command.line_id, amount, slot)


def reverse(command: ReverseCoverage, need: Need, _context: Context) -> list[CoverageReversed | NeedReopened]:
    """The line's delivered amount fell; a closed need whose residual became positive is open again.

    Raises: Refused("above_delivered").  Source: ruling 11, SC-17.
    """
    return reversed_line(need, command.line_id, command.amount, need.month_of_line(command.line_id, command.month))


def explain_no_referral(command: ExplainNoReferral, need: Need, _context: Context) -> list[NoReferralExplained]:
    """It is recorded why the need is referred to nobody; saying the same again changes nothing.

    Raises: Refused("need_closed").  Source: B02.
    """
    _require_open(need)
    if need.no_referral is command.reason:
        return []
    return [NoReferralExplained(need_id=need.need_id, household_id=home_of(need), reason=command.reason)]


def close(command: CloseNeed, need: Need, _context: Context) -> list[NeedClosed]:
    """The need is over.

    Raises: Refused("need_closed"); Refused("not_met", residual) for code MET while something is open.  Source: section 3.5.
    """
    _require_open(need)
    require(command.code is not ClosingCode.MET or need.open_amount() == 0, "not_met", residual=need.open_amount())
    return [NeedClosed(need_id=need.need_id, household_id=home_of(need), code=command.code)]


def _require_open(need: Need) -> None:
    require(need.closed is None, "need_closed", closed_as=need.closed)
