"""What is stale or wrong about streams: opinions, signals, disclosures, plans and devices, with a household or without one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.charity.disclosure_task import DisclosureKind, DisclosureOverdue, DisclosurePublished, DisclosureTaskOpened
from contracts.charity.donor_query import DonorQueryAnswered, DonorQueryOverdue, DonorQueryReceived, QueryTopic
from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanOpened,
    CareVisitRiskRevised,
    PlanEnding,
    RiskLevel,
    VisitGround,
)
from contracts.eldercare.emergency_incident import (
    AlarmAcknowledged,
    AlarmReceived,
    AlarmSource,
    EscalationLevel,
    IncidentClosed,
    IncidentEscalated,
    IncidentOutcome,
    Responder,
    ResponderDispatched,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.ids import (
    ActorId,
    AreaCode,
    CareVisitPlanId,
    DeviceId,
    DisclosureTaskId,
    DonorId,
    DonorQueryId,
    FundId,
    HouseholdId,
    IncidentId,
    OpinionId,
    OrganisationId,
    PersonId,
    SignalId,
    VisitId,
)  # fmt: skip
from contracts.registry.organisation import (
    OrganisationKind,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from contracts.registry.person import PersonDeceased
from contracts.relief.contact_assignment import (
    ContactLeaveBegan,
    ContactLeaveEnded,
    ContactListingEnded,
    ContactPointAssigned,
    ContactPointReassigned,
    ListingEnd,
)
from contracts.relief.death_case import DeathCaseClosed, DeathCaseOpened, DeathCaseRevoked, DeathOutcome
from contracts.relief.need_signal import DismissReason, NeedSignalDismissed, NeedSignalReceived, SignalSource
from contracts.relief.opinion import (
    Level,
    OpinionAnswered,
    OpinionClosed,
    OpinionCollected,
    OpinionOutcome,
    OpinionOverdue,
    OpinionReopened,
    OpinionTopic,
)
from contracts.terms import Certainty, DeathSource, NeedCategory, Urgency
from kit.identity import Role
from services.linkage.detections.finding import NextStep
from services.linkage.detections.limits import LimitUnit
from tests.linkage.cases import GRANDMOTHER, HOUSEHOLD, opened
from tests.linkage.looking import found_by, look_at
from tests.linkage.story import SHATOUJIAO, Story, an_id, at

INSTANT = timedelta(microseconds=1)
AREA, OWNER = AreaCode(SHATOUJIAO), ActorId("worker-1")
OPINION, SIGNAL, TASK, PLAN, DEVICE = (an_id(500 + number) for number in range(5))


class TestOpinionOverdue:
    """DET-14: an opinion that nobody answered by its due day."""

    KEY = f"opinion/{OPINION}"
    SHOWN = at("2022-04-20", 0)
    """Due by the end of 19 April: on the 20th it is stale."""
    ANSWERED = OpinionAnswered(opinion_id=OpinionId(OPINION), area=AREA, owner=OWNER)

    def collected(self) -> Story:
        first = OpinionCollected(
            opinion_id=OpinionId(OPINION), visit_id=VisitId(an_id(511)), area=AREA, topic=OpinionTopic.HOUSING, owner=OWNER,
            level=Level.COMMUNITY, due_at=self.SHOWN,
        )  # fmt: skip
        return Story().tell(first, on="2022-04-01")

    def test_it_stands_on_the_board_the_next_day_with_its_street(self) -> None:
        """A04, DET-14: no household; later the district's as well."""
        story = self.collected()
        before = look_at(story, self.SHOWN - INSTANT, self.KEY)
        assert (list(before.found), before.next_due) == ([], self.SHOWN)
        (finding,) = found_by(story, self.SHOWN, "DET-14", self.KEY)
        assert (finding.scope, finding.household_id, finding.area, finding.since) == (self.KEY, None, SHATOUJIAO, self.SHOWN)
        assert (finding.next_step, finding.details["level"]) == (NextStep.ANSWER_OR_RAISE, "community")
        assert [(turn.at, turn.owner) for turn in finding.turns] == [(at("2022-04-25", 0), Role.DISTRICT_OFFICER)]

    def test_the_next_level_does_not_make_it_younger(self) -> None:
        """DET-14: relief raised it to the street with a new due date; it is unanswered since the first."""
        story = self.collected().tell(
            OpinionOverdue(
                opinion_id=OpinionId(OPINION), area=AREA, owner=OWNER, missed_at=self.SHOWN, level=Level.STREET, due_at=at("2022-04-28", 0)
            ),
            on=self.SHOWN,
        )
        (finding,) = found_by(story, at("2022-04-22"), "DET-14", self.KEY)
        assert (finding.since, finding.until, finding.details["level"]) == (self.SHOWN, None, "street")

    def test_an_answer_in_time_that_was_told_late_leaves_nothing(self) -> None:
        """DET-14, ruling 16: answered on 19 April at 23:00, recorded on the 25th."""
        story = self.collected().tell(self.ANSWERED, on=at("2022-04-19", 23), recorded="2022-04-25")
        assert len(found_by(story, at("2022-04-24"), "DET-14", self.KEY)) == 1
        assert found_by(story, at("2022-04-26"), "DET-14", self.KEY) == []

    def test_a_late_answer_ends_it_and_reopening_begins_another(self) -> None:
        """A04: answered on 22 April, reopened on the 26th, due anew by the end of 10 May."""
        story = self.collected().tell(self.ANSWERED, on="2022-04-22")
        again = OpinionReopened(opinion_id=OpinionId(OPINION), area=AREA, owner=OWNER, level=Level.COMMUNITY, due_at=at("2022-05-11", 0))
        story.tell(again, on="2022-04-26")
        first, second = found_by(story, at("2022-05-12"), "DET-14", self.KEY)
        assert (first.since, first.until) == (self.SHOWN, at("2022-04-22"))
        assert (second.since, second.until) == (at("2022-05-11", 0), None)
        story.tell(self.ANSWERED, on="2022-05-12", recorded="2022-05-13")
        story.tell(OpinionClosed(opinion_id=OpinionId(OPINION), area=AREA, outcome=OpinionOutcome.EXPLAINED), on="2022-05-14")
        assert [one.until for one in found_by(story, at("2022-06-01"), "DET-14", self.KEY)] == [at("2022-04-22"), at("2022-05-12")]


