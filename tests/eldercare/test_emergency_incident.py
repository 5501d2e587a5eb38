"""Emergency calls: limits from the alarm, what is told of a missed one, and the worked case of 23 minutes (R-ELD-06, SG-13, SC-20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.eldercare.emergency_incident import (
    AlarmAcknowledged,
    EscalationLevel,
    IncidentOutcome,
    PersonHandedOver,
    Responder,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.envelope import Event
from kit.command import Command
from kit.store.model import ReleaseAll, SetTimer
from kit.testing import Given, given
from services.eldercare.domain.emergency_incident import (
    AcknowledgeAlarm,
    BreachAcknowledge,
    BreachArrival,
    BreachDispatch,
    CallBack,
    CloseIncident,
    DispatchResponder,
    EmergencyIncident,
    Escalate,
    HandOver,
    ResponderIsThere,
    emergency_incident,
)
from services.eldercare.domain.emergency_incident.state import index
from tests.eldercare.alarm_facts import (
    ALARM,
    INCIDENT,
    SILENCE,
    acknowledged,
    arrived,
    at,
    breached,
    called_back,
    dispatched,
    escalated,
    over,
    received,
    repeated,
    silence_received,
    withdrawn,
)
from tests.eldercare.facts import HOME

ACK, DISPATCH, ARRIVAL = SlaStep.ACKNOWLEDGE, SlaStep.DISPATCH, SlaStep.ARRIVAL
SHIFT, STREET, DISTRICT = EscalationLevel
TAKE, SEND, THERE = (
    AcknowledgeAlarm(incident_id=INCIDENT),
    DispatchResponder(incident_id=INCIDENT, responder=Responder.AMBULANCE),
    ResponderIsThere(incident_id=INCIDENT),
)
NOBODY, HANDED = CallBack(incident_id=INCIDENT, answered=False), HandOver(incident_id=INCIDENT)


def ending(outcome: str) -> CloseIncident:
    return CloseIncident.model_validate({"incident_id": INCIDENT, "outcome": outcome})


def call(*more: Event) -> Given:
    """The alarm of 15:56:00."""
    return given(emergency_incident, received(), *more)


IN_TIME = [acknowledged("15:56:40", 40), called_back(), dispatched("15:58:00", 120), arrived("16:14:00", 1_080)]
HANDED_OVER = PersonHandedOver(incident_id=INCIDENT, household_id=HOME, handed_over_at=at("16:19:00"), seconds=23 * 60)


def test_the_worked_call_keeps_every_limit_and_takes_23_minutes() -> None:
    """SC-20, SG-13, R-ELD-06: alarm 15:56:00, acknowledged :40, no answer, 120 sent 15:58, on site 16:14, in the ambulance 16:19, closed."""
    call().when(TAKE, at=at("15:56:40")).then(acknowledged("15:56:40", 40))
    call(*IN_TIME[:1]).when(NOBODY, at=at("15:57:30")).then(called_back())
    call(*IN_TIME[:2]).when(SEND, at=at("15:58:00")).then(dispatched("15:58:00", 120))
    call(*IN_TIME[:3]).when(THERE, at=at("16:14:00")).then(arrived("16:14:00", 1_080))
    call(*IN_TIME).when(HANDED, at=at("16:19:00")).then(HANDED_OVER)
    call(*IN_TIME, HANDED_OVER).when(ending("real"), at=at("16:20:00")).then(over(IncidentOutcome.REAL))


def test_a_late_acknowledgement_tells_the_breach_that_the_timer_had_not_told() -> None:
    """SC-20: acknowledged 15:58:30; the breach is of 15:57:00, the next level was due 15:58:00; dispatch 3 min 30 s after the alarm is none."""
    late = [breached(ACK, "15:57:00", "15:58:00"), escalated(STREET, "15:58:00", "15:59:00"), acknowledged("15:58:30", 150)]
    call().when(TAKE, at=at("15:58:30")).then(*late)
    call(*late).when(SEND, at=at("15:59:30")).then(dispatched("15:59:30", 210))


def test_the_timer_tells_the_breach_at_the_limit_and_the_late_acknowledgement_only_itself() -> None:
    """SC-20, E12: `SlaBreached{acknowledge}` at 15:57:00 to the shift lead, once, however often it is asked for."""
    told = breached(ACK, "15:57:00", "15:58:00")
    call().when(BreachAcknowledge(incident_id=INCIDENT), at=at("15:57:00")).then(told)
    call(told).when(BreachAcknowledge(incident_id=INCIDENT), at=at("15:57:00")).then()
    call(told).when(TAKE, at=at("15:57:45")).then(acknowledged("15:57:45", 105))


@pytest.mark.parametrize(
    ("command", "before", "limit"),
    [
        (TAKE, [], "15:57:00"),
        (SEND, [acknowledged("15:56:40", 40)], "16:01:00"),
        (THERE, [acknowledged("15:56:40", 40), dispatched("15:58:00", 120)], "16:26:00"),
    ],
)
def test_the_limit_itself_is_in_time_and_a_moment_later_is_not(command: Command, before: Sequence[Event], limit: str) -> None:
    """Ruling 16, R-ELD-06: 60 seconds, 5 minutes and 30 minutes, all from the alarm."""
    exact = call(*before).when(command, at=at(limit)).events
    assert [type(one) for one in exact if isinstance(one, SlaBreached)] == []
    late = call(*before).when(command, at=at(limit) + timedelta(microseconds=1)).events
    assert [one.due_at for one in late if isinstance(one, SlaBreached)] == [at(limit)]


def test_what_was_done_in_time_and_told_late_takes_the_breach_back() -> None:
    """Ruling 16: the timer had fired before the desk told that it took the alarm after exactly 60 seconds."""
    told = breached(ACK, "15:57:00", "15:58:00")
    call(told).when(TAKE, at=at("15:57:00")).then(withdrawn(ACK), acknowledged("15:57:00", 60))
    taken = acknowledged("15:56:40", 40)
    call(taken, breached(DISPATCH, "16:01:00")).when(SEND, at=at("16:00:00")).then(withdrawn(DISPATCH), dispatched("16:00:00", 240))
    late = breached(DISPATCH, "16:01:00")
    call(taken, late).when(ending("false_alarm"), at=at("16:00:59")).then(withdrawn(DISPATCH), over(IncidentOutcome.FALSE_ALARM))


def test_an_alarm_that_nobody_takes_goes_up_to_the_district_and_no_further() -> None:
    """E12: shift lead, street, district, a minute each; it stays open until somebody takes it."""
    told: list[Event] = [breached(ACK, "15:57:00", "15:58:00")]
    up = Escalate(incident_id=INCIDENT)
    for step in [escalated(STREET, "15:58:00", "15:59:00"), escalated(DISTRICT, "15:59:00")]:
        call(*told).when(up, at=step.escalated_at).then(step)
        told.append(step)
    call(*told).when(up, at=at("16:30:00")).then()
    call(*told).when(ending("false_alarm"), at=at("16:30:00")).refused("step_missing", step=ACK)
    call(*told, acknowledged("16:00:00", 240)).when(up, at=at("16:30:00")).then()


def test_a_false_alarm_or_a_test_that_was_acknowledged_needs_nobody_on_site() -> None:
    """SG-13, R-ELD-06: closing ends the later limits; after 5 minutes without dispatch their breach is told with it."""
    taken = acknowledged("15:56:40", 40)
    for outcome in (IncidentOutcome.FALSE_ALARM, IncidentOutcome.TEST):
        call(taken).when(ending(outcome), at=at("15:59:00")).then(over(outcome))
    call(taken).when(ending("test"), at=at("16:02:00")).then(breached(DISPATCH, "16:01:00"), over(IncidentOutcome.TEST))
    assert ReleaseAll() in list(index(over(IncidentOutcome.TEST)))


def test_steps_come_in_their_order_and_time_does_not_run_backwards() -> None:
    """SG-13: a real call ends on site; nothing is done before what led to it; nothing twice; nothing after the end."""
    taken, sent = acknowledged("15:56:40", 40), dispatched("15:58:00", 120)
    call().when(SEND, at=at("15:57:00")).refused("step_missing", step=ACK)
    call().when(NOBODY, at=at("15:57:00")).refused("step_missing", step=ACK)
    call(taken).when(THERE, at=at("15:58:00")).refused("step_missing", step=DISPATCH)
    call(taken, sent).when(HANDED, at=at("15:59:00")).refused("step_missing", step=ARRIVAL)
    call(taken, sent).when(ending("real"), at=at("15:59:00")).refused("step_missing", step=ARRIVAL)
    call().when(TAKE, at=at("15:55:59")).refused("before_alarm")
    call(taken, sent).when(THERE, at=at("15:57:59")).refused("before_last_step")
    call(taken).when(TAKE, at=at("15:57:00")).refused("already_done")
    call(taken, sent).when(SEND, at=at("15:59:00")).refused("already_done")
    call(*IN_TIME, HANDED_OVER).when(HANDED, at=at("16:20:00")).refused("already_done")
    ended = call(taken, over(IncidentOutcome.TEST))
    for command in (TAKE, NOBODY, SEND, THERE, HANDED, ending("test")):
        ended.when(command, at=at("16:30:00")).refused("incident_closed", outcome=IncidentOutcome.TEST)


def test_a_timer_does_nothing_once_its_step_is_done_or_the_incident_over_and_is_refused_before_its_time() -> None:
    """R-ELD-06: three limits, each with a command of its own."""
    timers = [(BreachAcknowledge, "15:57:00"), (BreachDispatch, "16:01:00"), (BreachArrival, "16:26:00")]
    for kind, due in timers:
        command = kind(incident_id=INCIDENT)
        call(*IN_TIME).when(command, at=at(due)).then()
        call(over(IncidentOutcome.TEST)).when(command, at=at(due)).then()
        call().when(command, at=at(due) - timedelta(seconds=1)).refused("not_due", due_at=at(due).isoformat())
    call(*IN_TIME[:1]).when(BreachDispatch(incident_id=INCIDENT), at=at("16:01:00")).then(breached(DISPATCH, "16:01:00"))
    call(*IN_TIME[:3]).when(BreachArrival(incident_id=INCIDENT), at=at("16:26:00")).then(breached(ARRIVAL, "16:26:00"))
    early = call(breached(ACK, "15:57:00", "15:58:00")).when(Escalate(incident_id=INCIDENT), at=at("15:57:59"))
    early.refused("not_due", due_at=at("15:58:00").isoformat())


def test_a_silent_device_asks_for_contact_and_nobody_need_be_sent() -> None:
    """R-ELD-06: device silent 24 h → contact: only the acknowledgement has a limit."""
    silence = silence_received(at("08:00:00"), at("08:01:00"))
    assert list(index(silence)) == [SetTimer("breach-acknowledge", at("08:01:00"))]
    taken = AlarmAcknowledged(incident_id=SILENCE, household_id=HOME, acknowledged_at=at("08:00:30"), seconds=30)
    close = CloseIncident(incident_id=SILENCE, outcome=IncidentOutcome.FALSE_ALARM)
    given(emergency_incident, silence, taken).when(close, at=at("11:00:00")).then(over(IncidentOutcome.FALSE_ALARM, SILENCE))


def test_an_outcome_is_a_code_and_the_program_s_own_codes_are_not_for_people() -> None:
    """SG-13: no free text."""
    for words in ("she fell in the kitchen", "device_heard", "device_returned"):
        with pytest.raises(ValidationError):
            ending(words)


def test_the_limits_are_timers_that_the_steps_end() -> None:
    """R-ELD-06: set by the alarm; done, told or over, they are gone."""
    assert timers_of([received()]) == {
        "breach-acknowledge": at("15:57:00"),
        "breach-dispatch": at("16:01:00"),
        "breach-arrival": at("16:26:00"),
    }
    assert timers_of([received(), *IN_TIME[:1]]).keys() == {"breach-dispatch", "breach-arrival"}
    assert timers_of([received(), *IN_TIME]) == {}
    told = [received(), breached(ACK, "15:57:00", "15:58:00")]
    assert timers_of(told)["escalate"] == at("15:58:00")
    assert timers_of([*told, escalated(STREET, "15:58:00", "15:59:00")])["escalate"] == at("15:59:00")
    assert "escalate" not in timers_of([*told, acknowledged("15:58:30", 150)])
    assert timers_of([*told, repeated(at("15:59:00")), over(IncidentOutcome.TEST)]) == {}


def timers_of(facts: Iterable[Event]) -> dict[str, datetime]:
    """The timers that stand after the facts."""
    timers: dict[str, datetime] = {}
    for change in (change for fact in facts for change in index(fact)):  # type: ignore[arg-type]
        if isinstance(change, ReleaseAll):
            timers = {}
        elif isinstance(change, SetTimer):
            timers.pop(change.name, None)
            timers |= {change.name: change.due} if change.due else {}
    return timers


class Desk:
    """A call in the hands of a desk that tells late, and of timers."""

    def __init__(self) -> None:
        self.facts: list[Event] = [received()]

    def give(self, command: Command, instant: datetime) -> None:
        outcome = given(emergency_incident, *self.facts).when(command, at=instant)
        assert outcome.refusal is None, outcome.refusal
        self.facts += outcome.events

    def sweep(self, until: datetime) -> None:
        """Every timer that is due by then acts, earliest first."""
        while due := [(instant, name) for name, instant in timers_of(self.facts).items() if instant <= until]:
            instant, name = min(due)
            (spec,) = [spec for spec in emergency_incident.commands if spec.name == name]
            self.give(spec.model.model_validate({"incident_id": INCIDENT}), instant)

    def net(self) -> dict[SlaStep, int]:
        """How often the breach of each step stands."""
        told, back = [[one.step for one in self.facts if isinstance(one, kind)] for kind in (SlaBreached, SlaBreachWithdrawn)]
        return {step: told.count(step) - back.count(step) for step in SlaStep}

    def state(self) -> EmergencyIncident:
        state: EmergencyIncident = emergency_incident.fold(self.facts)
        return state


seconds = st.integers(0, 2_400)


@for_all(
    steps=st.lists(seconds, min_size=4, max_size=4).map(sorted), delays=st.lists(seconds, min_size=4, max_size=4), closes=st.integers(1, 4)
)
def test_timers_change_nothing_about_which_limits_were_missed(steps: list[int], delays: list[int], closes: int) -> None:
    """R-ELD-06, ruling 16: whether the timers acted before the desk told or not at all, each limit is missed once or not, by the desk's own times."""
    commands: list[Any] = [*(TAKE, SEND, THERE)[:closes], ending("real" if closes > 3 else "false_alarm")]
    prompt, slow = Desk(), Desk()
    for command, step, delay in zip(commands, steps, delays, strict=False):
        happened = ALARM + timedelta(seconds=step)
        prompt.sweep(happened + timedelta(seconds=delay))
        prompt.give(command, happened)
        slow.give(command, happened)
    limits = dict(zip(SlaStep, (60, 300, 1_800), strict=True))
    done = dict(zip(SlaStep, steps[: len(commands) - 1], strict=False))
    end = steps[len(commands) - 1]
    expected = {step: int(done.get(step, end) > limit) for step, limit in limits.items()}
    assert prompt.net() == slow.net() == expected
    assert timers_of(prompt.facts) == timers_of(slow.facts) == {}
    assert prompt.state().done == slow.state().done
