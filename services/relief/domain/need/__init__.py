"""A need of a household and what covers it. Its stream is the only guard of the residual (rulings 1-3, 9-12).

state: what it holds.  commands, decisions: what may happen.  coverage: what relief's own aid appends to it.  aggregate: the declaration.
"""

from services.relief.domain.need.aggregate import need
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
from services.relief.domain.need.coverage import committed, delivered, home_of, released, restated, reversed_line, unmet
from services.relief.domain.need.decisions import check_lack, check_months
from services.relief.domain.need.found import FoundOnTheWay, found_needs
from services.relief.domain.need.state import Need, NeedEvent, Portion, Slot, evolve

__all__ = [
    "ChangeNeed",
    "CloseNeed",
    "DeliverCoverage",
    "ExplainNoReferral",
    "FoundOnTheWay",
    "Need",
    "NeedEvent",
    "OfferCoverage",
    "Portion",
    "RecordPriorPayer",
    "RegisterNeed",
    "ReverseCoverage",
    "Slot",
    "TrimCoverage",
    "check_lack",
    "check_months",
    "committed",
    "delivered",
    "evolve",
    "found_needs",
    "home_of",
    "need",
    "released",
    "restated",
    "reversed_line",
    "unmet",
]
