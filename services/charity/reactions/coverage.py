"""A need answered an allocation's offer: what it accepted is paid, the rest goes back to the fund (rulings 3, 9).

Relief answers a line once. A line that is no allocation is nobody's business here: the commands then do nothing.
"""

from __future__ import annotations

from contracts.envelope import Meta
from contracts.ids import AllocationId
from contracts.relief.need import CoverageCommitted, CoverageRefused
from contracts.terms import Layer, Scheme
from kit.reaction import Reaction
from services.charity.domain.allocation import GiveUpAllocation, SettleAllocation


def settle_line(event: CoverageCommitted, meta: Meta) -> list[SettleAllocation]:
    """The allocation with the line's id is paid as far as it was accepted."""
    if event.layer is not Layer.CHARITY or event.scheme is not Scheme.CHARITY:
        return []
    grant = AllocationId(event.line_id)
    return [SettleAllocation(allocation_id=grant, accepted_fen=event.amount, occurred_at=meta.occurred_at)]


def give_up_line(event: CoverageRefused, meta: Meta) -> list[GiveUpAllocation]:
    """The allocation with the line's id is released whole."""
    if event.layer is not Layer.CHARITY:
        return []
    return [GiveUpAllocation(allocation_id=AllocationId(event.line_id), occurred_at=meta.occurred_at)]


on_committed = Reaction("coverage-committed", on=CoverageCommitted, record=settle_line)
on_refused = Reaction("coverage-refused", on=CoverageRefused, record=give_up_line)

coverage_reactions = (on_committed, on_refused)
