"""The way of a command, over the store in memory and the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.envelope import Event
from contracts.ids import AreaCode, PersonId
from kit.command import Context
from kit.commands import Answer, Cause, CommandPath
from kit.errors import KeyMisused, NotFound, Refused, VersionMismatch
from kit.identity import Actor, Forbidden, Role, system_actor
from kit.store import EventStore
from tests.kit.toy import HOME, ONE, TWO, Account, Approve, End, Open, PaidIn, PayIn, PayOut, open_account

WORKER = Actor("worker-1", frozenset({Role.CASEWORKER, Role.APPROVER}), "440308")
ELSEWHERE = Actor("worker-2", frozenset({Role.CASEWORKER}), "440308004")
STREET = AreaCode("440308003")
NewPath = Callable[[EventStore], CommandPath]


def opening(account: PersonId = ONE, nickname: str = "ann") -> Open:
    return Open(account_id=account, household_id=HOME, area=STREET, nickname=AreaCode(nickname))


async def give(path: CommandPath, command: object, **more: object) -> Answer:
    return await path.execute(command, more.pop("actor", WORKER), str(more.pop("key", uuid4())), **more)  # type: ignore[arg-type]


async def rich(path: CommandPath, *accounts: PersonId) -> None:
    """Accounts of one household with enough money in each."""
    for number, account in enumerate(accounts):
        await give(path, opening(account, f"nick{number}"))
        await give(path, PayIn(account_id=account, amount_fen=20_000))


async def test_an_answer_names_stream_version_events_and_token(path: CommandPath) -> None:
    answer = await give(path, opening())
    assert (answer.stream, answer.version, answer.repeated) == (f"account/{ONE}", 1, False)
    assert [(e.type, e.version, e.position) for e in answer.events] == [("toy.account.opened", 1, 1)]
    assert answer.token.endswith(":1")


async def test_events_for_two_streams_come_in_one_append_with_their_keys(path: CommandPath, store: EventStore) -> None:
    """Ruling 1 of the design; the Kafka key is the household's where there is one."""
    await rich(path, ONE)
    answer = await give(path, PayOut(account_id=ONE, amount_fen=4_000))
    assert [e.stream for e in answer.events] == [f"account/{ONE}", f"limit/{HOME}"]
    last = (await store.read(0, 100))[-2:]
    assert last[0].meta.recorded_at == last[1].meta.recorded_at
    assert last[0].meta.key == HOME
    assert last[0].meta.command == "account/pay-out"
    assert last[0].meta.correlation_id == last[0].meta.id


