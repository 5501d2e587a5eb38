"""How the year is given: rounds of batches that keep what depends in order, and a file that remembers what was played."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from minsheng.district.play import batches
from minsheng.district.played import AnotherYear, Played
from minsheng.district.step import Step

AT = datetime(2022, 3, 1, 2, tzinfo=UTC)
ONE, TWO = "0190a000-0000-8000-8000-000000000001", "0190a000-0000-8000-8000-000000000002"


def step(actor: str, stream_id: str, name: str, *, service: str = "relief", about: str = "", turn: int = 0) -> Step:
    return Step(
        at=AT,
        service=service,
        role="caseworker",
        area="440308003",
        actor=actor,
        aggregate="need",
        id=stream_id,
        command=name,
        body={"need_id": about} if about else {},
        if_match=None,
        key=name,
        turn=turn,
    )


def rounds(*steps: Step) -> list[list[tuple[str, str, list[str]]]]:
    return [[(batch.service, batch.clerk[0], [one.command for one in batch.steps]) for batch in together] for together in batches(steps)]


def test_steps_of_one_person_are_one_batch_in_their_order() -> None:
    """The service keeps the order of lines that share an id."""
    assert rounds(step("a", ONE, "open"), step("a", TWO, "open-2"), step("a", ONE, "close")) == [
        [("relief", "a", ["open", "open-2", "close"])]
    ]


def test_what_another_person_does_to_the_same_thing_waits_for_the_next_round() -> None:
    """Money needs two people: the second signs what the first proposed, whether it is the stream or named in the body."""
    found = rounds(step("a", ONE, "propose"), step("b", ONE, "grant"), step("b", TWO, "look", about=ONE), step("a", TWO, "go-on"))
    assert found == [[("relief", "a", ["propose"])], [("relief", "b", ["grant", "look"])], [("relief", "a", ["go-on"])]]


def test_services_are_asked_side_by_side() -> None:
    """What has nothing in common goes out together."""
    found = rounds(step("a", ONE, "one"), step("c", TWO, "two", service="charity"))
    assert found == [[("relief", "a", ["one"]), ("charity", "c", ["two"])]]


def test_a_later_turn_begins_when_the_one_before_was_answered() -> None:
    """What was learned from an answer is used in the next turn."""
    assert rounds(step("a", TWO, "uses", turn=1), step("a", ONE, "teaches")) == [
        [("relief", "a", ["teaches"])],
        [("relief", "a", ["uses"])],
    ]


def test_what_was_played_and_learned_is_known_after_a_stop(tmp_path: Path) -> None:
    """A window counts once its line is whole; a torn line is a window to be played again."""
    path = tmp_path / "year.jsonl"
    played = Played(path, 7, 0.1)
    played.learn("$again", ONE)
    played.save(AT)
    with path.open("ab") as file:
        file.write(b'{"until":"2022-04-01T00:00:00Z","lear')
    again = Played(path, 7, 0.1)
    assert (again.until, dict(again.names)) == (AT, {"$again": ONE})
    again.save(datetime(2022, 3, 2, tzinfo=UTC))
    assert Played(path, 7, 0.1).until == datetime(2022, 3, 2, tzinfo=UTC)


def test_another_seed_or_scale_is_another_year(tmp_path: Path) -> None:
    """Two years in one installation would be neither."""
    Played(tmp_path / "year.jsonl", 7, 0.1)
    with pytest.raises(AnotherYear, match=r"seed 7 at scale 0\.1"):
        Played(tmp_path / "year.jsonl", 8, 0.1)
