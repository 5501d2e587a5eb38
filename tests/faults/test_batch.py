"""A large batch whose server is killed half-way, and a batch in which one line's outcome is open."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from kit.errors import OutcomeUnknown
from kit.http.app import command_app
from kit.identity import Actor
from kit.store.model import Append, GroupResult
from kit.testing import policy
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.lending import lending
from tests.faults.load import CALLER, Script, Told, run_load
from tests.faults.processes import Server, client, over_http, servers
from tests.faults.stores import CountingStore, path_over
from tests.kit.toy import HOME, ONE

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
LINES, ACCOUNTS, NDJSON = 3_000, 40, {"Content-Type": "application/x-ndjson"}


@dataclass
class Batch:
    """Lines, and for each line that must be refused its number (from 1) and code."""

    content: bytes
    refused: dict[int, str]


def line(account: str, command: str, amount_fen: int, key: str) -> str:
    return json.dumps({"aggregate": "account", "id": account, "command": command, "key": key, "body": {"amount_fen": amount_fen}})


def batch_of(script: Script) -> Batch:
    """On each account money comes and goes in turn: any other order of its lines would be refused. Some lines are wrong in themselves."""
    lines: list[str] = []
    refused: dict[int, str] = {}
    turns = dict.fromkeys(script.accounts, 0)
    for number in range(1, LINES + 1):
        account, dice = script.random.choice(script.accounts), script.random.random()
        wrong = [
            ("not_enough", line(account, "pay-out", 9_999, f"key-{number}")),
            ("malformed_json", "{"),
            ("not_found", line(account, "no-such-command", 1, f"key-{number}")),
            ("invalid_fields", line(account, "pay-in", -1, f"key-{number}")),
            ("nul_character", '{"aggregate": "account\\u0000"}'),
        ]
        if dice < 0.05:
            refused[number], text = script.random.choice(wrong)
        else:
            text = line(account, "pay-out" if turns[account] % 2 else "pay-in", 2, f"key-{number}")
            turns[account] += 1
        lines.append(text)
    return Batch("\n".join(lines).encode(), refused)


async def answers(http: httpx.AsyncClient, batch: Batch) -> AsyncIterator[dict[str, Any]]:
    """The answers as they come. Raises httpx.TransportError when the connection breaks."""
    async with http.stream("POST", "/batch", content=batch.content, headers=NDJSON) as response:
        assert response.status_code == 200
        async for text in response.aiter_lines():
            yield json.loads(text)


async def killed_after(count: int, http: httpx.AsyncClient, batch: Batch, server: Server) -> list[dict[str, Any]]:
    """The answers that came until the server was killed and the connection broke."""
    told: list[dict[str, Any]] = []
    with suppress(httpx.TransportError):
        async for answer in answers(http, batch):
            told.append(answer)
            if len(told) == count:
                await server.kill()
    return told


async def test_a_batch_killed_half_way_and_repeated_changes_nothing_twice_and_reports_every_refused_line(
    database: Database, store: CountingStore, tmp_path: Path
) -> None:
    """design, bulk appends: resumable; every refused line is reported with its number, each time."""
    script = Script(SEED, accounts=ACCOUNTS, households=ACCOUNTS)
    batch = batch_of(script)
    async with servers(database, tmp_path) as (server,), client(server, tmp_path) as http:
        await run_load(script.openings(), [over_http(http)], Told())
        first = await killed_after(LINES // 2, http, batch, server)
        assert LINES // 2 <= len(first) < LINES, "the server was not killed half-way"
        stored = (await store.head()).position - ACCOUNTS
        await server.start()
        second = [answer async for answer in answers(http, batch)]
        head = (await store.head()).position
        third = [answer async for answer in answers(http, batch)]
    check_answers(batch, first, second, third)
    assert 0 < stored < head - ACCOUNTS
    events = (await check_store(database.owner, lending)).events
    repeated = [answer for answer in second if answer["status"] == 201 and answer["answer"]["repeated"]]
    assert len(repeated) == commands_of(events, stored)
    assert (await store.head()).position == head


def check_answers(batch: Batch, first: list[dict[str, Any]], *complete: list[dict[str, Any]]) -> None:
    """Each time all lines in order, the same refusals, and for each stored line the same events as the first time."""
    for told in complete:
        assert [answer["line"] for answer in told] == list(range(1, LINES + 1))
        assert {answer["line"]: answer["problem"]["code"] for answer in told if "problem" in answer} == batch.refused
    for told in (first, complete[0]):
        for before, after in zip(told, complete[-1], strict=False):
            assert before["status"] == after["status"]
            assert "answer" not in before or before["answer"]["events"] == after["answer"]["events"]


def commands_of(events: Sequence[Any], stored: int) -> int:
    """How many commands the first so many events after the openings belong to."""
    return len({event["meta"]["command_key"] for event in events[ACCOUNTS : ACCOUNTS + stored]})


class Lossy(CountingStore):
    """Loses the outcome of one append: it is stored, and its caller is not told."""

    lose_at: int | None = None

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        result = await super().append(appends)
        if self.lose_at is not None and result.head >= self.lose_at:
            self.lose_at = None
            raise OutcomeUnknown("the connection broke after the commit")
        return result


async def test_lines_behind_one_whose_outcome_is_open_wait_for_the_repeat(database: Database) -> None:
    """Ruling 17 of the design: a batch keeps the order of lines that share an id, also over trouble: what follows is not tried."""
    store = Lossy(database.app, "/minsheng/test/toy")
    await store.open()
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(command_app(path_over(store), _caller, policy()[0].areas)), base_url="http://toy"
    )
    body = {"household_id": HOME, "area": "440308003", "nickname": "ann"}
    await http.post(f"/account/{ONE}/open-account", json=body, headers={"Idempotency-Key": "opening"})
    batch = Batch("\n".join(line(ONE, "pay-out" if n % 2 else "pay-in", 2, f"key-{n}") for n in range(6)).encode(), {})
    store.lose_at = 4
    open_lines = [answer async for answer in answers(http, batch)]
    assert store.lose_at is None, "no outcome was lost"
    assert [answer["status"] for answer in open_lines] == [201, 503, 503, 503, 503, 503]
    assert open_lines[1]["problem"]["code"] == "outcome_unknown"
    assert {answer["problem"]["code"] for answer in open_lines[2:]} == {"unavailable"}
    assert (await store.head()).position == 4
    again = [answer async for answer in answers(http, batch)]
    assert [answer["answer"]["repeated"] for answer in again] == [True, True, False, False, False, False]
    await check_store(database.owner, lending)
    await http.aclose()
    await store.close()


async def _caller() -> Actor:
    await asyncio.sleep(0)
    return CALLER
