"""What clients ask for: random commands on few streams at a time, on all kinds of index rows. The same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

HOUSEHOLDS, ACCOUNTS, LOANS, CHAIRS = 4, 16, 40, 6
EPOCH = 400
"""Commands of one client before all move on to fresh streams: limits are used up by then."""


class Job(msgspec.Struct, frozen=True):
    """A command as a line of a batch is: aggregate, id, name, idempotency key, body. api: where it must be asked (None: anywhere)."""

    aggregate: str
    id: str
    command: str
    key: str
    body: dict[str, Any]
    api: int | None = None

    def line(self) -> bytes:
        return msgspec.json.encode({name: getattr(self, name) for name in ("aggregate", "id", "command", "key", "body")})


class Script:
    """One client's commands. Streams are shared by all clients of a seed; keys and choices are this client's own."""

    def __init__(self, seed: int, client: int) -> None:
        self._seed = seed
        self._random = random.Random(f"{seed}/{client}")
        self._client = client

    def jobs(self) -> Iterator[Job]:
        """Endless."""
        number = 0
        while True:
            epoch = number // EPOCH
            if number % EPOCH < ACCOUNTS:
                yield self._open(epoch, number % EPOCH)
            elif number % 25 == 0:
                yield from self._hand_over(number)
            else:
                yield self._any(epoch)
            number += 1

    def _id(self, *name: object) -> str:
        return str(UUID(int=random.Random(f"{self._seed}/{'/'.join(map(str, name))}").getrandbits(128), version=4))

    def _job(self, aggregate: str, stream_id: str, command: str, api: int | None = None, **body: Any) -> Job:
        return Job(aggregate, stream_id, command, f"{self._random.getrandbits(96):024x}", body, api)

    def _home(self, epoch: int, account: int) -> str:
        return self._id("home", epoch, account % HOUSEHOLDS)

    def _open(self, epoch: int, number: int) -> Job:
        account, home = self._id("account", epoch, number), self._home(epoch, number)
        return self._job("account", account, "open-account", household_id=home, area="440308003", nickname=f"nick-{epoch}-{number}")

    def _hand_over(self, number: int) -> Iterator[Job]:
        """Money that came in through one API and is asked for through the other at once: nobody else touches this account."""
        owner = f"{self._client}-{number}"
        account, home, way = self._id("own", owner), self._id("own-home", owner), self._random.randrange(2)
        yield self._job("account", account, "open-account", way, household_id=home, area="440308003", nickname=f"own-{owner}")
        for _ in range(4):
            yield self._job("account", account, "pay-out", 1 - way, amount_fen=9)  # refused: the other API now knows an empty account
            yield self._job("account", account, "pay-in", way, amount_fen=9)
            yield self._job("account", account, "pay-out", 1 - way, amount_fen=9)

    def _any(self, epoch: int) -> Job:
        dice, pick = self._random, self._random.random()
        number = dice.randrange(ACCOUNTS)
        one = self._id("account", epoch, number)
        loan, chair = self._id("loan", epoch, dice.randrange(LOANS)), f"chair-{epoch}-{dice.randrange(CHAIRS)}"
        if pick < 0.30:
            return self._job("account", one, "pay-in", amount_fen=dice.randrange(1, 300))
        if pick < 0.52:
            return self._job("account", one, "pay-out", amount_fen=dice.randrange(1, 300))
        if pick < 0.68:
            return self._job(
                "glance", self._id("glance", dice.random(), self._client), "look", account_id=one, household_id=self._home(epoch, number)
            )
        if pick < 0.78:
            return self._job("loan", loan, "lend", chair=chair, person_id=one)
        if pick < 0.84:
            return self._job("loan", loan, "extend", days=dice.randrange(1, 9))
        if pick < 0.89:
            return self._job("loan", loan, "pass-on", person_id=one)
        if pick < 0.95:
            return self._job("loan", loan, "swap", chair=chair)
        return self._job("loan", loan, "end-loan")
