"""Look-ups that wait at the same moment share one round trip; no timer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
AT_MOST = 128


class Together(Generic[K, V]):
    """Answers by key. What is asked while a call is under way is the next call; each key of a call is asked once.

    call: keys -> answer by key, for each of them.  What it raises, each who asked in that call gets.
    """

    def __init__(self, call: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._call = call
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> V:
        """The answer to one key, which was looked up after this call began."""
        answer = self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)
            while asked := self._take():
                try:
                    answers = await self._call(list(asked))
                except asyncio.CancelledError:
                    for one in asked.values():
                        one.cancel()
                    raise
                except Exception as error:  # noqa: BLE001 - each who asked is told, whatever it was
                    for one in asked.values():
                        one.set_exception(error)
                    continue
                for key, one in asked.items():
                    one.set_result(answers[key])
                await asyncio.sleep(0)  # whoever was woken may ask again
        finally:
            self._running = None

    def _take(self) -> dict[K, asyncio.Future[V]]:
        keys = list(self._waiting)[:AT_MOST]
        return {key: self._waiting.pop(key) for key in keys}
