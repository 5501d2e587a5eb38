"""Devices: who has them, that their presses are one call, and that their silence is one incident (E11, E12, E20, SC-20)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.eldercare.device import DeviceKind, DeviceReturn
from contracts.eldercare.emergency_incident import AlarmReceived, AlarmRepeated, AlarmSource, IncidentOutcome, SlaStep
from contracts.envelope import Event
from contracts.ids import DeviceId, IncidentId
from contracts.terms import Certainty
from kit.command import derived_id
from kit.reaction import person_subject
from kit.store.model import Link, ReleaseAll, Unlink
from kit.testing import SEED, Given, given
from services.eldercare.domain.device import (
    WATCHED,
    ActivateDevice,
    AlarmFromDevice,
    AssignDevice,
    HearDevice,
    MissHeartbeat,
    ReinstateAfterRevocation,
    ReturnDevice,
    ReturnForDeath,
    device,
)
from services.eldercare.domain.device.state import index
from services.eldercare.domain.emergency_incident import emergency_incident
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_person import known_person
from tests.eldercare.alarm_facts import (
    ALARM,
    AREA,
    DEVICE,
    INCIDENT,
    SILENCE,
    activated,
    assigned,
    at,
    heard,
    missed,
    noted,
    over,
    received,
    reinstated,
    repeated,
    returned,
    silence_received,
)
from tests.eldercare.facts import ELDER, HOME, ID, TUESDAY, death_known, death_withdrawn, home_known

PRESS = AlarmFromDevice(device_id=DEVICE)
LAST = at("09:00:00")
LIMIT = at("09:00:00", day=2)


def id_at(instant: datetime) -> IncidentId:
    """The id of an incident that opens at an instant."""
    return IncidentId(derived_id(SEED, "incident", instant))


def worn(*more: Event) -> Given:
    """A pendant at work since 8:00."""
    return given(device, assigned(), activated(), *more)


def miss(last: datetime = LAST) -> MissHeartbeat:
    return MissHeartbeat(device_id=DEVICE, last_seen_at=last)


def hear(clock: str, day: int = 2) -> HearDevice:
    return HearDevice(device_id=DEVICE, heard_at=at(clock, day))


def silent(*more: Event) -> Given:
    """Not heard since 9:00 of the first; the incident is open since 9:00 of the second."""
    return worn(missed(LAST, LIMIT), *more).also(emergency_incident, silence_received(LIMIT, LIMIT + timedelta(minutes=1)))


def test_a_person_may_have_several_devices_and_each_names_the_person() -> None:
    """E11: the KPI counts persons, so whatever tells of a device in use names the person, who leads to all of them."""
    for number in ("90", "91"):
        command = AssignDevice(device_id=DeviceId(f"{ID}{number}"), kind=DeviceKind.FALL_SENSOR, person_id=ELDER, area=AREA)
        (fact,) = given(device, assigned()).when(command).events
        assert list(index(fact)) == [Link(person_subject(ELDER))]
    assert {fact.person_id for fact in (assigned(), activated(), missed(LAST, LIMIT), returned(DeviceReturn.MOVED))} == {ELDER}


def test_a_device_is_assigned_within_a_household_that_is_known_or_without_one() -> None:
    """E11, ruling 2 of the design: elders who live alone may have no household here yet; the dead get none."""
    command = AssignDevice(device_id=DEVICE, kind=DeviceKind.PENDANT, person_id=ELDER, area=AREA)
    at_home = command.model_copy(update={"household_id": HOME})
    given(device).when(command).then(assigned(household=False))
    given(device).also(known_household, home_known()).when(at_home).then(assigned())
    given(device).when(at_home).refused("household_unknown")
    given(device).also(known_person, death_known(TUESDAY)).when(command).refused("person_dead")
    given(device, assigned()).when(command).refused("already_exists")


def test_a_device_works_from_its_activation_until_it_comes_back() -> None:
    """E11: what came back is not watched and has no calls; given to somebody else it gets another id."""
    on, back = ActivateDevice(device_id=DEVICE), ReturnDevice(device_id=DEVICE, reason=DeviceReturn.MOVED)
    given(device, assigned()).when(on, at=at("08:00:00")).then(activated())
    worn().when(on).refused("already_active")
    worn().when(back).then(returned(DeviceReturn.MOVED))
    gone = worn(returned(DeviceReturn.MOVED))
    for command in (on, back, PRESS):
        gone.when(command).refused("device_returned", reason=DeviceReturn.MOVED)
    assert list(index(activated())) == [Link(WATCHED)]
    assert list(index(returned(DeviceReturn.MOVED))) == [ReleaseAll()]


def test_a_press_opens_an_incident_whose_limits_run_from_the_press() -> None:
    """SC-20, R-ELD-06: alarm 15:56:00, due 15:57:00, 16:01:00 and 16:26:00; an alarm of a device not yet activated counts too."""
    incident = id_at(ALARM)
    worn().when(PRESS, at=ALARM).then(noted(incident=incident), received(incident=incident))
    given(device, assigned()).when(PRESS, at=ALARM).then(noted(incident=incident), received(incident=incident))


def test_three_presses_within_ten_minutes_are_one_incident_and_the_answer_names_it() -> None:
    """SC-20: counted from the first press, the tenth minute included; the clock stays that of the first."""
    pressed = worn(noted()).also(emergency_incident, received())
    for clock in ("15:57:10", "16:03:00", "16:06:00"):
        pressed.when(PRESS, at=at(clock)).then(repeated(at(clock)))
    fall = AlarmFromDevice(device_id=DEVICE, source=AlarmSource.FALL)
    pressed.when(fall, at=at("15:58:00")).then(repeated(at("15:58:00"), AlarmSource.FALL))
    pressed.when(PRESS, at=at("15:55:00")).then(repeated(at("15:55:00")))


def test_a_later_press_or_one_after_the_end_is_a_new_incident() -> None:
    """SC-20: more than ten minutes after the first press, or when the call is over: somebody calls for help again."""
    later = at("16:06:01")
    pressed = worn(noted()).also(emergency_incident, received())
    assert [type(one) for one in pressed.when(PRESS, at=later).events][1:] == [AlarmReceived]
    ended = worn(noted()).also(emergency_incident, received(), over(IncidentOutcome.FALSE_ALARM))
    again = ended.when(PRESS, at=at("15:58:00"))
    assert again.events[1].incident_id == id_at(at("15:58:00")) != INCIDENT
    newer = worn(noted(), noted(later, SILENCE)).state(device, DEVICE)
    older = worn(noted(later, SILENCE), noted()).state(device, DEVICE)
    assert newer.standing == older.standing == SILENCE


def test_a_press_during_a_silence_is_a_call_of_its_own() -> None:
    """E12: somebody who calls for help is not a device that was not heard."""
    opened = silent().when(PRESS, at=LIMIT + timedelta(minutes=2))
    assert opened.events[1].source is AlarmSource.BUTTON


presses = st.lists(st.integers(0, 3_600), min_size=1, max_size=12)


@for_all(presses=presses.map(sorted))
def test_there_is_always_one_open_incident_for_the_presses_of_ten_minutes(presses: list[int]) -> None:
    """SC-20: in order of time, each press is folded exactly when the first press of its incident is at most ten minutes away."""
    facts: list[Event] = [assigned(), activated()]
    first, opened, folded = None, 0, 0
    for second_ in presses:
        instant = ALARM + timedelta(seconds=second_)
        (*_, last) = given(device, *facts).when(PRESS, at=instant).events
        facts += given(device, *facts).when(PRESS, at=instant).events
        if first is None or second_ - first > 600:
            first, opened = second_, opened + 1
            assert isinstance(last, AlarmReceived)
        else:
            folded += 1
            assert isinstance(last, AlarmRepeated)
    assert opened + folded == len(presses)


def test_a_silence_of_the_whole_limit_opens_one_incident_alarmed_at_the_limit() -> None:
    """E20, R-ELD-06, DET-16: heard last at 9:00, silent since 9:00 of the next day; asked again it opens no second one."""
    incident = id_at(LIMIT)
    opened = missed(LAST, LIMIT, incident), silence_received(LIMIT, LIMIT + timedelta(seconds=60), incident)
    worn().when(miss(), at=LIMIT).then(*opened)
    worn().when(miss(), at=LIMIT - timedelta(microseconds=1)).then()
    silent().when(miss(), at=LIMIT).then()
    silent().when(miss(at("20:00:00")), at=at("20:00:00", day=3)).then()


def test_a_device_that_was_never_heard_counts_from_its_activation() -> None:
    """E20: it works since 8:00; whatever is said of an earlier sign, the limit is 8:00 of the next day."""
    never = worn().when(miss(at("01:00:00")), at=at("08:00:00", day=2))
    assert never.events[0].last_seen_at == at("08:00:00")
    assert worn().when(miss(at("01:00:00")), at=at("07:59:59", day=2)).events == []


def test_nobody_waits_for_a_device_that_is_not_in_use() -> None:
    """E20: assigned only, or given back."""
    given(device, assigned()).when(miss(), at=LIMIT).then()
    worn(returned(DeviceReturn.OWN_WISH)).when(miss(), at=LIMIT).then()


def test_the_next_sign_ends_the_silence_and_its_incident() -> None:
    """E20: an acknowledgement that was due at 9:01 is told with it if no timer had told it; a second sign changes nothing."""
    ended = over(IncidentOutcome.DEVICE_HEARD, SILENCE)
    silent().when(hear("09:00:40"), at=at("09:00:40", day=2)).then(heard(at("09:00:40", 2)), ended)
    first, breach, *_, last = silent().when(hear("11:30:00"), at=at("11:30:00", day=2)).events
    assert (first, breach.step, breach.due_at, last) == (heard(at("11:30:00", 2)), SlaStep.ACKNOWLEDGE, at("09:01:00", 2), ended)
    worn(missed(LAST, LIMIT), heard(at("11:30:00", 2))).when(hear("11:31:00")).then()


def test_a_sign_from_before_the_limit_that_arrives_late_ends_it_as_if_it_had_never_been() -> None:
    """E20: the message waited somewhere; the incident is over as it began, no limit was missed."""
    silent().when(hear("08:59:00"), at=at("08:59:00", day=2)).then(heard(at("08:59:00", 2)), over(IncidentOutcome.DEVICE_HEARD, SILENCE))


def test_an_old_sign_ends_nothing_and_what_the_desk_closed_stays_closed() -> None:
    """E20: signs come repeated and in any order."""
    silent().when(hear("09:00:00", day=1)).then()
    closed = worn(missed(LAST, LIMIT)).also(
        emergency_incident, silence_received(LIMIT, LIMIT + timedelta(minutes=1)), over(IncidentOutcome.FALSE_ALARM, SILENCE)
    )
    closed.when(hear("12:00:00"), at=at("12:00:00", day=2)).then(heard(at("12:00:00", 2)))


def test_a_silent_device_that_comes_back_ends_its_incident() -> None:
    """E20, SG-04: returned by the person, or for a death."""
    back = ReturnDevice(device_id=DEVICE, reason=DeviceReturn.REPLACED)
    ended = over(IncidentOutcome.DEVICE_RETURNED, SILENCE)
    silent().when(back, at=LIMIT).then(returned(DeviceReturn.REPLACED), ended)
    dead = silent().also(known_person, death_known(TUESDAY))
    dead.when(ReturnForDeath(device_id=DEVICE), at=LIMIT).then(returned(DeviceReturn.DEATH), ended)


def test_a_death_closes_the_device_and_a_revoked_one_gives_it_back_with_a_whole_limit() -> None:
    """SG-04, ruling 22: it is still found by the person; what the person had given back stays so."""
    closing, again = ReturnForDeath(device_id=DEVICE), ReinstateAfterRevocation(device_id=DEVICE)
    worn().also(known_person, death_known(TUESDAY)).when(closing).then(returned(DeviceReturn.DEATH))
    worn().also(known_person, death_known(TUESDAY, Certainty.REPORTED)).when(closing).then()
    worn(returned(DeviceReturn.MOVED)).also(known_person, death_known(TUESDAY)).when(closing).then()
    dead = worn(returned(DeviceReturn.DEATH)).also(known_person, death_known(TUESDAY))
    dead.when(again).then()
    alive = dead.also(known_person, death_withdrawn())
    alive.when(again, at=at("10:00:00", day=5)).then(reinstated(at("10:00:00", 5)))
    worn(returned(DeviceReturn.MOVED)).when(again).then()
    back = worn(returned(DeviceReturn.DEATH), reinstated(at("10:00:00", 5)))
    assert back.when(miss(), at=at("09:59:59", day=6)).events == []
    assert back.when(miss(), at=at("10:00:00", day=6)).events[0].last_seen_at == at("10:00:00", 5)
    assert list(index(returned(DeviceReturn.DEATH))) == [Unlink(WATCHED)]
    assert [list(index(reinstated(ALARM, active=active))) for active in (True, False)] == [[Link(WATCHED)], []]


def test_a_device_that_a_death_closed_still_calls() -> None:
    """E12: somebody stands there, or the death is an error; no call for help is refused for it."""
    opened = worn(returned(DeviceReturn.DEATH)).when(PRESS, at=ALARM)
    assert isinstance(opened.events[1], AlarmReceived)
