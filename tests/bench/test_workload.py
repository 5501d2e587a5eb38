"""The workload has the distributions that its page names, and is the same each time."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from statistics import mean, quantiles

import pytest

from bench import workload
from bench.case import past_event
from bench.workload import Op, history, load, openings
from contracts.envelope import encode


@pytest.fixture(scope="module")
def opened() -> list[Op]:
    return openings(10_000)


@pytest.fixture(scope="module")
def ops(opened: list[Op]) -> list[Op]:
    return list(load(15_000, opened))


def share(count: int, of: int) -> float:
    return 100 * count / of


def test_the_mix_of_commands_is_as_named(ops: list[Op]) -> None:
    """Open 20 %, note 35 %, pay 25 %, refer 10 %, close 10 %, of the commands that are not repeats or stale."""
    fresh = [op for op in ops if op.fate == "fresh"]
    kinds = Counter(op.kind for op in fresh)
    assert workload.MIX == {"open": 0.20, "note": 0.35, "pay": 0.25, "refer": 0.10, "close": 0.10}
    for kind, wanted in workload.MIX.items():
        assert share(kinds[kind], len(fresh)) == pytest.approx(100 * wanted, abs=1.5), kind


def test_one_command_in_fifty_is_stale_and_one_in_a_hundred_repeats(ops: list[Op]) -> None:
    fates = Counter(op.fate for op in ops)
    assert share(fates["stale"], len(ops)) == pytest.approx(2, abs=0.4)
    assert share(fates["repeat"], len(ops)) == pytest.approx(1, abs=0.4)


def test_a_repeat_is_an_earlier_command_again(ops: list[Op]) -> None:
    known: dict[str, Op] = {}
    for op in ops:
        if op.fate == "repeat":
            first = known[op.key]
            assert (op.kind, op.case, op.details, op.amount_fen) == (first.kind, first.case, first.details, first.amount_fen)
        else:
            assert op.key not in known
            known[op.key] = op


def test_most_commands_have_one_event_and_few_have_twenty(ops: list[Op]) -> None:
    sizes = Counter(len(op.details) for op in ops)
    assert share(sizes[1], len(ops)) == pytest.approx(80, abs=1)
    assert share(sizes[20], len(ops)) == pytest.approx(2, abs=0.4)
    assert set(sizes) == {1, 2, 3, 4, 20}


def test_updates_pick_ranks_by_zipf(opened: list[Op], ops: list[Op]) -> None:
    """The hottest rank has its share 1 / sum(rank ** -1.1); a case that closes leaves its rank to another, so cases are counted in a row."""
    updates = [op for op in ops if op.kind != "open"]
    weights = [rank**-workload.ZIPF for rank in range(1, len(opened) + 1)]
    ten = share(sum(weights[:10]), sum(weights))
    hot = Counter(op.case for op in updates[:400])
    assert share(sum(count for _, count in hot.most_common(40)), 400) > ten - 10


def test_no_stream_of_the_load_is_longer_than_its_cap(ops: list[Op]) -> None:
    lengths: dict[str, int] = defaultdict(lambda: 1)
    for op in ops:
        if op.fate == "fresh":
            lengths[op.case] += len(op.details)
    assert max(lengths.values()) <= workload.LONGEST + 20


def test_past_streams_are_geometric_with_mean_ten() -> None:
    """Mean 10; one in ten has one event; the median is 7."""
    lengths = Counter(event.case for event in history(5_000))
    assert mean(lengths.values()) == pytest.approx(10, abs=0.5)
    assert share(sum(length == 1 for length in lengths.values()), len(lengths)) == pytest.approx(10, abs=1.5)
    assert sorted(lengths.values())[len(lengths) // 2] in {6, 7, 8}
    assert max(lengths.values()) <= workload.LONGEST


def test_past_streams_begin_with_opening_and_count_from_one() -> None:
    versions: dict[str, int] = defaultdict(int)
    for event in history(2_000):
        versions[event.case] += 1
        assert event.version == versions[event.case]
        assert (event.kind == "open") == (event.version == 1)


def test_an_events_json_is_about_300_bytes_and_900_at_p95() -> None:
    sizes = [len(encode(past_event(event))) for event in islice(history(2_000), 10_000)]
    assert mean(sizes) == pytest.approx(300, rel=0.1)
    assert quantiles(sizes, n=100)[94] == pytest.approx(900, rel=0.12)


def test_cases_lie_in_forty_thousand_households() -> None:
    """20,000 cases fall into 40,000 * (1 - exp(-1/2)) of them."""
    homes = {op.household for op in openings(20_000)}
    assert len(homes) == pytest.approx(15_739, rel=0.02)
    assert max(homes) < workload.household_id(workload.HOUSEHOLDS)


def test_the_same_seed_gives_the_same_commands(opened: list[Op], ops: list[Op]) -> None:
    assert list(islice(load(15_000, opened), 500)) == ops[:500]
    assert list(islice(load(15_000, opened, seed=8), 500)) != ops[:500]


def test_a_file_of_commands_reads_back_as_it_was(tmp_path: Path, opened: list[Op], ops: list[Op]) -> None:
    workload.write_load(tmp_path / "load", opened[:50], ops[:200])
    assert workload.read_load(tmp_path / "load") == (opened[:50], ops[:200])
