"""Of a campaign's households, those that were visited by a day and those that were not yet: together they are its list (A05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.ids import ActorId, AreaCode, HouseholdId
from contracts.relief.visit import MissedReason
from contracts.terms import Status
from services.linkage.offers.catalogue import Group, group_of
from services.linkage.views.campaign import CampaignVisitRow, PairRow, TargetsRow
from services.linkage.views.facts import Fact
from services.linkage.views.household import HouseholdRow


@dataclass(frozen=True, kw_only=True)
class TargetItem:
    """A household that a campaign means, at the end of a day.

    area, status: the household's; None: none known.  open: whether there still is such a household.  cadre: who stands by it.
    visited_on: the first visit made.  planned_on: the next one that is planned.  missed: why the last one planned was not made.
    fact: the event that says so: of the visit, else of the naming.
    """

    household_id: HouseholdId
    area: AreaCode | None
    status: Status | None
    open: bool
    added_on: date
    cadre: ActorId | None
    visited_on: date | None
    planned_on: date | None
    missed: MissedReason | None
    fact: Fact

    @property
    def visited(self) -> bool:
        return self.visited_on is not None

    @property
    def group(self) -> Group:
        return group_of(self.status)

    @property
    def place(self) -> tuple[date, str]:
        """Where it stands in the list: who was named first comes first."""
        return self.added_on, self.household_id


def target_items(
    targets: Iterable[TargetsRow],
    visits: Iterable[CampaignVisitRow],
    pairs: Iterable[PairRow],
    homes: Mapping[HouseholdId, HouseholdRow],
    day: date,
) -> list[TargetItem]:
    """Everybody who was named by the end of a day. The rows are those of one campaign."""
    by_home: dict[HouseholdId, list[CampaignVisitRow]] = {}
    for visit in visits:
        by_home.setdefault(visit.household_id, []).append(visit)
    cadres = {pair.household_id: pair.cadre for pair in pairs if _stands(pair, day)}
    named = ((row, home) for row in targets if row.added_on <= day for home in row.household_ids)
    found = [_item(row, home, by_home.get(home, []), cadres.get(home), homes.get(home), day) for row, home in named]
    return sorted(found, key=lambda item: item.place)


def _item(
    row: TargetsRow, home: HouseholdId, visits: Iterable[CampaignVisitRow], cadre: ActorId | None, lives: HouseholdRow | None, day: date
) -> TargetItem:
    told = list(visits)
    made = min(
        ((one.visited_on, one.fact) for one in told if one.visited_on and one.visited_on <= day), key=lambda pair: pair[0], default=None
    )
    planned = [one.planned_on for one in told if one.planned_on and _waits(one, day)]
    missed = max(((one.missed_on, one.missed) for one in told if one.missed_on and one.missed_on <= day), default=None)
    return TargetItem(
        household_id=home,
        area=lives.area if lives else None,
        status=lives.status(day) if lives else None,
        open=lives is not None and (lives.closed is None or lives.closed.on > day),
        added_on=row.added_on,
        cadre=cadre,
        visited_on=made[0] if made else None,
        planned_on=min(planned, default=None),
        missed=missed[1] if missed else None,
        fact=made[1] if made else row.fact,
    )


def _waits(visit: CampaignVisitRow, day: date) -> bool:
    """Planned, and by the end of the day neither made nor missed."""
    done = [on for on in (visit.visited_on, visit.missed_on) if on is not None and on <= day]
    return not done


def _stands(pair: PairRow, day: date) -> bool:
    return pair.since <= day and (pair.ended_on is None or day < pair.ended_on)
