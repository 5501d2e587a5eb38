"""Two times: when it was true (`as_of`) and when we knew (`known_at`). A correction changes only later answers (rulings 8 and 19)."""

from __future__ import annotations

import pytest

from tests.flows.chains import amounts, chain, slot_in
from tests.flows.district import District, Told, now_utc, only
from tests.flows.households import a_need, granted_entitlement, household_of, paid, proposed_entitlement

pytestmark = pytest.mark.real
USUAL, CORRECTED = 1_000_00, 1_200_00


def said(told: Told) -> Told:
    """The answer without what tells its own age."""
    return {name: value for name, value in told.items() if name not in {"freshness", "alerts"}}


async def corrected_need(district: District) -> tuple[str, str, str]:
    """1,000.00 a month from May to December; in October June becomes 1,200.00. Household, need, and the instant between."""
    home = await household_of(district, "mother", on="2022-04-01")
    need = await a_need(district, home, "living", USUAL, "2022-04-11", period="month", first_month="2022-05", last_month="2022-12")
    await district.settle()
    between = now_utc().isoformat()
    june = {"gross": CORRECTED, "first_month": "2022-06", "last_month": "2022-06"}
    await district.give("caseworker", f"/relief/need/{need}/change", "2022-10-10", june)
    return home, need, between


async def gross(district: District, home: str, need: str, month: str, **query: str) -> int:
    amount: int = slot_in(await chain(district, home, **query), need, month)["gross"]["amount"]
    return amount


async def test_a_correction_of_june_does_not_touch_september(district: District) -> None:
    """Ruling 19 of the design: dated changes name their months, rows keep months."""
    home, need, _between = await corrected_need(district)
    assert await gross(district, home, need, "2022-06", as_of="2022-10-31") == CORRECTED
    assert await gross(district, home, need, "2022-09", as_of="2022-10-31") == USUAL


async def test_an_answer_about_what_was_known_never_changes(district: District) -> None:
    """Ruling 8: with `known_at` before the correction June is what it was; the same question has the same answer for ever."""
    home, need, between = await corrected_need(district)
    before = await chain(district, home, known_at=between, as_of="2022-12-31")
    assert slot_in(before, need, "2022-06")["gross"]["amount"] == USUAL
    assert slot_in(await chain(district, home, as_of="2022-12-31"), need, "2022-06")["gross"]["amount"] == CORRECTED
    await district.give("caseworker", f"/relief/need/{need}/close", "2022-10-11", code="MOVED")
    assert said(await chain(district, home, known_at=between, as_of="2022-12-31")) == said(before)


async def test_a_correction_changes_every_day_from_its_month_on(district: District) -> None:
    """Ruling 8: known now, June's value holds for any day from June on; on a day in May nothing was said of it yet."""
    home, need, _between = await corrected_need(district)
    assert await gross(district, home, need, "2022-06", as_of="2022-06-30") == CORRECTED
    assert await gross(district, home, need, "2022-06", as_of="2022-05-31") == USUAL


async def test_a_payment_the_bank_sent_back_was_paid_until_that_day(district: District) -> None:
    """Ruling 9: `PaymentLineFailed` moves the month back to committed from its day on, not before."""
    home = await household_of(district, "mother", on="2022-03-01")
    entitlement = await proposed_entitlement(
        district, home, "mother", income=0, need=1_365_00, on="2022-03-03", months=("2022-05", "2023-04")
    )
    assert await granted_entitlement(district, entitlement, "2022-04-08") == 1_365_00
    await paid(district, entitlement, "2022-05", "2022-05-10")
    await district.give("district_officer", f"/relief/entitlement/{entitlement}/record-failure", "2022-05-16", month="2022-05")

    async def may(**query: str) -> tuple[int, int, int]:
        told = await chain(district, home, **query)
        return amounts(only(slot_in(told, district.id(f"living-{home}"), "2022-05")["lines"]))

    assert await may(as_of="2022-05-09") == (1_365_00, 0, 0)
    assert await may(as_of="2022-05-15") == (0, 1_365_00, 0)
    committed, delivered, _returned = await may(as_of="2022-05-16")
    assert (committed, delivered) == (1_365_00, 0)


async def test_a_read_with_the_writers_token_shows_what_was_written(district: District) -> None:
    """Design, "Read side": a read that carries the position token waits until the view has reached it."""
    home = await household_of(district, "mother", on="2022-03-01")
    for number in range(5):
        need = district.id(f"need-{number}")
        body = {"household_id": home, "category": "medical", "gross": 1_000_00}
        told = await district.give("caseworker", f"/relief/need/{need}/register", "2022-03-02", body)
        answer = await district.call("auditor", "GET", "linkage", f"/households/{home}/chain", headers={"Position-Token": told["token"]})
        assert answer.status_code == 200
        assert need in {one["need_id"] for one in answer.json()["needs"]}


async def test_a_token_that_is_not_reached_is_answered_with_a_time_to_come_back(district: District) -> None:
    """Design, "Read side": or it answers 503 with `Retry-After`."""
    home = await household_of(district, "mother", on="2022-03-01")
    head = await district.call("auditor", "GET", "relief", "/head")
    beyond = f"relief/0:{head.json()['position'] + 1_000_000}"
    answer = await district.call("auditor", "GET", "linkage", f"/households/{home}/chain", headers={"Position-Token": beyond})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
