"""Look-ups that share a round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from kit.together import AT_MOST, Together


class Calls:
    """Doubles numbers, slowly; notes what each call was asked. Refuses 13."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def __call__(self, keys: Sequence[int]) -> dict[int, int]:
        self.asked.append(list(keys))
        await asyncio.sleep(0.001)
        if 13 in keys:
            raise ValueError("thirteen")
        return {key: 2 * key for key in keys}


async def test_what_is_asked_while_a_call_is_under_way_is_the_next_call() -> None:
    calls = Calls()
    together = Together(calls)
    first = asyncio.create_task(together(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert list(await asyncio.gather(first, together(2), together(3))) == [2, 4, 6]
    assert calls.asked == [[1], [2, 3]]


async def test_a_key_asked_twice_at_once_is_looked_up_once_and_later_again() -> None:
    calls = Calls()
    together = Together(calls)
    assert list(await asyncio.gather(together(5), together(5))) == [10, 10]
    assert await together(5) == 10
    assert calls.asked == [[5], [5]]


async def test_a_call_stays_bounded() -> None:
    calls = Calls()
    together = Together(calls)
    numbers = [*range(100, 100 + AT_MOST + 1)]
    assert await asyncio.gather(*map(together, numbers)) == [2 * one for one in numbers]
    assert [len(keys) for keys in calls.asked] == [AT_MOST, 1]


async def test_trouble_reaches_those_who_asked_in_that_call_and_nobody_else() -> None:
    calls = Calls()
    together = Together(calls)
    told = await asyncio.gather(together(13), together(1), return_exceptions=True)
    assert [str(one) for one in told] == ["thirteen", "thirteen"]
    assert await together(1) == 2


async def test_a_caller_who_gives_up_takes_nobody_else_along() -> None:
    together = Together(Calls())
    impatient, patient = asyncio.create_task(together(4)), asyncio.create_task(together(4))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 8
    with pytest.raises(asyncio.CancelledError):
        await impatient
