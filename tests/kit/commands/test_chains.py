"""Commands decided on what others under way would leave: whoever rests on something that falls is decided again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from contracts.envelope import Recorded, decode
from kit.clock import SystemClock
from kit.commands import Answer, CommandPath, Keys
from kit.commands.pending import Pending
from kit.commands.writer import GroupWriter
from kit.errors import KeyMisused, NotFound, OutcomeUnknown, Refused
from kit.store import Append, Take, VerdictKind
from kit.store.memory import MemoryStore
from kit.store.model import GroupResult
from kit.testing import policy
from tests.faults.lending import lending
from tests.faults.load import Script, Told, run_load
from tests.faults.stores import giver
from tests.kit.commands.test_path import give, opening, rich
from tests.kit.store.toys import adding
from tests.kit.toy import LIMIT_FEN, ONE, TWO, PayIn, PayOut


class Gated(MemoryStore):
    """Groups wait at a gate while it is closed.  groups: their sizes.  loads: look-ups of streams.

    stored_but_unknown: so many of the next ones.  meanwhile: done between the next group's commit and its answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()
        self.groups: list[int] = []
        self.loads = 0
        self.stored_but_unknown = 0
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        self.groups.append(len(appends))
        self.arrived.set()
        await asyncio.sleep(0)
        await self.gate.wait()
        result = await super().append(appends)
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            await meanwhile()
        if self.stored_but_unknown:
            self.stored_but_unknown -= 1
            raise OutcomeUnknown("cut off")
        return result

    def close(self) -> None:
        """The next group `arrived` and waits until the gate is set."""
        self.gate.clear()
        self.arrived.clear()

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        self.loads += 1
        return await super().load(streams)


def path_over(store: MemoryStore) -> CommandPath:
    packs, calendar = policy()
    return CommandPath(lending, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)


@pytest.fixture
def gated() -> Gated:
    return Gated()


async def at_once(*commands: object) -> list[object]:
    return await asyncio.gather(*commands, return_exceptions=True)  # type: ignore[call-overload,no-any-return]


def versions(store: MemoryStore, stream: str) -> list[int]:
    return [one.meta.version for one in store.log if one.meta.stream == stream]


async def test_commands_of_one_stream_share_a_commit(gated: Gated) -> None:
    path = path_over(gated)
    await give(path, opening())
    await at_once(*(give(path, PayIn(account_id=ONE, amount_fen=1)) for _ in range(20)))
    assert gated.groups == [1, 20]
    assert versions(gated, f"account/{ONE}") == list(range(1, 22))


async def test_an_opening_and_what_follows_it_share_a_commit_without_any_look_up(gated: Gated) -> None:
    path = path_over(gated)
    await at_once(give(path, opening()), give(path, PayIn(account_id=ONE, amount_fen=1)))
    assert (gated.groups, gated.loads) == ([2], 0)


async def test_an_opening_that_guessed_wrong_is_decided_again(gated: Gated) -> None:
    """Another process opened the stream: the refusal is that of what is stored."""
    await give(path_over(gated), opening())
    with pytest.raises(Refused, match="already_exists"):
        await give(path_over(gated), opening())
    assert gated.loads == 1
    assert len(gated.log) == 1


async def test_who_rests_on_a_refused_opening_is_decided_again(gated: Gated) -> None:
    """The claim is held: the payment that was decided on the opening finds no account."""
    path = path_over(gated)
    await give(path, opening(ONE, "ann"))
    refused, unpaid = await at_once(give(path, opening(TWO, "ann")), give(path, PayIn(account_id=TWO, amount_fen=1)))
    assert isinstance(refused, Refused)
    assert refused.code == "claimed"
    assert isinstance(unpaid, NotFound)
    assert gated.groups[1] == 2, "they did not share a group"
    assert len(gated.log) == 1


async def test_a_claim_lost_to_another_process_takes_the_chain_behind_it_down(gated: Gated) -> None:
    """Three payments rest on an opening whose nickname another process takes while the group is on its way."""
    path = path_over(gated)
    gated.close()
    payments = [give(path, PayIn(account_id=TWO, amount_fen=1)) for _ in range(3)]
    chain = asyncio.create_task(at_once(give(path, opening(TWO, "ann")), *payments))
    await gated.arrived.wait()
    assert gated.groups == [4]
    await MemoryStore.append(gated, [adding("account/somebody", 0, index=[("account/somebody", Take("nickname", "ann"))])])
    gated.gate.set()
    refused, *unpaid = await chain
    assert isinstance(refused, Refused)
    assert refused.params["holder"] == "account/somebody"
    assert [type(one) for one in unpaid] == [NotFound] * 3
    assert len(gated.log) == 1


