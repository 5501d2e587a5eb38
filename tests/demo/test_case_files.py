"""The case files are data that the player understands."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from kit.vault import check_document_number
from minsheng.demo.case_file import CaseFile, Names, instant_of, load_all
from minsheng.demo.play import ACTORS, merged


@pytest.mark.parametrize("case", load_all(), ids=lambda case: case.title)
def test_every_step_has_a_known_actor_and_a_day(case: CaseFile) -> None:
    for step in case.steps:
        assert step.settle or (step.by in ACTORS and step.day is not None and step.post.startswith("/"))


def test_a_file_whose_days_go_back_is_refused_with_the_step() -> None:
    """Time goes forward only."""
    later, earlier = ({"day": day, "by": "caseworker", "post": "/relief/x/y/z"} for day in (date(2022, 3, 2), date(2022, 3, 1)))
    with pytest.raises(ValidationError, match=r"step 2 is of 2022-03-01, after step 1 of 2022-03-02"):
        CaseFile.model_validate({"title": "back", "steps": [later, earlier]})


def test_all_cases_are_played_together_day_by_day() -> None:
    """Each keeps its own order; a pause stays where it stands."""
    one, two = (
        CaseFile.model_validate({"title": name, "steps": [{"day": day, "by": "x", "post": "/a"} for day in days] + [{"settle": "end"}]})
        for name, days in (("one", (date(2022, 1, 5), date(2022, 3, 1))), ("two", (date(2022, 2, 1), date(2022, 3, 1))))
    )
    told = [(day.isoformat(), number, step.settle or "step") for day, number, step in merged([one, two])]
    assert told == [
        ("2022-01-05", 0, "step"),
        ("2022-02-01", 1, "step"),
        ("2022-03-01", 0, "step"),
        ("2022-03-01", 0, "end"),
        ("2022-03-01", 1, "step"),
        ("2022-03-01", 1, "end"),
    ]


def test_invented_persons_have_numbers_that_no_real_person_has() -> None:
    """9.5: region 770308 belongs to no province; the check digit is right."""
    numbers = [person.values()["document_number"] for case in load_all() for person in case.persons.values()]
    assert len(set(numbers)) == len(numbers) == 7
    for number in numbers:
        assert number.startswith("770308")
        assert check_document_number(number, allow_demo=True) == number


def test_the_same_seed_gives_the_same_ids() -> None:
    assert Names("7").id("$child") == Names("7").id("child")
    assert Names("7").id("child") != Names("8").id("child")
    assert Names("7").filled({"a": ["$child"], "b": date(2022, 3, 1)}) == {"a": [Names("7").id("child")], "b": "2022-03-01"}


def test_business_days_are_noon_in_shanghai() -> None:
    assert instant_of(date(2022, 3, 1)) == "2022-03-01T04:00:00+00:00"
