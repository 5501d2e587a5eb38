"""Grants to organisations: signed by two, paid in parts, frozen while the organisation is restricted."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from contracts.charity.disclosure_task import DisclosureKind
from contracts.charity.fund import FundAidReturned, FundReleased, FundReserved, FundSpent
from contracts.charity.known_organisation import ReinstatementKnown, RestrictionKnown
from contracts.charity.organisation_grant import (
    GrantEnded,
    GrantFrozen,
    GrantPaid,
    GrantPart,
    GrantProposed,
    GrantRefusal,
    GrantRefused,
    GrantReserved,
    GrantReturned,
    GrantUnfrozen,
)
from contracts.envelope import Event
from contracts.ids import AllocationId, GrantId
from contracts.terms import Purpose
from kit.store.model import Link, ReleaseAll
from kit.testing import SECOND, Given, given, id_for
from services.charity.domain.fund import fund
from services.charity.domain.known_organisation import NoteReinstatement, NoteRestriction, known_organisation
from services.charity.domain.organisation_grant import (
    ApproveGrant,
    EndGrant,
    FreezeGrant,
    PayPart,
    ProposeGrant,
    ReturnPart,
    UnfreezeGrant,
    index,
    organisation_grant,
)
from tests.charity.facts import AGENCY, APPROVER, DAY, FUND, OFFICER, credited, draw, established, task, uuid

AID = GrantId(uuid(0x61))
PARTS = (
    GrantPart(allocation_id=AllocationId(id_for("part:1", DAY)), amount_fen=30_000_00),
    GrantPart(allocation_id=AllocationId(id_for("part:2", DAY)), amount_fen=50_000_00),
)
FIRST, REST = PARTS[0].allocation_id, PARTS[1].allocation_id
PROPOSED = GrantProposed(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, purpose=Purpose.ELDERS, parts=PARTS, proposed_by=OFFICER)
GRANTED = GrantReserved(
    grant_id=AID, organisation_id=AGENCY, fund_id=FUND, purpose=Purpose.ELDERS, amount_fen=80_000_00, approved_by=APPROVER
)
SET_ASIDE = [
    FundReserved(fund_id=FUND, allocation_id=part.allocation_id, amount_fen=part.amount_fen, draws=(draw(part.amount_fen),))
    for part in PARTS
]
PAID = GrantPaid(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, allocation_id=FIRST, amount_fen=30_000_00)
SPENT = FundSpent(fund_id=FUND, allocation_id=FIRST, amount_fen=30_000_00, draws=(draw(30_000_00),))
SINCE = date(2022, 6, 1)
CURE_BY = date(2022, 9, 1)
RESTRICTED, REINSTATED = (
    RestrictionKnown(organisation_id=AGENCY, since=SINCE, cure_by=CURE_BY),
    ReinstatementKnown(organisation_id=AGENCY),
)
FROZEN = GrantFrozen(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, frozen_fen=50_000_00, since=SINCE)
UNFROZEN = GrantUnfrozen(grant_id=AID, organisation_id=AGENCY, fund_id=FUND)
ENDED = GrantEnded(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, released_fen=50_000_00)
RELEASED = FundReleased(fund_id=FUND, allocation_id=REST, amount_fen=50_000_00, draws=(draw(50_000_00),))
PROPOSE = ProposeGrant(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, purpose=Purpose.ELDERS, amounts_fen=(30_000_00, 50_000_00))
APPROVE, END = ApproveGrant(grant_id=AID), EndGrant(grant_id=AID)
PAY_REST = PayPart(grant_id=AID, allocation_id=REST)
FREEZE, UNFREEZE = FreezeGrant(grant_id=AID, since=SINCE), UnfreezeGrant(grant_id=AID)


def elders_fund(*more: Event, fen: int = 100_000_00, purpose: Purpose = Purpose.ELDERS) -> list[Event]:
    return [established(purpose), credited(fen), *more]


def half_paid(*more: Event) -> Given:
    """Of 80,000.00 the first 30,000.00 is paid."""
    return given(organisation_grant, PROPOSED, GRANTED, PAID, *more).also(fund, *elders_fund(*SET_ASIDE, SPENT))


def test_a_grant_is_proposed_in_parts() -> None:
    """SC-25, ruling 23: several allocations, each of its own id."""
    given(organisation_grant).also(fund, *elders_fund()).when(PROPOSE).then(PROPOSED)
    given(organisation_grant).when(PROPOSE).refused("not_found")


def test_a_second_person_reserves_every_part_in_the_fund() -> None:
    """Ruling 21: two different people; ruling 23: each part is an allocation of the fund."""
    case = given(organisation_grant, PROPOSED).also(fund, *elders_fund())
    case.when(APPROVE).refused("same_person")
    outcome = case.when(APPROVE, actor=SECOND).then(GRANTED, *SET_ASIDE)
    after = case.facts(outcome.events)
    assert after.state(fund, FUND).available_fen == 20_000_00
    after.when(APPROVE, actor=SECOND).refused("already_decided", stage="reserved")


@pytest.mark.parametrize(
    ("case", "reason", "available"),
    [
        (given(organisation_grant, PROPOSED).also(fund, *elders_fund(fen=79_999_99)), GrantRefusal.INSUFFICIENT, 79_999_99),
        (given(organisation_grant, PROPOSED).also(fund, *elders_fund(purpose=Purpose.CHILDREN)), GrantRefusal.PURPOSE, 100_000_00),
        (given(organisation_grant, replace(PROPOSED, related=True)).also(fund, *elders_fund()), GrantRefusal.RELATED, 100_000_00),
        (given(organisation_grant, PROPOSED).also(fund, *elders_fund()).facts([RESTRICTED]), GrantRefusal.RESTRICTED, 100_000_00),
    ],
    ids=["insufficient", "purpose", "related", "restricted"],
)
def test_why_a_grant_is_not_given_is_on_record(case: Given, reason: GrantRefusal, available: int) -> None:
    """R-CHA-02, R-CHA-03, SC-25: nothing is reserved, not even the part that would fit."""
    case.when(APPROVE, actor=SECOND).then(
        GrantRefused(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, reason=reason, available_fen=available)
    )


def test_each_part_is_paid_once() -> None:
    """Ruling 23, section 3.2: one payment an allocation."""
    case = given(organisation_grant, PROPOSED, GRANTED).also(fund, *elders_fund(*SET_ASIDE))
    first = PayPart(grant_id=AID, allocation_id=FIRST)
    case.when(first).then(PAID, SPENT)
    half_paid().when(first).refused("not_open")
    given(organisation_grant, PROPOSED).also(fund, *elders_fund()).when(first).refused("not_open", stage="proposed")


def test_a_restricted_organisation_gets_nothing_new_and_its_rest_is_frozen_not_released() -> None:
    """SC-25, SG-15: 50,000.00 stays reserved; no proposal, no payment."""
    case = half_paid().also(known_organisation, RESTRICTED)
    case.when(FREEZE).then(FROZEN)
    case.when(PAY_REST).refused("organisation_restricted", since="2022-06-01")
    case.facts([FROZEN]).when(FREEZE).then()
    state = case.state(fund, FUND)
    assert (state.reserved_fen, state.available_fen) == (50_000_00, 20_000_00)
    other = given(organisation_grant).also(fund, *elders_fund()).also(known_organisation, RESTRICTED)
    other.when(PROPOSE).refused("organisation_restricted", since="2022-06-01")


def test_a_reinstated_organisation_is_paid_the_rest() -> None:
    """SC-25: reinstated unfreezes."""
    case = half_paid(FROZEN).also(known_organisation, RESTRICTED, REINSTATED)
    case.when(PAY_REST).refused("frozen")
    case.when(UNFREEZE).then(UNFROZEN)
    after = case.facts([UNFROZEN])
    after.when(UNFREEZE).then()
    paid = replace(PAID, allocation_id=REST, amount_fen=50_000_00)
    spent = FundSpent(fund_id=FUND, allocation_id=REST, amount_fen=50_000_00, draws=(draw(50_000_00),))
    outcome = after.when(PAY_REST).then(paid, spent)
    after.facts(outcome.events).when(FREEZE).then()


def test_a_grant_of_an_organisation_that_is_not_cured_goes_to_the_purpose_by_another_way() -> None:
    """SC-25, R-CHA-04, R-SO-01: when the registry's last day, the 1st of September, is over, the rest is available again and that is published."""
    case = half_paid(FROZEN).also(known_organisation, RESTRICTED)
    case.when(END, on=date(2022, 9, 1)).refused("rectification_running", cure_by="2022-09-01")
    on = date(2022, 9, 2)
    leftover = task(DisclosureKind.LEFTOVER, date(2022, 10, 2), (on, on), on=on)
    outcome = case.when(END, on=on).then(ENDED, RELEASED, leftover)
    after = case.facts(outcome.events)
    assert after.state(fund, FUND).available_fen == 70_000_00
    after.when(END, on=on).refused("not_open", stage="ended")
    after.when(PAY_REST, on=on).refused("not_open")


