"""Who may do and see what: the own street, the own role, a valid token; nothing is open by default (design, "Identity and access")."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.identity import LocalIssuer, Role
from minsheng.programs import SERVICES
from tests.flows.canteen import meal_account
from tests.flows.chains import chain, need_in
from tests.flows.charity import a_fund, proposed_gift
from tests.flows.district import HAISHAN, SHATOUJIAO, District, Told
from tests.flows.households import a_need, household_of, proposed_entitlement, registered

pytestmark = pytest.mark.real
OUTSIDE, WRONG_ROLE = (403, "outside_area"), (403, "role_not_allowed")


async def shatoujiao_family(district: District) -> tuple[str, str]:
    home = await household_of(district, "mother", on="2022-03-01", area=SHATOUJIAO)
    return home, await a_need(district, home, "medical", 3_000_00, "2022-03-02")


async def test_a_caseworker_of_another_street_cannot_change_a_household(district: District) -> None:
    """Ruling 26 of the design: the area is the stream's own, whatever the body says; what was refused left no trace."""
    home, need = await shatoujiao_family(district)
    tries: dict[str, Told] = {
        f"/relief/household/{home}/add-member": {"person_id": district.id("guest"), "joined_on": "2022-03-05"},
        f"/relief/need/{need}/change": {"gross": 1},
        f"/relief/need/{district.id('other')}/register": {"household_id": home, "category": "medical", "gross": 1},
        f"/relief/household/{district.id('new')}/open-household": {"area": SHATOUJIAO, "person_ids": [district.id("guest")]},
    }
    for path, body in tries.items():
        problem = await district.refusal("haishan_caseworker", path, "2022-03-05", body)
        assert (problem["status"], problem["code"]) == OUTSIDE, path
    told = await chain(district, home)
    assert [one["need_id"] for one in told["needs"]] == [need]
    assert need_in(told, need)["slots"][0]["gross"]["amount"] == 3_000_00


async def test_another_street_neither_changes_a_meal_account_nor_signs_charity_money(district: District) -> None:
    """Design: eldercare knows where the household lives from relief; funds are the whole district's, so nobody of a street signs."""
    home, need = await shatoujiao_family(district)
    account = await meal_account(district, "mother", home, "1948-01", "2022-03-03")
    fund = await a_fund(district, "care", "general", 5_000_00, on="2022-03-01")
    gift = await proposed_gift(district, "gift", fund, home, need, 1_000_00, "2022-03-04")
    opening = {"person_id": district.id("mother"), "household_id": home, "born": "1948-01", "hukou": True}
    tries: dict[str, tuple[str, Told]] = {
        f"/eldercare/meal-account/{account}/close": ("haishan_caseworker", {"reason": "own_wish"}),
        f"/eldercare/meal-account/{district.id('second')}/open-account": ("haishan_caseworker", opening),
        f"/charity/allocation/{gift}/approve": ("haishan_approver", {}),
    }
    for path, (by, body) in tries.items():
        problem = await district.refusal(by, path, "2022-03-05", body, seen=path.endswith("approve"))
        assert (problem["status"], problem["code"]) == OUTSIDE, path
    await district.give("caseworker", f"/eldercare/meal-account/{account}/close", "2022-03-06", reason="own_wish")


async def test_a_caseworker_of_another_street_cannot_see_a_household(district: District) -> None:
    """Design: chain, coverage, single facts and the board show the own area only."""
    home, need = await shatoujiao_family(district)
    fact = need_in(await chain(district, home), need)["source"]["event_id"]
    for path in (f"/households/{home}/chain", f"/households/{home}/coverage", f"/events/{fact}"):
        assert need_in(await chain(district, home, by="caseworker"), need)
        problem = await district.turned_away("haishan_caseworker", path)
        assert (problem["status"], problem["code"]) == OUTSIDE, path
        assert home not in str(problem)
    problem = await district.turned_away("haishan_caseworker", "/exceptions", area=SHATOUJIAO)
    assert (problem["status"], problem["code"]) == OUTSIDE
    board = await district.ask("haishan_caseworker", "/exceptions", limit="200")
    assert all(item["area"].startswith(HAISHAN) for item in board["items"])


