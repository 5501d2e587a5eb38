"""Two organisations report one shift at the same moment, to two processes of charity: it counts once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from contracts.charity.volunteer_hours import ShiftCounted
from contracts.ids import VolunteerRecordId
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, Role
from kit.store import EventStore
from kit.testing import policy
from services.charity.domain.volunteer_hours import volunteer_hours
from services.charity.service import charity
from tests.charity.facts import AGENCY, MOTHER, OTHER_AGENCY, uuid
from tests.charity.test_volunteer_record import shift
from tests.kit.store.conftest import opened, store  # noqa: F401 - fixtures

OFFICER = Actor("officer-1", frozenset({Role.CHARITY_OFFICER}), "440308")
WHEN = datetime(2022, 3, 7, 4, tzinfo=UTC)


def path(store: EventStore) -> CommandPath:  # noqa: F811
    packs, calendar = policy()
    return CommandPath(charity, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)


async def give(on: CommandPath, command: Command) -> Refused | None:
    timed = command.model_copy(update={"occurred_at": WHEN})
    try:
        await on.execute(timed, OFFICER, timed.model_dump_json())
    except Refused as refusal:
        return refusal
    return None


async def test_a_shift_that_two_organisations_report_at_once_counts_for_one(store: EventStore) -> None:  # noqa: F811
    """H03: of ten reports of one shift by two organisations over two processes one stands, and the others are told which."""
    paths = [path(store), path(store)]
    reports = [shift(of=VolunteerRecordId(uuid(0x3000 + number)), organisation=(AGENCY, OTHER_AGENCY)[number % 2]) for number in range(10)]
    answers = await asyncio.gather(*(give(paths[number % 2], one) for number, one in enumerate(reports)))
    refused = [answer for answer in answers if answer]
    ledger = [one.event() for one in (await store.load([volunteer_hours.stream(MOTHER)]))[volunteer_hours.stream(MOTHER)]]
    (standing,) = ledger
    assert isinstance(standing, ShiftCounted)
    assert {(one.code, one.params["record_id"]) for one in refused} == {("shift_counted", standing.record_id)}
    assert len(refused) == 9
