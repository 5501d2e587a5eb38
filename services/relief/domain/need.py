"""A need of a household and what covers it. Its stream is the only guard of the residual (rulings 1-3, 9-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from pydantic import Field

from contracts.ids import HouseholdId, LineId, Month, NeedId, PersonId
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
    PriorPayerRecorded,
)
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, PriorPayer, Scheme, Urgency
from kit.aggregate import Aggregate, command, require
from kit.clock import month_of, months_between
from kit.command import Command, Context, PositiveFen
from kit.errors import Refused
from kit.identity import Role
from services.relief.domain.household import Household, household

NeedEvent = (
    NeedRegistered
    | NeedChanged
    | PriorPayerRecorded
    | CoverageCommitted
    | CoverageRefused
    | CoverageDelivered
    | CoverageReleased
    | CoverageReversed
    | NeedClosed
    | NeedReopened
)
Slot = Month | None
"""Where an amount counts: a month of a `month` need, None for an `event` need (ruling 2)."""


@dataclass(frozen=True, kw_only=True)
class Portion:
    """What one line gives in one slot, each amount in exactly one state (ruling 1)."""

    committed: int = 0
    delivered: int = 0

    @property
    def total(self) -> int:
        return self.committed + self.delivered


@dataclass(frozen=True, kw_only=True)
class Need:
    """Gross, prior payers and lines by slot. Amounts are in the need's measure."""

    need_id: NeedId = NeedId("")
    household_id: HouseholdId | None = None
    category: NeedCategory = NeedCategory.LIVING
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    urgency: Urgency = Urgency.YELLOW
    gross_by_slot: Mapping[Slot, int] = field(default_factory=dict)
    payers_by_slot: Mapping[Slot, int] = field(default_factory=dict)
    lines: Mapping[LineId, Mapping[Slot, Portion]] = field(default_factory=dict)
    refused: frozenset[LineId] = frozenset()
    closed: ClosingCode | None = None

    def net(self, slot: Slot) -> int:
        """Gross less prior payers, never below zero (ruling 1)."""
        return max(0, self.gross_by_slot.get(slot, 0) - self.payers_by_slot.get(slot, 0))

    def covered(self, slot: Slot) -> int:
        """Committed and delivered by all lines in a slot."""
        return sum(portions[slot].total for portions in self.lines.values() if slot in portions)

    def residual(self, slot: Slot = None) -> int:
        """What is still open in a slot, never below zero (ruling 1)."""
        return max(0, self.net(slot) - self.covered(slot))

    def open_amount(self) -> int:
        """The residual of the whole need: over its months for a `month` need."""
        return sum(self.residual(slot) for slot in self.gross_by_slot)

    def portion(self, line_id: LineId, slot: Slot) -> Portion:
        return self.lines.get(line_id, {}).get(slot, Portion())

    def slots(self, first: Month | None, last: Month | None) -> list[Slot]:
        """The slots an amount counts in: the months named for a `month` need, else the one slot."""
        if self.period is Period.EVENT:
            return [None]
        if first is None or last is None:
            raise Refused("month_missing", need_id=self.need_id)
        return [Month(month) for month in months_between(first, last)]


def evolve(need: Need, event: NeedEvent) -> Need:
    match event:
        case NeedRegistered():
            return _registered(need, event)
        case NeedChanged(gross=gross, first_month=first, last_month=last):
            return replace(need, gross_by_slot={**need.gross_by_slot, **dict.fromkeys(need.slots(first, last), gross)})
        case PriorPayerRecorded(amount=amount, month=month):
            slot = None if need.period is Period.EVENT else month
            return replace(need, payers_by_slot={**need.payers_by_slot, slot: need.payers_by_slot.get(slot, 0) + amount})
        case CoverageCommitted(line_id=line, amount=amount, first_month=first, last_month=last):
            return _with_line(need, line, dict.fromkeys(need.slots(first, last), (amount, 0)))
        case CoverageRefused(line_id=line):
            return replace(need, refused=need.refused | {line})
        case CoverageDelivered(line_id=line, amount=amount, month=month):
            return _with_line(need, line, {_slot(need, month): (-amount, amount)})
        case CoverageReleased(line_id=line, amount=amount, month=month):
            return _with_line(need, line, {_slot(need, month): (-amount, 0)})
        case CoverageReversed(line_id=line, amount=amount, month=month):
            return _with_line(need, line, {_slot(need, month): (0, -amount)})
        case NeedClosed(code=code):
            return replace(need, closed=code)
        case NeedReopened():
            return replace(need, closed=None)
        case _:
            assert_never(event)


