"""What relief says about households is noted in `known-household`; vouchers and allocations read it there (ruling 2 of the design)."""

from __future__ import annotations

from contracts.envelope import Meta
from contracts.relief.household import HouseholdClosed, HouseholdReopened, MemberJoined, MemberLeft, StatusExpired, StatusRecognised
from contracts.relief.need import NeedClosed, NeedReopened
from kit.reaction import Reaction
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


def note_status(event: StatusRecognised, meta: Meta) -> list[NoteStatus]:
    return [
        NoteStatus(
            household_id=event.household_id,
            status=event.status,
            from_month=event.from_month,
            to_month=event.to_month,
            occurred_at=meta.occurred_at,
        )
    ]


def end_status(event: StatusExpired, meta: Meta) -> list[EndStatus]:
    return [EndStatus(household_id=event.household_id, status=event.status, last_month=event.last_month, occurred_at=meta.occurred_at)]


def note_member(event: MemberJoined, meta: Meta) -> list[NoteMember]:
    return [NoteMember(household_id=event.household_id, person_id=event.person_id, joined_on=event.joined_on, occurred_at=meta.occurred_at)]


def note_member_gone(event: MemberLeft, meta: Meta) -> list[NoteMemberGone]:
    return [NoteMemberGone(household_id=event.household_id, person_id=event.person_id, left_on=event.left_on, occurred_at=meta.occurred_at)]


def note_household_closed(event: HouseholdClosed, meta: Meta) -> list[NoteHouseholdClosed]:
    return [NoteHouseholdClosed(household_id=event.household_id, closed_on=event.closed_on, code=event.code, occurred_at=meta.occurred_at)]


def note_household_reopened(event: HouseholdReopened, meta: Meta) -> list[NoteHouseholdReopened]:
    return [NoteHouseholdReopened(household_id=event.household_id, occurred_at=meta.occurred_at)]


def note_need_closed(event: NeedClosed, meta: Meta) -> list[NoteNeedClosed]:
    return [NoteNeedClosed(household_id=event.household_id, need_id=event.need_id, occurred_at=meta.occurred_at)]


def note_need_reopened(event: NeedReopened, meta: Meta) -> list[NoteNeedReopened]:
    return [NoteNeedReopened(household_id=event.household_id, need_id=event.need_id, occurred_at=meta.occurred_at)]


on_status = Reaction("status-recognised", on=StatusRecognised, record=note_status)
on_status_end = Reaction("status-expired", on=StatusExpired, record=end_status)
on_member = Reaction("member-joined", on=MemberJoined, record=note_member)
on_member_gone = Reaction("member-left", on=MemberLeft, record=note_member_gone)
on_household_closed = Reaction("household-closed", on=HouseholdClosed, record=note_household_closed)
on_household_reopened = Reaction("household-reopened", on=HouseholdReopened, record=note_household_reopened)
on_need_closed = Reaction("need-closed", on=NeedClosed, record=note_need_closed)
on_need_reopened = Reaction("need-reopened", on=NeedReopened, record=note_need_reopened)

household_reactions = (
    on_status,
    on_status_end,
    on_member,
    on_member_gone,
    on_household_closed,
    on_household_reopened,
    on_need_closed,
    on_need_reopened,
)
