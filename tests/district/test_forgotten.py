"""A small year again in another installation, in whose middle one person is forgotten: nothing else is different afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import msgspec
import pytest

from kit.identity import Role
from kit.streams.topics import own_topic
from minsheng.local import LocalInstallation
from minsheng.prepare import NAME
from minsheng.programs import SERVICES
from services.linkage.programmes.catalogue import catalogues
from tests.district.conftest import Reference
from tests.district.playing import END, HALF, Account, Ways, account, canary, play, simulation, ways_into
from tests.flows import leaks

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
FIRST_AND_LAST = {"from": "2022-01-01", "to": "2022-12-31"}


@dataclass(frozen=True)
class Forgotten:
    """The installation at the year's end, and what was said and answered on the way. read: before the order to forget and after it."""

    installation: LocalInstallation
    half: Account
    end: Account
    known: tuple[bytes, bytes]
    read: tuple[httpx.Response, httpx.Response]


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Iterator[Forgotten]:
    """Begun when the reference has ended."""
    assert reference.end.events > reference.half.events
    with simulation(tmp_path_factory.mktemp("forgotten") / "home") as installation:
        yield asyncio.run(played(installation))


async def played(installation: LocalInstallation) -> Forgotten:
    """To the year's half; the person is forgotten; and on to its end."""
    homes = [canary().household]
    await play(installation, canary().days(), HALF)
    half = await account(installation, homes)
    async with ways_into(installation) as ways:
        known = await as_known(ways)
        before = await opened(ways)
        await forget(ways)
        after = await opened(ways)
    await play(installation, canary().days(), END)
    end = await account(installation, homes)
    async with ways_into(installation) as ways:
        return Forgotten(installation, half, end, (known, await as_known(ways)), (before, after))


async def opened(ways: Ways) -> httpx.Response:
    """What an officer is answered who asks for name and address."""
    wish = {"person_id": canary().person, "purpose": "display", "fields": ["name", "address"]}
    return await ways.post("registry", "/vault/read", Role.DISTRICT_OFFICER, wish)


async def forget(ways: Ways) -> None:
    shred = {"reason": "request", "occurred_at": HALF.isoformat()}
    ordered = await ways.post("registry", f"/person/{canary().person}/shred", Role.REGISTRAR, shred, key="forget-the-canary")
    assert ordered.status_code == httpx.codes.CREATED, ordered.text
    await ways.settled()


async def as_known(ways: Ways) -> bytes:
    """The household's chain and coverage as known at the half, without the answers' own age."""
    told = []
    for what in ("chain", "coverage"):
        answer = (await ways.get(f"/households/{canary().household}/{what}", as_of="2022-03-10", known_at=HALF.isoformat())).json()
        del answer["freshness"]
        told.append(answer)
    return msgspec.json.encode(told)


def test_the_same_seed_twice_is_told_alike(forgotten: Forgotten, reference: Reference) -> None:
    """The same steps in a fresh installation: report, the list behind each figure, streets, board, findings and every view are equal."""
    assert forgotten.half.differences(reference.half) == {}
    assert forgotten.half.report["things"] > 300
    assert sum(map(len, forgotten.half.lists.values())) > 200
    assert len(forgotten.half.board) > 5


def test_the_person_is_forgotten_between_two_days(forgotten: Forgotten) -> None:
    """R-PI-09, SC-19: readable before; afterwards the values are gone for ever."""
    before, after = forgotten.read
    assert before.json() == {"name": canary().name, "address": canary().address}
    assert (after.status_code, after.json()["code"]) == (410, "shredded")


def test_the_rest_of_the_year_is_as_if_nobody_had_been_forgotten(forgotten: Forgotten, reference: Reference) -> None:
    """Property 8: every total, state, finding and row equals a year without it; one event more was written, the order itself."""
    differences = forgotten.end.differences(reference.end)
    assert differences.pop("events") == (reference.end.events + 1, reference.end.events)
    assert differences == {}
    chain, _ = forgotten.end.coverage[canary().household]
    assert any(slot["lines"] for need in chain["needs"] for slot in need["slots"]), "the person's household was helped"