async def test_a_role_does_what_it_is_for(district: District) -> None:
    """Design: every route names its role; an auditor reads everything and changes nothing, an operator sees no household."""
    home, need = await shatoujiao_family(district)
    change = f"/relief/need/{need}/change"
    for by in ("auditor", "operator", "reader", "charity_officer", "approver"):
        problem = await district.refusal(by, change, "2022-03-05", gross=1)
        assert (problem["status"], problem["code"]) == WRONG_ROLE, by
    problem = await district.refusal("caseworker", f"/relief/household/{home}/recognise-status", "2022-03-05", status="edge")
    assert (problem["status"], problem["code"]) == WRONG_ROLE
    for by in ("operator", "shop_clerk", "canteen_clerk", "registrar"):
        problem = await district.turned_away(by, f"/households/{home}/chain")
        assert (problem["status"], problem["code"]) == WRONG_ROLE, by


async def test_money_needs_two_different_people_who_saw_the_same_version(district: District) -> None:
    """Ruling 21; ruling 17 of the design: not the proposer, not without If-Match, not over another version."""
    home = await household_of(district, "mother", on="2022-03-01")
    entitlement = await proposed_entitlement(
        district, home, "mother", income=0, need=1_365_00, on="2022-03-03", months=("2022-05", "2023-04")
    )
    grant = f"/relief/entitlement/{entitlement}/grant"
    problem = await district.refusal("signing_caseworker", grant, "2022-04-08", seen=True)
    assert (problem["status"], problem["code"]) == (409, "same_person")
    assert (await district.refusal("approver", grant, "2022-04-08"))["code"] == "missing_if_match"
    stale = {"Idempotency-Key": f"stale-{entitlement}", "If-Match": '"7"'}
    answer = await district.call("approver", "POST", "relief", grant.removeprefix("/relief"), {}, stale)
    assert (answer.status_code, answer.json()["actual"]) == (412, 1)


async def test_no_route_of_any_service_answers_without_a_token(district: District) -> None:
    """Design: nothing is open by default; the routes are those of the API pages themselves."""
    asked = 0
    for service in SERVICES:
        page = (await district.call(None, "GET", service, "/openapi.json")).json()
        for path, methods in page["paths"].items():
            for method in methods:
                answer = await district.call(None, method.upper(), service, re.sub(r"\{[^}]*\}", district.id("any"), path), {})
                assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), (service, method, path)
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                asked += 1
    assert asked > 60


async def test_nobody_is_the_program_itself(district: District) -> None:
    """Design: the role of reactions and timers is never accepted from a token."""
    _home, need = await shatoujiao_family(district)
    problem = await district.refusal("self_made_system", f"/relief/need/{need}/change", "2022-03-05", gross=1)
    assert problem["status"] == 401


async def test_a_token_of_another_issuer_proves_nothing(district: District, tmp_path: Path) -> None:
    """Design: OIDC through the installation's own key set; a token signed with another key is refused, whatever it claims."""
    home, _need = await shatoujiao_family(district)
    forged = LocalIssuer(tmp_path).issue("auditor-1", [Role.AUDITOR], "440308")
    answer = await district.call(None, "GET", "linkage", f"/households/{home}/chain", headers={"Authorization": f"Bearer {forged}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_unknown_key")


async def test_personal_values_need_the_own_area_and_a_task(district: District) -> None:
    """Design: a caseworker names a task and sees the own area; nobody reads values by the role of an auditor or operator."""
    person = await registered(district, "mother")
    wish = {"person_id": person, "purpose": "visit"}
    task = {**wish, "task": district.id("task")}
    for by, body, expected in (
        ("caseworker", wish, (409, "task_missing")),
        ("haishan_caseworker", task, OUTSIDE),
        ("auditor", task, WRONG_ROLE),
        ("operator", task, WRONG_ROLE),
        ("reader", task, WRONG_ROLE),
    ):
        answer = await district.call(by, "POST", "registry", "/vault/read", body)
        assert (answer.status_code, answer.json()["code"]) == expected, by
    assert (await district.call("caseworker", "POST", "registry", "/vault/read", task)).status_code == 200
