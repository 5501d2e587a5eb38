"""Values of linkage: layers, overlap, referrals, findings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from policy.values.shapes import Amount, ByUrgency, Code, Codes, Layers, Pair, Values


class Hold(Values):
    """How long something must hold: at once, unless one of these is given. `day_end`: 24:00 of the day it began on."""

    hours: Amount | None = None
    days: Amount | None = None
    workdays: Amount | None = None
    day_end: bool = False

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum([self.hours is not None, self.days is not None, self.workdays is not None, self.day_end]) > 1:
            raise ValueError("a limit is one of `hours`, `days`, `workdays`, `day_end`")
        return self


class Escalation(Values):
    """Who is to act besides the owner once a finding has stood for so many days of 24 hours."""

    after_days: Amount
    owner: Code


class FindingRule(Values):
    """What the pack says of one detection: how long its condition may hold, whose the finding is, and whose it becomes with age."""

    limit: Hold = Hold()
    owner: Code
    escalates: tuple[Escalation, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [step.after_days for step in self.escalates]
        if days != sorted(set(days)):
            raise ValueError("escalates: each step comes later than the one before")
        return self


DetectionName = Annotated[str, Field(pattern=r"^DET-[0-9]{2}(-[a-z]+)?$")]
FindingRules = Annotated[Mapping[DetectionName, FindingRule], AfterValidator(MappingProxyType), PlainSerializer(dict)]


class Linkage(Values):
    """How needs meet coverage and how long each step may take. `_wd` = working days, `_days` = calendar days."""

    scheme_layers: Layers
    public_good_schemes: Codes
    exclusive_schemes: frozenset[Pair]
    overlap_tolerance_fen: Amount
    goods_count_categories: Codes
    referral_send_wd: Amount
    referral_answer: ByUrgency
    referral_plan_wd: Amount
    referral_progress_days: Amount
    referral_reroute_wd: Amount
    referral_escalation: ByUrgency
    referral_reopen_days: Amount
    referral_charity_wd: Amount
    alert_act: ByUrgency
    findings: FindingRules
    suppress_below_persons: Amount

    def layer_of(self, scheme: str) -> str:
        """The layer of a scheme (ruling 13). Raises KeyError for a scheme the pack does not know."""
        return self.scheme_layers[scheme]

    def channel_of(self, layer: str, scheme: str | None) -> str:
        """Through which of the three channels aid comes: the government's three layers, public good, or charity (B13)."""
        if layer != "L4":
            return "government"
        return "public_good" if scheme in self.public_good_schemes else "charity"

    def are_exclusive(self, one: str, other: str) -> bool:
        """Whether nobody may have both schemes for one period, whatever the amounts (overlap rule)."""
        return (one, other) in self.exclusive_schemes or (other, one) in self.exclusive_schemes
