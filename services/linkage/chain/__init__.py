"""The chain of aid of one household (一户一条救助链), as pure functions from rows to answers."""

from services.linkage.chain.household import chain
from services.linkage.chain.model import AidChain, Line, Member, NeedChain, OutsideLine, RefusedOffer, Review, Slot

__all__ = ["AidChain", "Line", "Member", "NeedChain", "OutsideLine", "RefusedOffer", "Review", "Slot", "chain"]
