"""Values of linkage: layers, overlap, referrals, findings."""

from __future__ import annotations

from policy.values.shapes import Amount, ByUrgency, Codes, Layers, Pair, Values


class Linkage(Values):
    """How needs meet coverage and how long each step may take. `_wd` = working days, `_days` = calendar days."""

    scheme_layers: Layers
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
    finding_gap_wd: Amount
    finding_uninsured_child_days: Amount
    finding_rehab_not_started_wd: Amount
    finding_watch_wd: Amount
    finding_review_overdue_days: Amount
    finding_answer_overdue_days: Amount
    suppress_below_persons: Amount

    def layer_of(self, scheme: str) -> str:
        """The layer of a scheme (ruling 13). Raises KeyError for a scheme the pack does not know."""
        return self.scheme_layers[scheme]

    def are_exclusive(self, one: str, other: str) -> bool:
        """Whether nobody may have both schemes for one period, whatever the amounts (overlap rule)."""
        return (one, other) in self.exclusive_schemes or (other, one) in self.exclusive_schemes