class TestSignalOverdue:
    """DET-14 of signals: nobody acted."""

    def received(self, household: HouseholdId | None) -> NeedSignalReceived:
        return NeedSignalReceived(
            signal_id=SignalId(SIGNAL), source=SignalSource.HOTLINE, category=NeedCategory.LIVING, urgency=Urgency.RED, area=AREA,
            due_at=at("2022-06-10", 14), household_id=household,
        )  # fmt: skip

    @pytest.mark.parametrize("known", [False, True])
    def test_a_signal_ages_into_the_stale_list_whoever_it_is_about(self, known: bool) -> None:
        """B01, DET-14: due at 14:00, stale from the next day on; a signal that matches nobody stands by itself."""
        key = HOUSEHOLD if known else f"need-signal/{SIGNAL}"
        story = opened(Story()) if known else Story()
        story.tell(self.received(HOUSEHOLD if known else None), on="2022-06-10")
        assert found_by(story, at("2022-06-11", 0) - INSTANT, "DET-14-signal", key) == []
        (finding,) = found_by(story, at("2022-06-11", 0), "DET-14-signal", key)
        assert (finding.detection, finding.subject, finding.household_id) == (
            "DET-14", f"need-signal/{SIGNAL}", HOUSEHOLD if known else None,
        )  # fmt: skip
        story.tell(NeedSignalDismissed(signal_id=SignalId(SIGNAL), area=AREA, reason=DismissReason.NOT_IN_NEED), on="2022-06-13")
        assert found_by(story, at("2022-07-01"), "DET-14-signal", key)[0].until == at("2022-06-13")


def test_a_disclosure_that_was_not_made_is_charity_s() -> None:
    """DET-14, R-CHA-08: due by the end of 30 June; told overdue, published on 5 July. It names no place, so it is the district's."""
    key, fund = f"disclosure-task/{TASK}", FundId("children-illness")
    named: dict[str, Any] = {"task_id": DisclosureTaskId(TASK), "kind": DisclosureKind.PERIODIC, "fund_id": fund}
    due = at("2022-07-01", 0)
    story = Story().tell(
        DisclosureTaskOpened(**named, due_at=due, covers_from=date(2022, 4, 1), covers_to=date(2022, 6, 30)), on="2022-04-01"
    )
    story.tell(DisclosureOverdue(**named, due_at=due), on=due)
    assert found_by(story, due - INSTANT, "DET-14-disclosure", key) == []
    (finding,) = found_by(story, due, "DET-14-disclosure", key)
    assert (finding.area, finding.owner, finding.next_step) == ("440308", Role.CHARITY_OFFICER, NextStep.PUBLISH)
    story.tell(DisclosurePublished(**named, published_on=date(2022, 7, 5), in_time=False), on="2022-07-05")
    assert found_by(story, at("2022-08-01"), "DET-14-disclosure", key)[0].until == at("2022-07-05")


