"""SC-09 over HTTP: the death of a sole recipient ends what was given, everywhere, and a revocation gives it back (SG-04, ruling 22)."""

from __future__ import annotations

import pytest

from tests.flows.canteen import a_canteen, lunch, meal_account
from tests.flows.chains import alerts, amounts, chain, present, slot_in
from tests.flows.district import District, Told, events_of, now_utc, of, only, written
from tests.flows.households import a_need, granted_entitlement, household_of, paid, proposed_entitlement, registered

pytestmark = pytest.mark.real
TEKUN = 2_184_00
DIED, NOTICE = "2022-06-14", "2022-08-02"


async def tekun_person(district: District) -> tuple[str, str, str]:
    """A tekun person of 74 with 2,184.00 a month, June and July paid, lunches at the canteen; household, entitlement, meal account."""
    await registered(district, "elder")
    home = await household_of(district, "elder", on="2022-01-04")
    entitlement = await proposed_entitlement(
        district, home, "elder", income=0, need=TEKUN, on="2022-01-05", scheme="tekun", months=("2022-02", "2023-01")
    )
    assert await granted_entitlement(district, entitlement, "2022-01-20") == TEKUN
    await paid(district, entitlement, "2022-06", "2022-06-10")
    await paid(district, entitlement, "2022-07", "2022-07-08")
    await a_canteen(district)
    account = await meal_account(district, "elder", home, "1948-01", "2022-02-25")
    await district.settle()
    assert await lunch(district, account, 18_00, "2022-06-20") == (3_00, 15_00)
    return home, entitlement, account


async def death_told(district: District, certainty: str, on: str = NOTICE) -> None:
    """Registry says that the elder died on 14 June, and everybody has heard it."""
    body = {"died_on": DIED, "source": "funeral_home", "certainty": certainty}
    await district.give("registrar", f"/registry/person/{district.id('elder')}/report-death", on, body)
    await district.settle()


async def test_a_confirmed_death_ends_the_aid_with_its_month(district: District) -> None:
    """SC-09, ruling 6: June stays, nothing is owed from July on; July, paid before the notice, is shown as an error (DET-17)."""
    home, entitlement, _account = await tekun_person(district)
    before = now_utc().isoformat()
    await death_told(district, "confirmed")
    problem = await district.refusal("district_officer", f"/relief/entitlement/{entitlement}/record-payment", "2022-08-10", month="2022-08")
    assert (problem["status"], problem["code"]) == (409, "month_after_stop")

    told = await chain(district, home, as_of="2022-08-31")
    months = {month: _regular(told, month) for month in ("2022-06", "2022-07", "2022-08")}
    assert months == {"2022-06": (0, TEKUN, 0), "2022-07": (0, TEKUN, 0), "2022-08": (0, 0, 0)}
    elder = only(told["members"])
    assert (elder["died_on"], elder["death_certainty"], elder["present"]) == (DIED, "confirmed", False)
    assert "DET-17" in alerts(told)
    assert "DET-17" not in alerts(await chain(district, home, known_at=before))


def _regular(told: Told, month: str) -> tuple[int, int, int]:
    """The one regular line of a month."""
    need = only([need for need in told["needs"] if need["category"] == "living"])
    line = only(slot_in(told, need["need_id"], month)["lines"])
    assert line["layer"] == "L1"
    return amounts(line)


async def test_a_confirmed_death_closes_the_meal_account_and_shows_a_lunch_after_it(district: District) -> None:
    """SC-09: the lunch of 20 June raises DET-23 with the notice; it was not known before."""
    home, _entitlement, account = await tekun_person(district)
    before = now_utc().isoformat()
    await death_told(district, "confirmed")
    body = {"check_in_id": district.id("late"), "meal_point_id": district.id("canteen"), "price_fen": 18_00, "method": "face"}
    problem = await district.refusal("canteen_clerk", f"/eldercare/meal-account/{account}/check-in", "2022-08-03", body)
    assert problem["code"] == "person_dead"
    assert "DET-23" in alerts(await chain(district, home))
    earlier = await chain(district, home, known_at=before)
    assert "DET-23" not in alerts(earlier)
    assert present(earlier) == {district.id("elder")}


