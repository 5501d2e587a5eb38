"""Effective-dated rule packs, working-day calendars and areas as data, and their typed loader. Imports nothing of ours."""

from policy.areas import Area, AreaKind, Areas, UnknownArea
from policy.calendar import SHANGHAI, BeyondCalendar, Calendar, add_months, end_of, publicity_last_day, shanghai_day
from policy.documents import PolicyError
from policy.packs import NoPolicy, Pack, Packs
from policy.values import AbilityBand, ByUrgency, FindingRule, Hold, Limit, PolicyValues, SpendingTier

__all__ = [
    "SHANGHAI", "AbilityBand", "Area", "AreaKind", "Areas", "BeyondCalendar", "ByUrgency", "Calendar", "FindingRule", "Hold", "Limit",
    "NoPolicy", "Pack", "Packs", "PolicyError", "PolicyValues", "SpendingTier", "UnknownArea", "add_months", "end_of", "publicity_last_day", "shanghai_day",
]  # fmt: skip
