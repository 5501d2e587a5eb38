"""Who may act where, over a toy service of houses, visits to them, and notices of the whole district."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from contracts.envelope import Event, event
from contracts.ids import AreaCode, HouseholdId, PersonId, VoucherId
from kit.aggregate import Aggregate, command, require
from kit.clock import SystemClock
from kit.command import Command, Context
from kit.commands import Answer, CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, Forbidden, Role, system_actor
from kit.service import Service
from kit.store import EventStore
from kit.testing import policy
from tests.kit.store.conftest import opened, store  # noqa: F401 - fixtures

ID = "0190a000-0000-8000-8000-0000000000"
HOUSE, OTHER_HOUSE = HouseholdId(f"{ID}a1"), HouseholdId(f"{ID}a2")
VISIT, NOTICE = PersonId(f"{ID}b1"), VoucherId(f"{ID}c1")
SHATOUJIAO, HAISHAN = AreaCode("440308003"), AreaCode("440308004")
WORKER, ELSEWHERE, OFFICER = (
    Actor(who, frozenset({Role.CASEWORKER}), area)
    for who, area in (("worker-1", SHATOUJIAO), ("worker-2", HAISHAN), ("worker-3", "440308"))
)


@event("town.house.built", version=1, stream="house_id")
class Built(Event):
    """A house stands."""

    house_id: HouseholdId
    area: AreaCode


@event("town.visit.planned", version=1, stream="visit_id")
class Planned(Event):
    """Somebody will go to a house."""

    visit_id: PersonId
    house_id: HouseholdId


@event("town.notice.put-up", version=1, stream="notice_id")
class PutUp(Event):
    """All may read it."""

    notice_id: VoucherId


@dataclass(frozen=True, kw_only=True)
class House:
    area: AreaCode | None = None


@dataclass(frozen=True, kw_only=True)
class Visit:
    house_id: HouseholdId | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    pass


class Build(Command):
    """Build."""

    house_id: HouseholdId
    area: AreaCode


class Plan(Command):
    """Plan."""

    visit_id: PersonId
    house_id: HouseholdId


class Prepare(Command):
    """Plan, and say what is missing."""

    visit_id: PersonId
    house_id: HouseholdId


class Redirect(Command):
    """Go to another house."""

    visit_id: PersonId
    house_id: HouseholdId


class PutNotice(Command):
    """Put up."""

    notice_id: VoucherId


class Hang(Command):
    """Put up, wherever."""

    notice_id: VoucherId


def build(command: Build, _house: House, _context: Context) -> list[Built]:
    return [Built(house_id=command.house_id, area=command.area)]


def plan(command: Plan, _visit: Visit, _context: Context) -> list[Planned]:
    return [Planned(visit_id=command.visit_id, house_id=command.house_id)]


def prepare(command: Prepare, _visit: Visit, _context: Context, home: House) -> list[Planned]:
    require(home.area is not None, "house_unknown")
    return [Planned(visit_id=command.visit_id, house_id=command.house_id)]


def redirect(command: Redirect, _visit: Visit, _context: Context) -> list[Planned]:
    return [Planned(visit_id=command.visit_id, house_id=command.house_id)]


def put_up(command: PutNotice, _notice: Notice, _context: Context) -> list[PutUp]:
    return [PutUp(notice_id=command.notice_id)]


def hang(command: Hang, _notice: Notice, _context: Context) -> list[PutUp]:
    return [PutUp(notice_id=command.notice_id)]


ANY = {Role.CASEWORKER, Role.SYSTEM}
house = Aggregate(
    "house",
    id="house_id",
    state=House,
    evolve=lambda _house, fact: House(area=fact.area),
    area="area",
    commands=[command(build, stream="new", roles=ANY, example=Build(house_id=HOUSE, area=SHATOUJIAO))],
)
visit = Aggregate(
    "visit",
    id="visit_id",
    state=Visit,
    evolve=lambda _visit, fact: Visit(house_id=fact.house_id),
    area=house.by("house_id"),
    commands=[
        command(plan, stream="new", roles=ANY, example=Plan(visit_id=VISIT, house_id=HOUSE)),
        command(
            prepare, stream="new", also=[house.by("house_id", missing_ok=True)], roles=ANY, example=Prepare(visit_id=VISIT, house_id=HOUSE)
        ),
        command(redirect, roles=ANY, example=Redirect(visit_id=VISIT, house_id=HOUSE)),
    ],
)
notice = Aggregate(
    "notice",
    id="notice_id",
    state=Notice,
    evolve=lambda notice, _fact: notice,
    commands=[
        command(put_up, stream="new", roles=ANY, example=PutNotice(notice_id=NOTICE)),
        command(hang, stream="any", roles=ANY, anywhere=True, example=Hang(notice_id=NOTICE)),
    ],
)
town = Service("town", aggregates=[house, visit, notice])


def path_over(store: EventStore) -> CommandPath:  # noqa: F811
    packs, calendar = policy()
    return CommandPath(town, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)


async def give(path: CommandPath, command: Command, actor: Actor = WORKER) -> Answer:
    return await path.execute(command, actor, str(uuid4()))


async def outside(path: CommandPath, command: Command, actor: Actor) -> None:
    with pytest.raises(Forbidden, match="outside_area"):
        await give(path, command, actor)


async def test_a_stream_lies_where_the_one_it_belongs_to_lies(store: EventStore) -> None:  # noqa: F811
    """Ruling 26 of the design: the area is the house's; the district's people act in all of it."""
    path = path_over(store)
    await give(path, Build(house_id=HOUSE, area=SHATOUJIAO))
    await outside(path, Plan(visit_id=VISIT, house_id=HOUSE), ELSEWHERE)
    await give(path, Plan(visit_id=VISIT, house_id=HOUSE))
    assert (await give(path, Redirect(visit_id=VISIT, house_id=HOUSE), OFFICER)).events


async def test_a_body_moves_no_stream_that_exists(store: EventStore) -> None:  # noqa: F811
    """Ruling 26 of the design: what the state says comes before what a later command says."""
    path = path_over(store)
    await give(path, Build(house_id=HOUSE, area=SHATOUJIAO))
    await give(path, Build(house_id=OTHER_HOUSE, area=HAISHAN), ELSEWHERE)
    await give(path, Plan(visit_id=VISIT, house_id=HOUSE))
    await outside(path, Redirect(visit_id=VISIT, house_id=OTHER_HOUSE), ELSEWHERE)


async def test_where_nobody_told_the_area_nothing_is_written(store: EventStore) -> None:  # noqa: F811
    """Nothing is open by default: no area is not everybody's area. The program itself may note what it heard."""
    path = path_over(store)
    for somebody in (WORKER, OFFICER):
        await outside(path, Plan(visit_id=VISIT, house_id=HOUSE), somebody)
    assert (await store.head()).position == 0
    assert (await give(path, Plan(visit_id=VISIT, house_id=HOUSE), system_actor("test"))).events


