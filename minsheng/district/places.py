"""The streets and communities of the district, with the weights by which people live in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from minsheng.district.seasons import HAISHAN, MEISHA, SHATOUJIAO, YANTIAN, split
from policy import AreaKind, Areas

STREET_PERCENT = {SHATOUJIAO: 22, HAISHAN: 26, YANTIAN: 37, MEISHA: 15}


@dataclass(frozen=True, slots=True)
class Community:
    """One community: its code, the street it lies in, its name."""

    code: str
    street: str
    zh: str


@cache
def communities() -> tuple[Community, ...]:
    """All communities in the order of the policy's list."""
    areas = Areas.load()
    return tuple(Community(one.code, street, one.zh) for street in STREET_PERCENT for one in areas.within(street, AreaKind.COMMUNITY))


def homes(count: int) -> list[Community]:
    """A community for each of `count` households: streets by their weights, communities of a street alike, well mixed."""
    shares = [STREET_PERCENT[place.street] * 1_000 // sum(p.street == place.street for p in communities()) for place in communities()]
    parts = split(count, shares)
    spread = [((n + 0.5) / part, number) for number, part in enumerate(parts) for n in range(part)]
    return [communities()[number] for _, number in sorted(spread)]
