"""Relief through its command path: assessment, grant, payment and death meet in one store, from one process and from two."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import uuid4

import pytest

from contracts.envelope import Event, Meta, Recorded, encode, stream_of
from contracts.ids import AreaCode, AssessmentId, EntitlementId, Month, NeedId, PersonId, UnitId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.entitlement import EntitlementResumed, EntitlementStopped, EntitlementVersioned, StopReason
from contracts.relief.need import CoverageCommitted, NeedRegistered
from contracts.terms import Certainty, DeathSource, Dimension, NeedCategory, Period, Scheme
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import Answer, CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor
from kit.reacting import Reacting
from kit.reaction import Reaction
from kit.store.memory import MemoryStore
from kit.store.model import Append, EventStore, GroupResult
from kit.testing import SECOND, WORKER, noon, policy
from services.relief.domain.entitlement import GrantEntitlement, ProposeEntitlement, RecordPayment, entitlement
from services.relief.domain.household import FormUnit, OpenHousehold
from services.relief.domain.need import need
from services.relief.domain.need_assessment import AnswerDimension, FinaliseAssessment, FoundNeed, OpenAssessment
from services.relief.service import relief
from tests.relief.h1 import DECIDED, ENTITLEMENT, GRANDMOTHER, H1, HOME, MAY, REVIEW, STREET, TEKUN, UNIT, uid

ASSESSMENT = AssessmentId(uid(5))
MARCH, NOTICE = date(2022, 3, 1), date(2022, 8, 2)
LIVING = FoundNeed(category=NeedCategory.LIVING, period=Period.MONTH, gross=TEKUN, first_month=MAY, last_month=REVIEW)


class HeldStore:
    """Another process's view of a store: what it wants to append waits until it is let go."""

    def __init__(self, inner: EventStore) -> None:
        self._inner = inner
        self.waiting, self.let_go = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        self.waiting.set()
        await self.let_go.wait()
        return await self._inner.append(appends)


def path_over(store: EventStore) -> CommandPath:
    """A process's command path, with a cache of its own."""
    packs, calendar = policy()
    return CommandPath(relief, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)


