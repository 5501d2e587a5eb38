"""Policies and services as data, and which of them answer an open need (政策清单、服务清单、需求清单, A08)."""

from services.linkage.offers.catalogue import BadOffers, Group, Offer, OfferGiver, OfferKind, Offers, OfferStep, load, offers
from services.linkage.offers.matching import NeedItem, matching, need_items

__all__ = [
    "BadOffers",
    "Group",
    "NeedItem",
    "Offer",
    "OfferGiver",
    "OfferKind",
    "OfferStep",
    "Offers",
    "load",
    "matching",
    "need_items",
    "offers",
]
