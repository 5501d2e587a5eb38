"""Needs that somebody finds on the way, at a visit or a screening: registered in the same append as what was found (B10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.ids import PATTERNS, HouseholdId, Month, NeedId, PersonId
from contracts.relief.need import NeedRegistered
from contracts.terms import Dimension, Measure, NeedCategory, Period, Urgency
from kit.aggregate import require
from kit.command import PositiveFen
from services.relief.domain.household import Household
from services.relief.domain.need.decisions import check_lack
from services.relief.domain.need.state import Need

MOST_NEEDS = 3
"""An append stays small: its own stream, the household and these."""


class FoundOnTheWay(BaseModel):
    """One need found, under an id of the finder's. `person_id`: whose need, where it is one person's; else as `RegisterNeed`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    need_id: Annotated[NeedId, Field(pattern=PATTERNS["NeedId"])]
    category: NeedCategory
    dimension: Dimension = Dimension.MATERIAL
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    person_id: Annotated[PersonId, Field(pattern=PATTERNS["PersonId"])] | None = None
    first_month: Annotated[Month, Field(pattern=PATTERNS["Month"])] | None = None
    last_month: Annotated[Month, Field(pattern=PATTERNS["Month"])] | None = None
    urgency: Urgency = Urgency.YELLOW


def found_needs(
    found: Sequence[FoundOnTheWay], household_id: HouseholdId | None, home: Household, needs: Mapping[str, Need]
) -> list[NeedRegistered]:
    """The facts on the needs' own streams.

    Raises: Refused("household_missing" | "named_twice" | "need_known") and as `check_lack` does.  Source: B10, ruling 5.
    """
    if not found:
        return []
    require(household_id is not None, "household_missing")
    require(len({one.need_id for one in found}) == len(found), "named_twice")
    for one in found:
        require(needs[one.need_id].household_id is None, "need_known", need_id=one.need_id)
        check_lack(one, home)
    return [NeedRegistered(household_id=home.household_id, **one.model_dump()) for one in found]
