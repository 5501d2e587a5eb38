"""Every real event keeps to the rules of the published language; each rule sees what breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.envelope import EventType
from contracts.generate.events import declared, published
from contracts.generate.lint import home_of, lint, unregistered
from contracts.ids import CaseId, HouseholdId
from tests.contracts.toys import FIELDS, many, struct, toy

EVENTS = published()


def said(kind: EventType) -> str:
    return " / ".join(problem.what for problem in lint(kind))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_every_event_keeps_to_the_rules(kind: EventType) -> None:
    """Ruling 9 of the design: ids, codes, enums, amounts, dates; never a bare str. Style: a docstring with its source, in the module of its aggregate."""
    assert said(kind) == ""


def test_all_four_services_publish() -> None:
    """The events of the four writing services are found, and none that tests register."""
    assert {kind.service for kind in EVENTS} == {"registry", "relief", "charity", "eldercare"}
    assert all(kind.cls.__module__ == home_of(kind) for kind in EVENTS)


def test_no_event_class_is_forgotten() -> None:
    """A class that nobody registered is seen."""
    assert list(unregistered(EVENTS, declared())) == []
    lost = struct("Lost", {"gift_id": CaseId}, module="contracts.toys.lost")
    assert [problem.about for problem in unregistered(EVENTS, [*declared(), lost])] == ["contracts.toys.lost.Lost"]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (str, "bare str"),
        (str | None, "bare str"),
        (tuple[str, ...], "bare str"),
        (float, "float"),
        (list[int], "not a tuple"),
        (dict[str, int], "not a tuple"),
        (bytes, "use an id"),
        (CaseId | HouseholdId, "use an id"),
        (struct("Part", {"text": str}), "Part.text is a bare str"),
        (many(struct("Deep", {"share": float})), "Deep.share is a float"),
    ],
    ids=str,
)
def test_a_field_that_an_event_may_not_have_is_seen(field: Any, words: str) -> None:
    """Ruling 9 of the design, also inside optional fields, tuples and parts."""
    assert words in said(toy({**FIELDS, "more": field}))


def test_an_event_without_a_source_is_seen() -> None:
    """A fact without its rule cannot be explained."""
    assert "does not say" in said(toy(doc="A gift was given."))
    assert "does not say" in said(toy(doc="Source: R-TOY-01."))


def test_an_event_in_another_aggregates_module_is_seen() -> None:
    """The aggregate's name is the file name everywhere."""
    assert "stands in contracts.toy.other" in said(toy(module="contracts.toy.other"))
    assert said(toy(name="toy.gift-box.given", module="contracts.toy.gift_box")) == ""


def test_a_version_that_can_no_longer_be_read_is_seen() -> None:
    """Ruling 12 of the design: upcasters sit beside the class, one for each older version."""
    assert said(toy(version=3, lifts={2: dict})) == "version 1 cannot be read"
