"""A need: gross by slot, prior payers, open or closed. What covers it stands in `accepted`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import HouseholdId, LineId, Month, NeedId, PersonId
from contracts.relief.need import NeedChanged, NeedClosed, NeedRegistered, NeedReopened, PriorPayerRecorded
from contracts.terms import ClosingCode, Dimension, Measure, NeedCategory, Period, PriorPayer, Urgency
from kit.clock import month_of
from kit.view import Row, View
from services.linkage.views.facts import EVENT_SLOT, Fact, Value, fact_of, in_month, months_of, slot_of


class GrossValue(Value):
    """The gross amount of the slots from first to last, as one event said it."""

    amount: int
    first_month: Month | None
    last_month: Month | None
    fact: Fact


class PayerLine(Value):
    """Insurance or another payer before assistance; a fact on the need, no aid (ruling 1)."""

    line_id: LineId
    payer: PriorPayer
    amount: int
    slot: str
    fact: Fact

    def effective(self, as_of: date) -> bool:
        return self.fact.on <= as_of or in_month(self.slot, as_of)


class Turn(Value):
    """The need was closed with a code, or (None) opened again."""

    closed_as: ClosingCode | None
    fact: Fact


class NeedRow(Row, frozen=True):
    """One need with its dated values."""

    need_id: NeedId
    household_id: HouseholdId
    category: NeedCategory
    dimension: Dimension
    measure: Measure
    period: Period
    urgency: Urgency
    person_id: PersonId | None
    values: tuple[GrossValue, ...]
    payers: tuple[PayerLine, ...] = ()
    turns: tuple[Turn, ...] = ()
    open: bool = True  # as told last; a day's own answer is `is_open`

    @property
    def registered(self) -> Fact:
        return self.values[0].fact

    def gross_by_slot(self, as_of: date) -> Mapping[str, int]:
        """What is needed in each slot at the end of a day. A later value replaces an earlier one in its own slots only.

        Source: ruling 2; ruling 19 of the design (October's correction for June does not overwrite September).
        """
        slots: dict[str, int] = {}
        for value in self.values:
            slots.update(dict.fromkeys(self._slots(value, as_of), value.amount))
        return slots

    def _slots(self, value: GrossValue, as_of: date) -> Sequence[str]:
        """A month begun counts whenever it was said; a month ahead once it was said."""
        said = value.fact.on <= as_of
        if value.first_month is None or value.last_month is None:
            return [EVENT_SLOT] if said else []
        return months_of(value.first_month, value.last_month if said else min(value.last_month, month_of(as_of)))

    def closed_as(self, as_of: date) -> ClosingCode | None:
        """The code the need is closed with at the end of a day; None: open."""
        codes = [turn.closed_as for turn in self.turns if turn.fact.on <= as_of]
        return codes[-1] if codes else None

    def is_open(self, as_of: date) -> bool:
        """Whether the need stands at the end of a day: registered by then, and not closed."""
        return self.registered.on <= as_of and self.closed_as(as_of) is None


NeedFact = NeedRegistered | NeedChanged | PriorPayerRecorded | NeedClosed | NeedReopened


def need_of(event: Event) -> Iterable[str]:
    return (event.need_id,) if isinstance(event, NeedFact) else ()


def evolve(row: NeedRow | None, event: Event, meta: Meta) -> NeedRow | None:
    if isinstance(event, NeedRegistered):
        return _registered(event, fact_of(meta))
    return row and _changed(row, event, fact_of(meta))


def _registered(event: NeedRegistered, fact: Fact) -> NeedRow:
    return NeedRow(
        need_id=event.need_id,
        household_id=event.household_id,
        category=event.category,
        dimension=event.dimension,
        measure=event.measure,
        period=event.period,
        urgency=event.urgency,
        person_id=event.person_id,
        values=(GrossValue(amount=event.gross, first_month=event.first_month, last_month=event.last_month, fact=fact),),
    )


def _changed(row: NeedRow, event: Event, fact: Fact) -> NeedRow:
    match event:
        case NeedChanged(gross=gross, first_month=first, last_month=last):
            value = GrossValue(amount=gross, first_month=first, last_month=last, fact=fact)
            return replace(row, values=(*row.values, value))
        case PriorPayerRecorded(line_id=line, payer=payer, amount=amount, month=month):
            slot = EVENT_SLOT if row.period is Period.EVENT else slot_of(month)
            return replace(row, payers=(*row.payers, PayerLine(line_id=line, payer=payer, amount=amount, slot=slot, fact=fact)))
        case NeedClosed(code=code):
            return replace(row, turns=(*row.turns, Turn(closed_as=code, fact=fact)), open=False)
        case NeedReopened():
            return replace(row, turns=(*row.turns, Turn(closed_as=None, fact=fact)), open=True)
        case _:
            return row


need = View("need", row=NeedRow, key=need_of, evolve=evolve, index=("need_id", "household_id", "open"), version=2)
