"""SC-22: lunch at the canteen: one subsidised lunch a working day, by card as well as by face; make-up workdays count."""

from __future__ import annotations

import pytest

from tests.flows.canteen import a_canteen, lunch, meal_account
from tests.flows.chains import chain
from tests.flows.district import District, only
from tests.flows.households import granted_entitlement, household_of, proposed_entitlement

pytestmark = pytest.mark.real
TUESDAY = "2022-03-01"


async def dibao_elder(district: District) -> tuple[str, str]:
    """An elder of 74 in a dibao household since February; household and meal account."""
    home = await household_of(district, "elder", on="2022-01-04")
    entitlement = await proposed_entitlement(
        district, home, "elder", income=0, need=1_365_00, on="2022-01-05", months=("2022-02", "2023-01")
    )
    await granted_entitlement(district, entitlement, "2022-01-20")
    await a_canteen(district)
    return home, await meal_account(district, "elder", home, "1948-01", "2022-02-25")


async def test_a_dibao_elder_pays_what_is_above_fifteen_yuan(district: District) -> None:
    """SC-22: 18.00 costs 3.00, the second time 18.00; a card gives the same; a meal of 12.00 costs nothing."""
    home, account = await dibao_elder(district)
    assert await lunch(district, account, 18_00, TUESDAY, "face") == (3_00, 15_00)
    assert await lunch(district, account, 18_00, TUESDAY, "face") == (18_00, 0)
    assert await lunch(district, account, 18_00, "2022-03-02", "card") == (3_00, 15_00)
    assert await lunch(district, account, 12_00, "2022-03-03", "code") == (0, 12_00)

    told = only([line for line in (await chain(district, home))["outside"] if line["month"] == "2022-03"])
    assert (told["scheme"], told["layer"], told["quantity"]["amount"], told["delivered"]["amount"]) == ("meal_subsidy", "L2", 3, 42_00)


async def test_a_saturday_is_a_workday_only_where_the_calendar_says_so(district: District) -> None:
    """SC-22, ruling 16: none on Saturday 5 March, one on the make-up workday 2 April, none on the holiday 4 April."""
    _home, account = await dibao_elder(district)
    assert await lunch(district, account, 18_00, "2022-03-05") == (18_00, 0)
    assert await lunch(district, account, 18_00, "2022-04-02") == (3_00, 15_00)
    assert await lunch(district, account, 18_00, "2022-04-04") == (18_00, 0)


async def test_another_elder_of_the_district_gets_five_yuan(district: District) -> None:
    """SC-22: an elder of 71 with hukou and without a status pays 13.00 of 18.00."""
    home = await household_of(district, "elder", on="2022-01-04")
    await a_canteen(district)
    account = await meal_account(district, "elder", home, "1951-01", "2022-02-25")
    assert await lunch(district, account, 18_00, TUESDAY) == (13_00, 5_00)
