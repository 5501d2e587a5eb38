"""Ruling 1 of the design at system level: a limit over a sum holds when both halves are granted at the same moment."""

from __future__ import annotations

import asyncio

import pytest

from minsheng.demo.play import Unexpected
from tests.flows.chains import amounts, chain, slot_in
from tests.flows.charity import a_fund, approved, books, proposed_gift, trace
from tests.flows.district import District, only, problem_of
from tests.flows.households import a_need, household_of

pytestmark = pytest.mark.real
DAY = "2022-04-06"
YEAR_CAP, EACH = 16_380_00, 10_000_00
"""R-TMP-07: 12 x 1,365.00 for the one member of the household; each case alone is within 12 standards, by conference."""


async def requested(district: District, home: str, name: str) -> tuple[str, str]:
    """An illness of its own, and a case that asks for 10,000.00; case and need."""
    need = await a_need(district, home, "medical", EACH, "2022-04-01", name=f"need-{name}")
    case = district.id(f"case-{name}")
    body = {
        "household_id": home,
        "need_id": need,
        "kind": "expenditure",
        "cause": f"illness-{name}",
        "affected_ids": [district.id("man")],
        "amount_fen": EACH,
    }
    await district.give("caseworker", f"/relief/temp-aid/{case}/request", "2022-04-01", body)
    return case, need


async def grant(district: District, case: str, by: str, amount: int) -> None:
    body = {"amount_fen": amount, "source": "district", "conference": True}
    await district.give(by, f"/relief/temp-aid/{case}/grant", DAY, body, seen=True)


async def test_two_cases_at_once_never_pass_the_cap_of_the_year(district: District) -> None:
    """Ruling 1 of the design: two of 10,000.00 under 16,380.00: exactly one passes, the other may have 6,380.00 and not a fen more."""
    home = await household_of(district, "man", on="2022-03-01")
    cases = dict([await requested(district, home, "one"), await requested(district, home, "two")])
    wishes = zip(cases, ("approver", "second_approver"), strict=True)
    ends = await asyncio.gather(*(grant(district, case, by, EACH) for case, by in wishes), return_exceptions=True)
    refused = only([end for end in ends if end is not None])
    assert isinstance(refused, Unexpected)
    problem = problem_of(refused)
    assert (problem["status"], problem["code"], problem["params"]) == (409, "above_cap", {"cap_fen": YEAR_CAP - EACH})

    loser = list(cases)[list(ends).index(refused)]
    winner = only([case for case in cases if case != loser])
    with pytest.raises(Unexpected):
        await grant(district, loser, "approver", YEAR_CAP - EACH + 1)
    await grant(district, loser, "approver", YEAR_CAP - EACH)
    told = await chain(district, home)
    committed = {case: amounts(only(slot_in(told, need)["lines"])) for case, need in cases.items()}
    assert committed == {winner: (EACH, 0, 0), loser: (YEAR_CAP - EACH, 0, 0)}


async def test_two_donors_at_once_never_cover_a_need_twice(district: District) -> None:
    """Ruling 3: the need's stream is the only guard: of two offers of 2,000.00 for 3,000.00 one gets 2,000.00, the other 1,000.00."""
    home = await household_of(district, "mother", "child", on="2022-03-01")
    need = await a_need(district, home, "medical", 3_000_00, "2022-03-02")
    funds = [await a_fund(district, name, "children", 2_000_00, on="2022-01-10") for name in ("left", "right")]
    gifts = [await proposed_gift(district, f"gift-{fund}", fund, home, need, 2_000_00, "2022-04-01") for fund in funds]
    await asyncio.gather(*(approved(district, gift, DAY) for gift in gifts))
    slot = slot_in(await chain(district, home), need)
    assert [amounts(line) for line in slot["lines"]] == [(0, 2_000_00, 0), (0, 1_000_00, 0)]
    assert slot["residual"]["amount"] == 0
    left = [books(await trace(district, fund))["available"] for fund in funds]
    assert sorted(left) == [0, 1_000_00]
