"""A social organisation over HTTP: registered under an invented code, restricted, struck off by two people (R-SO-01, SC-25)."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.ids import OrganisationId
from contracts.registry.organisation import OrganisationKind
from services.registry.domain.credit_code import invent_credit_code
from tests.flows.district import QIAODONG, District, events_of, of, only, written

pytestmark = pytest.mark.real


async def an_agency(district: District) -> OrganisationId:
    """An agency that nobody else of the session has."""
    code = invent_credit_code(OrganisationKind.AGENCY, UUID(district.id("agency")).int % 1_000)
    body = {"area": QIAODONG, "registered_on": "2016-05-20"}
    told = await district.give("civil_registrar", f"/registry/organisation/{code}/register", "2022-01-04", body)
    assert only(events_of(told, "registry.organisation.registered"))["kind"] == "agency"
    return code


async def test_a_zombie_that_mends_nothing_is_struck_off_by_two_people(district: District) -> None:
    """SC-25, R-SO-01, ruling 21: 2022-06-01, to 2022-09-01 inclusive; listed after it, and one person alone strikes nothing off."""
    code = await an_agency(district)
    agency = f"/registry/organisation/{code}"
    told = await district.give("civil_registrar", f"{agency}/restrict", "2022-06-01", reason="zombie_no_report")
    restricted = only(events_of(told, "registry.organisation.restricted"))
    assert (restricted["since"], restricted["cure_by"]) == ("2022-06-01", "2022-09-01")
    await district.give("civil_registrar", f"{agency}/propose-deregistration", "2022-09-05", reason="not_rectified")
    facts = await written(district, "registry", f"organisation/{code}")
    assert [fact["cure_by"] for fact in of(facts, "registry.organisation.rectification-lapsed")] == ["2022-09-01"]

    problem = await district.refusal("civil_registrar", f"{agency}/deregister", "2022-09-06", seen=True)
    assert problem["code"] == "same_person"
    told = await district.give("second_civil_registrar", f"{agency}/deregister", "2022-09-06", seen=True)
    assert only(events_of(told, "registry.organisation.deregistered"))["since"] == "2022-09-06"
    assert (await district.refusal("civil_registrar", f"{agency}/restrict", "2022-09-07", reason="investigation"))["code"] == "deregistered"


async def test_a_code_with_a_wrong_check_character_is_refused(district: District) -> None:
    """GB 32100: the problem says which part is wrong."""
    body = {"area": QIAODONG, "registered_on": "2016-05-20"}
    problem = await district.refusal("civil_registrar", "/registry/organisation/52770308mjdem0014t/register", "2022-01-04", body)
    assert (problem["code"], problem["params"]) == ("credit_code_invalid", {"reason": "check"})