class TestElderNotVisited:
    """DET-15: the plan's interval is the limit."""

    KEY = f"care-visit-plan/{PLAN}"
    BREACH = at("2022-05-11", 0)

    def planned(self, risk: RiskLevel = RiskLevel.HIGH) -> Story:
        plan = CareVisitPlanOpened(
            plan_id=CareVisitPlanId(PLAN),
            person_id=GRANDMOTHER,
            area=AREA,
            ground=VisitGround.SOLITARY,
            risk=risk,
            opened_on=date(2022, 5, 3),
            due_on=date(2022, 5, 10),
        )
        return Story().tell(plan, on="2022-05-03")

    def test_from_the_end_of_the_due_day_until_somebody_came(self) -> None:
        """DET-15, E27: due on 10 May, missed, visited on the 12th; the next one is due on the 19th."""
        story = self.planned()
        assert look_at(story, self.BREACH - INSTANT, self.KEY).next_due == self.BREACH
        (finding,) = found_by(story, self.BREACH, "DET-15", self.KEY)
        assert (finding.since, finding.limit.unit, finding.owner) == (self.BREACH, LimitUnit.NAMED, Role.CARE_WORKER)
        missed = CareVisitMissed(
            plan_id=CareVisitPlanId(PLAN), missed_on=date(2022, 5, 10), level=1, risk=RiskLevel.HIGH, due_on=date(2022, 5, 11)
        )
        done = CareVisitDone(plan_id=CareVisitPlanId(PLAN), visited_on=date(2022, 5, 12), due_on=date(2022, 5, 19))
        story.tell(missed, on=self.BREACH).tell(done, on="2022-05-12")
        (over,) = found_by(story, at("2022-05-19"), "DET-15", self.KEY)
        assert (over.since, over.until) == (self.BREACH, at("2022-05-12"))
        assert [one.since for one in found_by(story, at("2022-06-01"), "DET-15", self.KEY)] == [self.BREACH, at("2022-05-20", 0)]

    def test_a_visit_in_time_that_was_told_late_leaves_nothing(self) -> None:
        """DET-15: visited on the last day, recorded two days later."""
        done = CareVisitDone(plan_id=CareVisitPlanId(PLAN), visited_on=date(2022, 5, 10), due_on=date(2022, 5, 17))
        story = self.planned().tell(done, on=at("2022-05-10", 20), recorded="2022-05-12")
        assert found_by(story, at("2022-05-13"), "DET-15", self.KEY) == []

    def test_only_high_risk_and_only_while_the_plan_runs(self) -> None:
        """DET-15: a lower risk is watched by eldercare alone; an ended plan waits for nobody."""
        assert found_by(self.planned(RiskLevel.MEDIUM), at("2022-06-01"), "DET-15", self.KEY) == []
        lower = CareVisitRiskRevised(plan_id=CareVisitPlanId(PLAN), risk=RiskLevel.LOW, due_on=date(2022, 6, 10))
        assert found_by(self.planned().tell(lower, on="2022-05-09"), at("2022-06-01"), "DET-15", self.KEY) == []
        ended = CareVisitPlanEnded(plan_id=CareVisitPlanId(PLAN), reason=PlanEnding.IN_INSTITUTION)
        assert found_by(self.planned().tell(ended, on="2022-05-09"), at("2022-06-01"), "DET-15", self.KEY) == []