async def test_all_events_that_open_a_stream_have_its_key(path: CommandPath, store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Kafka key is fixed by the first; the second does not say it."""
    by_model: dict[Any, Any] = path.service.by_model
    aggregate, spec = by_model[Open]

    def with_a_gift(command: Open, state: Account, context: Context) -> list[Event]:
        return [*open_account(command, state, context), PaidIn(account_id=command.account_id, amount_fen=1)]

    monkeypatch.setitem(by_model, Open, (aggregate, replace(spec, decide=with_a_gift)))
    await give(path, opening())
    await give(path, PayIn(account_id=ONE, amount_fen=2))
    assert [event.meta.key for event in await store.read(0, 100)] == [HOME] * 3


async def test_two_payments_whose_sum_is_above_the_limit_at_once_one_passes(store: EventStore, new_path: NewPath) -> None:
    """Ruling 1 of the design: the version of the ledger that both read is checked, whichever process they run in."""
    one, two = new_path(store), new_path(store)
    await rich(one, ONE, TWO)
    results = await asyncio.gather(
        give(one, PayOut(account_id=ONE, amount_fen=6_000)), give(two, PayOut(account_id=TWO, amount_fen=6_000)), return_exceptions=True
    )
    refused = [r for r in results if isinstance(r, Refused)]
    assert [r.code for r in refused] == ["above_limit"]
    assert sum(isinstance(r, Answer) for r in results) == 1


async def test_a_refusal_from_a_stale_cache_is_decided_again(store: EventStore, new_path: NewPath) -> None:
    """Ruling 6 of the design: B cached an empty account; money came through A; B must not refuse for ever."""
    a, b = new_path(store), new_path(store)
    await give(a, opening())
    with pytest.raises(Refused, match="not_enough"):
        await give(b, PayOut(account_id=ONE, amount_fen=100))
    await give(a, PayIn(account_id=ONE, amount_fen=100))
    answer = await give(b, PayOut(account_id=ONE, amount_fen=100))
    assert len(answer.events) == 2


async def test_the_same_key_and_body_get_the_first_answer_again(store: EventStore, new_path: NewPath) -> None:
    """A command is applied once, also over a restart (a new path knows nothing of the first)."""
    first = await give(new_path(store), opening(), key="k")
    again = await give(new_path(store), opening(), key="k")
    assert again.repeated
    assert (again.events, again.token, again.version) == (first.events, first.token, first.version)
    assert (await store.head()).position == 1


async def test_the_same_key_with_another_body_is_refused(path: CommandPath) -> None:
    await give(path, opening(), key="k")
    with pytest.raises(KeyMisused):
        await give(path, opening(TWO, "bob"), key="k")


async def test_a_key_belongs_to_its_actor(path: CommandPath) -> None:
    """Ruling 17 of the design: the scope of a key is actor and key."""
    await give(path, opening(), key="k")
    other = Actor("worker-9", WORKER.roles, WORKER.area)
    assert not (await give(path, PayIn(account_id=ONE, amount_fen=5), key="k", actor=other)).repeated


@pytest.mark.parametrize(
    ("key", "if_match", "expected"),
    [("used", 99, "first answer"), ("new", 99, VersionMismatch), ("new", 2, Refused)],
)
async def test_key_then_version_then_decision(path: CommandPath, key: str, if_match: int, expected: object) -> None:
    """Ruling 17 of the design, as a table."""
    await give(path, opening())
    await give(path, PayIn(account_id=ONE, amount_fen=5), key="used", if_match=1)
    command = PayIn(account_id=ONE, amount_fen=5) if key == "used" else PayOut(account_id=ONE, amount_fen=500)
    if isinstance(expected, str):
        assert (await give(path, command, key=key, if_match=if_match)).repeated
    else:
        with pytest.raises(expected):  # type: ignore[call-overload]
            await give(path, command, key=key, if_match=if_match)


async def test_only_answers_that_stored_events_are_kept(path: CommandPath) -> None:
    """Ruling 17 of the design: a refused command may be repeated under its key and then pass."""
    await give(path, opening())
    with pytest.raises(Refused):
        await give(path, PayOut(account_id=ONE, amount_fen=100), key="later")
    await give(path, PayIn(account_id=ONE, amount_fen=100))
    assert not (await give(path, PayOut(account_id=ONE, amount_fen=100), key="later")).repeated


async def test_a_claim_names_its_holder(path: CommandPath) -> None:
    await give(path, opening())
    with pytest.raises(Refused) as refusal:
        await give(path, opening(TWO))
    assert refusal.value.code == "claimed"
    assert refusal.value.params == {"kind": "nickname", "key": "ann", "holder": f"account/{ONE}"}


async def test_unknown_existing_and_wrong_area_are_told_apart(path: CommandPath) -> None:
    with pytest.raises(NotFound):
        await give(path, PayIn(account_id=ONE, amount_fen=1))
    await give(path, opening())
    with pytest.raises(Refused, match="already_exists"):
        await give(path, opening())
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, PayIn(account_id=ONE, amount_fen=1), actor=ELSEWHERE)
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, opening(TWO, "bob"), actor=ELSEWHERE)
    with pytest.raises(Forbidden, match="role_not_allowed"):
        await give(path, Approve(account_id=ONE), actor=ELSEWHERE, if_match=1)


async def test_business_time_is_supplied_and_never_in_the_future(path: CommandPath, store: EventStore) -> None:
    past = datetime(2022, 3, 1, 4, tzinfo=UTC)
    await give(path, opening().model_copy(update={"occurred_at": past}))
    assert (await store.read(0, 1))[0].meta.occurred_at == past
    assert (await store.read(0, 1))[0].meta.pack_id is not None
    with pytest.raises(Refused, match="in_the_future"):
        await give(path, PayIn(account_id=ONE, amount_fen=1, occurred_at=datetime.now(UTC) + timedelta(hours=1)))


async def test_a_reaction_s_command_compares_no_body_and_keeps_its_cause(path: CommandPath, store: EventStore) -> None:
    """Ruling 13 of the design: the first answer wins. Ruling 18 of the design: recorded no earlier than its cause."""
    await give(path, opening())
    ahead = datetime.now(UTC) + timedelta(seconds=30)
    cause = Cause(str(uuid4()), "correlation", ahead, hops=2)
    actor = system_actor("gone")
    first = await path.execute(End(account_id=ONE), actor, "k", cause=cause)
    again = await path.execute(End(account_id=ONE, occurred_at=datetime.now(UTC)), actor, "k", cause=cause)
    assert again.repeated
    assert again.events == first.events
    meta = (await store.read(1, 1))[0].meta
    assert (meta.causation_id, meta.correlation_id, meta.hops, meta.actor) == (cause.event_id, "correlation", 3, "system.gone")
    assert meta.recorded_at >= ahead - timedelta(milliseconds=1)


async def test_many_callers_on_one_stream_all_get_through_in_order(path: CommandPath, store: EventStore) -> None:
    await give(path, opening())
    await asyncio.gather(*(give(path, PayIn(account_id=ONE, amount_fen=1)) for _ in range(60)))
    versions = [e.meta.version for e in await store.read(0, 1_000)]
    assert versions == list(range(1, 62))


async def test_two_processes_on_one_stream_lose_nothing(store: EventStore, new_path: NewPath) -> None:
    a, b = new_path(store), new_path(store)
    await give(a, opening())
    await asyncio.gather(*(give(p, PayIn(account_id=ONE, amount_fen=1)) for p in (a, b) * 10))
    assert [e.meta.version for e in await store.read(0, 1_000)] == list(range(1, 22))
