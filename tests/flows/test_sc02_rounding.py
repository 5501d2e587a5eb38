"""SC-02: a regular amount is computed to the fen for the whole unit and rounded up to the yuan once, at the end."""

from __future__ import annotations

import pytest

from tests.flows.chains import alerts, chain, slot_in
from tests.flows.district import District
from tests.flows.households import granted_entitlement, household_of, proposed_entitlement

pytestmark = pytest.mark.real
YEAR = ("2022-05", "2023-04")


async def proposed(district: District, income: int, gap: int) -> tuple[str, str]:
    """Three members with a total income; gap: the unrounded need (fen)."""
    members = [f"{income}-{number}" for number in range(3)]
    home = await household_of(district, *members, on="2022-03-01", name=f"household-{income}")
    return home, await proposed_entitlement(district, home, *members, income=income, need=gap, on="2022-03-03", months=YEAR)


@pytest.mark.parametrize(("income", "gap", "amount"), [(4_093_00, 2_00, 2_00), (4_094_00, 1_00, 1_00), (2_600_50, 1_494_50, 1_495_00)])
async def test_the_amount_is_rounded_once_for_the_whole_unit(district: District, income: int, gap: int, amount: int) -> None:
    """SC-02, ruling 17: 4,093.00 gives 2.00 (per head it would be 3.00), 4,094.00 gives 1.00, 2,600.50 gives 1,495.00."""
    home, entitlement = await proposed(district, income, gap)
    assert await granted_entitlement(district, entitlement, "2022-04-08") == amount
    told = await chain(district, home, as_of="2022-05-31")
    may = slot_in(told, district.id(f"living-{home}"), "2022-05")
    assert (may["net"]["amount"], may["residual"]["amount"]) == (gap, 0)
    assert [line["states"]["committed"]["amount"] for line in may["lines"]] == [amount]
    assert "DET-09" not in alerts(told)  # at most 0.50 above the need: within the tolerance of 1.00 (ruling 10)


async def test_an_income_of_the_whole_standard_is_no_dibao_but_edge(district: District) -> None:
    """SC-02: 4,095.00 is refused, and the household is recognised as edge instead (1,365.00 a head)."""
    home, entitlement = await proposed(district, 4_095_00, 1)
    problem = await district.refusal("approver", f"/relief/entitlement/{entitlement}/grant", "2022-04-08", seen=True)
    assert (problem["status"], problem["code"], problem["params"]) == (409, "not_below_standard", {"limit_fen": 4_095_00})
    await district.give("approver", f"/relief/household/{home}/recognise-status", "2022-04-08", status="edge")
    told = await chain(district, home, as_of="2022-05-31")
    assert (told["status"], [need["slots"][0]["lines"] for need in told["needs"]]) == ("edge", [[]])
