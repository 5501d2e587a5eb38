"""The same events in any interleaving across topics give the same rows; wherever a batch is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kit.journal.folding import Batch, Held, row_hash
from kit.journal.sets import ViewSet
from kit.streams.chain import Fact, understood
from tests.kit.journal.toy_views import totals
from tests.kit.streams.toy import CounterAdded, CounterClosed, CounterId, CounterOpened, recorded

SERVICES = ("toy", "other")


@st.composite
def streams(draw: st.DrawFn) -> list[list[Fact]]:
    """Per service and counter, its events in order. Each counter belongs to one service."""
    facts = []
    for service in SERVICES:
        for number in range(draw(st.integers(1, 3))):
            counter = CounterId(f"{service}{number}")
            kinds = draw(st.lists(st.sampled_from(["opened", "added", "closed"]), max_size=6))
            events = [_event(kind, counter) for kind in kinds]
            facts.append([_fact(event, service, counter, place) for place, event in enumerate(events, start=1 + 10 * number)])
    return facts


def _event(kind: str, counter: CounterId) -> Any:
    match kind:
        case "opened":
            return CounterOpened(counter_id=counter)
        case "added":
            return CounterAdded(counter_id=counter, amount=5)
        case _:
            return CounterClosed(counter_id=counter)


def _fact(event: Any, service: str, key: str, position: int) -> Fact:
    one = recorded(event, position, key=key, service=service, partition=0)
    return Fact(one, understood(one))


def merged(draw: st.DataObject, parts: Sequence[Sequence[Fact]]) -> list[Fact]:
    """Any interleaving that keeps the order within each part."""
    queues = [list(part) for part in parts if part]
    order = []
    while queues:
        queue = draw.draw(st.sampled_from(queues))
        order.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return order


def folded(facts: Sequence[Fact], batches: Sequence[int]) -> tuple[dict[str, Any], int]:
    """Rows and digest after folding in batches of these sizes, as the table would keep them."""
    view = totals()
    table: dict[str, Held] = {}
    rest, sizes = list(facts), list(batches) or [1]
    while rest:
        size = sizes.pop(0) if sizes else len(rest)
        part, rest = rest[:size], rest[size:]
        batch = Batch(ViewSet(1, view, "live"))
        steps = [(fact, list(view.key(fact.event))) for fact in part if fact.event is not None]
        for _, keys in steps:
            for key in keys:
                batch.rows.setdefault(key, table.get(key) or Held(None, None, None))
        batch.fold(steps, ())
        assert not batch.failed
        table.update(batch.rows)
    rows = {key: held.now for key, held in table.items() if held.now is not None}
    return rows, sum(row_hash(key, repr(row).encode()) for key, row in rows.items())


@given(streams(), st.data(), st.lists(st.integers(1, 4), max_size=5))
def test_any_interleaving_and_any_cut_gives_the_same_rows(parts: list[list[Fact]], data: st.DataObject, cuts: list[int]) -> None:
    """Ruling 3 of the design: a row has one feeder, so only the order within a key matters, and that is kept."""
    one_by_one = folded([fact for part in parts for fact in part], [])
    assert folded(merged(data, parts), cuts) == one_by_one


@given(st.lists(st.sampled_from(["opened", "added", "closed"]), min_size=1, max_size=8))
def test_the_batch_fold_is_the_views_fold(kinds: list[str]) -> None:
    """The same code live, in a rebuild, for a point in time and in a test."""
    facts = [_fact(_event(kind, CounterId("k")), "toy", "k", position) for position, kind in enumerate(kinds, start=1)]
    in_memory = totals().fold((fact.event, fact.recorded.meta) for fact in facts if fact.event is not None)
    assert folded(facts, [2, 1, 3])[0] == in_memory
