"""The suite that the store in memory and the one on PostgreSQL both pass."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from kit.store import Append, EventStore, Link, Read, Release, ReleaseAll, SetTimer, Take, Unlink, VerdictKind
from tests.kit.store.toys import NOON, adding, key, new_event

OK, REPEAT, MISUSED, STALE, CLAIMED = (
    VerdictKind.OK,
    VerdictKind.REPEAT,
    VerdictKind.MISUSED,
    VerdictKind.STALE,
    VerdictKind.CLAIMED,
)


async def verdict(store: EventStore, append: Append) -> VerdictKind:
    return (await store.append([append])).verdicts[0].kind


async def test_events_are_read_back_in_commit_order_with_dense_positions(store: EventStore) -> None:
    """Position order is commit order and has no holes."""
    await store.append([adding("counter/a", 0, 2), adding("counter/b", 0)])
    await store.append([adding("counter/a", 2)])
    events = await store.read(0, 100)
    assert [e.meta.position for e in events] == [1, 2, 3, 4]
    assert [(e.meta.stream, e.meta.version) for e in events] == [
        ("counter/a", 1),
        ("counter/a", 2),
        ("counter/b", 1),
        ("counter/a", 3),
    ]
    assert [e.meta.position for e in await store.read(2, 1)] == [3]
    assert events[0].meta.actor == "worker-1"
    assert events[0].meta.occurred_at == NOON
    assert events[0].meta.source == "/minsheng/test/toy"


async def test_a_moved_head_makes_an_append_stale(store: EventStore) -> None:
    assert await verdict(store, adding("counter/a", 0)) is OK
    assert await verdict(store, adding("counter/a", 0)) is STALE
    assert len((await store.load(["counter/a"]))["counter/a"]) == 1


async def test_a_stream_that_was_only_read_is_checked_too(store: EventStore) -> None:
    """Ruling 1 of the design: every stream a decision read, whether or not it is written."""
    await store.append([adding("counter/limit", 0)])
    assert await verdict(store, adding("counter/a", 0, reads=[Read("counter/limit", 0)])) is STALE
    assert await verdict(store, adding("counter/a", 0, reads=[Read("counter/limit", 1)])) is OK


async def test_events_for_several_streams_share_one_append(store: EventStore) -> None:
    both = Append(reads=[Read("counter/a", 0), Read("counter/b", 0)], events=[new_event("counter/a", 1), new_event("counter/b", 1)])
    assert await verdict(store, both) is OK
    loaded = await store.load(["counter/a", "counter/b", "counter/none"])
    assert {stream: len(events) for stream, events in loaded.items()} == {"counter/a": 1, "counter/b": 1, "counter/none": 0}


async def test_each_caller_of_a_group_gets_a_verdict_of_its_own(store: EventStore) -> None:
    await store.append([adding("counter/b", 0)])
    result = await store.append([adding("counter/a", 0), adding("counter/b", 0), adding("counter/c", 0)])
    assert [v.kind for v in result.verdicts] == [OK, STALE, OK]
    assert [v.position for v in result.verdicts] == [2, 0, 3]


async def test_the_same_key_and_body_is_a_repeat_and_finds_the_first_answer(store: EventStore) -> None:
    k, body = key(), key()
    await store.append([adding("counter/a", 0, 2, key=k, body=body)])
    result = await store.append([adding("counter/a", 2, key=k, body=body)])
    assert (result.verdicts[0].kind, result.verdicts[0].position, result.verdicts[0].count) == (REPEAT, 1, 2)
    answer = await store.answer(k)
    assert answer is not None
    assert answer[0] == body
    assert [e.meta.position for e in answer[1]] == [1, 2]
    assert await store.answer(key()) is None


async def test_the_same_key_with_another_body_is_refused(store: EventStore) -> None:
    k = key()
    await store.append([adding("counter/a", 0, key=k, body=key())])
    assert await verdict(store, adding("counter/a", 1, key=k, body=key())) is MISUSED


async def test_without_a_body_the_first_answer_wins(store: EventStore) -> None:
    """Ruling 13 of the design: keys of reactions and timers compare no body."""
    k = key()
    await store.append([adding("counter/a", 0, key=k, body=None)])
    assert await verdict(store, adding("counter/a", 1, key=k, body=key())) is REPEAT


async def test_a_key_comes_before_a_stale_version(store: EventStore) -> None:
    """Ruling 17 of the design: key, then version."""
    k = key()
    await store.append([adding("counter/a", 0, key=k, body=k)])
    assert await verdict(store, adding("counter/a", 0, key=k, body=k)) is REPEAT


async def test_an_append_without_events_only_confirms_what_was_read(store: EventStore) -> None:
    await store.append([adding("counter/a", 0)])
    k = key()
    assert await verdict(store, Append(reads=[Read("counter/a", 1)], key=k)) is OK
    assert await verdict(store, Append(reads=[Read("counter/a", 0)], key=k)) is STALE
    assert await store.answer(k) is None
    assert (await store.head()).position == 1


async def test_a_claim_has_one_holder_until_it_is_released(store: EventStore) -> None:
    take, release = Take("home", "person-1"), Release("home", "person-1")
    assert await verdict(store, adding("counter/a", 0, index=[("counter/a", take)])) is OK
    assert await verdict(store, adding("counter/b", 0, index=[("counter/b", take)])) is CLAIMED
    assert await store.holder("home", "person-1") == "counter/a"
    assert await verdict(store, adding("counter/b", 0, index=[("counter/b", release)])) is CLAIMED
    assert await verdict(store, adding("counter/a", 1, index=[("counter/a", release)])) is OK
    assert await verdict(store, adding("counter/b", 0, index=[("counter/b", take)])) is OK


async def test_a_stream_that_ends_gives_back_all_it_held(store: EventStore) -> None:
    """Ruling 27 of the design."""
    held = [("counter/a", Take("home", "p1")), ("counter/a", Link("person/p1")), ("counter/a", SetTimer("answer", NOON))]
    await store.append([adding("counter/a", 0, index=held)])
    await store.append([adding("counter/a", 1, index=[("counter/a", ReleaseAll())])])
    assert await store.holder("home", "p1") is None
    assert await store.subjects("person/p1") == []
    assert await store.due(NOON + timedelta(days=1), 10) == []


async def test_subjects_name_the_streams_that_concern_them(store: EventStore) -> None:
    await store.append([adding("counter/b", 0, index=[("counter/b", Link("person/p"))])])
    await store.append([adding("counter/a", 0, index=[("counter/a", Link("person/p"))])])
    assert await store.subjects("person/p") == ["counter/b", "counter/a"]
    await store.append([adding("counter/b", 1, index=[("counter/b", Unlink("person/p"))])])
    assert await store.subjects("person/p") == ["counter/a"]


async def test_timers_are_set_moved_and_cancelled_by_appends(store: EventStore) -> None:
    later = NOON + timedelta(days=2)
    await store.append([adding("counter/a", 0, index=[("counter/a", SetTimer("answer", NOON))])])
    assert await store.due(NOON, 10) == [("counter/a", "answer", NOON)]
    await store.append([adding("counter/a", 1, index=[("counter/a", SetTimer("answer", later))])])
    assert await store.due(NOON, 10) == []
    await store.append([adding("counter/a", 2, index=[("counter/a", SetTimer("answer", None))])])
    assert await store.due(later, 10) == []


async def test_recorded_at_never_goes_back_and_is_not_before_the_cause(store: EventStore) -> None:
    """Ruling 18 of the design."""
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    await store.append([adding("counter/a", 0, floor=ahead)])
    await store.append([adding("counter/a", 1)])
    times = [e.meta.recorded_at for e in await store.read(0, 10)]
    assert times[0] >= ahead - timedelta(milliseconds=1)
    assert times == sorted(times)
    assert (await store.head()).recorded_at == times[-1]


async def test_of_many_writers_at_one_version_exactly_one_wins(store: EventStore) -> None:
    results = await asyncio.gather(*(store.append([adding("counter/a", 0)]) for _ in range(8)))
    kinds = [r.verdicts[0].kind for r in results]
    assert kinds.count(OK) == 1
    assert kinds.count(STALE) == 7


async def test_changes_announce_new_positions(store: EventStore) -> None:
    changes = store.changes()
    seen = await anext(changes)
    await store.append([adding("counter/a", 0)])
    async with asyncio.timeout(5):
        while seen < 1:
            seen = await anext(changes)
    await changes.aclose()  # type: ignore[attr-defined]


async def test_imports_take_turns(store: EventStore) -> None:
    """Ruling 16 of the design: bulk queues on a lock of its own."""
    turns: list[str] = []

    async def take(name: str, inside: asyncio.Event, leave: asyncio.Event) -> None:
        async with store.bulk_turn():
            turns.append(name)
            inside.set()
            await leave.wait()

    first, second = (asyncio.Event(), asyncio.Event()), (asyncio.Event(), asyncio.Event())
    tasks = [asyncio.create_task(take("first", *first))]
    await first[0].wait()
    tasks.append(asyncio.create_task(take("second", *second)))
    assert await verdict(store, adding("counter/a", 0)) is OK  # a single append does not wait
    assert turns == ["first"]
    first[1].set()
    await asyncio.wait_for(second[0].wait(), 10)
    second[1].set()
    await asyncio.gather(*tasks)
    assert turns == ["first", "second"]


async def test_appends_of_one_stream_form_a_chain_in_a_group(store: EventStore) -> None:
    """Each sees the stream as the one before it leaves it; one without events is confirmed on it, too."""
    result = await store.append([adding("counter/a", 0, 2), adding("counter/a", 2), Append(reads=[Read("counter/a", 3)])])
    assert [v.kind for v in result.verdicts] == [OK, OK, OK]
    assert [v.position for v in result.verdicts] == [1, 3, 0]
    assert [e.meta.version for e in (await store.load(["counter/a"]))["counter/a"]] == [1, 2, 3]


async def test_who_stands_behind_a_refused_append_in_a_chain_falls_with_it(store: EventStore) -> None:
    """Whatever the reason, and also over a second stream; whoever rests on nobody that fell is stored."""
    known = key()
    await store.append([adding("counter/x", 0, index=[("counter/x", Take("home", "p"))], key=known, body=key())])
    result = await store.append(
        [
            adding("counter/a", 0, index=[("counter/a", Take("home", "p"))]),
            adding("counter/a", 1),
            adding("counter/b", 0, reads=[Read("counter/a", 2)]),
            Append(reads=[Read("counter/b", 1)]),
            adding("counter/c", 0, key=known, body=key()),
            adding("counter/c", 1),
            adding("counter/d", 7),
            adding("counter/d", 8),
            adding("counter/e", 0),
            adding("counter/e", 1),
        ]
    )
    assert [v.kind for v in result.verdicts] == [CLAIMED, STALE, STALE, STALE, MISUSED, STALE, STALE, STALE, OK, OK]
    assert [(e.meta.stream, e.meta.version, e.meta.position) for e in await store.read(1, 10)] == [
        ("counter/e", 1, 2),
        ("counter/e", 2, 3),
    ]


async def test_a_repeated_chain_is_known_by_its_keys(store: EventStore) -> None:
    """As after a lost connection: each gets its first answer, though none of them fits any more."""
    chain = [adding("counter/a", n, key=key(), body=key()) for n in range(3)]
    first = await store.append(chain)
    again = await store.append(chain)
    assert {v.kind for v in again.verdicts} == {REPEAT}
    assert [(v.position, v.count) for v in again.verdicts] == [(v.position, v.count) for v in first.verdicts]


async def test_who_read_another_version_than_his_predecessor_leaves_is_stale(store: EventStore) -> None:
    """Whether that one is accepted or not; also who only reads."""
    first = await store.append(
        [adding("counter/a", 0), adding("counter/a", 0), Append(reads=[Read("counter/a", 0)]), adding("counter/a", 2)]
    )
    assert [v.kind for v in first.verdicts] == [OK, STALE, STALE, STALE]
    second = await store.append([adding("counter/b", 7), adding("counter/b", 0), Append(reads=[Read("counter/b", 0)])])
    assert [v.kind for v in second.verdicts] == [STALE, STALE, STALE]