async def test_a_decision_may_say_better_what_is_missing(store: EventStore) -> None:  # noqa: F811
    with pytest.raises(Refused, match="house_unknown"):
        await give(path_over(store), Prepare(visit_id=VISIT, house_id=HOUSE))


async def test_an_area_that_another_process_wrote_meanwhile_is_seen(store: EventStore) -> None:  # noqa: F811
    """Like ruling 6 of the design: B looked when there was no house; it must neither let everybody in nor keep its own people out."""
    a, b = path_over(store), path_over(store)
    await outside(b, Build(house_id=HOUSE, area=SHATOUJIAO), ELSEWHERE)
    await give(a, Build(house_id=HOUSE, area=SHATOUJIAO))
    assert (await give(b, Plan(visit_id=VISIT, house_id=HOUSE))).events
    await outside(b, Redirect(visit_id=VISIT, house_id=HOUSE), ELSEWHERE)


async def test_what_is_the_whole_district_s_is_for_its_officers_unless_the_command_says_anywhere(store: EventStore) -> None:  # noqa: F811
    path = path_over(store)
    await outside(path, PutNotice(notice_id=NOTICE), WORKER)
    await give(path, PutNotice(notice_id=NOTICE), OFFICER)
    assert (await give(path, Hang(notice_id=NOTICE), WORKER)).events
