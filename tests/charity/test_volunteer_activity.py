"""Sessions of the volunteer season: insured where risky, counted in person-times."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.charity.volunteer_activity import (
    ActivityCancelled,
    ActivityClosed,
    ActivityPublished,
    Channel,
    VolunteerKind,
    VolunteerSignedUp,
)
from contracts.ids import ActivityId, AreaCode, CampaignId, NoteRef
from kit.testing import given
from services.charity.domain.volunteer_activity import CancelActivity, CloseActivity, PublishActivity, SignUp, volunteer_activity
from tests.charity.facts import ACTIVITY, AGENCY, MOTHER, STRANGER, uuid

SEASON = CampaignId("volunteer-season-2022")
STREET = AreaCode("440308003")
NINE = datetime(2022, 3, 5, 1, tzinfo=UTC)
HELD = date(2022, 3, 5)


def published(
    kind: VolunteerKind = VolunteerKind.ENVIRONMENT, channel: Channel = Channel.OFFLINE, *, activity: ActivityId = ACTIVITY
) -> ActivityPublished:
    return ActivityPublished(
        activity_id=activity, organisation_id=AGENCY, kind=kind, season=SEASON, area=STREET, channel=channel, planned_at=NINE
    )


def publish(**changes: object) -> PublishActivity:
    terms = {
        "activity_id": ACTIVITY,
        "organisation_id": AGENCY,
        "kind": VolunteerKind.ENVIRONMENT,
        "season": SEASON,
        "area": STREET,
        "planned_at": "2022-03-05T09:00:00+08:00",
    }
    return PublishActivity.model_validate(terms | changes)


def close(served: int, volunteers: int, *, activity: ActivityId = ACTIVITY) -> CloseActivity:
    return CloseActivity(activity_id=activity, served_times=served, volunteer_times=volunteers)


def closed(offer: ActivityPublished, served: int, volunteers: int) -> ActivityClosed:
    return ActivityClosed(
        activity_id=offer.activity_id,
        organisation_id=AGENCY,
        kind=offer.kind,
        season=SEASON,
        area=STREET,
        channel=offer.channel,
        held_on=HELD,
        served_times=served,
        volunteer_times=volunteers,
    )


def test_the_season_has_twelve_kinds() -> None:
    """C12: twelve kinds, among them care visits, charity painting and calligraphy, legal aid, environment."""
    named = {VolunteerKind.CARE_VISIT, VolunteerKind.PAINTING_AND_CALLIGRAPHY, VolunteerKind.LEGAL_AID, VolunteerKind.ENVIRONMENT}
    assert len(VolunteerKind) == 12
    assert named < set(VolunteerKind)


def test_a_session_is_published_with_its_kind_place_and_time() -> None:
    """C12: an instant is told in UTC, however it was written."""
    given(volunteer_activity).when(publish()).then(published())


def test_risky_work_is_published_only_with_insurance() -> None:
    """R-VOL-02: accident insurance before risky work."""
    paper = NoteRef(uuid(0xC1))
    given(volunteer_activity).when(publish(risky=True)).refused("insurance_missing")
    outcome = given(volunteer_activity).when(publish(risky=True, insurance=paper))
    assert (outcome.events[0].risky, outcome.events[0].insurance) == (True, paper)


def test_a_volunteer_signs_up_once_by_the_registered_person() -> None:
    """C12, R-VOL-01."""
    sign_up = SignUp(activity_id=ACTIVITY, person_id=MOTHER)
    signed = VolunteerSignedUp(activity_id=ACTIVITY, person_id=MOTHER)
    given(volunteer_activity, published()).when(sign_up).then(signed)
    given(volunteer_activity, published(), signed).when(sign_up).refused("already_signed_up")
    given(volunteer_activity).when(sign_up).refused("not_found")


def test_a_session_is_closed_once_after_it_began() -> None:
    """C12: who came is counted when it was held, not before."""
    offer = published()
    given(volunteer_activity, offer).when(close(170, 24), on=HELD).then(closed(offer, 170, 24))
    given(volunteer_activity, offer).when(close(170, 24), at=datetime(2022, 3, 5, 0, 59, tzinfo=UTC)).refused("not_begun")
    given(volunteer_activity, offer, closed(offer, 170, 24)).when(close(1, 1), on=HELD).refused("wrong_stage", stage="closed")


def test_a_cancelled_session_takes_nobody_and_is_not_closed() -> None:
    """C12: it counts nowhere."""
    offer = published()
    off = ActivityCancelled(activity_id=ACTIVITY, organisation_id=AGENCY, kind=offer.kind, season=SEASON)
    given(volunteer_activity, offer).when(CancelActivity(activity_id=ACTIVITY)).then(off)
    over = given(volunteer_activity, offer, off)
    over.when(SignUp(activity_id=ACTIVITY, person_id=STRANGER)).refused("wrong_stage")
    over.when(close(1, 1), on=HELD).refused("wrong_stage")
    over.when(CancelActivity(activity_id=ACTIVITY)).refused("wrong_stage")


def test_an_online_session_says_so_and_counts_like_any_other() -> None:
    """D07: online sessions carry their channel and still count."""
    offer = published(VolunteerKind.DISABLED_PEOPLE, Channel.ONLINE)
    given(volunteer_activity).when(publish(kind=VolunteerKind.DISABLED_PEOPLE, channel="online")).then(offer)
    given(volunteer_activity, offer).when(close(40, 6), on=HELD).then(closed(offer, 40, 6))


def test_fifty_sessions_of_twelve_kinds_add_up_to_person_times() -> None:
    """C12: the same 170 people at each of 50 sessions are 8,500 person-times, not 170 persons."""
    told = []
    for number in range(50):
        offer = published(list(VolunteerKind)[number % 12], activity=ActivityId(uuid(0x1000 + number)))
        told += given(volunteer_activity, offer).when(close(170, 24, activity=offer.activity_id), on=HELD).events
    assert len({event.kind for event in told}) == 12
    assert sum(event.served_times for event in told) == 8_500
    assert not any(hasattr(event, "person_id") for event in told)