def test_what_was_known_then_is_answered_for_ever(forgotten: Forgotten) -> None:
    """Property 7, ruling 8: seven weeks of later facts change no answer about what was known at the half."""
    then, now = forgotten.known
    assert now == then
    assert forgotten.half.coverage != forgotten.end.coverage, "something became known meanwhile"


async def test_no_trace_of_the_person_can_be_read_anywhere(forgotten: Forgotten) -> None:
    """Property 8, R-PI-09: no table, topic, log, other file, metrics page, answer or export holds a value of the person."""
    values, installation = canary().values, forgotten.installation
    async with ways_into(installation) as ways:
        await mistaken_heartbeats(ways)
        places = {f"answer {path}": text async for path, text in answers(ways)}
        for name in SERVICES:
            page = await ways.http.get(f"http://127.0.0.1:{installation.port(f'{name}-ops')}/metrics")
            places[f"metrics {name}"] = page.content
    topics = dict(leaks.topic_bytes(installation.kafka_bootstrap))
    tables = {place: text async for place, text in leaks.table_bytes(installation)}
    found = {place: hits for place, text in (places | topics | tables).items() if (hits := leaks.found_in(text, values))}
    assert found == {}
    assert any(own_topic(NAME, "eldercare", "heartbeats") in place for place in topics)
    folders = set()
    for path, text in leaks.files(installation):
        assert leaks.found_in(text, values) == [], path
        folders.add(path.parent.name)
    assert folders >= {"logs", "pg_wal", f"{NAME}.registry.events-0", "keys"}
    for told in (places, topics, tables):  # the places are those where the person's events went
        assert any(leaks.found_in(text, [canary().person]) for text in told.values())


async def mistaken_heartbeats(ways: Ways) -> None:
    """A device's sign of life, and one in which somebody wrote a name; the heartbeats topic holds the first."""
    device = next(step.id for day in canary().days() for step in day if (step.aggregate, step.command) == ("device", "assign"))
    activated = await ways.post(
        "eldercare", f"/device/{device}/activate", Role.ALARM_DESK, {"occurred_at": END.isoformat()}, key="activate-for-a-heartbeat"
    )
    assert activated.status_code == httpx.codes.CREATED, activated.text
    lines = [{"device_id": device, "at": END.isoformat()}, {"device_id": canary().name, "at": END.isoformat()}]
    url = f"{ways.installation.url('eldercare')}/telemetry/heartbeats"
    content = b"\n".join(msgspec.json.encode(line) for line in lines)
    headers = {**ways.token(Role.ALARM_DESK), "Content-Type": "application/x-ndjson"}
    taken = await ways.http.post(url, content=content, headers=headers)
    assert (taken.status_code, taken.json()["accepted"]) == (202, 1), taken.text


async def answers(ways: Ways) -> AsyncIterator[tuple[str, bytes]]:
    """What the read side and the registry answer, as JSON and as tables."""
    home, person = canary().household, canary().person
    paths = [f"/households/{home}/chain", f"/households/{home}/coverage", "/reports/annual/2022"]
    paths += [f"/reports/annual/2022/{figure.id}/list" for figure in catalogues()[2022].figures]
    for path in paths:
        for form in ("json", "csv"):
            yield f"{path} {form}", (await ways.get(path, format=form)).content
    for form in ("json", "csv"):
        yield f"exceptions {form}", (await ways.get("/exceptions", history="all", limit="200", format=form)).content
        yield f"streets {form}", (await ways.get("/reports/streets", format=form, **FIRST_AND_LAST)).content
    registry, auditor = ways.installation.url("registry"), ways.token(Role.AUDITOR)
    after = 0
    while page := (await ways.http.get(f"{registry}/events?after={after}&limit=5000", headers=auditor)).raise_for_status().json():
        yield f"events after {after}", msgspec.json.encode(page)
        after = page[-1]["meta"]["position"]
    yield "accesses", (await ways.http.get(f"{registry}/vault/{person}/accesses", headers=auditor)).raise_for_status().content
