"""Relief's facts about households become charity's own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.envelope import Event
from contracts.ids import Month
from contracts.relief.household import (
    HouseholdClosed,
    HouseholdReopened,
    LeavingReason,
    MemberJoined,
    MemberLeft,
    StatusExpired,
    StatusRecognised,
)
from contracts.relief.need import NeedClosed, NeedReopened
from contracts.terms import ClosingCode, Status
from kit.command import Command
from services.charity.domain.known_household import (
    EndStatus,
    NoteHouseholdClosed,
    NoteHouseholdReopened,
    NoteMember,
    NoteMemberGone,
    NoteNeedClosed,
    NoteNeedReopened,
    NoteStatus,
)
from services.charity.service import charity
from tests.charity.facts import CHILD, DAY, HOME, NEED, meta_of

AT = datetime(2022, 3, 8, 1, tzinfo=UTC)
LATER = date(2022, 9, 1)


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        (
            StatusRecognised(household_id=HOME, status=Status.EDGE, from_month=Month("2022-04"), to_month=Month("2023-03")),
            NoteStatus(household_id=HOME, status=Status.EDGE, from_month=Month("2022-04"), to_month=Month("2023-03"), occurred_at=AT),
        ),
        (
            StatusExpired(household_id=HOME, status=Status.EDGE, last_month=Month("2022-09")),
            EndStatus(household_id=HOME, status=Status.EDGE, last_month=Month("2022-09"), occurred_at=AT),
        ),
        (
            MemberJoined(household_id=HOME, person_id=CHILD, joined_on=DAY),
            NoteMember(household_id=HOME, person_id=CHILD, joined_on=DAY, occurred_at=AT),
        ),
        (
            MemberLeft(household_id=HOME, person_id=CHILD, left_on=LATER, reason=LeavingReason.MOVED_OUT),
            NoteMemberGone(household_id=HOME, person_id=CHILD, left_on=LATER, occurred_at=AT),
        ),
        (
            HouseholdClosed(household_id=HOME, closed_on=LATER, code=ClosingCode.MERGED),
            NoteHouseholdClosed(household_id=HOME, closed_on=LATER, code=ClosingCode.MERGED, occurred_at=AT),
        ),
        (HouseholdReopened(household_id=HOME), NoteHouseholdReopened(household_id=HOME, occurred_at=AT)),
        (
            NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.MET),
            NoteNeedClosed(household_id=HOME, need_id=NEED, occurred_at=AT),
        ),
        (NeedReopened(need_id=NEED, household_id=HOME), NoteNeedReopened(household_id=HOME, need_id=NEED, occurred_at=AT)),
    ],
)
def test_each_fact_is_noted_by_one_reaction_at_relief_s_time(said: Event, noted: Command) -> None:
    """Ruling 2 of the design: status, members and closed needs are here before a voucher or an allocation rests on them."""
    heard = [reaction for reaction in charity.reactions if reaction.on is type(said)]
    assert [list(reaction.record(said, meta_of(said, AT))) for reaction in heard] == [[noted]]
