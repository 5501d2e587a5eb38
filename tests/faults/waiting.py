"""Waiting for a condition that the database shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], what: str, seconds: float = 30.0) -> T:
    """What `look` found, once it finds something true. Raises TimeoutError that names it."""
    try:
        async with asyncio.timeout(seconds):
            while not (found := await look()):  # noqa: ASYNC110 - only asking shows it
                await asyncio.sleep(0.001)
            return found
    except TimeoutError:
        raise TimeoutError(f"not within {seconds:.0f} s: {what}") from None