def test_a_device_is_heard_after_its_elder_died() -> None:
    """DET-23: died on 14 June, known on the 20th: the alarm of the 15th is a dispute; silence and the day of death are none."""
    story = opened(Story())
    for number, (day, source) in enumerate((("14", AlarmSource.BUTTON), ("15", AlarmSource.FALL), ("16", AlarmSource.SILENCE))):
        alarm = AlarmReceived(
            incident_id=IncidentId(an_id(520 + number)), device_id=DeviceId(DEVICE), person_id=GRANDMOTHER, area=AREA, source=source,
            alarmed_at=at(f"2022-06-{day}"), acknowledge_by=at(f"2022-06-{day}", 11), household_id=HOUSEHOLD,
        )  # fmt: skip
        story.tell(alarm, on=f"2022-06-{day}")
    story.tell(
        PersonDeceased(person_id=GRANDMOTHER, died_on=date(2022, 6, 14), source=DeathSource.FUNERAL_HOME, certainty=Certainty.CONFIRMED),
        on="2022-06-20",
    )
    assert found_by(story, at("2022-06-19"), "DET-23-device") == []
    (finding,) = found_by(story, at("2022-06-21"), "DET-23-device")
    assert (finding.detection, finding.since) == ("DET-23", at("2022-06-20"))
    assert (finding.details["stream"], finding.details["died_on"]) == (f"emergency-incident/{an_id(521)}", "2022-06-14")


class TestDonorQueryOverdue:
    """DET-14 of donors' questions."""

    KEY = f"donor-query/{an_id(520)}"
    ASKED = DonorQueryReceived(
        query_id=DonorQueryId(an_id(520)), donor_id=DonorId(an_id(521)), topic=QueryTopic.USE, received_on=date(2022, 3, 1),
        due_at=at("2022-03-22", 0),
    )  # fmt: skip

    def test_a_donor_who_waits_longer_than_twenty_days_is_on_the_board_until_answered(self) -> None:
        """R-CHA-11, DET-14: asked on 1 March, in time to the end of the 21st; the charity officer's, after five days the district's."""
        story = Story().tell(self.ASKED, on="2022-03-01")
        assert found_by(story, at("2022-03-22", 0) - INSTANT, "DET-14-query", self.KEY) == []
        (finding,) = found_by(story, at("2022-03-22", 0), "DET-14-query", self.KEY)
        assert (finding.owner, finding.next_step, finding.details["what"]) == (Role.CHARITY_OFFICER, NextStep.ANSWER_OR_RAISE, "use")
        assert [turn.at for turn in finding.turns] == [at("2022-03-27", 0)]
        overdue = DonorQueryOverdue(query_id=self.ASKED.query_id, donor_id=self.ASKED.donor_id, due_at=self.ASKED.due_at)
        answer = DonorQueryAnswered(
            query_id=self.ASKED.query_id, donor_id=self.ASKED.donor_id, answered_on=date(2022, 3, 24), in_time=False
        )
        story.tell(overdue, on=at("2022-03-22", 0)).tell(answer, on="2022-03-24")
        assert [one.until for one in found_by(story, at("2022-04-01"), "DET-14-query", self.KEY)] == [at("2022-03-24")]


class TestContactMissing:
    """DET-14 of contacts on leave."""

    KEY = f"contact-assignment/{an_id(530)}"
    PERSON = PersonId(an_id(530))
    AWAY = ContactLeaveBegan(
        person_id=PERSON, area=AREA, contact=ActorId("worker-7"), leave_from=date(2022, 4, 1), due_at=at("2022-04-09", 0)
    )

    def listed(self, home: HouseholdId | None = None) -> Story:
        since = date(2022, 3, 1)
        assigned = ContactPointAssigned(person_id=self.PERSON, area=AREA, contact=ActorId("worker-7"), since=since, household_id=home)
        return Story().tell(assigned, on="2022-03-01")

    def test_who_has_no_contact_after_the_last_day_is_on_the_board(self) -> None:
        """B09, DET-14: due by the end of 8 April, whoever told the breach; naming another ends it."""
        story = self.listed().tell(self.AWAY, on="2022-04-01")
        assert found_by(story, at("2022-04-09", 0) - INSTANT, "DET-14-contact", self.KEY) == []
        (finding,) = found_by(story, at("2022-04-10"), "DET-14-contact", self.KEY)
        assert (finding.since, finding.owner, finding.next_step) == (at("2022-04-09", 0), Role.CASEWORKER, NextStep.NAME_CONTACT)
        assert (finding.area, finding.details["contact"]) == (AREA, "worker-7")
        named = ContactPointReassigned(
            person_id=self.PERSON, area=AREA, contact=ActorId("worker-8"), before=ActorId("worker-7"), since=date(2022, 4, 12), late=True
        )
        story.tell(named, on="2022-04-12")
        assert [one.until for one in found_by(story, at("2022-05-01"), "DET-14-contact", self.KEY)] == [at("2022-04-12")]

    @pytest.mark.parametrize("end", ["back", "ended"])
    def test_a_contact_who_is_back_in_time_and_a_person_who_needs_none_leave_nothing(self, end: str) -> None:
        """B09: told late, it still leaves nothing."""
        back = ContactLeaveEnded(person_id=self.PERSON, area=AREA, contact=ActorId("worker-7"))
        ended = ContactListingEnded(
            person_id=self.PERSON, area=AREA, contact=ActorId("worker-7"), reason=ListingEnd.MOVED, ended_on=date(2022, 4, 6)
        )
        story = (
            self.listed().tell(self.AWAY, on="2022-04-01").tell(back if end == "back" else ended, on="2022-04-06", recorded="2022-04-20")
        )
        assert found_by(story, at("2022-04-21"), "DET-14-contact", self.KEY) == []

    def test_it_stands_under_the_household_where_there_is_one(self) -> None:
        """B09: on the household's page, in the area the household lies in."""
        assigned = ContactPointAssigned(
            person_id=self.PERSON, area=AREA, contact=ActorId("worker-7"), since=date(2022, 3, 1), household_id=HOUSEHOLD
        )
        story = opened(Story()).tell(assigned, on="2022-03-01").tell(self.AWAY, on="2022-04-01")
        (finding,) = found_by(story, at("2022-04-10"), "DET-14-contact")
        assert finding.household_id == HOUSEHOLD


