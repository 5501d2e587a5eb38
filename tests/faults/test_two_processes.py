"""Two API processes of one service under load on the same few streams."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from contracts.envelope import Event, decode
from kit.command import Command
from kit.commands import Answer
from kit.errors import Refused
from tests.faults.checker import Contents, Row
from tests.faults.conftest import Database
from tests.faults.lending import lending
from tests.faults.load import Give, Script, Told, run_load
from tests.faults.processes import client, over_http, servers
from tests.faults.stores import CountingStore, check_told
from tests.kit.toy import LIMIT_FEN, Account, Limit, PayOut

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
JOBS, CALLERS = 500, 4


class Witness:
    """Notes for each refused payment the span of positions in which it was asked and answered."""

    def __init__(self, store: CountingStore) -> None:
        self._store = store
        self.spans: list[tuple[PayOut, str, int, int]] = []

    def beside(self, give: Give) -> Give:
        async def watched(command: Command, key: str) -> Answer:
            before = (await self._store.head()).position
            try:
                return await give(command, key)
            except Refused as refusal:
                if isinstance(command, PayOut):
                    self.spans.append((command, refusal.code, before, (await self._store.head()).position))
                raise

        return watched


async def test_two_processes_on_hot_streams_lose_nothing_and_refuse_rightly(
    database: Database, store: CountingStore, tmp_path: Path
) -> None:
    """Rulings 1 and 6 of the design: sums stay in their limits, and each refusal was right at some moment between question and answer."""
    script, told, witness = Script(SEED, accounts=4, households=2, spends_fen=900), Told(), Witness(store)
    async with servers(database, tmp_path, 2) as both, AsyncExitStack() as stack:
        over = [over_http(await stack.enter_async_context(client(server, tmp_path))) for server in both]
        await run_load(script.openings(), over[:1], told)
        gives = [witness.beside(over[n % 2]) for n in range(2 * CALLERS)]
        await run_load(script.jobs(JOBS), gives, told, script.random)
    contents = await check_told(database.owner, told)
    assert told.unknown == 0
    assert len(witness.spans) > 10, "nothing was refused"
    check_sums(contents)
    check_refusals(contents, witness)


async def test_money_that_came_through_one_process_can_be_spent_through_the_other(database: Database, tmp_path: Path) -> None:
    """Ruling 6 of the design: B has cached the empty account and refuses; a payment comes through A; B must then pay."""
    script, told = Script(SEED, accounts=1, households=1), Told()
    async with servers(database, tmp_path, 2) as (one, two), client(one, tmp_path) as a, client(two, tmp_path) as b:
        await run_load(script.openings(), [over_http(a)], told)
        account = script.accounts[0]
        for number in range(20):
            with pytest.raises(Refused, match="not_enough"):
                await over_http(b)(PayOut(account_id=account, amount_fen=7), f"too-early-{number}")
            paid_in = await a.post(f"/account/{account}/pay-in", json={"amount_fen": 7}, headers={"Idempotency-Key": f"in-{number}"})
            assert paid_in.status_code == 201
            answer = await over_http(b)(PayOut(account_id=account, amount_fen=7), f"out-{number}")
            assert len(answer.events) == 2


async def test_of_two_payments_above_the_limit_through_two_processes_one_passes(database: Database, tmp_path: Path) -> None:
    """Ruling 1 of the design, with two real processes: the ledger stream that both read decides."""
    script, told = Script(SEED, accounts=2, households=1), Told()
    async with servers(database, tmp_path, 2) as (one, two), client(one, tmp_path) as a, client(two, tmp_path) as b:
        await run_load(script.openings(), [over_http(a)], told)
        gives = [over_http(a), over_http(b)]
        for account in script.accounts:
            body = {"amount_fen": LIMIT_FEN}
            await a.post(f"/account/{account}/pay-in", json=body, headers={"Idempotency-Key": account})
        both = [
            give(PayOut(account_id=account, amount_fen=6_000), f"out-{account}")
            for give, account in zip(gives, script.accounts, strict=True)
        ]
        results = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(result, Answer) for result in results) == 1
    assert [result.code for result in results if isinstance(result, Refused)] == ["above_limit"]


def facts(contents: Contents, stream: str, upto: int) -> list[Event]:
    return [fact_of(row) for row in contents.events if row["stream"] == stream and row["position"] <= upto]


def fact_of(row: Row) -> Event:
    return decode(row["type"], row["schema_version"], row["data"].encode())


def state(contents: Contents, stream: str, upto: int) -> Any:
    return lending.aggregate_of_stream(stream).fold(facts(contents, stream, upto))


def check_sums(contents: Contents) -> None:
    """No account was ever below zero, no household above its limit."""
    for stream in {row["stream"] for row in contents.events}:
        aggregate = lending.aggregate_of_stream(stream)
        now = aggregate.initial()
        for row in contents.events:
            if row["stream"] == stream:
                now = aggregate.evolve(now, fact_of(row))
                assert not isinstance(now, Account) or now.balance_fen >= 0, f"{stream} at {row['position']}"
                assert not isinstance(now, Limit) or now.charged_fen <= LIMIT_FEN, f"{stream} at {row['position']}"


def check_refusals(contents: Contents, witness: Witness) -> None:
    """Each refused payment had a moment in its span at which the rule said so."""
    for command, code, before, after in witness.spans:
        moments = [at for at in range(before, after + 1) if refuses(contents, command, at) == code]
        assert moments, f"{code} for {command} between {before} and {after}"


def refuses(contents: Contents, command: PayOut, at: int) -> str | None:
    """What the rules say to a payment at a position: the toy's own, written down again."""
    account = state(contents, f"account/{command.account_id}", at)
    if account.balance_fen < command.amount_fen:
        return "not_enough"
    limit = state(contents, f"limit/{account.household_id}", at)
    return "above_limit" if limit.charged_fen + command.amount_fen > LIMIT_FEN else None