class Relief:
    """The service over a store in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore("/minsheng/test/relief")
        self.path = path_over(self.store)
        self.refusals: list[str] = []
        self.reacting = Reacting(self.path, self)

    def speaks(self, _reaction: Reaction, _cause: Meta) -> bool:
        return True

    async def __call__(self, _cause: Meta, _reaction: Reaction, _target: str, code: str) -> None:
        self.refusals.append(code)

    async def give(self, command: Command, on: date, actor: Actor = WORKER) -> Answer:
        timed = command.model_copy(update={"occurred_at": noon(on)})
        return await self.path.execute(timed, actor, str(uuid4()))

    async def hear(self, event: Event, on: date) -> None:
        """Registry said something on a day."""
        await self.reacting.handle(told(event, on))

    async def facts(self) -> list[Event]:
        return [one.event() for one in await self.store.read(0, 1_000)]

    async def family(self, persons: tuple[PersonId, ...] = H1, scheme: Scheme = Scheme.DIBAO) -> None:
        """A household with its unit and an assessed living need."""
        await self.give(OpenHousehold(household_id=HOME, area=AreaCode(STREET), person_ids=persons), MARCH)
        await self.give(FormUnit(household_id=HOME, unit_id=UNIT, scheme=scheme, person_ids=persons), MARCH)
        await self.give(OpenAssessment(assessment_id=ASSESSMENT, household_id=HOME), MARCH)
        for dimension in Dimension:
            lines = (LIVING,) if dimension is Dimension.MATERIAL else ()
            await self.give(AnswerDimension(assessment_id=ASSESSMENT, dimension=dimension, lines=lines), MARCH)
        await self.give(FinaliseAssessment(assessment_id=ASSESSMENT), MARCH)

    async def living_need(self) -> NeedId:
        return next(fact.need_id for fact in await self.facts() if isinstance(fact, NeedRegistered))

    async def propose(self, income: int, scheme: Any = Scheme.DIBAO, aid: EntitlementId = ENTITLEMENT, unit: UnitId = UNIT) -> None:
        await self.give(
            ProposeEntitlement(
                entitlement_id=aid,
                household_id=HOME,
                unit_id=unit,
                need_id=await self.living_need(),
                scheme=scheme,
                counted_income_fen=income,
            ),
            MARCH,
        )


def told(event: Event, on: date) -> Recorded:
    """A fact of registry as it arrives."""
    at = datetime(on.year, on.month, on.day, 1, 30, tzinfo=UTC)
    meta = Meta(
        id=str(uuid4()),
        source="/minsheng/test/registry",
        position=1,
        stream=stream_of(event),
        version=1,
        type="registry.person.deceased" if isinstance(event, PersonDeceased) else "registry.person.death-revoked",
        schema_version=1,
        key=stream_of(event),
        recorded_at=at,
        occurred_at=at,
        actor="registrar-1",
        authority="registrar",
        correlation_id=str(uuid4()),
    )
    return Recorded(meta=meta, data=encode(event))


def grant(aid: EntitlementId = ENTITLEMENT) -> GrantEntitlement:
    return GrantEntitlement(entitlement_id=aid)


DIED = PersonDeceased(person_id=GRANDMOTHER, died_on=date(2022, 6, 14), source=DeathSource.FUNERAL_HOME, certainty=Certainty.CONFIRMED)


async def test_an_assessed_need_is_covered_by_the_grant_of_one_append() -> None:
    """B18, SC-01, ruling 1 of the design: 1,495.00 from May on; grant, version, coverage and status are one append of three streams."""
    service = Relief()
    await service.family()
    await service.propose(260_000)
    answer = await service.give(grant(), DECIDED, SECOND)
    assert {stored.stream.split("/")[0] for stored in answer.events} == {"entitlement", "need", "household"}
    facts = await service.facts()
    assert [fact.amount_fen for fact in facts if isinstance(fact, EntitlementVersioned)] == [149_500]
    assert [fact.amount for fact in facts if isinstance(fact, CoverageCommitted)] == [149_500]
    living = need.fold(fact for fact in facts if stream_of(fact).startswith("need/"))
    assert living.residual(MAY) == TEKUN - 149_500
    keys = {one.meta.key for one in await service.store.read(0, 1_000)}
    assert keys == {HOME}


async def test_a_second_basic_living_entitlement_of_a_person_is_refused_by_the_claim() -> None:
    """Ruling 4, DET-07: the grandmother is counted for dibao already; tekun for her alone cannot be granted meanwhile."""
    service = Relief()
    await service.family()
    await service.propose(260_000)
    await service.give(grant(), DECIDED, SECOND)
    alone, second = UnitId(uid(14)), EntitlementId(uid(18))
    await service.give(FormUnit(household_id=HOME, unit_id=alone, scheme=Scheme.TEKUN, person_ids=(GRANDMOTHER,)), MARCH)
    await service.propose(0, Scheme.TEKUN, second, alone)
    with pytest.raises(Refused) as no:
        await service.give(grant(second), DECIDED, SECOND)
    assert (no.value.code, no.value.params["holder"]) == ("claimed", f"entitlement/{ENTITLEMENT}")


async def test_a_death_ends_the_aid_and_its_revocation_brings_it_back() -> None:
    """SC-09, ruling 22: through the reaction, redelivered, revoked; the claim is free between."""
    service = Relief()
    await service.family((GRANDMOTHER,), Scheme.TEKUN)
    await service.propose(0, Scheme.TEKUN)
    await service.give(grant(), DECIDED, SECOND)
    for month, day in ((MAY, date(2022, 5, 10)), (Month("2022-06"), date(2022, 6, 10)), (Month("2022-07"), date(2022, 7, 8))):
        await service.give(RecordPayment(entitlement_id=ENTITLEMENT, month=month), day)
    for _ in range(2):
        await service.hear(DIED, NOTICE)
    stops = [fact for fact in await service.facts() if isinstance(fact, EntitlementStopped)]
    assert [(fact.last_month, fact.reason) for fact in stops] == [("2022-06", StopReason.DEATH)]
    assert await service.store.holder("basic-living", GRANDMOTHER) is None
    await service.hear(PersonDeathRevoked(person_id=GRANDMOTHER, reason=RevocationReason.WRONG_PERSON), date(2022, 9, 1))
    assert [fact.from_month for fact in await service.facts() if isinstance(fact, EntitlementResumed)] == ["2022-07"]
    assert await service.store.holder("basic-living", GRANDMOTHER) == f"entitlement/{ENTITLEMENT}"
    await service.give(RecordPayment(entitlement_id=ENTITLEMENT, month=Month("2022-08")), date(2022, 9, 2))
    assert service.refusals == []


async def test_a_death_that_slips_in_between_look_up_and_grant_is_seen() -> None:
    """Ruling 2 of the design, barrier: another process has decided the grant and not stored it when the death is recorded; it decides anew."""
    service = Relief()
    await service.family((GRANDMOTHER,), Scheme.TEKUN)
    await service.propose(0, Scheme.TEKUN)
    held = HeldStore(service.store)
    other = path_over(cast(EventStore, held))
    granting = asyncio.create_task(other.execute(grant().model_copy(update={"occurred_at": noon(DECIDED)}), SECOND, str(uuid4())))
    await held.waiting.wait()
    await service.hear(DIED, NOTICE)
    held.let_go.set()
    with pytest.raises(Refused, match="member_dead"):
        await granting
    assert entitlement.fold(fact for fact in await service.facts() if stream_of(fact).startswith("entitlement/")).is_granted is False


async def test_a_grant_stored_before_the_death_is_swept() -> None:
    """Ruling 2 of the design, the other order: the grant is stored first, so the sweep after the record finds and ends it."""
    service = Relief()
    await service.family((GRANDMOTHER,), Scheme.TEKUN)
    await service.propose(0, Scheme.TEKUN)
    await path_over(service.store).execute(grant().model_copy(update={"occurred_at": noon(DECIDED)}), SECOND, str(uuid4()))
    await service.hear(DIED, NOTICE)
    stops = [fact for fact in await service.facts() if isinstance(fact, EntitlementStopped)]
    assert [(fact.last_month, fact.person_ids) for fact in stops] == [("2022-06", (GRANDMOTHER,))]
