"""Roles and areas: who may do what, where."""

import pytest

from kit.identity import Actor, Forbidden, Role, may, system_actor

DISTRICT, SHATOUJIAO, HAISHAN = "440308", "440308003", "440308004"


class Prefixes:
    """Areas by their statistical codes: a street's code starts with its district's."""

    def contains(self, outer: str, inner: str) -> bool:
        return inner.startswith(outer)


def actor(*roles: Role, area: str = SHATOUJIAO) -> Actor:
    return Actor(id="u-1", roles=frozenset(roles), area=area)


@pytest.mark.parametrize(
    ("who", "area"),
    [
        (actor(Role.CASEWORKER), SHATOUJIAO),
        (actor(Role.CASEWORKER), SHATOUJIAO + "001"),
        (actor(Role.READER, Role.APPROVER, area=DISTRICT), HAISHAN),
        (actor(Role.CASEWORKER), None),
    ],
)
def test_a_named_role_within_the_own_area_may(who: Actor, area: str | None) -> None:
    """Design, identity: the own area and all below it; None where a rule says "anywhere" (R-TMP-04)."""
    may(who, {Role.CASEWORKER, Role.APPROVER}, area, Prefixes())


@pytest.mark.parametrize(
    ("who", "area", "code"),
    [
        (actor(Role.READER), SHATOUJIAO, "role_not_allowed"),
        (actor(), None, "role_not_allowed"),
        (actor(Role.CASEWORKER), HAISHAN, "outside_area"),
        (actor(Role.CASEWORKER), DISTRICT, "outside_area"),
        (system_actor("on-death"), SHATOUJIAO, "role_not_allowed"),
    ],
)
def test_another_role_or_another_area_may_not(who: Actor, area: str | None, code: str) -> None:
    """Nothing is open by default, not even to the program itself."""
    with pytest.raises(Forbidden) as refused:
        may(who, {Role.CASEWORKER, Role.APPROVER}, area, Prefixes())
    assert refused.value.code == code


def test_a_route_that_names_no_role_is_closed() -> None:
    """Every route names its role."""
    with pytest.raises(Forbidden, match="role_not_allowed"):
        may(actor(*Role), [], None, Prefixes())


def test_the_program_itself_belongs_to_no_area() -> None:
    """A reaction acts wherever its fact leads."""
    may(system_actor("on-death"), {Role.SYSTEM}, HAISHAN, Prefixes())


def test_every_role_has_a_wire_name_a_chinese_title_and_a_meaning() -> None:
    """People see the title, tokens carry the name."""
    assert Role("approver") is Role.APPROVER
    assert Role.APPROVER.title_zh == "审批"
    assert all(role.title_zh and role.meaning and str(role) == role.value for role in Role)
