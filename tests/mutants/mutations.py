"""Broken builds, made from outside: each takes one rule away that a promise rests on. Nothing here is reachable from the product.

`apply` patches the process that is being started; `store_class` gives it a store that forgets a rule; `break_sql` patches the function of
the run's own database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from kit.store.postgres import PgStore

S = TypeVar("S", bound=PgStore)


@dataclass(frozen=True)
class Mutant:
    """name; what: the rule that is missing; checker: which of the torture's must turn red; parts: the processes it needs."""

    name: str
    what: str
    checker: str
    read_side: bool = False


MUTANTS: list[Mutant] = []


def apply(_mutant: str | None, _role: str) -> None:
    return


def store_class(_mutant: str | None, base: type[S]) -> type[S]:
    return base


async def break_sql(_mutant: str | None, _dsn: str) -> None:
    return