def _registered(need: Need, event: NeedRegistered) -> Need:
    opened = replace(
        need,
        need_id=event.need_id,
        household_id=event.household_id,
        category=event.category,
        measure=event.measure,
        period=event.period,
        urgency=event.urgency,
    )
    return replace(opened, gross_by_slot=dict.fromkeys(opened.slots(event.first_month, event.last_month), event.gross))


def _slot(need: Need, month: Month | None) -> Slot:
    return None if need.period is Period.EVENT else month


def _with_line(need: Need, line_id: LineId, changes: Mapping[Slot, tuple[int, int]]) -> Need:
    portions = dict(need.lines.get(line_id, {}))
    for slot, (committed, delivered) in changes.items():
        before = portions.get(slot, Portion())
        portions[slot] = Portion(committed=before.committed + committed, delivered=before.delivered + delivered)
    return replace(need, lines={**need.lines, line_id: portions})


class RegisterNeed(Command):
    """Record that a household lacks something. A `month` need names its first and last month; `gross` is before insurance."""

    need_id: NeedId
    household_id: HouseholdId
    person_id: PersonId | None = None
    category: NeedCategory
    dimension: Dimension = Dimension.MATERIAL
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    first_month: Month | None = None
    last_month: Month | None = None
    urgency: Urgency = Urgency.YELLOW


class ChangeNeed(Command):
    """The gross amount is another, for a `month` need from first to last month."""

    need_id: NeedId
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    first_month: Month | None = None
    last_month: Month | None = None


class RecordPriorPayer(Command):
    """Insurance or another payer before assistance covers a part."""

    need_id: NeedId
    line_id: LineId
    payer: PriorPayer
    amount: PositiveFen = Field(description="in the need's measure: fen for money")
    month: Month | None = None


class OfferCoverage(Command):
    """A giver outside relief reserved an amount and asks how much of it the need accepts (ruling 3)."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    layer: Layer
    scheme: Scheme
    measure: Measure = Measure.FEN
    amount: PositiveFen
    first_month: Month | None = None
    last_month: Month | None = None


class DeliverCoverage(Command):
    """A giver outside relief delivered a part of its line."""

    need_id: NeedId
    line_id: LineId
    amount: PositiveFen
    month: Month | None = None


class TrimCoverage(Command):
    """A giver outside relief gave back all of its line but `kept`."""

    need_id: NeedId
    line_id: LineId
    kept: int = Field(strict=True, ge=0)


class ReverseCoverage(Command):
    """Delivered aid came back to a giver outside relief."""

    need_id: NeedId
    line_id: LineId
    amount: PositiveFen
    month: Month | None = None


class CloseNeed(Command):
    """Nothing more is to be done for the need."""

    need_id: NeedId
    code: ClosingCode


def register(command: RegisterNeed, _need: Need, _context: Context, home: Household) -> list[NeedRegistered]:
    """The household's need is known and open.

    Raises: Refused("household_closed" | "month_missing" | "month_not_wanted" | "months_reversed" | "not_a_member").
    Source: rulings 1, 2, 5.
    """
    require(home.is_open, "household_closed")
    require(command.person_id is None or command.person_id in home.members, "not_a_member", person_id=command.person_id)
    check_months(command.period, command.first_month, command.last_month)
    return [NeedRegistered(**command.model_dump(exclude={"occurred_at"}))]


def check_months(period: Period, first: Month | None, last: Month | None) -> None:
    """A `month` need names both months in order, an `event` need none."""
    if period is Period.EVENT:
        require(first is None and last is None, "month_not_wanted")
        return
    if first is None or last is None:
        raise Refused("month_missing")
    require(first <= last, "months_reversed", first_month=first, last_month=last)


def change(command: ChangeNeed, need: Need, _context: Context) -> list[NeedChanged]:
    """The gross amount is the new one from now on or for the months named.

    Raises: Refused("need_closed" | "month_missing").  Source: section 3.4.
    """
    _require_open(need)
    need.slots(command.first_month, command.last_month)
    return [
        NeedChanged(
            need_id=need.need_id,
            household_id=_home(need),
            gross=command.gross,
            first_month=command.first_month,
            last_month=command.last_month,
        )
    ]


def record_prior_payer(command: RecordPriorPayer, need: Need, _context: Context) -> list[PriorPayerRecorded]:
    """The payer's amount reduces the need before any aid.

    Raises: Refused("need_closed" | "month_missing").  Source: ruling 1, section 3.5 step 2.
    """
    _require_open(need)
    need.slots(command.month, command.month)
    return [
        PriorPayerRecorded(
            need_id=need.need_id,
            household_id=_home(need),
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
    month = Month(month_of(context.on)) if need.period is Period.MONTH else None
    first, last = command.first_month or month, command.last_month or command.first_month or month
    if need.period is Period.EVENT:
        first = last = None
    accepted = 0 if _unfit(command, need) else min(command.amount, *(need.residual(slot) for slot in need.slots(first, last)))
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
    """The amount moved from committed to delivered.

    Raises: Refused("above_committed").  Source: ruling 1.
    """
    return delivered(need, command.line_id, command.amount, command.month)


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
    return reversed_line(need, command.line_id, command.amount, command.month)


def close(command: CloseNeed, need: Need, _context: Context) -> list[NeedClosed]:
    """The need is over.

    Raises: Refused("need_closed"); Refused("not_met", residual) for code MET while something is open.  Source: section 3.5.
    """
    _require_open(need)
    require(command.code is not ClosingCode.MET or need.open_amount() == 0, "not_met", residual=need.open_amount())
    return [NeedClosed(need_id=need.need_id, household_id=_home(need), code=command.code)]


def committed(
    need: Need, line_id: LineId, layer: Layer, scheme: Scheme, amount: int, months: tuple[Month, Month] | None = None
) -> CoverageCommitted:
    """A line of relief's own enters the need in the granting append, whole (ruling 3)."""
    first, last = months if months and need.period is Period.MONTH else (None, None)
    return CoverageCommitted(
        need_id=need.need_id,
        household_id=_home(need),
        line_id=line_id,
        layer=layer,
        scheme=scheme,
        offered=amount,
        amount=amount,
        first_month=first,
        last_month=last,
    )


