"""Key, version, decision: which first (ruling 17 of the design), when the connection dies between a request and its answer."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import LocalIssuer, Role
from kit.serving import serve_http
from kit.store.postgres import LOCK
from kit.testing import policy
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.lending import lending
from tests.faults.processes import authorization, free_port
from tests.faults.stores import CountingStore, path_over
from tests.faults.waiting import until
from tests.kit.toy import HOME, ONE

pytestmark = [pytest.mark.real, pytest.mark.fault]
ACCOUNT = f"/account/{ONE}"


@dataclass
class Desk:
    """A server of the lending service in this process, over real HTTP, with one account of version 1."""

    port: int
    http: httpx.AsyncClient
    issuer: LocalIssuer
    store: CountingStore
    admin: asyncpg.Connection

    async def post(self, command: str, body: dict[str, Any] | None = None, actor: str | None = None, **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if actor:
            given["Authorization"] = f"Bearer {self.issuer.issue(actor, [Role.CASEWORKER], '440308')}"
        return await self.http.post(f"{ACCOUNT}/{command}", json=body or {}, headers=given)

    async def post_and_die(self, command: str, body: dict[str, Any], key: str) -> None:
        """The whole request is sent and its command waits for the order lock; then the client's connection is reset; then it is stored."""
        before = (await self.store.head()).position
        async with self.admin.transaction():
            await self.admin.execute(LOCK)
            client = await asyncio.to_thread(self._send, command, json.dumps(body), key)
            await until(self._appending, "the command is under way in the database")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()  # a reset: whatever the server answers is lost
        await until(lambda: self._grown(before), "the command is stored")

    def _send(self, command: str, body: str, key: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port))
        head = [f"POST {ACCOUNT}/{command} HTTP/1.1", "Host: toy", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        head += [f"Idempotency-Key: {key}", f"Authorization: {self.http.headers['Authorization']}", "", body]
        client.sendall("\r\n".join(head).encode())
        return client

    async def _appending(self) -> bool:
        event = await self.admin.fetchval("select wait_event from pg_stat_activity where pid = $1", self.store.writer_pid() or 0)
        return bool(event == "advisory")

    async def _grown(self, before: int) -> bool:
        return (await self.store.head()).position > before


@pytest.fixture
async def desk(database: Database, store: CountingStore, tmp_path: Path) -> AsyncIterator[Desk]:
    issuer, stop = LocalIssuer(tmp_path), asyncio.Event()
    app = command_app(path_over(store), authenticator(issuer.verifier()), policy()[0].areas)
    port = free_port()
    server = asyncio.create_task(serve_http(app, "127.0.0.1", port, stop))
    admin = await asyncpg.connect(database.owner)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=authorization(tmp_path), trust_env=False) as http:
        desk = Desk(port, http, issuer, store, admin)
        await until(lambda: _listening(port), "the server listens")
        opened = await desk.post("open-account", {"household_id": HOME, "area": "440308003", "nickname": "ann"}, Idempotency_Key="opening")
        assert opened.status_code == 201
        yield desk
    stop.set()
    await server
    await admin.close()


async def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


FIVE = {"amount_fen": 5}
TABLE = [
    ("same key and body: the first answer", "pay-in", FIVE, {"Idempotency_Key": "k"}, 201, True),
    ("key before version", "pay-in", FIVE, {"Idempotency_Key": "k", "If_Match": '"99"'}, 201, True),
    ("key known with another body", "pay-in", {"amount_fen": 6}, {"Idempotency_Key": "k"}, 422, "key_misused"),
    ("key known with another command", "pay-out", FIVE, {"Idempotency_Key": "k"}, 422, "key_misused"),
    ("key before rule", "pay-out", {"amount_fen": 99}, {"Idempotency_Key": "k"}, 422, "key_misused"),
    ("the key of another actor", "pay-in", FIVE, {"Idempotency_Key": "k", "actor": "worker-2"}, 201, False),
    ("new key", "pay-in", FIVE, {"Idempotency_Key": "new"}, 201, False),
    ("new key, version seen", "pay-in", FIVE, {"Idempotency_Key": "new", "If_Match": '"2"'}, 201, False),
    ("new key, version moved on", "pay-in", FIVE, {"Idempotency_Key": "new", "If_Match": '"1"'}, 412, "version_mismatch"),
    ("version before rule", "pay-out", {"amount_fen": 99}, {"Idempotency_Key": "new", "If_Match": '"1"'}, 412, "version_mismatch"),
    ("rule", "pay-out", {"amount_fen": 99}, {"Idempotency_Key": "new", "If_Match": '"2"'}, 409, "not_enough"),
    ("approval without a version", "approve", {}, {"Idempotency_Key": "new"}, 428, "missing_if_match"),
    ("no key", "pay-in", FIVE, {}, 400, "missing_idempotency_key"),
]


@pytest.mark.parametrize(("name", "command", "body", "more", "status", "told"), TABLE, ids=[row[0] for row in TABLE])
async def test_after_an_answer_that_was_lost(
    name: str, command: str, body: dict[str, Any], more: dict[str, str], status: int, told: bool | str, desk: Desk, database: Database
) -> None:
    """Ruling 17 of the design as a table; before each line a payment under key "k" was stored and its answer lost."""
    await desk.post_and_die("pay-in", FIVE, "k")
    answer = await desk.post(command, body, **more)
    assert answer.status_code == status, answer.text
    content = answer.json()
    if status != 201:
        assert content["code"] == told
    else:
        assert content["repeated"] is told
        assert [event["position"] for event in content["events"]] == [2 if told else 3]
    expected = ["toy.account.opened", "toy.account.paid-in", *(["toy.account.paid-in"] if told is False else [])]
    assert [event["type"] for event in (await check_store(database.owner, lending)).events] == expected


async def test_a_refused_command_may_pass_later_under_its_key(desk: Desk, database: Database) -> None:
    """Ruling 17 of the design: only answers that stored events are kept."""
    refused = await desk.post("pay-out", FIVE, Idempotency_Key="later")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough")
    await desk.post_and_die("pay-in", FIVE, "k")
    await desk.post_and_die("pay-out", FIVE, "later")
    again = await desk.post("pay-out", FIVE, Idempotency_Key="later")
    assert (again.status_code, again.json()["repeated"], len(again.json()["events"])) == (201, True, 2)
    await check_store(database.owner, lending)
