"""Areas: each lies in the next wider one, edition by edition."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.envelope import Event
from contracts.ids import AreaCode
from contracts.registry.area import AreaPublished, AreaRevised
from kit.testing import given, policy
from services.registry.domain.area import PublishArea, ReviseArea, area
from services.registry.seed import publish_areas

DISTRICT, STREET, OTHER_STREET, COMMUNITY = "440308", "440308003", "440308004", "440308003-qiaodong"
NEW_YEAR, LATER = date(2022, 1, 1), date(2023, 7, 1)


def published(code: str, parent: str | None = None) -> AreaPublished:
    return AreaPublished(area_code=AreaCode(code), edition=1, valid_from=NEW_YEAR, parent=AreaCode(parent) if parent else None)


def publish(code: str, parent: str | None = None) -> PublishArea:
    return PublishArea(area_code=AreaCode(code), valid_from=NEW_YEAR, parent=AreaCode(parent) if parent else None)


def revised(code: str, parent: str, *, edition: int = 2, day: date = LATER, ended: bool = False) -> AreaRevised:
    return AreaRevised(area_code=AreaCode(code), edition=edition, valid_from=day, parent=AreaCode(parent), ended=ended)


def revise(code: str, **more: Any) -> ReviseArea:
    return ReviseArea.model_validate({"area_code": code, "valid_from": LATER, **more})


def test_a_district_lies_in_none_a_street_in_a_district_a_community_in_a_street() -> None:
    """I06."""
    given(area).when(publish(DISTRICT)).then(published(DISTRICT))
    given(area, published(DISTRICT)).when(publish(STREET, DISTRICT)).then(published(STREET, DISTRICT))
    given(area, published(STREET, DISTRICT)).when(publish(COMMUNITY, STREET)).then(published(COMMUNITY, STREET))


@pytest.mark.parametrize(("code", "parent"), [(STREET, None), (COMMUNITY, DISTRICT), (DISTRICT, STREET), (STREET, OTHER_STREET)])
def test_an_area_lies_only_in_the_next_wider_kind(code: str, parent: str | None) -> None:
    """I06: so no area ever contains itself."""
    facts: list[Event] = [published(parent)] if parent else []
    given(area, *facts).when(publish(code, parent)).refused("parent_wrong")


def test_a_parent_must_have_been_published_and_be_there_still() -> None:
    """I06."""
    given(area).when(publish(STREET, DISTRICT)).refused("not_found", stream=f"area/{DISTRICT}")
    over = [published(STREET, DISTRICT), revised(STREET, DISTRICT, day=NEW_YEAR, ended=True)]
    given(area, *over).when(publish(COMMUNITY, STREET)).refused("parent_not_there")


def test_a_code_of_another_shape_is_no_area() -> None:
    """9.1: district, street and community codes."""
    given(area).when(publish("44-0308")).refused("area_code_unknown")


def test_an_area_is_published_once() -> None:
    """I06: what changes later is an edition."""
    given(area, published(DISTRICT)).when(publish(DISTRICT)).refused("already_exists")


def test_a_community_moves_to_another_street_from_a_date() -> None:
    """I06, section 3.4: the next edition."""
    facts = [published(COMMUNITY, STREET), published(OTHER_STREET, DISTRICT)]
    given(area, *facts).when(revise(COMMUNITY, parent=OTHER_STREET)).then(revised(COMMUNITY, OTHER_STREET))


def test_an_edition_is_later_than_the_one_before() -> None:
    """I06."""
    facts = [published(STREET, DISTRICT), published(DISTRICT)]
    given(area, *facts).when(revise(STREET, valid_from=NEW_YEAR)).refused("not_later", valid_from="2022-01-01")


def test_an_area_ends_once_and_keeps_its_parent() -> None:
    """I06."""
    facts = [published(STREET, DISTRICT), published(DISTRICT)]
    ended = revised(STREET, DISTRICT, ended=True)
    given(area, *facts).when(revise(STREET, ended=True)).then(ended)
    given(area, *facts, ended).when(revise(STREET, valid_from=date(2024, 1, 1))).refused("area_ended")


def test_an_area_that_ends_later_is_there_until_then() -> None:
    """I06."""
    state = area.fold([published(STREET, DISTRICT), revised(STREET, DISTRICT, ended=True)])
    assert [state.holds_on(date(2023, 6, 30)), state.holds_on(LATER), area.initial().holds_on(LATER)] == [True, False, False]


def test_the_areas_of_the_policy_can_be_published_in_the_order_of_the_list() -> None:
    """9.1: one district, 4 streets, 23 communities; nobody writes them down a second time."""
    facts: list[Event] = []
    for command in publish_areas(policy()[0].areas):
        facts += given(area, *facts).when(command).events
    codes = [event.area_code for event in facts if isinstance(event, AreaPublished)]
    assert (len(codes), codes[0]) == (28, AreaCode(DISTRICT))
    assert {COMMUNITY, "440308004-pengwan", "440308001"} < set(codes)
