"""The clients' answers against the log: what was acknowledged, refused, left open; and the order of both in real time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kit.commands import Answer
from tests.faults.checker import Contents, Row
from tests.torture.checks.histories import Asked, Histories, Moments
from tests.torture.checks.replay import Replay


def answers(contents: Contents, histories: Histories) -> Iterator[str]:
    """Every command that was answered ok is stored exactly once, with that answer; each repeat was answered the same."""
    stored = contents.by_key()
    for key, one in histories.having("ok"):
        assert one.answer is not None
        rows = stored.get(key, [])
        if not _same(one.answer, rows):
            yield f"{one.job.command} {one.job.key} was answered {_places(one.answer)}, stored is {[row['position'] for row in rows]}"
        yield from (
            f"{one.job.command} {one.job.key}: a repeat was answered {_places(again)} instead of {_places(one.answer)}"
            for again in one.repeats
            if again.events != one.answer.events
        )


def _same(answer: Answer, rows: list[Row]) -> bool:
    told = [(event.id, event.type, event.stream, event.version, event.position, event.data) for event in answer.events]
    return told == [
        (str(row["id"]), row["type"], row["stream"], row["version"], row["position"], msgspec.json.decode(row["data"])) for row in rows
    ]


def _places(answer: Answer) -> list[int]:
    return [event.position for event in answer.events]


def failures(contents: Contents, histories: Histories) -> Iterator[str]:
    """No refused command has an effect."""
    for key, one in histories.having("fail"):
        if key in contents.keys:
            yield f"{one.job.command} {one.job.key} was refused ({one.code}) and is stored at {contents.keys[key]['position']}"


def unknowns(contents: Contents, histories: Histories) -> Iterator[str]:
    """Every command left open is wholly there or wholly absent (what whole is: `decisions`); nothing is there that nobody asked for."""
    stored = contents.by_key()
    for key, _ in histories.having("unknown"):
        row, rows = contents.keys.get(key), stored.get(key, [])
        if (row["count"] if row else 0) != len(rows):
            yield f"{key}: {len(rows)} events of {row['count'] if row else 0}"
    for key in contents.keys.keys() - histories.asked.keys():
        yield f"position {contents.keys[key]['position']}: nobody asked for it"


def refusals(contents: Contents, histories: Histories, replay: Replay) -> Iterator[str]:
    """Every refusal, and every "nothing to do", was right at some position between question and answer."""
    moments, head = Moments(histories), len(contents.events)
    for one in histories.asked.values():
        if one.outcome == "fail" or (one.outcome == "ok" and one.answer is not None and not one.answer.events):
            said = one.code if one.outcome == "fail" else []
            after, upto = moments.before(one.tried), moments.after(one.heard, head)
            if all(replay.decided(one.job, position) != said for position in replay.touched(one.job, after, upto)):
                yield f"{one.job.command} {one.job.id}: {said or 'nothing to do'} is right nowhere from position {after} to {upto}"


def real_time(contents: Contents, histories: Histories) -> Iterator[str]:
    """What was asked after an answer lies behind it in the log."""
    moments = Moments(histories)
    for key, one in histories.asked.items():
        row = contents.keys.get(key)
        if row is not None and row["position"] <= (known := moments.before(one.first)):
            yield f"{one.job.command} {one.job.key} stands at {row['position']}, though {known} was answered before it was asked"


def open_and_stored(contents: Contents, histories: Histories) -> int:
    """How many commands that were left open turn out to be stored."""
    return sum(key in contents.keys for key, _ in histories.having("unknown"))


def doubts(histories: Histories) -> list[Asked]:
    """Commands whose outcome was open at least once and then known."""
    return [one for one in histories.asked.values() if one.doubts and one.outcome != "unknown"]
