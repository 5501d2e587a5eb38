"""Deaths, revocations, openings, grants and payments in any order: no aid for the dead, none lost for the living (ruling 2 of the design)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from contracts.envelope import stream_of
from contracts.ids import Month
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.terms import Certainty, DeathSource, Scheme
from kit.errors import Refused
from kit.testing import SECOND
from services.relief.domain.death_case import death_case
from services.relief.domain.entitlement import Entitlement, RecordPayment, entitlement
from services.relief.domain.household import household
from services.relief.domain.known_person import known_person
from tests.relief.h1 import ENTITLEMENT, GRANDMOTHER, HOME
from tests.relief.test_flow import Relief, grant

DIED_ON = date(2022, 5, 20)
START = date(2022, 6, 1)
Step = Callable[[Relief, date], Coroutine[Any, Any, None]]


def death(certainty: Certainty) -> Step:
    event = PersonDeceased(person_id=GRANDMOTHER, died_on=DIED_ON, source=DeathSource.FAMILY, certainty=certainty)
    return lambda service, on: service.hear(event, on)


async def revoked(service: Relief, on: date) -> None:
    await service.hear(PersonDeathRevoked(person_id=GRANDMOTHER, reason=RevocationReason.FALSE_REPORT), on)


async def opened(service: Relief, _on: date) -> None:
    await service.family((GRANDMOTHER,), Scheme.TEKUN)


async def proposed(service: Relief, _on: date) -> None:
    await service.propose(0, Scheme.TEKUN)


async def granted(service: Relief, _on: date) -> None:
    await service.give(grant(), date(2022, 4, 8), SECOND)


async def paid(service: Relief, on: date) -> None:
    await service.give(RecordPayment(entitlement_id=ENTITLEMENT, month=Month(f"{on:%Y-%m}")), on)


REPORTED, CONFIRMED = death(Certainty.REPORTED), death(Certainty.CONFIRMED)
STEPS: dict[str, Step] = {
    "reported": REPORTED,
    "confirmed": CONFIRMED,
    "revoked": revoked,
    "opened": opened,
    "proposed": proposed,
    "granted": granted,
    "paid": paid,
}


async def played(names: list[str]) -> Relief:
    """The steps, some days apart; what is refused (unknown, dead, paid) leaves nothing."""
    service = Relief()
    for number, name in enumerate(names):
        try:
            await STEPS[name](service, START + timedelta(days=9 * number))
        except (Refused, RuntimeError):  # RuntimeError: no need to propose for
            continue
    return service


async def ended(service: Relief) -> tuple[Entitlement, Any, Any, Any]:
    """The states at the end: entitlement, household, what is known of the person, and the case."""
    facts = await service.facts()

    def of(aggregate: Any, stream_id: str) -> Any:
        return aggregate.fold(fact for fact in facts if stream_of(fact) == aggregate.stream(stream_id))

    return (
        of(entitlement, ENTITLEMENT),
        of(household, HOME),
        of(known_person, GRANDMOTHER),
        of(death_case, GRANDMOTHER),
    )


@settings(max_examples=120, deadline=None)
@for_all(st.lists(st.sampled_from(sorted(STEPS)), max_size=9), st.booleans())
def test_no_aid_for_the_dead_and_none_lost_for_the_living(names: list[str], begun: bool) -> None:
    """SG-04, rulings 6 and 22: in any interleaving with openings, grants and payments.

    Dead: nothing is owed after the month of death, no claim is held, the household is closed, and each later payment is noted as overpaid.
    Alive, or only reported dead: what was granted goes on, the claim is held, the household is open, nothing is overpaid.
    """
    steps = ["opened", "proposed", "granted", *names] if begun else names

    async def check() -> None:
        service = await played(steps)
        aid, home, person, case = await ended(service)
        holder = await service.store.holder("basic-living", GRANDMOTHER)
        later = {month: fen for month, fen in aid.paid_by_month.items() if month > f"{DIED_ON:%Y-%m}"}
        if person.is_dead:
            assert aid.owed_fen(Month("2022-06")) == 0
            assert holder is None
            assert not home.is_open
            assert dict(aid.overpaid_by_month) == (later if aid.is_granted else {})
        else:
            assert aid.owed_fen(Month("2022-06")) == (218_400 if aid.is_granted else 0)
            assert holder == (f"entitlement/{ENTITLEMENT}" if aid.is_granted else None)
            assert home.is_open == bool(home.members)
            assert not aid.overpaid_by_month
        assert not any(step.value in {"end", "lift"} for step, _ in case.steps)
        assert set(service.refusals) == set()

    asyncio.run(check())
