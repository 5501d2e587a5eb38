"""Which windows of a day are played as one: never when a later one may rest on what an earlier one led to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from minsheng.district.seasons import OFFICE, instant
from minsheng.district.step import Lesson, Step
from minsheng.district.stretches import stretch, windows

DAY = date(2022, 3, 1)
ONE, TWO = "0190a000-0000-8000-8000-000000000001", "0190a000-0000-8000-8000-000000000002"


def step(
    window: int,
    stream_id: str,
    *,
    actor: str = "a",
    service: str = "relief",
    about: str = "",
    day: date = DAY,
    turn: int = 0,
    learn: tuple[Lesson, ...] = (),
    refused: str = "",
    story: str = "",
) -> Step:
    return Step(
        at=instant(day, OFFICE[window]),
        service=service,
        role="caseworker",
        area="440308003",
        actor=actor,
        aggregate="thing",
        id=stream_id,
        command="change",
        body={"about": about} if about else {},
        if_match=None,
        key=f"{window}/{stream_id}",
        window=window,
        turn=turn,
        learn=learn,
        refused=refused,
        story=story or f"{window}/{stream_id}",
    )


def played(*steps: Step, due: datetime | None = None) -> list[int]:
    """The windows that go together first."""
    days = [[one for one in steps if one.at.date() == day] for day in sorted({one.at.date() for one in steps})]
    return [window.number for window in stretch(windows(days), due)]


def test_windows_that_share_nothing_are_one_stretch() -> None:
    assert played(step(0, ONE), step(2, TWO, actor="b", service="charity"), step(3, "chair-1")) == [0, 2, 3]


def test_another_day_is_another_stretch() -> None:
    assert played(step(3, ONE), step(0, TWO, day=DAY + timedelta(days=1))) == [3]


def test_what_somebody_else_or_another_service_does_about_the_same_thing_comes_after_a_rest() -> None:
    """A second signature, and what a reaction of another service led to."""
    assert played(step(0, ONE), step(1, ONE, actor="b")) == [0]
    assert played(step(0, ONE), step(1, TWO, service="charity", about=ONE)) == [0]


def test_one_person_goes_on_with_the_same_thing_in_the_same_batch() -> None:
    """The service keeps the order of lines that share an id; once another batch names it too, it no longer can."""
    assert played(step(0, ONE), step(2, ONE)) == [0, 2]
    assert played(step(0, ONE), step(0, TWO, actor="b", about=ONE), step(2, ONE)) == [0]


def test_codes_are_ids_that_a_batch_does_not_know() -> None:
    """A loan names its wheelchair by the code on it."""
    assert played(step(0, "chair-1"), step(1, ONE, about="chair-1")) == [0]
    assert played(step(0, ONE, about="chair-1"), step(1, "chair-1")) == [0]


def test_what_an_answer_teaches_is_known_in_the_next_stretch() -> None:
    lesson = Lesson("$found", "Found", "id")
    assert played(step(0, ONE, learn=(lesson,)), step(1, TWO, about="$found")) == [0]
    assert played(step(0, ONE, learn=(lesson,)), step(1, TWO)) == [0, 1]


def test_a_story_goes_on_in_the_next_stretch_unless_its_steps_name_one_thing() -> None:
    """One pair ends, so a household may have another: neither step names the other's pair."""
    assert played(step(0, ONE, story="pair"), step(1, TWO, story="pair")) == [0]
    assert played(step(0, ONE, story="pair"), step(1, TWO, story="pair", about=ONE)) == [0, 1]


def test_a_no_on_purpose_stands_alone() -> None:
    """Why a chair is on loan is known from another loan, which names it by a code or not at all."""
    assert played(step(0, ONE), step(1, TWO, refused="on_loan"), step(2, "chair-1")) == [0]
    assert played(step(1, TWO, refused="on_loan"), step(2, "chair-1")) == [1]


def test_a_later_turn_is_not_overtaken() -> None:
    assert played(step(0, ONE, turn=1), step(1, ONE)) == [0]


def test_a_deadline_that_is_known_acts_before_the_windows_behind_it() -> None:
    steps = step(0, ONE), step(1, TWO), step(2, "chair-1")
    before_third = instant(DAY, OFFICE[1]) + timedelta(minutes=30)
    assert played(*steps, due=before_third) == [0, 1]
    assert played(*steps, due=before_third + timedelta(days=1)) == [0, 1, 2]