async def test_a_repeated_key_inside_a_chain_is_applied_once(gated: Gated) -> None:
    """The repeat gets the first answer, and who stands behind it is stored once."""
    path = path_over(gated)
    await give(path, opening())
    pay = PayIn(account_id=ONE, amount_fen=5)
    answers = await at_once(give(path, pay, key="k"), give(path, pay, key="k"), give(path, pay, key="other"), give(path, pay, key="k"))
    assert [isinstance(one, Answer) for one in answers] == [True] * 4
    first, second, other, third = (one for one in answers if isinstance(one, Answer))
    assert first.events == second.events == third.events
    assert [one.repeated for one in (first, second, other, third)] == [False, True, False, True]
    assert versions(gated, f"account/{ONE}") == [1, 2, 3]


async def test_a_refusal_decided_on_what_never_came_about_does_not_count(gated: Gated) -> None:
    """Over two streams: the first payment would exhaust the household's limit, but its key is misused; so the second one passes."""
    path = path_over(gated)
    await rich(path, ONE, TWO)
    await give(path, PayIn(account_id=ONE, amount_fen=1), key="used")
    groups = len(gated.groups)
    misused, paid = await at_once(
        give(path, PayOut(account_id=ONE, amount_fen=6_000), key="used"), give(path, PayOut(account_id=TWO, amount_fen=6_000))
    )
    assert isinstance(misused, KeyMisused)
    assert isinstance(paid, Answer)
    assert gated.groups[groups] == 2, "the refusal did not stand in the chain"


async def test_a_chain_over_two_streams_keeps_a_limit_over_both(gated: Gated) -> None:
    """The second payment out of another account is refused for the limit that the first is about to exhaust, in one commit."""
    path = path_over(gated)
    await rich(path, ONE, TWO)
    await give(path, PayOut(account_id=ONE, amount_fen=1))
    groups = len(gated.groups)
    paid, refused = await at_once(
        give(path, PayOut(account_id=ONE, amount_fen=6_000)), give(path, PayOut(account_id=TWO, amount_fen=6_000))
    )
    assert isinstance(paid, Answer)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.params["left_fen"]) == ("above_limit", LIMIT_FEN - 6_001)
    assert gated.groups[groups:] == [2]


async def test_who_rests_on_an_unknown_outcome_is_decided_on_what_is_stored(gated: Gated) -> None:
    """The group was stored though nobody was told: what waited behind it neither doubles nor overlooks it."""
    path = path_over(gated)
    await give(path, opening())
    gated.close()
    gated.stored_but_unknown = 1
    first = asyncio.create_task(at_once(give(path, PayIn(account_id=ONE, amount_fen=100), key="k")))
    await gated.arrived.wait()
    second = asyncio.create_task(at_once(give(path, PayOut(account_id=ONE, amount_fen=100))))
    await asyncio.sleep(0)
    gated.gate.set()
    (unknown,), (paid,) = await first, await second
    assert isinstance(unknown, OutcomeUnknown)
    assert isinstance(paid, Answer)
    assert (await give(path, PayIn(account_id=ONE, amount_fen=100), key="k")).repeated
    assert versions(gated, f"account/{ONE}") == [1, 2, 3]


async def test_who_rests_on_a_caller_that_gave_up_is_decided_again(gated: Gated) -> None:
    """The first waits for its group and is cancelled; the second was decided on its money."""
    path = path_over(gated)
    await give(path, opening())
    gated.close()
    sent = asyncio.create_task(at_once(give(path, opening(TWO, "bob"))))
    await gated.arrived.wait()
    money = asyncio.create_task(give(path, PayIn(account_id=ONE, amount_fen=100)))
    await asyncio.sleep(0)
    spent = asyncio.create_task(at_once(give(path, PayOut(account_id=ONE, amount_fen=100))))
    await asyncio.sleep(0)
    money.cancel()
    gated.gate.set()
    await sent
    (refused,) = await spent
    assert isinstance(refused, Refused)
    assert refused.code == "not_enough"
    assert versions(gated, f"account/{ONE}") == [1]


async def nothing(_result: GroupResult) -> None:
    """Nobody listens."""