class TestDeathCaseLate:
    """DET-14 of deaths whose steps are not done."""

    PERSON = GRANDMOTHER
    OPENED = DeathCaseOpened(
        person_id=PERSON, household_id=HOUSEHOLD, died_on=date(2022, 3, 4), certainty=Certainty.CONFIRMED, entitlement_ids=(),
        late_at=at("2022-06-05", 0),
    )  # fmt: skip

    def test_what_is_open_three_months_after_the_death_is_on_the_board_until_all_is_done(self) -> None:
        """R-DIB-16, DET-14: in time to the end of 4 June; the caseworker's, then the district's."""
        story = opened(Story()).tell(self.OPENED, on="2022-03-10")
        assert found_by(story, at("2022-06-05", 0) - INSTANT, "DET-14-death") == []
        (finding,) = found_by(story, at("2022-06-06"), "DET-14-death")
        assert (finding.since, finding.owner, finding.next_step) == (at("2022-06-05", 0), Role.CASEWORKER, NextStep.FINISH_STEPS)
        story.tell(DeathCaseClosed(person_id=self.PERSON, household_id=HOUSEHOLD, outcome=DeathOutcome.DONE), on="2022-06-10")
        assert [one.until for one in found_by(story, at("2022-07-01"), "DET-14-death")] == [at("2022-06-10")]

    def test_a_revoked_death_has_a_working_day_of_its_own(self) -> None:
        """Ruling 22: what it ended goes on within a working day; from then on that is late."""
        revoked = DeathCaseRevoked(person_id=self.PERSON, household_id=HOUSEHOLD, entitlement_ids=(), late_at=at("2022-04-02", 0))
        story = opened(Story()).tell(self.OPENED, on="2022-03-10").tell(revoked, on="2022-03-31")
        assert found_by(story, at("2022-04-01"), "DET-14-death") == []
        (finding,) = found_by(story, at("2022-04-03"), "DET-14-death")
        assert (finding.since, finding.details["certainty"]) == (at("2022-04-02", 0), "revoked")


