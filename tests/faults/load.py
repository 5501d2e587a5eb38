"""Load on a command path: callers that never give up a command, but repeat it with its key until they know what became of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from contracts.ids import AreaCode, HouseholdId, LotId, PersonId
from kit.command import Command
from kit.commands import Answer
from kit.errors import OutcomeUnknown, Refused, Retry
from kit.identity import Actor, Role
from tests.faults.lending import EndLoan, Extend, Lend, PassOn, Swap
from tests.kit.toy import Open, PayIn, PayOut

Give = Callable[[Command, str], Awaitable[Answer]]
CALLER = Actor("worker-1", frozenset({Role.CASEWORKER, Role.APPROVER}), "440308")
PATIENCE_SECONDS = 90.0
STREET = AreaCode("440308003")


@dataclass(frozen=True)
class Job:
    """A command and its idempotency key."""

    command: Command
    key: str


@dataclass
class Told:
    """What the callers were told, by key. unknown: answers that left the outcome open."""

    acknowledged: dict[str, Answer] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: int = 0
    under_way: int = 0

    @property
    def settled(self) -> int:
        return len(self.acknowledged) + len(self.refused)


class Script:
    """Random commands on few streams, the same for the same seed: payments into and out of accounts under limits, loans with claims.

    spends_fen: the largest payment out; the largest payment in is 300.
    """

    def __init__(self, seed: int, accounts: int = 8, households: int = 2, spends_fen: int = 300) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.spends_fen = spends_fen
        self.accounts = [PersonId(self._id()) for _ in range(accounts)]
        self.homes = [HouseholdId(self._id()) for _ in range(households)]
        self.loans = [LotId(self._id()) for _ in range(6)]
        print(f"seed of the load: {seed}")  # noqa: T201 - pytest shows it when the test fails

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def openings(self) -> list[Job]:
        """One account after the other, in turn for each household."""
        return [
            self._job(Open(account_id=one, household_id=self.homes[n % len(self.homes)], area=STREET, nickname=AreaCode(f"nick-{n}")))
            for n, one in enumerate(self.accounts)
        ]

    def jobs(self, count: int) -> list[Job]:
        """Commands whose outcome depends on what came before them."""
        return [self._job(self._any()) for _ in range(count)]

    def _job(self, command: Command) -> Job:
        return Job(command, self._id())

    def _any(self) -> Command:
        pick, one, loan = self.random.random(), self.random.choice(self.accounts), self.random.choice(self.loans)
        chair = AreaCode(f"chair-{self.random.randrange(4)}")
        if pick < 0.4:
            return PayIn(account_id=one, amount_fen=self.random.randrange(1, 300))
        if pick < 0.7:
            return PayOut(account_id=one, amount_fen=self.random.randrange(1, self.spends_fen))
        if pick < 0.8:
            return Lend(loan_id=loan, chair=chair, person_id=one)
        if pick < 0.85:
            return Extend(loan_id=loan, days=self.random.randrange(1, 9))
        if pick < 0.9:
            return PassOn(loan_id=loan, person_id=one)
        if pick < 0.95:
            return Swap(loan_id=loan, chair=chair)
        return EndLoan(loan_id=loan)


async def run_load(jobs: list[Job], gives: list[Give], told: Told, repeat: random.Random | None = None) -> Told:
    """One caller for each `give`; together they do all jobs. repeat: one command in ten is given again after its answer.

    Raises AssertionError when a repeat gets another answer; TimeoutError when a command does not come through.
    """
    waiting: Iterator[Job] = iter(jobs)

    async def caller(give: Give) -> None:
        for job in waiting:
            await _through(job, give, told)
            if repeat is not None and repeat.random() < 0.1 and job.key in told.acknowledged:
                await _answered_again(job, give, told)

    async with asyncio.TaskGroup() as callers:
        for give in gives:
            callers.create_task(caller(give))
    return told


async def _through(job: Job, give: Give, told: Told) -> None:
    """Given with the same key until the outcome is known."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while job.key not in told.acknowledged and job.key not in told.refused:
            told.under_way += 1
            try:
                told.acknowledged[job.key] = await give(job.command, job.key)
            except Refused as refusal:
                told.refused[job.key] = refusal.code
            except Retry as trouble:
                told.unknown += isinstance(trouble, OutcomeUnknown)
                await asyncio.sleep(0.01)  # a client's breath before it repeats
            finally:
                told.under_way -= 1


async def _answered_again(job: Job, give: Give, told: Told) -> None:
    """A repeat of an answered command finds its first answer, whatever happened since."""
    again = Told()
    await _through(job, give, again)
    told.unknown += again.unknown
    answer = again.acknowledged[job.key]
    assert answer.repeated or not answer.events
    assert answer.events == told.acknowledged[job.key].events
