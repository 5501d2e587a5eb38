"""A small year again in another installation, in whose middle one person is forgotten: nothing else is different afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass
class Forgotten:
    """The installation, and what it said before the person was forgotten."""

    installation: LocalInstallation
    half: Account | None = None
    known: bytes = b""
    known_at: str = ""
    opened: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Iterator[Forgotten]:
    """Begun when the reference has ended."""
    assert reference.end.events > reference.half.events
    with simulation(tmp_path_factory.mktemp("forgotten") / "home") as installation:
        yield Forgotten(installation)


async def test_the_same_seed_twice_is_told_alike(forgotten: Forgotten, reference: Reference) -> None:
    """The same steps in a fresh installation: report, the list behind each figure, streets, board, findings and every view are equal."""
    await play(forgotten.installation, canary().days(), HALF)
    forgotten.half = await account(forgotten.installation, [canary().household])
    assert forgotten.half.differences(reference.half) == {}
    assert forgotten.half.report["things"] > 500
    assert len(forgotten.half.board) > 20
    assert sum(len(one["items"]) for one in forgotten.half.lists.values()) > 500


async def test_the_person_is_forgotten_between_two_days(forgotten: Forgotten) -> None:
    """R-PI-09, SC-19: readable before; afterwards the key is gone and the number leads to nobody."""
    one = canary()
    async with ways_into(forgotten.installation) as ways:
        forgotten.known_at = HALF.isoformat()
        forgotten.known = await as_known(ways, forgotten.known_at)
        wish = {"person_id": one.person, "purpose": "display", "fields": ["name", "address"]}
        before = await ways.post("registry", "/vault/read", Role.DISTRICT_OFFICER, wish)
        assert before.json() == {"name": one.name, "address": one.address}
        shred = {"reason": "request", "occurred_at": HALF.isoformat()}
        ordered = await ways.post("registry", f"/person/{one.person}/shred", Role.REGISTRAR, shred, key="forget-the-canary")
        assert ordered.status_code == httpx.codes.CREATED, ordered.text
        await ways.settled()
        after = await ways.post("registry", "/vault/read", Role.DISTRICT_OFFICER, wish)
        assert (after.status_code, after.json()["code"]) == (410, "shredded")


async def as_known(ways: Ways, known_at: str) -> bytes:
    """The household's chain and coverage at an instant, without the answers' own age."""
    told = []
    for what in ("chain", "coverage"):
        answer = (await ways.get(f"/households/{canary().household}/{what}", as_of="2022-03-10", known_at=known_at)).json()
        del answer["freshness"]
        told.append(answer)
    return msgspec.json.encode(told)


async def test_the_rest_of_the_year_is_as_if_nobody_had_been_forgotten(forgotten: Forgotten, reference: Reference) -> None:
    """Property 8: every total, state, finding and view digest equals a year without it; one event more was written, the order itself."""
    assert forgotten.known, "nobody was forgotten"
    await play(forgotten.installation, canary().days(), END)
    end = await account(forgotten.installation, [canary().household])
    differences = end.differences(reference.end)
    assert differences.pop("events") == (reference.end.events + 1, reference.end.events)
    assert differences == {}
    chain, _ = end.coverage[canary().household]
    assert any(slot["lines"] for need in chain["needs"] for slot in need["slots"]), "the person's household was helped"


async def test_what_was_known_then_is_answered_for_ever(forgotten: Forgotten) -> None:
    """Property 7, ruling 8: weeks of later facts change no answer about what was known at the half."""
    async with ways_into(forgotten.installation) as ways:
        await ways.settled()
        assert datetime.fromisoformat(forgotten.known_at) < ways.clock.now()
        assert await as_known(ways, forgotten.known_at) == forgotten.known


async def test_no_trace_of_the_person_can_be_read_anywhere(forgotten: Forgotten) -> None:
    """Property 8, R-PI-09: no table, topic, log, other file, metrics page, answer or export holds a value of the person."""
    assert forgotten.known, "nobody was forgotten"
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
    lines = [{"device_id": device, "at": END.isoformat()}, {"device_id": canary().name, "at": END.isoformat()}]
    url = f"{ways.installation.url('eldercare')}/telemetry/heartbeats"
    content = b"\n".join(msgspec.json.encode(line) for line in lines)
    headers = {**ways.token(Role.ALARM_DESK), "Content-Type": "application/x-ndjson"}
    taken = await ways.http.post(url, content=content, headers=headers)
    assert (taken.status_code, taken.json()["accepted"]) == (202, 1), taken.text


async def answers(ways: Ways):  # type: ignore[no-untyped-def]
    """What the read side and the person's own service answer, as JSON and as tables."""
    home, person = canary().household, canary().person
    paths = [f"/households/{home}/chain", f"/households/{home}/coverage", "/reports/annual/2022"]
    paths += [f"/reports/annual/2022/{figure.id}/list" for figure in catalogues()[2022].figures]
    for path in paths:
        for form in ("json", "csv"):
            yield f"{path} {form}", (await ways.get(path, format=form)).content
    for form in ("json", "csv"):
        yield f"exceptions {form}", (await ways.get("/exceptions", history="all", limit="200", format=form)).content
        yield f"streets {form}", (await ways.get("/reports/streets", format=form, **FIRST_AND_LAST)).content
    after = 0
    while page := (await ways.http.get(f"{ways.installation.url('registry')}/events?after={after}&limit=5000",
                                       headers=ways.token(Role.AUDITOR))).raise_for_status().json():  # fmt: skip
        yield f"events after {after}", msgspec.json.encode(page)
        after = page[-1]["meta"]["position"]
    yield (
        "accesses",
        (await ways.http.get(f"{ways.installation.url('registry')}/vault/{person}/accesses", headers=ways.token(Role.AUDITOR))).content,
    )