class TestCureOver:
    """DET-14 of organisations that had time to put things right."""

    NAME = OrganisationId("51440308mj00000001")
    KEY = f"organisation/{NAME}"

    def restricted(self, cure_by: date | None) -> Story:
        registered = OrganisationRegistered(
            organisation_id=self.NAME, kind=OrganisationKind.AGENCY, area=AREA, registered_on=date(2018, 1, 1)
        )
        restricted = OrganisationRestricted(
            organisation_id=self.NAME, reason=RestrictionReason.ZOMBIE_NO_REPORT, since=date(2022, 6, 1), cure_by=cure_by
        )
        return Story().tell(registered, on="2022-01-01").tell(restricted, on="2022-06-01")

    def test_after_its_three_months_somebody_has_to_decide(self) -> None:
        """R-SO-01, SC-25, DET-14: to 1 September with that day; the registrar's until it is reinstated or struck off."""
        story = self.restricted(date(2022, 9, 1))
        assert found_by(story, at("2022-09-02", 0) - INSTANT, "DET-14-cure", self.KEY) == []
        (finding,) = found_by(story, at("2022-09-03"), "DET-14-cure", self.KEY)
        assert (finding.since, finding.owner, finding.next_step) == (
            at("2022-09-02", 0),
            Role.CIVIL_REGISTRAR,
            NextStep.DECIDE_ORGANISATION,
        )
        assert (finding.household_id, finding.area, finding.details["what"]) == (None, AREA, "zombie_no_report")
        again = OrganisationReinstated(organisation_id=self.NAME, reason=ReinstatementReason.RECTIFIED, since=date(2022, 9, 10))
        story.tell(again, on="2022-09-10")
        assert [one.until for one in found_by(story, at("2022-10-01"), "DET-14-cure", self.KEY)] == [at("2022-09-10")]

    def test_what_nothing_can_mend_waits_for_nobody(self) -> None:
        """R-SO-01: without a last day there is none to miss."""
        assert found_by(self.restricted(None), at("2022-12-01"), "DET-14-cure", self.KEY) == []


class TestAlarmLimitMissed:
    """DET-14 of alarms: limits that eldercare's clock told."""

    INCIDENT = IncidentId(an_id(540))
    KEY = f"emergency-incident/{INCIDENT}"
    RANG = at("2022-05-04", 15, 56)

    def breached(self, step: SlaStep, seconds: int) -> SlaBreached:
        return SlaBreached(
            incident_id=self.INCIDENT, area=AREA, step=step, due_at=self.RANG + timedelta(seconds=seconds), level=EscalationLevel.SHIFT_LEAD
        )

    def missed(self) -> Story:
        """Nobody takes the alarm within 60 seconds, and nobody is sent within five minutes."""
        first, second = self.breached(SlaStep.ACKNOWLEDGE, 60), self.breached(SlaStep.DISPATCH, 300)
        return Story().tell(first, on=first.due_at).tell(second, on=second.due_at)

    def test_each_missed_step_stands_on_the_board_until_it_is_made_up_for(self) -> None:
        """R-ELD-06, E12, DET-14: acknowledged after four minutes, sent after seven; each step since its own instant, the alarm desk's."""
        story = self.missed()
        story.tell(
            IncidentEscalated(
                incident_id=self.INCIDENT, area=AREA, level=EscalationLevel.STREET_DUTY, escalated_at=at("2022-05-04", 15, 58)
            ),
            on=at("2022-05-04", 15, 58),
        )
        taken = AlarmAcknowledged(incident_id=self.INCIDENT, acknowledged_at=at("2022-05-04", 16, 2), seconds=360)
        sent = ResponderDispatched(
            incident_id=self.INCIDENT, responder=Responder.AMBULANCE, dispatched_at=at("2022-05-04", 16, 3), seconds=420
        )
        story.tell(taken, on=at("2022-05-04", 16, 2)).tell(sent, on=at("2022-05-04", 16, 3))
        steps = {one.details["step"]: one for one in found_by(story, at("2022-05-04", 17), "DET-14-alarm", self.KEY)}
        assert {step: (one.since, one.until) for step, one in steps.items()} == {
            "acknowledge": (self.RANG + timedelta(seconds=60), at("2022-05-04", 16, 2)),
            "dispatch": (self.RANG + timedelta(seconds=300), at("2022-05-04", 16, 3)),
        }
        assert {one.owner for one in steps.values()} == {Role.ALARM_DESK}
        assert {one.next_step for one in steps.values()} == {NextStep.ACT_ON_ALARM}

    def test_a_withdrawn_breach_and_a_closed_call_leave_nothing_open(self) -> None:
        """R-ELD-06, ruling 16: it was acknowledged in time and told late; the other step ends with the call."""
        withdrawn = SlaBreachWithdrawn(incident_id=self.INCIDENT, step=SlaStep.ACKNOWLEDGE)
        story = self.missed().tell(withdrawn, on=at("2022-05-04", 16, 5))
        open_ones = [one.details["step"] for one in found_by(story, at("2022-05-04", 17), "DET-14-alarm", self.KEY) if one.until is None]
        assert open_ones == ["dispatch"]
        story.tell(IncidentClosed(incident_id=self.INCIDENT, outcome=IncidentOutcome.FALSE_ALARM), on=at("2022-05-04", 18))
        assert all(one.until for one in found_by(story, at("2022-05-05"), "DET-14-alarm", self.KEY))
