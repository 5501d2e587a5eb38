"""Gaps that only a look at the whole household shows: entitled without aid, assessed without service, warned again without a check."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, AssessmentId, CampaignId, Month, SignalId, VisitId
from contracts.relief.entitlement import EntitlementStopped, StopReason
from contracts.relief.household import HouseholdAssessed, StatusExpired, StatusRecognised
from contracts.relief.need_signal import NeedSignalReceived, NeedSignalVerified, SignalSource, Verification
from contracts.relief.referral import ReferralProposed, ReferralServiceStarted
from contracts.relief.temp_aid import TempAidRefusal, TempAidRefused
from contracts.relief.visit import Channel, VisitCompleted
from contracts.terms import Layer, NeedCategory, Receiver, Scheme, Status, Urgency
from kit.identity import Role
from services.linkage.detections.finding import NextStep
from services.linkage.detections.limits import LimitUnit
from tests.linkage.cases import (
    BILLS,
    DIBAO,
    FIRST_CASE,
    HOUSEHOLD,
    MOTHER,
    REFERRAL,
    SECOND_CASE,
    a_need,
    committed,
    delivered,
    granted,
    opened,
    regular,
    requested,
)  # fmt: skip
from tests.linkage.looking import found_by, look_at
from tests.linkage.story import SHATOUJIAO, Story, an_id, at

INSTANT = timedelta(microseconds=1)


def recognised(status: Status, first: str = "2022-04") -> StatusRecognised:
    return StatusRecognised(household_id=HOUSEHOLD, status=status, from_month=Month(first))


class TestEligibleWithout:
    """DET-02: dibao or tekun by status, and no entitlement to it."""

    def test_it_is_found_at_the_end_of_the_first_day_of_the_status(self) -> None:
        """DET-02, B05: recognised on 20 March from April on: a gap at the end of 1 April, and the clock knows when to look."""
        story = opened(Story()).tell(recognised(Status.DIBAO), on="2022-03-20")
        begins = at("2022-04-01", 0)
        assert look_at(story, at("2022-03-21")).next_due == begins
        assert look_at(story, begins).next_due == at("2022-04-02", 0)
        assert found_by(story, at("2022-04-02", 0) - INSTANT, "DET-02") == []
        (finding,) = found_by(story, at("2022-04-02", 0), "DET-02")
        assert (finding.began, finding.since, finding.limit.unit) == (begins, at("2022-04-02", 0), LimitUnit.DAY_END)
        assert (finding.next_step, finding.details) == (NextStep.OFFER_BENEFIT, {"status": "dibao", "benefit": "dibao"})

    def test_a_grant_ends_it_even_if_its_first_month_is_the_next(self) -> None:
        """DET-02: granted on 8 April for May."""
        story = regular(opened(Story()).tell(recognised(Status.DIBAO), on="2022-03-20"))
        assert found_by(story, at("2022-06-01"), "DET-02")[0].until == at("2022-04-08")

    def test_a_stop_brings_it_back_while_the_status_holds(self) -> None:
        """DET-02: stopped with April, so without from 1 May on, and no longer once the status has expired with May."""
        story = regular(
            opened(Story()).tell(recognised(Status.DIBAO, "2022-05"), on="2022-04-09"), months=("2022-04", "2023-03"), on="2022-03-30"
        )
        stopped = EntitlementStopped(
            entitlement_id=DIBAO, household_id=HOUSEHOLD, last_month=Month("2022-04"), reason=StopReason.INCOME, person_ids=()
        )
        story.tell(stopped, on="2022-04-20").tell(
            StatusExpired(household_id=HOUSEHOLD, status=Status.DIBAO, last_month=Month("2022-05")), on="2022-05-20"
        )
        (finding,) = found_by(story, at("2022-07-01"), "DET-02")
        assert (finding.began, finding.until) == (at("2022-05-01", 0), at("2022-06-01", 0))

    @pytest.mark.parametrize("status", [Status.EDGE, Status.RIGID, Status.OTHER])
    def test_other_statuses_give_no_basic_living(self, status: Status) -> None:
        """DET-02: the pack lists dibao and tekun."""
        assert found_by(opened(Story()).tell(recognised(status), on="2022-03-20"), at("2022-06-01"), "DET-02") == []

    def test_nobody_left_needs_nothing(self) -> None:
        """DET-02: a household without members."""
        assert found_by(opened(Story(), members=()).tell(recognised(Status.DIBAO), on="2022-03-20"), at("2022-06-01"), "DET-02") == []


class TestRehabNotStarted:
    """DET-05: twenty working days after a disabled person's need was assessed, nothing has begun."""

    BREACH = datetime(2022, 4, 29, 16, 0, tzinfo=UTC)
    """Registered Friday 2022-04-01; with the make-up days 2 and 24 April the 20th working day is Friday the 29th."""

    def assessed(self) -> Story:
        return opened(Story()).tell(a_need(BILLS, 300_000, NeedCategory.DISABILITY), on="2022-04-01")

    def test_the_twentieth_working_day_is_still_in_time(self) -> None:
        """DET-05, ruling 16: escalated to the district at once."""
        assert found_by(self.assessed(), self.BREACH - INSTANT, "DET-05") == []
        (finding,) = found_by(self.assessed(), self.BREACH, "DET-05")
        assert (finding.since, finding.subject, finding.owner) == (self.BREACH, BILLS, Role.DISTRICT_OFFICER)
        assert (finding.limit.unit, finding.limit.count) == (LimitUnit.WORKDAYS, 20)

    def test_money_promised_is_no_start_but_a_delivery_is(self) -> None:
        """DET-05: committed in time, delivered on 10 May."""
        line = committed(an_id(401), 300_000, Layer.SPECIAL, Scheme.DISABILITY_AID)
        story = self.assessed().tell(line, on="2022-04-11")
        assert found_by(story, self.BREACH, "DET-05")[0].until is None
        story.tell(delivered(an_id(401), 100_000), on="2022-05-10")
        assert found_by(story, at("2022-06-01"), "DET-05")[0].until == at("2022-05-10")

    def test_a_service_that_began_in_time_leaves_nothing(self) -> None:
        """DET-05: the receiver of the referral is at work."""
        proposed = ReferralProposed(
            referral_id=REFERRAL, household_id=HOUSEHOLD, need_id=BILLS, category=NeedCategory.DISABILITY, receiver=Receiver.CHARITY,
            urgency=Urgency.YELLOW, residual=300_000, send_by=at("2022-04-08"),
        )  # fmt: skip
        started = ReferralServiceStarted(referral_id=REFERRAL, household_id=HOUSEHOLD, note_by=date(2022, 5, 20))
        story = self.assessed().tell(proposed, on="2022-04-02").tell(started, on="2022-04-20")
        assert found_by(story, at("2022-06-01"), "DET-05") == []

    def test_other_needs_have_no_such_limit(self) -> None:
        """DET-05 is about disabled persons' needs."""
        assert found_by(opened(Story()).tell(a_need(BILLS, 300_000), on="2022-04-01"), at("2022-06-01"), "DET-05") == []


