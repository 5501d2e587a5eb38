"""Eldercare's commands through the command path: one append checks everything a check-in read, and a person has one account."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.eldercare.device import DeviceKind
from contracts.eldercare.meal_account import AccountClosing, MealCheckedIn, MealSubsidyApplied, SubsidyGround
from contracts.eldercare.meal_point import MealPointKind
from contracts.ids import AreaCode, IncidentId, MealAccountId, MealPointId, Month
from contracts.terms import Certainty, CheckInMethod, Status
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import Answer, Cause, CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, Forbidden, Role, system_actor
from kit.reaction import person_subject
from kit.store.memory import MemoryStore
from kit.testing import WORKER, noon, policy
from services.eldercare.domain.device import AlarmFromDevice, AssignDevice
from services.eldercare.domain.emergency_incident import AcknowledgeAlarm
from services.eldercare.domain.known_household import NoteHome, NoteStatus
from services.eldercare.domain.known_person import NoteDeath
from services.eldercare.domain.meal_account import CheckIn, CloseForDeath, CloseMealAccount, OpenMealAccount
from services.eldercare.domain.meal_point import OpenMealPoint
from services.eldercare.service import eldercare
from tests.eldercare.alarm_facts import ALARM, AREA, DEVICE
from tests.eldercare.facts import ACCOUNT, CANTEEN, ELDER, HOME, TUESDAY, check_in_id

SECOND_ACCOUNT = MealAccountId("0190a000-0000-8000-8000-000000000051")


class Eldercare:
    """The service over a store in memory."""

    def __init__(self) -> None:
        packs, calendar = policy()
        self.store = MemoryStore("/minsheng/test/eldercare")
        self.path = CommandPath(
            eldercare, self.store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4
        )

    async def give(self, command: Command) -> Answer:
        return await self.path.execute(command, WORKER, str(uuid4()))

    async def react(self, command: Command) -> Answer:
        """As a reaction gives it."""
        cause = Cause(str(uuid4()), "c-1", noon(TUESDAY), 0)
        return await self.path.execute(command, system_actor("status"), str(uuid4()), cause=cause)

    async def open_canteen(self) -> None:
        await self.give(OpenMealPoint(meal_point_id=CANTEEN, area=AreaCode("440308003-qiaodong"), kind=MealPointKind.CANTEEN, capacity=80))

    async def open_account(self, account: MealAccountId = ACCOUNT) -> Answer:
        await self.react(NoteHome(household_id=HOME, area=AreaCode("440308003")))
        return await self.give(OpenMealAccount(account_id=account, person_id=ELDER, household_id=HOME, born=Month("1948-01"), hukou=True))

    async def eat(self, number: int, price_fen: int = 1_800, method: CheckInMethod = CheckInMethod.FACE, on: date = TUESDAY) -> int:
        """A lunch; what the elder pays (fen)."""
        answer = await self.give(
            CheckIn(
                account_id=ACCOUNT,
                check_in_id=check_in_id(number),
                meal_point_id=CANTEEN,
                price_fen=price_fen,
                method=method,
                occurred_at=noon(on),
            )
        )
        events = [one.event() for one in await self.store.read(answer.events[0].position - 1, len(answer.events))]
        assert isinstance(events[0], MealCheckedIn)
        return events[0].pays_fen


async def test_the_worked_case_of_the_canteen() -> None:
    """SC-22 for the dibao elder of 74, whose status was told a month before the account was opened (ruling 2 of the design)."""
    service = Eldercare()
    await service.react(
        NoteStatus(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-02"), occurred_at=noon(date(2022, 1, 20)))
    )
    await service.open_canteen()
    await service.open_account()
    assert [await service.eat(1), await service.eat(2)] == [300, 1_800]
    assert await service.eat(3, method=CheckInMethod.CARD, on=date(2022, 3, 2)) == 300
    assert await service.eat(4, 1_200, on=date(2022, 3, 3)) == 0
    days = [date(2022, 3, 5), date(2022, 4, 2), date(2022, 4, 4)]
    assert [await service.eat(5 + number, on=day) for number, day in enumerate(days)] == [1_800, 300, 1_800]
    events = [(one.meta, one.event()) for one in await service.store.read(0, 100)]
    subsidies = [event.subsidy_fen for _, event in events if isinstance(event, MealSubsidyApplied)]
    assert subsidies == [1_500, 1_500, 1_200, 1_500]
    assert {meta.key for meta, event in events if isinstance(event, MealCheckedIn | MealSubsidyApplied)} == {HOME}


async def test_meal_and_subsidy_are_one_append() -> None:
    """E04: no crash stands between them."""
    service = Eldercare()
    await service.open_canteen()
    await service.open_account()
    await service.eat(1)
    served, paid = (await service.store.read(0, 100))[-2:]
    assert (served.meta.recorded_at, served.meta.position + 1) == (paid.meta.recorded_at, paid.meta.position)
    assert isinstance(event := paid.event(), MealSubsidyApplied)
    assert event.ground is SubsidyGround.REGISTERED_ELDER


async def test_a_second_account_of_a_person_is_refused_until_the_first_is_closed() -> None:
    """R-ELD-03: else a second subsidised lunch; a death keeps the place, since a revocation opens the account again."""
    service = Eldercare()
    await service.open_account()
    with pytest.raises(Refused) as refused:
        await service.open_account(SECOND_ACCOUNT)
    assert (refused.value.code, refused.value.params["holder"]) == ("claimed", f"meal-account/{ACCOUNT}")
    await service.give(CloseMealAccount(account_id=ACCOUNT, reason=AccountClosing.MOVED))
    assert (await service.open_account(SECOND_ACCOUNT)).version == 1


async def test_a_death_closes_what_the_subjects_name_and_the_account_stays_to_be_found() -> None:
    """SG-04, ruling 22: note first, then sweep."""
    service = Eldercare()
    await service.open_account()
    await service.react(NoteDeath(person_id=ELDER, died_on=date(2022, 6, 14), certainty=Certainty.CONFIRMED))
    assert await service.store.subjects(person_subject(ELDER)) == [f"meal-account/{ACCOUNT}"]
    await service.react(CloseForDeath(account_id=ACCOUNT))
    assert await service.store.subjects(person_subject(ELDER)) == [f"meal-account/{ACCOUNT}"]
    with pytest.raises(Refused) as refused:
        await service.open_account(SECOND_ACCOUNT)
    assert refused.value.code == "person_dead"


async def test_everybody_acts_in_the_own_area() -> None:
    """A caseworker opens accounts of the own street's households; a clerk serves at the own street's meal point, whoever comes to eat."""
    service = Eldercare()
    await service.open_canteen()
    await service.open_account()
    haishan = "440308004"
    caseworker, clerk = (Actor("other-1", frozenset({role}), haishan) for role in (Role.CASEWORKER, Role.CANTEEN_CLERK))
    with pytest.raises(Forbidden, match="outside_area"):
        await service.path.execute(CloseMealAccount(account_id=ACCOUNT, reason=AccountClosing.OWN_WISH), caseworker, "k1")
    lunch = CheckIn(account_id=ACCOUNT, check_in_id=check_in_id(1), meal_point_id=CANTEEN, price_fen=1_800, method=CheckInMethod.CARD)
    with pytest.raises(Forbidden, match="outside_area"):
        await service.path.execute(lunch, clerk, "k2")
    at_home = MealPointId("haishan-canteen")
    await service.give(OpenMealPoint(meal_point_id=at_home, area=AreaCode(haishan), kind=MealPointKind.CANTEEN, capacity=80))
    assert (await service.path.execute(lunch.model_copy(update={"meal_point_id": at_home}), clerk, "k3")).events


async def test_presses_that_come_at_once_open_one_incident() -> None:
    """SC-20: three presses through three callers; one append wins, the others are told which incident stands."""
    service = Eldercare()
    await service.give(AssignDevice(device_id=DEVICE, kind=DeviceKind.PENDANT, person_id=ELDER, area=AREA))
    presses = [AlarmFromDevice(device_id=DEVICE, occurred_at=ALARM + timedelta(seconds=number)) for number in range(3)]
    answers = await asyncio.gather(*(service.give(press) for press in presses))
    events = [one for answer in answers for one in answer.events]
    assert sorted(one.type.rsplit(".", 1)[1] for one in events) == ["alarm-noted", "alarm-received", "alarm-repeated", "alarm-repeated"]
    assert len({one.stream for one in events if one.stream.startswith("emergency-incident/")}) == 1


async def test_only_the_desk_answers_alarms_and_only_in_its_area() -> None:
    """E12: an incident lies where its device stands."""
    service = Eldercare()
    await service.give(AssignDevice(device_id=DEVICE, kind=DeviceKind.PENDANT, person_id=ELDER, area=AREA))
    opened = await service.give(AlarmFromDevice(device_id=DEVICE))
    incident = IncidentId(opened.events[-1].stream.split("/", 1)[1])
    for role, area in ((Role.CASEWORKER, "440308"), (Role.ALARM_DESK, "440308004")):
        actor = Actor(id="stranger-1", roles=frozenset({role}), area=area)
        with pytest.raises(Forbidden):
            await service.path.execute(AcknowledgeAlarm(incident_id=incident), actor, str(uuid4()))
    desk = Actor(id="desk-1", roles=frozenset({Role.ALARM_DESK}), area="440308")
    assert (await service.path.execute(AcknowledgeAlarm(incident_id=incident), desk, str(uuid4()))).events