async def test_what_fits_by_its_version_alone_is_not_stored() -> None:
    """B was decided on A, which is refused; C then writes that version: B would fit again, though the state it was decided on never was."""
    store, key = MemoryStore(), "0" * 32
    await store.append([adding("counter/x", 0, index=[("counter/x", Take("home", "p"))])])
    writer = GroupWriter(store, nothing)
    a = writer.send(adding("counter/s", 0, index=[("counter/s", Take("home", "p"))]))
    x = writer.send(adding("counter/y", 0, key=key))
    b = writer.send(adding("counter/s", 1, key=key), after=(a,))  # in the next group, because of its key
    c = writer.send(adding("counter/s", 0))
    kinds = [(await one.verdict).kind for one in (a, x, b, c)]
    assert kinds == [VerdictKind.CLAIMED, VerdictKind.OK, VerdictKind.STALE, VerdictKind.OK]
    assert versions(store, "counter/s") == [1]


async def test_nor_is_what_was_decided_on_somebody_who_gave_up() -> None:
    store = MemoryStore()
    writer = GroupWriter(store, nothing)
    a = writer.send(adding("counter/s", 0))
    c = writer.send(adding("counter/s", 0))
    b = writer.send(adding("counter/s", 1), after=(a,))
    a.verdict.cancel()
    assert [(await one.verdict).kind for one in (c, b)] == [VerdictKind.OK, VerdictKind.STALE]


async def test_nor_is_a_command_that_saw_an_opening_that_failed_though_another_process_opened_the_stream(gated: Gated) -> None:
    """The payment is put down to the household of the account that is there, not of the one that it was decided on."""
    path, other = path_over(gated), path_over(gated)
    await give(path, opening(ONE, "ann"))

    async def elsewhere() -> None:
        await give(other, opening(TWO, "bob").model_copy(update={"household_id": ONE}))

    gated.meanwhile = elsewhere
    claimed, poor, paid = await at_once(
        give(path, opening(TWO, "ann")),
        give(path, PayOut(account_id=ONE, amount_fen=1), key="k"),  # refused, so nobody has the key
        give(path, PayIn(account_id=TWO, amount_fen=1), key="k"),  # in the next group, because of its key
    )
    assert [getattr(one, "code", None) for one in (claimed, poor)] == ["claimed", "not_enough"]
    assert isinstance(paid, Answer)
    assert [one.meta.key for one in gated.log if one.meta.stream == f"account/{TWO}"] == [ONE, ONE]


async def test_settled_appends_hold_nothing_of_those_before_them() -> None:
    """Else the newest state of a busy stream would keep all its history in memory."""
    settled: list[Pending] = []
    path = path_over(MemoryStore())
    told = path._writer._settled

    def noted(pending: Pending) -> None:
        told(pending)
        settled.append(pending)

    path._writer._settled = noted
    await give(path, opening())
    await at_once(*(give(path, PayIn(account_id=ONE, amount_fen=1)) for _ in range(9)))
    assert len(settled) == 10
    assert all(not one.after and not one.leaves for one in settled)


class Troubled(Gated):
    """Now and then a group's outcome is unknown, stored or not."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        chance = self._dice.random()
        if chance < 0.05:
            await asyncio.sleep(0)
            raise OutcomeUnknown("cut off before")
        self.stored_but_unknown = int(chance < 0.1)
        return await super().append(appends)


@pytest.mark.parametrize("seed", range(6))
async def test_random_commands_of_two_processes_in_trouble_break_no_rule(seed: int) -> None:
    """Replayed one by one, every payment out was covered and within its limit; what was told is what is stored."""
    script, told = Script(seed, accounts=4, households=2, spends_fen=900), Told()
    store = Troubled(random.Random(seed))
    paths = [path_over(store), path_over(store)]
    gives = [giver(path) for path in paths]
    await run_load(script.openings(), gives[:1], told)
    await run_load(script.jobs(500), gives * 12, told, repeat=random.Random(seed))
    states: dict[str, Any] = {}
    for one in store.log:
        aggregate = lending.aggregate_of_stream(one.meta.stream)
        state = aggregate.evolve(states.get(one.meta.stream, aggregate.initial()), decode(one.meta.type, one.meta.schema_version, one.data))
        states[one.meta.stream] = state
        assert getattr(state, "balance_fen", 0) >= 0
        assert getattr(state, "charged_fen", 0) <= LIMIT_FEN
        assert one.meta.version == len([e for e in store.log[: one.meta.position] if e.meta.stream == one.meta.stream])
    positions = sorted(event.position for answer in told.acknowledged.values() for event in answer.events)
    assert positions == list(range(1, len(store.log) + 1))
    assert told.unknown > 0
    assert max(store.groups) > 5