class TestWarnedAgain:
    """DET-06: out of aid or refused, then a new warning, and no check within five working days."""

    BREACH = datetime(2022, 6, 17, 16, 0, tzinfo=UTC)
    """Warned on Friday 2022-06-10: Monday 13 to Friday 17 June."""
    SIGNAL = SignalId(an_id(301))

    def gone(self) -> Story:
        """Edge status from April, over with May."""
        story = opened(Story()).tell(recognised(Status.EDGE), on="2022-03-20")
        return story.tell(StatusExpired(household_id=HOUSEHOLD, status=Status.EDGE, last_month=Month("2022-05")), on="2022-05-20")

    def signal(self) -> NeedSignalReceived:
        return NeedSignalReceived(
            signal_id=self.SIGNAL, source=SignalSource.GRID, category=NeedCategory.LIVING, urgency=Urgency.YELLOW, area=AreaCode(SHATOUJIAO),
            due_at=at("2022-06-18", 0), household_id=HOUSEHOLD,
        )  # fmt: skip

    def test_a_signal_about_a_household_that_went_out(self) -> None:
        """DET-06, R-MON-05: the fifth working day is still in time; with age it becomes the district's too."""
        story = self.gone().tell(self.signal(), on="2022-06-10")
        assert found_by(story, self.BREACH - INSTANT, "DET-06") == []
        (finding,) = found_by(story, self.BREACH, "DET-06")
        assert (finding.since, finding.subject) == (self.BREACH, f"need-signal/{self.SIGNAL}")
        later = self.BREACH + timedelta(days=10)
        assert (finding.owner_at(later - INSTANT), finding.owner_at(later)) == (Role.CASEWORKER, Role.DISTRICT_OFFICER)

    def test_a_request_after_a_refusal(self) -> None:
        """DET-06: refused on 1 June, asked again on the 10th; granting it on the 20th settles it."""
        story = opened(Story()).tell(a_need(BILLS, 300_000), on="2022-05-30").tell(requested(FIRST_CASE, 100_000), on="2022-05-31")
        refused = TempAidRefused(
            case_id=FIRST_CASE, household_id=HOUSEHOLD, reason=TempAidRefusal.NO_PROOF, refused_by=ActorId("approver-2")
        )
        story.tell(refused, on="2022-06-01").tell(requested(SECOND_CASE, 100_000), on="2022-06-10")
        assert [one.subject for one in found_by(story, self.BREACH, "DET-06")] == [f"temp-aid/{SECOND_CASE}"]
        story.tell(granted(SECOND_CASE, 100_000), on="2022-06-20")
        assert found_by(story, at("2022-07-01"), "DET-06")[0].until == at("2022-06-20")

    @pytest.mark.parametrize("day", ["2022-06-17", "2022-06-18"])
    @pytest.mark.parametrize("kind", ["visit", "assessment", "verified", "status"])
    def test_any_look_at_the_household_is_a_check(self, kind: str, day: str) -> None:
        """DET-06: on the last day nothing was found; a day later the finding is over."""
        story = self.gone().tell(self.signal(), on="2022-06-10").tell(self.check(kind), on=day)
        found = [one.until for one in found_by(story, at("2022-07-01"), "DET-06")]
        assert found == ([] if day == "2022-06-17" else [at(day)])

    def check(self, kind: str) -> Event:
        checks: dict[str, Event] = {
            "visit": VisitCompleted(
                visit_id=VisitId(an_id(302)), campaign_id=CampaignId("contact-2022"), person_id=MOTHER, area=AreaCode(SHATOUJIAO),
                visitors=(ActorId("worker-1"),), channel=Channel.IN_PERSON, visited_on=date(2022, 6, 17), household_id=HOUSEHOLD,
            ),
            "assessment": HouseholdAssessed(household_id=HOUSEHOLD, assessment_id=AssessmentId(an_id(303)), needs=0),
            "verified": NeedSignalVerified(signal_id=self.SIGNAL, area=AreaCode(SHATOUJIAO), verification=Verification.ON_SITE),
            "status": recognised(Status.EDGE, "2022-07"),
        }  # fmt: skip
        return checks[kind]

    def test_a_household_that_holds_a_status_is_not_on_watch(self) -> None:
        """DET-06: it is assisted; its warnings are signals like others."""
        story = self.gone().tell(recognised(Status.DIBAO, "2022-06"), on="2022-06-01").tell(self.signal(), on="2022-06-10")
        assert found_by(story, at("2022-07-01"), "DET-06") == []

    def test_the_first_warning_of_an_unknown_household_is_none(self) -> None:
        """DET-06: nothing has ended, nothing was refused."""
        assert found_by(opened(Story()).tell(self.signal(), on="2022-06-10"), at("2022-07-01"), "DET-06") == []
