"""Nobody of a household is left: its referrals end with it (SG-04, section 3.5)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.envelope import Event
from contracts.ids import ReferralId
from contracts.relief.household import HouseholdClosed, HouseholdReopened
from contracts.relief.referral import ReferralEscalated, ReferralExpired, ReferralWithdrawn
from contracts.terms import ClosingCode, Receiver
from kit.testing import given
from services.relief.domain.household import household
from services.relief.domain.referral import EndWithHousehold, ProposeReferral, ReopenReferral, referral
from services.relief.reactions.death import on_died_out
from tests.relief.family import HOME, NEED, family, need_of, uid
from tests.relief.test_referral import EXPIRED, REFERRAL, at, closed, proposed, returned, sent, taken, turned_down

END = EndWithHousehold(referral_id=REFERRAL)
NOTICE = date(2022, 8, 2)


def closed_as(code: ClosingCode) -> HouseholdClosed:
    return HouseholdClosed(household_id=HOME, closed_on=NOTICE, code=code)


DIED_OUT = [*family(1), closed_as(ClosingCode.DECEASED)]
DECEASED = closed(ClosingCode.DECEASED, reopen_until=date(2022, 9, 1))


def test_the_referrals_of_a_household_that_died_out_are_looked_at() -> None:
    """SG-04: relief's own fact, found from the household; one closed for another reason asks for nothing."""
    streams = [f"entitlement/{uid(8)}", f"referral/{REFERRAL}", f"referral/{uid(9)}"]
    assert on_died_out.subject is not None
    assert on_died_out.subject(closed_as(ClosingCode.DECEASED)) == f"household/{HOME}"
    ends = [END, EndWithHousehold(referral_id=ReferralId(uid(9)))]
    assert list(on_died_out.then(closed_as(ClosingCode.DECEASED), streams)) == ends
    assert list(on_died_out.then(closed_as(ClosingCode.MERGED), streams)) == []


@pytest.mark.parametrize(
    "facts",
    [
        [proposed()],
        [proposed(), sent()],
        [proposed(), sent(), taken(at(9))],
        [proposed(), sent(), taken(at(9)), returned(at(9))],
        [proposed(), sent(), turned_down(at(9))],
        [proposed(), sent(), EXPIRED],
    ],
    ids=["proposed", "sent", "accepted", "returned", "declined", "expired"],
)
def test_an_open_referral_is_closed_as_deceased_at_whatever_stage(facts: list[Event]) -> None:
    """SG-04, section 3.5: nothing has to follow; it may be opened again within 30 days. What was late by then is said before."""
    *late, last = given(referral, *facts, *DIED_OUT).when(END, on=NOTICE).events
    assert last == DECEASED
    assert all(isinstance(event, ReferralExpired | ReferralEscalated) for event in late)
    assert late


def test_what_is_over_or_whose_household_is_there_again_stays_as_it_is() -> None:
    """SG-04, ruling 22."""
    given(referral, proposed(), sent(), taken(at(9)), closed(ClosingCode.MET), *DIED_OUT).when(END, on=NOTICE).then()
    given(referral, proposed(), ReferralWithdrawn(referral_id=REFERRAL, household_id=HOME), *DIED_OUT).when(END, on=NOTICE).then()
    waits = proposed(send_by=at(2, month=8))  # NOTICE is in time
    given(referral, waits, *DIED_OUT, HouseholdReopened(household_id=HOME)).when(END, on=NOTICE).then()


def test_no_referral_is_proposed_for_nobody() -> None:
    """SG-04, ruling 2 of the design: one proposed a moment after the sweep would wait for ever."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY)
    given(referral, need_of(24_120_00)).also(household, *DIED_OUT).when(ask, on=NOTICE).refused("household_closed")
    given(referral, need_of(24_120_00)).also(household, *family(1)).when(ask).then(proposed())


def test_a_false_report_s_referral_is_opened_again_by_a_person() -> None:
    """Ruling 22, ruling 15: under the same id, within its days."""
    reopen = ReopenReferral(referral_id=REFERRAL)
    outcome = given(referral, proposed(), sent(), DECEASED, need_of(24_120_00)).when(reopen, on=date(2022, 8, 5))
    assert [type(event).__name__ for event in outcome.events] == ["ReferralReopened"]
