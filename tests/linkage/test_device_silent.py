"""DET-16: a silent device stands on the board from 24 hours after its last sign until it is heard or comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.eldercare.device import DeviceAssigned, DeviceHeardAgain, DeviceHeartbeatMissed, DeviceKind, DeviceReturn, DeviceReturned
from contracts.envelope import Event
from contracts.ids import AreaCode, DeviceId, HouseholdId, IncidentId, PersonId
from kit.identity import Role
from kit.testing import policy
from services.linkage.detections.all import SCOPES
from services.linkage.detections.finding import Finding, Kind, NextStep
from services.linkage.detections.timeline import findings
from services.linkage.reading import journal_order
from tests.linkage.cases import HOUSEHOLD, opened
from tests.linkage.story import Story, an_id, at

DEVICE, PERSON, INCIDENT = DeviceId(an_id(80)), PersonId(an_id(81)), IncidentId(an_id(82))
STREAM, AREA = f"device/{DEVICE}", AreaCode("440308003-qiaodong")
LAST, SILENT = at("2022-04-01", 9), at("2022-04-02", 9)
NOTICED, INSTANT = SILENT + timedelta(minutes=40), timedelta(microseconds=1)
KEYS = [STREAM, HOUSEHOLD]
"""A device of somebody without a household is a scope of its own; otherwise it stands under the household."""


def home_of(key: str) -> HouseholdId | None:
    return HOUSEHOLD if key == HOUSEHOLD else None


def silent(key: str) -> Story:
    """Silent since 9:00 of the second; the watch was down and noticed 40 minutes later."""
    story, home = Story(), home_of(key)
    if home:
        opened(story)
    story.tell(
        DeviceAssigned(device_id=DEVICE, kind=DeviceKind.PENDANT, person_id=PERSON, area=AREA, household_id=home), on=at("2022-03-01")
    )
    missed = DeviceHeartbeatMissed(
        device_id=DEVICE,
        person_id=PERSON,
        area=AREA,
        last_seen_at=LAST,
        silent_since=SILENT,
        incident_id=INCIDENT,
        household_id=home,
    )
    return story.tell(missed, on=SILENT, recorded=NOTICED)


def found(story: Story, key: str, day: str) -> list[Finding]:
    packs, calendar = policy()
    now, scope = at(day), SCOPES.of(key)
    assert scope is not None
    journal = sorted(story.known(now), key=journal_order)
    told = findings(scope, key, [pair for pair in journal if pair[1].key == key], now, packs, calendar)
    return [one for one in told.found if one.detection == "DET-16"]


@pytest.mark.parametrize("key", KEYS)
def test_a_silence_is_a_finding_from_the_limit_on_whenever_it_was_noticed(key: str) -> None:
    """DET-16, R-ELD-06: since the last sign and 24 hours; the alarm desk's, then the district officer's; a visit is due."""
    (one,) = found(silent(key), key, "2022-04-05")
    assert (one.since, one.until, one.subject, one.household_id) == (SILENT, None, DEVICE, home_of(key))
    assert (one.kind, one.next_step, one.owner) == (Kind.STALE, NextStep.VISIT, Role.ALARM_DESK)
    assert one.owner_at(SILENT + timedelta(days=1)) is Role.DISTRICT_OFFICER
    assert one.details == {"last_seen_at": LAST.isoformat(), "incident": INCIDENT}
    if key == STREAM:
        assert one.area == AREA


@pytest.mark.parametrize("key", KEYS)
def test_it_ends_when_the_device_is_heard_or_comes_back(key: str) -> None:
    """DET-16: cured by either; a second silence is a second finding."""
    home = home_of(key)
    heard = DeviceHeardAgain(device_id=DEVICE, person_id=PERSON, heard_at=at("2022-04-03"), household_id=home)
    back = DeviceReturned(device_id=DEVICE, person_id=PERSON, reason=DeviceReturn.OWN_WISH, household_id=home)
    endings: list[Event] = [heard, back]
    for ending in endings:
        (one,) = found(silent(key).tell(ending, on="2022-04-03"), key, "2022-04-05")
        assert (one.since, one.until) == (SILENT, at("2022-04-03"))


def test_a_sign_of_before_the_limit_that_came_late_leaves_no_finding() -> None:
    """DET-16, E20: it had not been silent at all."""
    heard = DeviceHeardAgain(device_id=DEVICE, person_id=PERSON, heard_at=SILENT - INSTANT)
    assert found(silent(STREAM).tell(heard, on=SILENT - INSTANT, recorded="2022-04-03"), STREAM, "2022-04-05") == []