def delivered(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageDelivered]:
    """The amount of a line moves from committed to delivered.

    Raises: Refused("above_committed", committed).
    """
    slot = _slot(need, month)
    standing = need.portion(line_id, slot).committed
    require(amount <= standing, "above_committed", committed=standing)
    return [CoverageDelivered(need_id=need.need_id, household_id=_home(need), line_id=line_id, amount=amount, month=slot)]


def released(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageReleased]:
    """A committed amount is open again; none for zero."""
    if amount == 0:
        return []
    slot = _slot(need, month)
    return [CoverageReleased(need_id=need.need_id, household_id=_home(need), line_id=line_id, amount=amount, month=slot)]


def reversed_line(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageReversed | NeedReopened]:
    """A delivered amount came back.

    Raises: Refused("above_delivered", delivered).
    """
    slot = _slot(need, month)
    standing = need.portion(line_id, slot).delivered
    require(amount <= standing, "above_delivered", delivered=standing)
    event = CoverageReversed(need_id=need.need_id, household_id=_home(need), line_id=line_id, amount=amount, month=slot)
    if need.closed is not None and evolve(need, event).residual(slot) > 0:
        return [event, NeedReopened(need_id=need.need_id, household_id=_home(need))]
    return [event]


def _require_open(need: Need) -> None:
    require(need.closed is None, "need_closed", closed_as=need.closed)


def _home(need: Need) -> HouseholdId:
    assert need.household_id is not None  # noqa: S101 - every registered need has one
    return need.household_id


_ID = "0190a000-0000-8000-8000-00000000000"
_NEED, _HOME, _LINE = NeedId(f"{_ID}1"), HouseholdId(f"{_ID}2"), LineId(f"{_ID}3")

need = Aggregate(
    "need",
    id="need_id",
    state=Need,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    commands=[
        command(
            register,
            stream="new",
            also=[household.by("household_id")],
            roles={Role.CASEWORKER},
            example=RegisterNeed(need_id=_NEED, household_id=_HOME, category=NeedCategory.MEDICAL, gross=28_600_000),
        ),
        command(change, roles={Role.CASEWORKER}, example=ChangeNeed(need_id=_NEED, gross=28_000_000)),
        command(
            record_prior_payer,
            roles={Role.CASEWORKER},
            example=RecordPriorPayer(need_id=_NEED, line_id=_LINE, payer=PriorPayer.BASIC_INSURANCE, amount=16_000_000),
        ),
        command(
            offer,
            stream="any",
            roles={Role.SYSTEM},
            example=OfferCoverage(
                need_id=_NEED, household_id=_HOME, line_id=_LINE, layer=Layer.CHARITY, scheme=Scheme.CHARITY, amount=600_000
            ),
        ),
        command(deliver, roles={Role.SYSTEM}, example=DeliverCoverage(need_id=_NEED, line_id=_LINE, amount=412_000)),
        command(trim, roles={Role.SYSTEM}, example=TrimCoverage(need_id=_NEED, line_id=_LINE, kept=412_000)),
        command(reverse, roles={Role.SYSTEM}, example=ReverseCoverage(need_id=_NEED, line_id=_LINE, amount=120_000)),
        command(close, roles={Role.CASEWORKER}, example=CloseNeed(need_id=_NEED, code=ClosingCode.MET)),
    ],
)
