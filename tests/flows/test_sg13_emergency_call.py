"""SG-13 and SC-20 over HTTP: an alarm and what the desk does about it, minute by minute; and heartbeats of devices (E11, E20)."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from kit.settings import database_of
from tests.faults.waiting import until
from tests.flows.alarms import a_device, called, clock, desk, heartbeats, press, standing_breaches
from tests.flows.district import District, events_of, now_utc, only
from tests.flows.importing import position, recorded_after

pytestmark = pytest.mark.real
KIND = "eldercare.emergency-incident"


async def test_the_call_of_the_worked_case_keeps_its_limits_and_takes_23_minutes(district: District) -> None:
    """SG-13, SC-20, E12: alarm 15:56:00, acknowledged :40, no answer, 120 sent 15:58, on site 16:14, in the ambulance 16:19, closed."""
    since, device = await position(district, "eldercare"), await a_device(district)
    incident = await called(district, device, "15:56:00")
    for wall in ("15:57:10", "16:03:00"):
        told = await press(district, device, wall)
        assert only(events_of(told, f"{KIND}.alarm-repeated"))["incident_id"] == incident
    await desk(district, incident, "acknowledge", "15:56:40")
    await desk(district, incident, "call-back", "15:57:30", answered=False)
    await desk(district, incident, "dispatch", "15:58:00", responder="ambulance")
    await desk(district, incident, "arrive", "16:14:00")
    over = await desk(district, incident, "hand-over", "16:19:00")
    assert only(events_of(over, f"{KIND}.handed-over"))["seconds"] == 23 * 60
    await desk(district, incident, "close", "16:25:00", outcome="real")
    assert await standing_breaches(district, incident, since) == []


async def test_a_late_acknowledgement_stands_as_the_one_missed_limit(district: District) -> None:
    """SC-20: acknowledged 15:58:30, dispatched 15:59:30: the breach is of 15:57:00 and goes upwards; dispatch is in time."""
    since, device = await position(district, "eldercare"), await a_device(district)
    incident = await called(district, device, "15:56:00")
    await desk(district, incident, "acknowledge", "15:58:30")
    await desk(district, incident, "dispatch", "15:59:30", responder="ambulance")
    await desk(district, incident, "arrive", "16:14:00")
    await desk(district, incident, "close", "16:30:00", outcome="real")
    missed = await standing_breaches(district, incident, since)
    assert missed == [("acknowledge", clock("15:57:00").replace("+00:00", "Z"))]
    higher = [one["level"] for one in await recorded_after(district, "eldercare", since, f"{KIND}.escalated")]
    assert higher == ["street_duty"]


async def test_heartbeats_are_taken_line_by_line_and_only_from_the_district_s_desk(district: District) -> None:
    """E11, E20: a bad line holds up no other; who speaks for a street or not for devices is turned away."""
    device = await a_device(district)
    beat = {"device_id": device, "at": now_utc().isoformat()}
    for by, code in (("street_desk", "outside_area"), ("reader", "role_not_allowed")):
        status, told = await heartbeats(district, by, beat)
        assert (status, told["code"]) == (403, code)
    status, told = await heartbeats(district, "alarm_desk", beat, b"{")
    refused = [{"line": 1, "code": "device_not_active"}, {"line": 2, "code": "malformed_json"}]
    assert (status, told) == (202, {"accepted": 0, "refused": refused})


async def test_a_heartbeat_of_an_active_device_becomes_its_last_sign_of_life(district: District) -> None:
    """E11, E20: through Kafka into one row; repeated and late ones change nothing."""
    device, now = await a_device(district), now_utc().replace(microsecond=0)
    await district.give("alarm_desk", f"/eldercare/device/{device}/activate", "2022-03-01")
    instants = [now - timedelta(minutes=1), now, now - timedelta(minutes=2), now]
    lines = [{"device_id": device, "at": one.isoformat()} for one in instants]
    assert await heartbeats(district, "alarm_desk", *lines) == (202, {"accepted": 4, "refused": []})
    database = await asyncpg.connect(district.installation.postgres_dsn(database_of("eldercare")))

    async def last() -> bool:
        return bool(await database.fetchval("select last_at = $2 from device_sign where device_id = $1", device, now))

    await until(last, "the newest sign of life", 30)
    await database.close()
