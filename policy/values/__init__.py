"""What a policy pack holds: one class per group of rules; `PolicyValues` is all of them, flat, so that a rule reads `policy.dibao_standard_fen`.

The classes give names, units and shapes; the numbers, their rule ids and evidence stand in `packs/*.yaml` and nowhere else.
"""

from policy.values.charity import Charity, SpendingTier
from policy.values.eldercare import AbilityBand, Eldercare, TimeBank
from policy.values.linkage import FindingRule, Hold, Linkage
from policy.values.registers import Registers
from policy.values.relief import BasicLiving, Discovery, Money, Procedure, SpecialAid, TemporaryAid
from policy.values.shapes import ByUrgency, Limit

__all__ = ["AbilityBand", "ByUrgency", "FindingRule", "Hold", "Limit", "PolicyValues", "SpendingTier"]


class PolicyValues(Discovery, BasicLiving, Procedure, TemporaryAid, SpecialAid, Money, Linkage, Charity, Eldercare, TimeBank, Registers):
    """Every value a pack must give: none has a default, so a pack that forgets one is refused when it is loaded."""
