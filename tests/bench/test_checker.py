"""The checker sees each thing that can be wrong with a run."""

from __future__ import annotations

from bench.checker import ClientLog, Row, Stored, check_rows, check_store, check_topic, plain_fold


def stored(*events: tuple[int, str, int]) -> list[Stored]:
    return [Stored(position, stream, version, f"e{position}") for position, stream, version in events]


WHOLE = stored((1, "a", 1), (2, "b", 1), (3, "a", 2))


def test_a_whole_store_is_green() -> None:
    log = ClientLog(acknowledged={"k": ["e1"], "l": ["e2", "e3"]}, repeated=[("k", ["e1"])], seen=[1, 2, 3])
    assert check_store(WHOLE, log) == []


def test_a_hole_in_a_stream_is_seen() -> None:
    assert "expected 2" in check_store(stored((1, "a", 1), (2, "a", 3)), ClientLog())[0]


def test_a_version_that_is_there_twice_is_seen() -> None:
    assert check_store(stored((1, "a", 1), (2, "a", 1)), ClientLog())


def test_an_event_that_a_reader_never_saw_is_seen() -> None:
    """It was committed after a later position had been read: positions are not the order of commits."""
    told = check_store(WHOLE, ClientLog(seen=[1, 3]))
    assert told == ["a reader who followed the log never saw 1 events, the first at position 2"]
    assert check_store(WHOLE, ClientLog(seen=[1, 3]), {"versions", "once"}) == []


def test_what_was_acknowledged_and_is_missing_is_seen() -> None:
    assert "not stored" in check_store(WHOLE, ClientLog(acknowledged={"k": ["e9"]}))[0]


def test_an_event_that_answered_two_commands_is_seen() -> None:
    assert "2 commands" in check_store(WHOLE, ClientLog(acknowledged={"k": ["e1"], "l": ["e1"]}))[0]


def test_an_event_stored_twice_is_seen() -> None:
    assert "2 times" in check_store([*WHOLE, Stored(4, "b", 2, "e1")], ClientLog())[0]


def test_another_answer_to_a_repeat_is_seen() -> None:
    log = ClientLog(acknowledged={"k": ["e1"]}, repeated=[("k", ["e2"])])
    assert "other events" in check_store(WHOLE, log)[0]


def test_an_old_version_that_was_accepted_is_seen() -> None:
    assert "old version" in check_store(WHOLE, ClientLog(accepted_stale=["k"]))[0]


def test_many_faults_are_told_in_few_lines() -> None:
    assert len(check_store(stored(*((n, "a", 9) for n in range(1, 50))), ClientLog())) == 6


def test_the_topic_may_repeat_but_not_lose_or_reorder() -> None:
    of_store = {"a": ["e1", "e3"], "b": ["e2"]}
    messages = [("a", 1, "e1"), ("b", 2, "e2"), ("a", 3, "e3")]
    assert check_topic(messages, of_store) == []
    assert check_topic([*messages, ("a", 1, "e1")], of_store) == []
    assert check_topic(messages[:-1], of_store)
    assert check_topic([messages[2], messages[0], messages[1]], of_store)


def test_rows_are_compared_with_the_plain_fold() -> None:
    expected = plain_fold([("a", "open", 0), ("a", "pay", 500), ("b", "open", 0), ("a", "close", 0)])
    assert expected == {"a": Row(3, 500, closed=True), "b": Row(1, 0)}
    assert check_rows({"a": Row(3, 500, closed=True), "b": Row(1, 0)}, expected) == []
    assert check_rows({"a": Row(3, 400, closed=True), "b": Row(1, 0)}, expected)
    assert check_rows({"a": Row(3, 500, closed=True)}, expected)
