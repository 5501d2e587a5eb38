"""Which policies and services answer a need: by its category, dimension and measure, the household's status and hukou, and the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.ids import AreaCode, HouseholdId
from contracts.terms import Status
from services.linkage.offers.catalogue import Group, Offer, Offers, group_of
from services.linkage.views.household import HouseholdRow
from services.linkage.views.need import NeedRow


@dataclass(frozen=True, kw_only=True)
class NeedItem:
    """An open need of the need list with all that answers it. area, status: the household's on that day; None: none known."""

    need: NeedRow
    area: AreaCode | None
    status: Status | None
    items: Sequence[Offer]

    @property
    def group(self) -> Group:
        return group_of(self.status)

    @property
    def no_match(self) -> bool:
        """Nothing in force answers it: such needs are counted apart (3.9)."""
        return not self.items

    @property
    def place(self) -> tuple[date, str]:
        """Where it stands in the list: the oldest first."""
        return self.need.registered.on, self.need.need_id


def need_items(needs: Iterable[NeedRow], homes: Mapping[HouseholdId, HouseholdRow], catalogue: Offers, day: date) -> list[NeedItem]:
    """The needs that are open at the end of a day, oldest first, with what answers them then."""
    open_then = (row for row in needs if row.is_open(day))
    return sorted((_item(row, homes.get(row.household_id), catalogue, day) for row in open_then), key=lambda item: item.place)


def _item(row: NeedRow, home: HouseholdRow | None, catalogue: Offers, day: date) -> NeedItem:
    status = home.status(day) if home else None
    found = matching(row, status, catalogue.on(day), hukou=home is not None and home.hukou)
    return NeedItem(need=row, area=home.area if home else None, status=status, items=found)


def matching(row: NeedRow, status: Status | None, in_force: Iterable[Offer], *, hukou: bool) -> list[Offer]:
    """Of what is in force, all that answers the need, the state's layers before charity (rule 3.5)."""
    return sorted((one for one in in_force if _answers(one, row) and _is_for(one, status, hukou=hukou)), key=lambda one: one.layer)


def _answers(offer: Offer, row: NeedRow) -> bool:
    in_measure = not offer.measures or row.measure in offer.measures
    return row.category in offer.needs and row.dimension in offer.dimensions and in_measure


def _is_for(offer: Offer, status: Status | None, *, hukou: bool) -> bool:
    return (not offer.groups or group_of(status) in offer.groups) and (hukou or not offer.hukou)
