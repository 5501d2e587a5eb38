"""SC-25: an organisation becomes a "zombie": what its grant still holds is frozen, and goes to the purpose if it is not cured."""

from __future__ import annotations

import pytest

from contracts.registry.organisation import OrganisationKind
from services.registry.domain.credit_code import invent_credit_code
from tests.flows.charity import a_fund, books, trace
from tests.flows.district import SHATOUJIAO, District, Told, events_of, only

pytestmark = pytest.mark.real
RESTRICTED_ON = "2022-06-01"


async def half_paid_grant(district: District) -> tuple[str, str, str, str]:
    """80,000.00 for an agency in two parts, 30,000.00 paid: agency, fund, grant, the part that is not paid."""
    agency = invent_credit_code(OrganisationKind.AGENCY, int(district.id("agency").replace("-", ""), 16) % 1000)
    await district.give(
        "civil_registrar", f"/registry/organisation/{agency}/register", "2020-03-02", area=SHATOUJIAO, registered_on="2020-03-02"
    )
    fund, grant = await a_fund(district, "elders", "elders", 100_000_00, on="2022-01-10"), district.id("grant")
    told = await proposed(district, "grant", agency, fund, 30_000_00, 50_000_00, on="2022-02-01")
    first, rest = (part["allocation_id"] for part in only(events_of(told, "charity.organisation-grant.proposed"))["parts"])
    await district.give("second_officer", f"/charity/organisation-grant/{grant}/approve", "2022-02-02", seen=True)
    await district.give("charity_officer", f"/charity/organisation-grant/{grant}/pay", "2022-02-10", allocation_id=first)
    return agency, fund, grant, rest


async def proposed(district: District, name: str, agency: str, fund: str, *amounts: int, on: str) -> Told:
    body: Told = {"organisation_id": agency, "fund_id": fund, "purpose": "elders", "amounts_fen": amounts}
    return await district.give("charity_officer", f"/charity/organisation-grant/{district.id(name)}/propose", on, body)


async def restricted(district: District, agency: str) -> None:
    await district.give("civil_registrar", f"/registry/organisation/{agency}/restrict", RESTRICTED_ON, reason="zombie_no_report")
    await district.settle()


async def test_the_rest_of_a_grant_is_frozen_and_released_when_nothing_was_cured(district: District) -> None:
    """SC-25, SG-15, ruling 23: 50,000.00 stays reserved to the 1st of September; then it is available to the purpose again."""
    agency, fund, grant, rest = await half_paid_grant(district)
    await restricted(district, agency)
    stream = f"/charity/organisation-grant/{grant}"
    problem = await district.refusal("charity_officer", f"{stream}/pay", "2022-06-10", allocation_id=rest)
    assert (problem["code"], problem["params"]) == ("organisation_restricted", {"since": RESTRICTED_ON})
    other: Told = {"organisation_id": agency, "fund_id": fund, "purpose": "elders", "amounts_fen": [1_000_00]}
    new = f"/charity/organisation-grant/{district.id('another')}/propose"
    assert (await district.refusal("charity_officer", new, "2022-06-10", other))["code"] == "organisation_restricted"
    frozen = books(await trace(district, fund))
    assert (frozen["spent"], frozen["reserved"], frozen["available"]) == (30_000_00, 50_000_00, 20_000_00)
    assert (await district.refusal("charity_officer", f"{stream}/end", "2022-09-01"))["code"] == "rectification_running"

    told = await district.give("charity_officer", f"{stream}/end", "2022-09-02")
    assert only(events_of(told, "charity.disclosure-task.opened"))["kind"] == "leftover"
    ended = books(await trace(district, fund))
    assert (ended["spent"], ended["reserved"], ended["available"]) == (30_000_00, 0, 70_000_00)


async def test_a_cured_organisation_is_paid_the_rest(district: District) -> None:
    """SC-25: reinstated unfreezes."""
    agency, fund, grant, rest = await half_paid_grant(district)
    await restricted(district, agency)
    await district.give("civil_registrar", f"/registry/organisation/{agency}/reinstate", "2022-08-01", reason="rectified")
    await district.settle()
    await district.give("charity_officer", f"/charity/organisation-grant/{grant}/pay", "2022-08-02", allocation_id=rest)
    paid = books(await trace(district, fund))
    assert (paid["spent"], paid["reserved"], paid["available"]) == (80_000_00, 0, 20_000_00)
