"""Reading personal values over HTTP: who may, for what, and what is left behind in the records."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.registry.person import ShredReason
from services.registry.domain.person import ShredPerson
from tests.registry.conftest import NAME, NUMBER, Registry, new_person

pytestmark = pytest.mark.real

TASK = "0190a000-0000-8000-8000-000000000077"


async def post(place: Registry, path: str, actor: str, **body: Any) -> httpx.Response:
    async with place.client() as client:
        return await client.post(path, json=body, headers={"x-actor": actor})


async def read(place: Registry, who: str, actor: str = "worker", **more: Any) -> httpx.Response:
    body = {"person_id": who, "purpose": "visit", "task": TASK, **more}
    return await post(place, "/vault/read", actor, **{name: value for name, value in body.items() if value is not None})


async def records(place: Registry) -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in await place.pool.fetch("select actor, purpose, person_id, fields, task from vault_access order by at, id")
    ]


async def test_a_caseworker_reads_a_person_of_the_own_street_and_the_read_is_on_record(place: Registry) -> None:
    """Design, personal data: who, for what purpose, what."""
    person_id = await place.register()
    answer = await read(place, person_id, fields=["name", "phone"])
    assert (answer.status_code, answer.json()) == (200, {"name": NAME, "phone": "0755-25550100"})
    assert answer.headers["cache-control"] == "no-store"
    assert await records(place) == [("worker-1", "visit", person_id, ["name", "phone"], TASK)]


async def test_without_a_list_of_fields_the_four_are_read_and_what_was_never_given_is_absent(place: Registry) -> None:
    """Table of personal fields: name, document number, address, phone."""
    person_id = await place.register(address=None)
    answer = await read(place, person_id)
    assert answer.json() == {"name": NAME, "document_number": NUMBER, "phone": "0755-25550100"}
    assert (await records(place))[0][3] == ["address", "document_number", "name", "phone"]


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("elsewhere", {}, 403, "outside_area"),
    ("operator", {}, 403, "role_not_allowed"),
    ("auditor", {}, 403, "role_not_allowed"),
    ("worker", {"task": None}, 409, "task_missing"),
    ("worker", {"purpose": "curiosity"}, 422, "invalid_fields"),
    ("worker", {"fields": ["note"]}, 422, "invalid_fields"),
    ("worker", {"fields": []}, 422, "invalid_fields"),
    ("worker", {"task": "T-1"}, 422, "invalid_fields"),
    ("worker", {"person_id": str(uuid4())}, 404, "person_unknown"),
]


async def test_whoever_may_not_read_opens_nothing(place: Registry) -> None:
    """Design, identity and access: role, area, task; nothing is open by default."""
    person_id = await place.register()
    for actor, more, status, code in REFUSED:
        answer = await read(place, person_id, actor, **more)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (actor, more)
    assert await records(place) == []


async def test_the_registrar_reads_the_whole_district_without_a_task(place: Registry) -> None:
    """The register's own work is no case."""
    person_id = await place.register()
    assert (await read(place, person_id, "registrar", task=None, purpose="own_request", fields=["name"])).json() == {"name": NAME}


async def test_a_forgotten_person_is_gone_from_the_moment_of_the_event_and_the_attempt_is_on_record(place: Registry) -> None:
    """R-PI-09: also while the key still exists."""
    person_id = await place.register()
    await place.give(ShredPerson(person_id=person_id, reason=ShredReason.REQUEST))
    answer = await read(place, person_id)
    assert (answer.status_code, answer.json()["code"]) == (410, "shredded")
    assert NAME not in answer.text
    assert len(await records(place)) == 1
    names = await post(place, "/vault/names", "worker", person_ids=[person_id], purpose="display")
    assert names.json() == {"names": {person_id: None}}


async def test_a_page_of_names_holds_only_persons_of_the_own_area(place: Registry) -> None:
    """Design: names are added by the page that shows them; one record a person."""
    person_id, unknown = await place.register(), str(uuid4())
    body = {"person_ids": [person_id, unknown], "purpose": "display"}
    assert (await post(place, "/vault/names", "worker", **body)).json() == {"names": {person_id: NAME}}
    assert (await post(place, "/vault/names", "elsewhere", **body)).json() == {"names": {}}
    assert await records(place) == [("worker-1", "display", person_id, ["name"], None)]


async def test_a_person_is_found_by_document_number_in_the_body_from_any_street(place: Registry) -> None:
    """Ruling 10 of the design, SC-08: an id and nothing else."""
    person_id = await place.register()
    spaced = f"{NUMBER[:6]} {NUMBER[6:]}"
    assert (await post(place, "/vault/lookup", "elsewhere", document_number=spaced)).json() == {"person_id": person_id}
    assert (await post(place, "/vault/lookup", "operator", document_number=NUMBER)).status_code == 403


async def test_problems_never_repeat_a_document_number(place: Registry) -> None:
    """Ruling 10 of the design."""
    unknown = await post(place, "/vault/lookup", "worker", document_number=NUMBER)
    malformed = await post(place, "/vault/lookup", "worker", document_number=NUMBER * 3, number=NUMBER)
    assert (unknown.status_code, unknown.json()["code"], malformed.status_code) == (404, "document_unknown", 422)
    assert NUMBER not in unknown.text + malformed.text


async def test_an_auditor_sees_who_read_and_no_value(place: Registry) -> None:
    """R-PI-05: access logs; an auditor reads who read personal data."""
    person_id = await place.register()
    await read(place, person_id, fields=["name"])
    async with place.client() as client:
        answer = await client.get(f"/vault/{person_id}/accesses", headers={"x-actor": "auditor"})
        assert (await client.get(f"/vault/{person_id}/accesses", headers={"x-actor": "worker"})).status_code == 403
    assert [(one["actor"], one["purpose"], one["fields"], one["task"]) for one in answer.json()] == [("worker-1", "visit", ["name"], TASK)]
    assert NAME not in answer.text


async def test_a_person_is_registered_over_http_and_a_second_registration_names_the_first(place: Registry) -> None:
    """The route is derived from the declaration; the answer holds ids only."""
    body = new_person().model_dump(mode="json", exclude={"person_id"}, exclude_none=True)
    first, second = str(uuid4()), str(uuid4())

    async def register(client: httpx.AsyncClient, person_id: str) -> httpx.Response:
        headers = {"x-actor": "registrar", "idempotency-key": person_id}
        return await client.post(f"/person/{person_id}/register", json=body, headers=headers)

    async with place.client() as client:
        accepted, refused = await register(client, first), await register(client, second)
    assert (accepted.status_code, refused.status_code) == (201, 409)
    assert (refused.json()["code"], refused.json()["params"]) == ("document_known", {"person_id": first})
    assert not any(canary in accepted.text + refused.text for canary in (NUMBER, NAME))


async def test_the_api_page_lists_the_routes_of_the_vault_and_marks_personal_fields(place: Registry) -> None:
    """Design, interfaces: OpenAPI with examples; personal fields are write-only passwords there."""
    async with place.client() as client:
        page = (await client.get("/openapi.json")).json()
    assert {"/vault/read", "/vault/names", "/vault/lookup", "/vault/{person_id}/accesses"} < set(page["paths"])
    body = page["paths"]["/person/{person_id}/register"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["document_number"]["writeOnly"] is True
    assert body["example"]["document_number"].startswith("770308")
