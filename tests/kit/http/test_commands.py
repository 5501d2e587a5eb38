"""Commands over HTTP: answers and a specific problem for each kind of bad input, with nothing stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from starlette.routing import Match

from kit.clock import SystemClock
from kit.commands import CommandPath, Keys
from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.http.batch import AT_ONCE
from kit.http.commands import CommandLookup
from kit.identity import LocalIssuer, Role
from kit.store.memory import MemoryStore
from kit.testing import policy
from tests.kit.toy import HOME, ONE, TWO, account, toy

OPENING = {"household_id": HOME, "area": "440308003", "nickname": "ann"}


class Client:
    """A caseworker's client of the toy service, and the store behind it."""

    def __init__(self, http: httpx.AsyncClient, store: MemoryStore, issuer: LocalIssuer) -> None:
        self.http, self.store, self.issuer = http, store, issuer

    def token(self, *roles: Role, area: str = "440308") -> str:
        return self.issuer.issue("worker-1", roles or (Role.CASEWORKER, Role.APPROVER), area)

    async def post(self, path: str, body: Any = None, **headers: str | None) -> httpx.Response:
        given = {"Idempotency-Key": uuid4().hex, "Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
        content = body if isinstance(body, bytes | str) else json.dumps(body or {})
        return await self.http.post(path, content=content, headers={k: v for k, v in given.items() if v is not None})


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    store, issuer = MemoryStore("/minsheng/test/toy"), LocalIssuer(tmp_path)
    packs, calendar = policy()
    path = CommandPath(toy, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
    app = command_app(path, authenticator(issuer.verifier()), packs.areas)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://toy") as http:
        yield Client(http, store, issuer)


async def test_a_command_is_stored_and_answered_with_its_version_and_token(client: Client) -> None:
    answer = await client.post(f"/account/{ONE}/open-account", OPENING)
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["position-token"] == answer.json()["token"]
    assert answer.json()["events"][0]["type"] == "toy.account.opened"


async def test_a_repeat_gets_the_same_answer(client: Client) -> None:
    first = await client.post(f"/account/{ONE}/open-account", OPENING, Idempotency_Key="k")
    again = await client.post(f"/account/{ONE}/open-account", OPENING, Idempotency_Key="k")
    assert again.status_code == 201
    assert {**again.json(), "repeated": False} == first.json()


BAD = [
    ("malformed JSON", {"body": "{"}, 400, "malformed_json"),
    ("not an object", {"body": "[1]"}, 400, "malformed_json"),
    ("NUL", {"body": '{"nickname": "a\\u0000"}'}, 422, "nul_character"),
    ("unknown field", {"body": {**OPENING, "colour": "red"}}, 422, "invalid_fields"),
    ("missing field", {"body": {"area": "440308003"}}, 422, "invalid_fields"),
    ("id of wrong shape", {"body": {**OPENING, "household_id": "ours"}}, 422, "invalid_fields"),
    ("id repeated in body", {"body": {**OPENING, "account_id": ONE}}, 422, "id_in_body"),
    ("no key", {"body": OPENING, "Idempotency_Key": None}, 400, "missing_idempotency_key"),
    ("unprintable key", {"body": OPENING, "Idempotency_Key": "a b"}, 400, "bad_idempotency_key"),
    ("wrong media type", {"body": OPENING, "Content_Type": "text/plain"}, 415, "wrong_media_type"),
    ("no token", {"body": OPENING, "Authorization": None}, 401, "token_missing"),
    ("not a bearer token", {"body": OPENING, "Authorization": "Basic abc"}, 401, "token_malformed"),
    ("bad If-Match", {"body": OPENING, "If_Match": "newest"}, 400, "bad_if_match"),
    ("unknown area", {"body": {**OPENING, "area": "999"}}, 422, "unknown_area"),
    ("another street", {"body": OPENING, "Authorization": "elsewhere"}, 403, "outside_area"),
    ("body too large", {"body": json.dumps({**OPENING, "nickname": "x" * 300_000})}, 413, "body_too_large"),
]


@pytest.mark.parametrize(("name", "request_", "status", "code"), BAD, ids=[row[0] for row in BAD])
async def test_bad_input_gets_a_specific_problem_and_stores_nothing(
    client: Client, name: str, request_: dict[str, Any], status: int, code: str
) -> None:
    if request_.get("Authorization") == "elsewhere":
        request_ = {**request_, "Authorization": f"Bearer {client.token(area='440308004')}"}
    answer = await client.post(f"/account/{ONE}/open-account", **request_)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:minsheng:problem:{code}"
    assert client.store.log == []


@pytest.mark.parametrize("amount", [-5, 0, "5", 5.5, 10**17, None])
async def test_amounts_are_whole_fen_above_zero(client: Client, amount: Any) -> None:
    await client.post(f"/account/{ONE}/open-account", OPENING)
    answer = await client.post(f"/account/{ONE}/pay-in", {"amount_fen": amount})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "amount_fen"
    assert len(client.store.log) == 1


async def test_a_problem_never_repeats_what_was_sent(client: Client) -> None:
    """Ruling 10 of the design."""
    answer = await client.post(f"/account/{ONE}/open-account", {**OPENING, "household_id": "canary-770308194806150125"})
    assert "canary" not in answer.text


async def test_an_expired_and_a_forged_token_are_told_apart(client: Client, tmp_path: Path) -> None:
    expired = client.issuer.issue("worker-1", [Role.CASEWORKER], "440308", timedelta(hours=-1))
    answer = await client.post(f"/account/{ONE}/open-account", OPENING, Authorization=f"Bearer {expired}")
    assert answer.json()["code"] == "token_expired"
    forged = LocalIssuer(tmp_path / "other").issue("worker-1", [Role.CASEWORKER], "440308")
    answer = await client.post(f"/account/{ONE}/open-account", OPENING, Authorization=f"Bearer {forged}")
    assert answer.status_code == 401
    assert answer.json()["code"] in {"token_forged", "token_unknown_key"}


async def test_refusals_of_rules_versions_and_keys(client: Client) -> None:
    where = f"/account/{ONE}"
    assert (await client.post(f"{where}/pay-in", {"amount_fen": 5})).json()["code"] == "not_found"
    await client.post(f"{where}/open-account", OPENING, Idempotency_Key="k")
    assert (await client.post(f"{where}/open-account", OPENING)).json()["code"] == "already_exists"
    misused = await client.post(f"{where}/open-account", {**OPENING, "nickname": "bob"}, Idempotency_Key="k")
    assert (misused.status_code, misused.json()["code"]) == (422, "key_misused")
    poor = await client.post(f"{where}/pay-out", {"amount_fen": 5})
    assert (poor.status_code, poor.json()["code"], poor.json()["params"]) == (409, "not_enough", {"balance_fen": 0})
    stale = await client.post(f"{where}/pay-in", {"amount_fen": 5}, If_Match='"7"')
    assert (stale.status_code, stale.json()["expected"], stale.json()["actual"]) == (412, 7, 1)
    unseen = await client.post(f"{where}/approve", {})
    assert (unseen.status_code, unseen.json()["code"]) == (428, "missing_if_match")
    assert (await client.post(f"{where}/approve", {}, If_Match='"1"')).status_code == 201
    role = await client.post(f"{where}/pay-in", {"amount_fen": 5}, Authorization=f"Bearer {client.token(Role.READER)}")
    assert (role.status_code, role.json()["code"]) == (403, "role_not_allowed")


async def test_commands_of_reactions_have_no_route(client: Client) -> None:
    assert (await client.post(f"/account/{ONE}/end", {})).status_code == 404


async def test_a_batch_answers_line_by_line_and_keeps_the_order_of_lines_that_share_an_id(client: Client) -> None:
    """Ruling 17 of the design: a later line may need an earlier one of the same stream."""
    lines: list[dict[str, Any]] = [
        {"aggregate": "account", "id": ONE, "command": "open-account", "key": "1", "body": OPENING},
        {"aggregate": "account", "id": ONE, "command": "pay-in", "key": "2", "body": {"amount_fen": 500}},
        {"aggregate": "account", "id": ONE, "command": "pay-out", "key": "3", "body": {"amount_fen": 900}},
        {"aggregate": "account", "id": ONE, "command": "end", "key": "4"},
        {"aggregate": "account", "id": TWO, "command": "pay-in", "key": "5", "body": {"amount_fen": -1}},
    ]
    content = "\n".join(json.dumps(line) for line in lines) + "\n{broken\n"
    answer = await client.post("/batch", content, Content_Type="application/x-ndjson")
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(t["line"], t["status"]) for t in told] == [(1, 201), (2, 201), (3, 409), (4, 404), (5, 422), (6, 400)]
    again = await client.post("/batch", content, Content_Type="application/x-ndjson")
    assert [json.loads(line)["status"] for line in again.text.splitlines()] == [201, 201, 409, 404, 422, 400]
    assert len(client.store.log) == 2


async def test_one_import_at_a_time_while_single_commands_and_small_batches_pass(client: Client) -> None:
    """Ruling 16 of the design: imports queue among themselves and hold up nobody else. A batch is one if not all its lines go at once."""
    await client.post(f"/account/{ONE}/open-account", OPENING)

    def batch(lines: int, key: str) -> asyncio.Task[httpx.Response]:
        line = {"aggregate": "account", "id": ONE, "command": "pay-in", "body": {"amount_fen": 5}}
        text = "\n".join(json.dumps(line | {"key": f"{key}-{n}"}) for n in range(lines))
        return asyncio.create_task(client.post("/batch", text, Content_Type="application/x-ndjson"))

    async with client.store.bulk_turn():
        large = batch(AT_ONCE + 1, "large")
        single = await client.post(f"/account/{ONE}/pay-in", {"amount_fen": 7})
        assert single.status_code == 201
        assert [json.loads(line)["status"] for line in (await batch(3, "small")).text.splitlines()] == [201] * 3
        assert not large.done()
    assert [json.loads(line)["status"] for line in (await large).text.splitlines()] == [201] * (AT_ONCE + 1)


async def test_the_feed_gives_events_in_order_to_operators_only(client: Client) -> None:
    await client.post(f"/account/{ONE}/open-account", OPENING)
    operator = {"Authorization": f"Bearer {client.token(Role.OPERATOR)}"}
    page = (await client.http.get("/events?after=0", headers=operator)).json()
    assert [(e["meta"]["position"], e["data"]["nickname"]) for e in page] == [(1, "ann")]
    assert (await client.http.get("/head", headers=operator)).json()["position"] == 1
    refused = await client.http.get("/events", headers={"Authorization": f"Bearer {client.token()}"})
    assert refused.status_code == 403


async def test_the_api_page_shows_each_command_with_an_example_that_fits(client: Client) -> None:
    page = (await client.http.get("/openapi.json")).json()
    for spec in account.commands:
        path = f"/account/{{account_id}}/{spec.name}"
        if spec.name == "end":
            assert path not in page["paths"]
            continue
        body = page["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert "account_id" not in body["schema"]["properties"]
        spec.model.model_validate({**body["example"], "account_id": ONE})


@pytest.mark.parametrize(
    "trouble", [ConnectionRefusedError(), asyncpg.CannotConnectNowError("starting"), asyncpg.InterfaceError("closed"), TimeoutError()]
)
async def test_a_database_that_is_away_is_passing_trouble(client: Client, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    """The caller is told to come back, never that we are broken."""

    async def away(_streams: object) -> None:
        raise trouble

    monkeypatch.setattr(client.store, "load", away)
    answer = await client.post(f"/account/{ONE}/pay-in", {"amount_fen": 5})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_every_command_is_found_by_one_look_and_nothing_else_is(client: Client) -> None:
    """By the route that the API page shows; other methods and paths get their usual answers."""
    app = client.http._transport.app  # type: ignore[attr-defined]
    lookup = app.router.routes[0]
    assert isinstance(lookup, CommandLookup)
    for spec in account.commands:
        scope = {"type": "http", "method": "POST", "path": f"/account/{ONE}/{spec.name}", "root_path": "", "headers": []}
        match, found = lookup.matches(scope)
        assert (match is Match.FULL) == spec.is_public
        assert not spec.is_public or found["route"].path == f"/account/{{account_id}}/{spec.name}"
    assert (await client.http.get(f"/account/{ONE}/pay-in")).status_code == 405
    assert (await client.post(f"/account/{ONE}/fly")).status_code == 404
    assert (await client.post(f"/account/{ONE}/pay-in/more")).status_code == 404