async def test_a_revoked_death_takes_everything_back(district: District) -> None:
    """Ruling 22: the missed month is owed and paid, the meal account serves again, and nothing is shown as an error any more."""
    home, entitlement, account = await tekun_person(district)
    await death_told(district, "confirmed")
    elder = district.id("elder")
    await district.give("registrar", f"/registry/person/{elder}/revoke-death", "2022-08-04", reason="wrong_person")
    await district.settle()

    await paid(district, entitlement, "2022-08", "2022-08-10")
    assert await lunch(district, account, 18_00, "2022-08-05") == (3_00, 15_00)
    told = await chain(district, home, as_of="2022-08-31")
    assert (present(told), only(told["members"])["died_on"]) == ({elder}, None)
    assert _regular(told, "2022-08") == (0, TEKUN, 0)
    assert {"DET-17", "DET-23"}.isdisjoint(alerts(told))


async def test_a_death_that_is_only_reported_holds_the_line_and_ends_nothing(district: District) -> None:
    """Ruling 22: `reported` holds payment; the confirmation ends the aid."""
    home, entitlement, account = await tekun_person(district)
    await death_told(district, "reported")
    august = f"/relief/entitlement/{entitlement}/record-payment"
    assert (await district.refusal("district_officer", august, "2022-08-10", month="2022-08"))["code"] == "payment_held"
    assert await lunch(district, account, 18_00, "2022-08-03") == (3_00, 15_00)
    assert _regular(await chain(district, home, as_of="2022-08-31"), "2022-08") == (TEKUN, 0, 0)
    await death_told(district, "confirmed", on="2022-08-12")
    assert (await district.refusal("district_officer", august, "2022-08-15", month="2022-08"))["code"] == "month_after_stop"


async def test_one_of_two_recipients_dies_and_a_person_must_look(district: District) -> None:
    """Ruling 21: with a living member nothing stops by itself; the month is paid and the review is in the chain."""
    await registered(district, "elder")
    home = await household_of(district, "elder", "wife", on="2022-01-04")
    entitlement = await proposed_entitlement(
        district, home, "elder", "wife", income=0, need=2_730_00, on="2022-01-05", months=("2022-02", "2023-01")
    )
    assert await granted_entitlement(district, entitlement, "2022-01-20") == 2_730_00
    await death_told(district, "confirmed")
    await paid(district, entitlement, "2022-08", "2022-08-10")
    told = await chain(district, home, as_of="2022-08-31")
    assert present(told) == {district.id("wife")}
    assert "death" in {review["reason"] for review in told["reviews"]}


# --- SG-04 from end to end ---


def steps(told: list[Told]) -> list[str]:
    """The steps of the death's case that were done, in order."""
    return [fact["step"] for fact in of(told, "relief.death-case.step-done")]


async def referred(district: District, home: str) -> str:
    """A medical need of the household waits at charity; the referral's id."""
    need = await a_need(district, home, "medical", 3_000_00, "2022-07-28")
    referral = district.id("referral")
    body = {"household_id": home, "need_id": need, "receiver": "charity"}
    await district.give("caseworker", f"/relief/referral/{referral}/propose", "2022-07-28", body)
    await district.give("caseworker", f"/relief/referral/{referral}/send", "2022-07-29")
    return referral


