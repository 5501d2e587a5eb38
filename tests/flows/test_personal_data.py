"""Personal values stand in the vault and nowhere else; forgetting a person leaves every sum as it was (R-PI-09, ruling 9 of the design)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from minsheng.programs import SERVICES
from tests.flows import leaks
from tests.flows.chains import chain
from tests.flows.charity import a_fund, given, trace
from tests.flows.district import QIAODONG, District, Told, only
from tests.flows.households import (
    a_need,
    document_number,
    granted_entitlement,
    household_of,
    paid,
    proposed_entitlement,
    registered,
)

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Canary:
    """Values that occur nowhere else."""

    name: str
    document_number: str
    phone: str
    address: str

    @property
    def all(self) -> list[str]:
        return [self.name, self.document_number, self.phone, self.address]

    @property
    def body(self) -> dict[str, str]:
        return {"name": self.name, "document_number": self.document_number, "phone": self.phone, "address": self.address}


def canary_of(district: District) -> Canary:
    spread = district.id("canary").replace("-", "")
    digits = str(int(spread, 16))
    return Canary(
        name=f"鑫囍{spread[:8]}",
        document_number=document_number(district, "canary"),
        phone=f"199{digits[:8]}",
        address=f"示范巷{digits[8:20]}号",
    )


async def helped_person(district: District, canary: Canary) -> tuple[str, str, str]:
    """A registered person with dibao, a gift and a payment: her values pass the door, her id goes everywhere. Person, household, fund."""
    person = await registered(district, "canary", **canary.body)
    home = await household_of(district, "canary", on="2022-03-01")
    entitlement = await proposed_entitlement(
        district, home, "canary", income=0, need=1_365_00, on="2022-03-03", months=("2022-05", "2023-04")
    )
    await granted_entitlement(district, entitlement, "2022-04-08")
    await paid(district, entitlement, "2022-05", "2022-05-10")
    need = await a_need(district, home, "medical", 5_000_00, "2022-03-04", person_id=person)
    fund = await a_fund(district, "fund", "general", 50_000_00, on="2022-01-10")
    await given(district, "gift", fund, home, need, 2_000_00, "2022-04-14", person_id=person)
    return person, home, fund


async def mistakes_at_the_door(district: District, canary: Canary) -> list[Told]:
    """What people get wrong with personal values in their hands; the problems they are answered with."""
    other = f"/registry/person/{district.id('other')}/register"
    wrong_digit = canary.document_number[:-1] + ("0" if canary.document_number[-1] != "0" else "1")
    bodies: list[dict[str, Any]] = [
        {**canary.body, "area": QIAODONG},  # she is registered already
        {**canary.body, "area": QIAODONG, "document_number": wrong_digit},
        {**canary.body, "area": QIAODONG, "nickname": canary.name},
        {**canary.body, "area": canary.name},
        {**canary.body, "area": QIAODONG, "name": canary.name * 50},
    ]
    problems = [await district.refusal("registrar", other, "2022-03-01", body) for body in bodies]
    wrong = {"person_id": canary.document_number, "purpose": canary.name}
    lookups = [
        await district.call("caseworker", "POST", "registry", "/vault/lookup", {"document_number": wrong_digit}),
        await district.call("caseworker", "POST", "registry", "/vault/read", wrong),
        await district.call("registrar", "POST", "registry", "/vault/names", {"person_ids": [canary.name], "purpose": "visit"}),
    ]
    assert all(answer.is_error for answer in lookups)
    return [*problems, *(answer.json() for answer in lookups)]


async def test_a_personal_value_is_found_nowhere_outside_the_vault(district: District) -> None:
    """R-PI-09, ruling 9 of the design: not in a topic, a table, a log or any other file, a metrics page or a problem."""
    canary = canary_of(district)
    await helped_person(district, canary)
    problems = await mistakes_at_the_door(district, canary)
    await district.settle()

    places: dict[str, bytes] = {f"problem {number}": msgspec.json.encode(one) for number, one in enumerate(problems)}
    places |= {f"metrics of {service}": (await district.metrics(service)).encode() for service in SERVICES}
    topics = dict(leaks.topic_bytes(district.installation.kafka_bootstrap))
    tables = {place: text async for place, text in leaks.table_bytes(district.installation)}
    places |= topics | tables
    assert {place: found for place, text in places.items() if (found := leaks.found_in(text, canary.all))} == {}
    folders: Counter[str] = Counter()
    for path, text in leaks.files(district.installation):
        assert leaks.found_in(text, canary.all) == [], path
        folders[path.parent.name] += len(text)
    assert min(folders[name] for name in ("logs", "pg_wal", "yantian.registry.events-0", "keys")) > 0
    for told in (topics, tables):  # the places are those where her events went
        assert any(leaks.found_in(text, [district.id("canary")]) for text in told.values())


async def test_a_read_of_personal_values_is_on_record(district: District) -> None:
    """Design, "Personal data": who, for what purpose, what; and the number leads to the person."""
    canary = canary_of(district)
    person = await registered(district, "canary", **canary.body)
    wish = {"person_id": person, "purpose": "visit", "task": district.id("task"), "fields": ["name", "phone"]}
    answer = await district.call("caseworker", "POST", "registry", "/vault/read", wish)
    assert answer.json() == {"name": canary.name, "phone": canary.phone}
    assert answer.headers["Cache-Control"] == "no-store"
    record = only((await district.call("auditor", "GET", "registry", f"/vault/{person}/accesses")).json())
    assert (record["actor"], record["purpose"], record["task"]) == ("caseworker-1", "visit", district.id("task"))
    assert sorted(record["fields"]) == ["name", "phone"]
    found = await district.call("caseworker", "POST", "registry", "/vault/lookup", {"document_number": canary.document_number})
    assert found.json() == {"person_id": person}


async def test_a_forgotten_person_is_unreadable_and_every_sum_is_the_same(district: District) -> None:
    """R-PI-09, SC-19: after the shred the values are gone for ever; chain, coverage and fund are equal to the byte."""
    canary = canary_of(district)
    person, home, fund = await helped_person(district, canary)
    before = await figures(district, home, fund)
    await district.give("registrar", f"/registry/person/{person}/shred", "2022-12-01", reason="retention_over")
    wish = {"person_id": person, "purpose": "display"}
    answer = await district.call("district_officer", "POST", "registry", "/vault/read", wish)
    assert (answer.status_code, answer.json()["code"]) == (410, "shredded")
    names = await district.call("district_officer", "POST", "registry", "/vault/names", {"person_ids": [person], "purpose": "display"})
    assert names.json() == {"names": {person: None}}

    await forgotten(district, canary)
    assert await keys_of(district, person) == 0
    assert await figures(district, home, fund) == before


async def figures(district: District, home: str, fund: str) -> bytes:
    """Chain, matrix and fund as bytes, without what tells the answer's own age."""
    told = [await chain(district, home), await district.get(f"/households/{home}/coverage"), await trace(district, fund)]
    for answer in told:
        del answer["freshness"]
        for alert in answer.get("alerts", []):
            del alert["age_hours"]
    return msgspec.json.encode(told)


async def forgotten(district: District, canary: Canary) -> None:
    """Returns once the number leads to nobody any more: the key is destroyed a moment after the order."""
    async with asyncio.timeout(10):
        while True:
            found = await district.call("caseworker", "POST", "registry", "/vault/lookup", {"document_number": canary.document_number})
            if found.status_code == 404:
                return
            await asyncio.sleep(0.02)


async def keys_of(district: District, person: str) -> int:
    """How many rows hold a key of the person."""
    rows = [text async for place, text in leaks.table_bytes(district.installation) if place.endswith("person_key")]
    return sum(line.startswith(f"({person},".encode()) for line in only(rows).splitlines())
