"""What may be asked of an entitlement, and in which shape."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.ids import EntitlementId, HouseholdId, Month, NeedId, PersonId, UnitId
from contracts.relief.entitlement import StopReason
from contracts.terms import Scheme
from kit.command import Command, Fen

SignedReason = Literal[
    StopReason.INCOME, StopReason.ASSETS, StopReason.MOVED, StopReason.OWN_WISH, StopReason.FRAUD, StopReason.OTHER_SCHEME
]
"""A death stops by itself, through registry."""


class ProposeEntitlement(Command):
    """Propose regular aid for a unit of the household, to cover a monthly living need."""

    entitlement_id: EntitlementId
    household_id: HouseholdId
    unit_id: UnitId
    need_id: NeedId
    scheme: Literal[Scheme.DIBAO, Scheme.TEKUN]
    counted_income_fen: Fen = Field(description="the unit's counted income a month, in fen (R-DIB-09..11)")


class GrantEntitlement(Command):
    """Approve what another person proposed; the amount follows from unit, income and pack."""

    entitlement_id: EntitlementId
    stable: bool = Field(default=True, description="income is stable and nobody can work more: review after 12 months, else 6 (R-DIB-14)")


class ReviseEntitlement(Command):
    """Decide anew for another income; the new amount holds from the month after the decision."""

    entitlement_id: EntitlementId
    counted_income_fen: Fen = Field(description="the unit's counted income a month, in fen")
    reviewed: bool = Field(default=False, description="this was the periodic review: the next is due a period later")
    stable: bool = Field(default=True, description="for the next review: after 12 months, else 6 (R-DIB-14)")


class RecordPayment(Command):
    """Record that a month was paid; the amount is that of the month's version."""

    entitlement_id: EntitlementId
    month: Month


class RecordFailure(Command):
    """Record that the bank returned a month's payment (退票)."""

    entitlement_id: EntitlementId
    month: Month


class StopEntitlement(Command):
    """End the aid with the month of the decision."""

    entitlement_id: EntitlementId
    reason: SignedReason


class ResumeEntitlement(Command):
    """Take a stop back that was an error: what was not paid since is owed."""

    entitlement_id: EntitlementId


class EndForDeath(Command):
    """A member's death is known here: end the aid if nobody of the unit lives, else put it before a person."""

    entitlement_id: EntitlementId
    person_id: PersonId


class ResumeAfterRevocation(Command):
    """A member's death was an error: what it ended goes on."""

    entitlement_id: EntitlementId
    person_id: PersonId