async def test_the_death_of_a_sole_recipient_is_followed_to_its_end(district: District) -> None:
    """SG-04, SC-09: aid ended, July noted as overpaid, the household closed, its referral ended, and the case done once the family is told."""
    home, entitlement, _account = await tekun_person(district)
    referral = await referred(district, home)
    await death_told(district, "reported")
    told = await written(district, "relief", home)
    assert [fact["certainty"] for fact in of(told, "relief.death-case.opened")] == ["reported"]
    assert of(told, "relief.household.closed") == []

    await death_told(district, "confirmed", on="2022-08-03")
    told = await written(district, "relief", home)
    assert [fact["entitlement_ids"] for fact in of(told, "relief.death-case.confirmed")] == [[entitlement]]
    overpaid = only(of(told, "relief.entitlement.overpayment-noted"))
    assert (overpaid["month"], overpaid["amount_fen"]) == ("2022-07", TEKUN)
    left = only(of(told, "relief.household.member-left"))
    assert (left["person_id"], left["left_on"], left["reason"]) == (district.id("elder"), DIED, "deceased")
    assert only(of(told, "relief.household.closed"))["code"] == "DECEASED"
    ended = only(of(told, "relief.referral.closed"))
    assert (ended["referral_id"], ended["code"]) == (referral, "DECEASED")
    assert steps(told) == ["end"]

    elder = district.id("elder")
    await district.give("caseworker", f"/relief/death-case/{elder}/note-told", "2022-08-05")
    told = await written(district, "relief", home)
    assert steps(told) == ["end", "notify"]
    assert only(of(told, "relief.death-case.closed"))["outcome"] == "done"


async def test_a_false_report_of_a_death_reverses_everything(district: District) -> None:
    """SG-04, ruling 22: the aid, the stay, the household and what was noted as overpaid are as before; the missed month is paid."""
    home, entitlement, account = await tekun_person(district)
    elder = district.id("elder")
    await death_told(district, "confirmed")
    form = f"/relief/household/{home}/form-unit"
    unit = {"unit_id": district.id("later"), "scheme": "dibao", "person_ids": [elder]}
    assert (await district.refusal("caseworker", form, "2022-08-04", unit))["code"] == "household_closed"
    await district.give("registrar", f"/registry/person/{elder}/revoke-death", "2022-08-04", reason="false_report")

    told = await written(district, "relief", home)
    assert only(of(told, "relief.death-case.revoked"))["entitlement_ids"] == [entitlement]
    assert only(of(told, "relief.death-case.revoked"))["late_at"] == "2022-08-05T16:00:00Z"
    assert steps(told) == ["end", "lift"]
    assert only(of(told, "relief.death-case.closed"))["outcome"] == "revoked"
    assert len(of(told, "relief.household.reopened")) == 1
    assert [fact["joined_on"] for fact in of(told, "relief.household.member-joined")] == ["2022-01-04", "2022-01-04"]
    assert only(of(told, "relief.entitlement.overpayment-cleared"))["month"] == "2022-07"

    await paid(district, entitlement, "2022-08", "2022-08-10")
    assert await lunch(district, account, 18_00, "2022-08-05") == (3_00, 15_00)
    seen = await chain(district, home, as_of="2022-08-31")
    assert (present(seen), len(only(seen["members"])["stays"])) == ({elder}, 1)
    await district.give("caseworker", form, "2022-08-11", unit)


async def test_the_aid_of_who_is_left_is_decided_anew_and_the_case_hears_of_it(district: District) -> None:
    """SG-04, R-DIB-16, ruling 21: the widow's amount from the month after the decision; nothing was cut before it."""
    await registered(district, "elder")
    home = await household_of(district, "elder", "wife", on="2022-01-04")
    entitlement = await proposed_entitlement(
        district, home, "elder", "wife", income=0, need=2_730_00, on="2022-01-05", months=("2022-02", "2023-01")
    )
    await granted_entitlement(district, entitlement, "2022-01-20")
    await death_told(district, "confirmed")
    told = await written(district, "relief", home)
    assert [fact["entitlement_id"] for fact in of(told, "relief.death-case.recalculation-due")] == [entitlement]
    assert of(told, "relief.household.closed") == []
    await paid(district, entitlement, "2022-08", "2022-08-10")
    revise = f"/relief/entitlement/{entitlement}/revise"
    body = {"counted_income_fen": 0, "reviewed": True}
    version = only(events_of(await district.give("approver", revise, "2022-08-20", body, seen=True), "relief.entitlement.versioned"))
    assert (version["first_month"], version["members"], version["amount_fen"]) == ("2022-09", 1, 1_365_00)
    assert steps(await written(district, "relief", home)) == ["end", "recalculate"]
