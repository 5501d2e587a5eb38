"""Regular aid (L1, 常规救助) of one unit: dibao and tekun, from proposal to payment and end.

state: what it holds.  amount: how much a month is, and how the need follows.  granting, changing, paying, death: what may happen.
aggregate: the declaration.
"""

from services.relief.domain.entitlement.aggregate import entitlement, index
from services.relief.domain.entitlement.commands import (
    EndForDeath,
    GrantEntitlement,
    ProposeEntitlement,
    RecordFailure,
    RecordPayment,
    ResumeAfterRevocation,
    ResumeEntitlement,
    ReviseEntitlement,
    StopEntitlement,
)
from services.relief.domain.entitlement.state import Entitlement, EntitlementEvent, Stop, Version, evolve

__all__ = [
    "EndForDeath",
    "Entitlement",
    "EntitlementEvent",
    "GrantEntitlement",
    "ProposeEntitlement",
    "RecordFailure",
    "RecordPayment",
    "ResumeAfterRevocation",
    "ResumeEntitlement",
    "ReviseEntitlement",
    "Stop",
    "StopEntitlement",
    "Version",
    "entitlement",
    "evolve",
    "index",
]