def test_a_grant_of_a_free_organisation_may_end_at_any_time() -> None:
    """R-CHA-04: a project that needs no more."""
    leftover = task(DisclosureKind.LEFTOVER, date(2022, 3, 31), (DAY, DAY))
    half_paid().when(END).then(ENDED, RELEASED, leftover)


def test_an_organisation_gives_money_back_to_the_same_fund() -> None:
    """Ruling 23, R-CHA-12: spent is net of it."""
    give_back = ReturnPart(grant_id=AID, allocation_id=FIRST, amount_fen=10_000_00)
    told = GrantReturned(grant_id=AID, organisation_id=AGENCY, fund_id=FUND, allocation_id=FIRST, amount_fen=10_000_00)
    back = FundAidReturned(fund_id=FUND, allocation_id=FIRST, amount_fen=10_000_00, draws=(draw(10_000_00),))
    case = half_paid()
    case.when(give_back).then(told, back)
    case.facts([told, back]).when(ReturnPart(grant_id=AID, allocation_id=FIRST, amount_fen=20_000_01)).refused(
        "above_paid", paid_fen=20_000_00
    )


def test_what_the_registry_says_is_noted_first() -> None:
    """SC-25, ruling 2 of the design: the own stream knows before anything is frozen."""
    given(known_organisation).when(NoteRestriction(organisation_id=AGENCY, since=SINCE, cure_by=CURE_BY)).then(RESTRICTED)
    given(known_organisation, RESTRICTED).when(NoteReinstatement(organisation_id=AGENCY)).then(REINSTATED)


def test_a_second_reason_moves_the_last_day_but_not_the_first() -> None:
    """SC-25: nothing it could mend any more: its rest may be ended at once."""
    again = RestrictionKnown(organisation_id=AGENCY, since=date(2022, 8, 1))
    state = known_organisation.fold([RESTRICTED, again])
    assert (state.restricted_since, state.cure_by) == (SINCE, None)
    case = half_paid(FROZEN).also(known_organisation, RESTRICTED, again)
    assert case.when(END, on=date(2022, 8, 2)).events[0] == ENDED


def test_an_open_grant_is_found_from_its_organisation() -> None:
    """SG-15: the subject of the restriction."""
    assert list(index(PROPOSED)) == [Link(f"organisation/{AGENCY}")]
    assert list(index(ENDED)) == [ReleaseAll()]
    assert list(index(PAID)) == []
