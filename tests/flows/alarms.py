"""Devices of elders, their calls and their heartbeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from kit.clock import SHANGHAI
from tests.flows.district import QIAODONG, District, Told, events_of, only
from tests.flows.importing import NDJSON, recorded_after

DAY = date(2022, 3, 1)


def clock(wall: str) -> str:
    """An instant of the first of March by the wall clock of Shanghai."""
    return datetime.combine(DAY, time.fromisoformat(wall), SHANGHAI).astimezone(UTC).isoformat()


async def a_device(district: District, name: str = "pendant", **more: Any) -> str:
    """A pendant for the elder; the id."""
    body = {"kind": "pendant", "person_id": district.id("elder"), "area": QIAODONG, **more}
    await district.give("caseworker", f"/eldercare/device/{district.id(name)}/assign", "2022-02-01", body)
    return district.id(name)


async def press(district: District, device: str, wall: str) -> Told:
    """The elder presses the button; the answer."""
    return await district.post("alarm_desk", f"/eldercare/device/{device}/alarm", {"occurred_at": clock(wall)})


async def called(district: District, device: str, wall: str) -> str:
    """The incident that a press opened."""
    told = await press(district, device, wall)
    incident: str = only(events_of(told, "eldercare.emergency-incident.alarm-received"))["incident_id"]
    return incident


async def desk(district: District, incident: str, command: str, wall: str, **body: Any) -> Told:
    """The desk does a step, and may tell it late."""
    path = f"/eldercare/emergency-incident/{incident}/{command}"
    return await district.post("alarm_desk", path, {**body, "occurred_at": clock(wall)})


async def standing_breaches(district: District, incident: str, since: int) -> list[tuple[str, str]]:
    """The limits that were missed, with their instants; what was taken back does not stand."""
    kind = "eldercare.emergency-incident."
    told = [one for one in await recorded_after(district, "eldercare", since, f"{kind}sla-breached") if one["incident_id"] == incident]
    back = [one for one in await recorded_after(district, "eldercare", since, f"{kind}breach-withdrawn") if one["incident_id"] == incident]
    gone = [one["step"] for one in back]
    assert len(told) == len({one["step"] for one in told})
    return [(one["step"], one["due_at"]) for one in told if one["step"] not in gone]


async def heartbeats(district: District, by: str, *lines: Any) -> tuple[int, Told]:
    """The platform reports signs of life: status and answer."""
    content = b"\n".join(one if isinstance(one, bytes) else msgspec.json.encode(one) for one in lines)
    headers = {"Authorization": f"Bearer {district._tokens[by]}", **NDJSON}
    answer = await district._http.post(f"{district._services['eldercare']}/telemetry/heartbeats", content=content, headers=headers)
    return answer.status_code, answer.json()
