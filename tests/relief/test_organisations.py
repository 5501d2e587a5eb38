"""An organisation is restricted: its open referrals go back, new ones do not reach it, in whatever order both become known (SG-15, SC-25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from contracts.envelope import Event, Meta, stream_of
from contracts.ids import ActorId, OrganisationId, ReferralId
from contracts.registry.organisation import (
    DeregistrationReason,
    OrganisationDeregistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from contracts.relief.known_organisation import RestrictionKnown, RestrictionLifted
from contracts.relief.referral import DeclineReason, Follow, ReferralReturned
from contracts.terms import ClosingCode, Receiver
from kit.reaction import organisation_subject
from kit.store.model import Link
from kit.testing import Given, id_for
from services.relief.domain.known_organisation import LiftRestriction, NoteRestriction, known_organisation
from services.relief.domain.referral import (
    CloseReferral,
    ProposeReferral,
    RecallReferral,
    ReopenReferral,
    SendReferral,
    TakeReferral,
    referral,
)
from services.relief.reactions.organisations import on_deregistered, on_reinstated, on_restricted
from tests.relief.family import HOME, NEED, need_of
from tests.relief.test_referral import (
    IN_TIME,
    LATE,
    RAN_OUT,
    REFERRAL,
    REOPENED,
    STARTED,
    TAKEN,
    TURNED_DOWN,
    at,
    closed,
    facts,
    proposed,
    sent,
)

AGENCY = OrganisationId("52770308mjdem0014u")
OTHER = OrganisationId("52770308mjdem0022p")
JUNE_1 = date(2022, 6, 1)
MORNING = datetime(2022, 6, 1, 2, tzinfo=UTC)
RESTRICTED = OrganisationRestricted(organisation_id=AGENCY, reason=RestrictionReason.ZOMBIE_NO_REPORT, since=JUNE_1)
KNOWN = RestrictionKnown(organisation_id=AGENCY, since=JUNE_1)
LIFTED = RestrictionLifted(organisation_id=AGENCY)
TO_AGENCY = replace(proposed(), organisation_id=AGENCY)
SENT_THERE = replace(sent(), organisation_id=AGENCY)
RECALL = RecallReferral(referral_id=REFERRAL)
BACK = ReferralReturned(referral_id=REFERRAL, household_id=HOME, reason=DeclineReason.RESTRICTED, reroute_by=at(2))


def meta() -> Meta:
    return Meta(
        id="0190a000-0000-8000-8000-0000000000ff",
        source="/minsheng/test/registry",
        type="registry.organisation.restricted",
        schema_version=1,
        stream=f"organisation/{AGENCY}",
        version=1,
        position=1,
        key=f"organisation/{AGENCY}",
        occurred_at=MORNING,
        recorded_at=MORNING,
        actor="district-officer-1",
        authority="district_officer",
        correlation_id="0190a000-0000-8000-8000-0000000000ff",
    )


def with_agency(*story: Event, known: Sequence[Event] = (KNOWN,)) -> Given:
    """A referral to the agency, of which relief has heard something."""
    return facts(*story).also(known_organisation, *known)


# --- hearing of it ---


def test_a_restriction_is_written_down_before_it_has_an_effect() -> None:
    """SG-15, ruling 2 of the design: then every open referral of the organisation is called back."""
    assert list(on_restricted.record(RESTRICTED, meta())) == [NoteRestriction(organisation_id=AGENCY, since=JUNE_1, occurred_at=MORNING)]
    assert on_restricted.subject is not None
    assert on_restricted.subject(RESTRICTED) == organisation_subject(AGENCY)
    streams = [f"referral/{REFERRAL}", f"organisation-grant/{REFERRAL}"]
    assert list(on_restricted.then(RESTRICTED, streams)) == [RECALL]


def test_one_that_exists_no_more_is_treated_like_a_restricted_one() -> None:
    """SC-25: also where nobody restricted it before."""
    gone = OrganisationDeregistered(
        organisation_id=AGENCY, reason=DeregistrationReason.OWN_WISH, since=JUNE_1, approved_by=ActorId("approver-2")
    )
    assert list(on_deregistered.record(gone, meta())) == [NoteRestriction(organisation_id=AGENCY, since=JUNE_1, occurred_at=MORNING)]
    assert list(on_deregistered.then(gone, [f"referral/{REFERRAL}"])) == [RECALL]


def test_a_reinstatement_lifts_it() -> None:
    """SG-15: what went elsewhere stays there."""
    again = OrganisationReinstated(organisation_id=AGENCY, reason=ReinstatementReason.RECTIFIED, since=JUNE_1)
    assert list(on_reinstated.record(again, meta())) == [LiftRestriction(organisation_id=AGENCY, occurred_at=MORNING)]
    assert on_reinstated.subject is None


def test_a_further_reason_or_a_repeat_changes_nothing() -> None:
    """SG-15: one reinstatement ends all."""
    note, lift = NoteRestriction(organisation_id=AGENCY, since=JUNE_1), LiftRestriction(organisation_id=AGENCY)
    heard = with_agency(known=())
    heard.aggregate = known_organisation
    heard.when(note).then(KNOWN)
    heard.when(lift).then()
    heard.facts([KNOWN]).when(note).then()
    heard.when(lift).then(LIFTED)


# --- what it leads to ---


@pytest.mark.parametrize(
    "story",
    [(TO_AGENCY,), (TO_AGENCY, SENT_THERE), (TO_AGENCY, SENT_THERE, TAKEN), (TO_AGENCY, SENT_THERE, TAKEN, STARTED)],
)
def test_an_open_referral_goes_back_and_is_due_elsewhere_the_next_working_day(story: tuple[Event, ...]) -> None:
    """SC-25: restricted on Tuesday the 1st, routed anew by the end of the 2nd, or on the stale list."""
    with_agency(*story).when(RECALL, at=at(1, 4)).then(BACK)


def test_twelve_referrals_of_a_zombie_are_due_elsewhere_on_the_second_of_june() -> None:
    """SC-25: restricted on 2022-06-01, all twelve by the end of 2022-06-02."""
    story = (TO_AGENCY, replace(SENT_THERE, answer_by=at(3, month=6)), TAKEN, replace(STARTED, note_by=date(2022, 6, 20)))
    streams = [f"referral/{number:08}-0000-8000-8000-000000000000" for number in range(12)]
    commands = list(on_restricted.then(RESTRICTED, streams))
    assert len(commands) == 12
    (back,) = with_agency(*story).when(RECALL, at=MORNING).events
    assert (back.reason, back.reroute_by) == (DeclineReason.RESTRICTED, at(2, month=6))


@pytest.mark.parametrize("last", [(TURNED_DOWN,), (TAKEN, BACK), (closed(ClosingCode.MET),)])
def test_what_is_on_its_way_back_or_over_stays_as_it_is(last: tuple[Event, ...]) -> None:
    """SG-15: its own deadline goes on."""
    with_agency(TO_AGENCY, SENT_THERE, *last).when(RECALL, at=at(1, 4)).then()


def test_an_unanswered_one_that_ran_out_goes_on_being_escalated() -> None:
    """SG-07: restricted after the deadline; before it, it goes back although the sweeper was faster."""
    with_agency(TO_AGENCY, SENT_THERE).when(RECALL, at=LATE).then(*RAN_OUT)
    with_agency(TO_AGENCY, SENT_THERE, *RAN_OUT).when(RECALL, at=LATE).then()
    outcome = with_agency(TO_AGENCY, SENT_THERE, *RAN_OUT).when(RECALL, at=IN_TIME)
    assert [type(event) for event in outcome.events] == [ReferralReturned]


def test_an_answer_that_crossed_the_recall_changes_nothing() -> None:
    """Ruling 14, SG-15: a restricted organisation gets no work by having said yes before."""
    crossed = TakeReferral(referral_id=REFERRAL, occurred_at=at(1, 3))
    with_agency(TO_AGENCY, SENT_THERE, BACK).when(crossed).then()
    given_up = closed(ClosingCode.NO_SUPPLY, follow=Follow.UNMET_NEED)
    with_agency(TO_AGENCY, SENT_THERE, BACK, given_up).when(crossed).then()


def test_no_new_referral_reaches_it_until_it_is_reinstated() -> None:
    """SC-25: not proposed, sent, opened again, nor named when another is routed anew."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY, organisation_id=AGENCY)
    on = date(2022, 3, 1)
    for known in ([KNOWN], [KNOWN, LIFTED, KNOWN]):
        given_need = Given(referral).facts([need_of(24_120_00)]).also(known_organisation, *known)
        given_need.when(ask, on=on).refused("organisation_restricted", since="2022-06-01")
        given_need.facts([LIFTED]).when(ask, on=on).then(TO_AGENCY)
    with_agency(TO_AGENCY).when(SendReferral(referral_id=REFERRAL), on=on).refused("organisation_restricted")
    ended = closed(ClosingCode.PARTLY_MET)
    reopen = ReopenReferral(referral_id=REFERRAL)
    with_agency(TO_AGENCY, SENT_THERE, TAKEN, ended).when(reopen, on=on).refused("organisation_restricted")
    again = replace(REOPENED, organisation_id=AGENCY)
    with_agency(TO_AGENCY, SENT_THERE, TAKEN, ended, known=()).when(reopen, on=on).then(again)


def test_what_came_back_is_routed_to_another_organisation() -> None:
    """SC-25: the old one stands in no way; to name it again is refused."""
    new = ReferralId(id_for("referral", date(2022, 3, 1)))
    case = with_agency(TO_AGENCY, SENT_THERE, TAKEN, BACK)
    elsewhere = CloseReferral(referral_id=REFERRAL, code=ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, organisation_id=OTHER)
    ended = closed(ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, replaced_by=new)
    case.when(elsewhere).then(ended, replace(proposed(new), organisation_id=OTHER))
    case.when(elsewhere.model_copy(update={"organisation_id": None})).then(ended, proposed(new))
    case.when(elsewhere.model_copy(update={"organisation_id": AGENCY})).refused("organisation_restricted")


def test_a_referral_is_found_from_its_organisation_while_it_is_open() -> None:
    """Ruling 2 of the design: also after it was opened again."""
    for event in (TO_AGENCY, replace(REOPENED, organisation_id=AGENCY)):
        assert Link(organisation_subject(AGENCY)) in list(referral.index(event))
    assert stream_of(KNOWN) == f"known-organisation/{AGENCY}"
