"""People, the household they live in, and what it needs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kit.vault import invent_document_number
from tests.flows.district import QIAODONG, SHATOUJIAO, District, events_of, only


def document_number(district: District, name: str) -> str:
    """An invented citizen number that nobody else of the session has."""
    spread = UUID(district.id(name)).int
    born = date(1930, 1, 1) + timedelta(days=spread % 30_000)
    return invent_document_number(born, spread // 30_000 % 500, male=False)


async def registered(district: District, who: str, *, area: str = QIAODONG, **values: str) -> str:
    """An invented person is known to the registry; the id. values: more of what the vault keeps, or other ones."""
    body = {"name": "示范人", "document_number": document_number(district, who), "area": area, **values}
    await district.post("registrar", f"/registry/person/{district.id(who)}/register", body)
    return district.id(who)


async def household_of(district: District, *members: str, on: str, area: str = SHATOUJIAO, name: str = "household") -> str:
    """People who live together from a day on; the household's id. Relief asks nobody for names, so they need not be registered."""
    persons = [district.id(member) for member in members]
    await district.give("caseworker", f"/relief/household/{district.id(name)}/open-household", on, area=area, person_ids=persons)
    return district.id(name)


async def a_need(district: District, home: str, category: str, gross: int, on: str, *, name: str = "need", **more: Any) -> str:
    """The household lacks something, in fen; the need's id."""
    body = {"household_id": home, "category": category, "gross": gross, **more}
    await district.give("caseworker", f"/relief/need/{district.id(name)}/register", on, body)
    return district.id(name)


async def proposed_entitlement(
    district: District, home: str, *members: str, income: int, need: int, on: str, scheme: str = "dibao", months: tuple[str, str]
) -> str:
    """Regular aid for some members waits for its decision; the entitlement's id. income, need: fen a month."""
    unit, entitlement = district.id(f"unit-{home}"), district.id(f"entitlement-{home}")
    persons = [district.id(member) for member in members]
    await district.give("caseworker", f"/relief/household/{home}/form-unit", on, unit_id=unit, scheme=scheme, person_ids=persons)
    living = await a_need(
        district, home, "living", need, on, name=f"living-{home}", period="month", first_month=months[0], last_month=months[1]
    )
    await district.give(
        "caseworker",
        f"/relief/entitlement/{entitlement}/propose",
        on,
        household_id=home,
        unit_id=unit,
        need_id=living,
        scheme=scheme,
        counted_income_fen=income,
    )
    return entitlement


async def granted_entitlement(district: District, entitlement: str, on: str) -> int:
    """A second person approves; the monthly amount in fen."""
    told = await district.give("approver", f"/relief/entitlement/{entitlement}/grant", on, seen=True)
    version = only(events_of(told, "relief.entitlement.versioned"))
    amount: int = version["amount_fen"]
    return amount


async def paid(district: District, entitlement: str, month: str, on: str) -> None:
    """A month was paid."""
    await district.give("district_officer", f"/relief/entitlement/{entitlement}/record-payment", on, month=month)
