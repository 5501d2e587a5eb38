"""Findings at the exact instants at which they begin and end; worked by hand from the calendar of 2022."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from contracts.eldercare.meal_account import MealAccountOpened, MealCheckedIn, SubsidyGround
from contracts.envelope import type_of
from contracts.ids import ActorId, CheckInId, EntitlementId, LineId, MealAccountId, MealPointId, Month
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.entitlement import (
    EntitlementGranted,
    EntitlementProposed,
    EntitlementStopped,
    EntitlementVersioned,
    PaymentLinePaid,
    StopReason,
)
from contracts.relief.need import CoverageReleased, CoverageReversed, NeedClosed, NeedReopened
from contracts.relief.referral import (
    Follow,
    Progress,
    ReferralClosed,
    ReferralEscalated,
    ReferralLevel,
    ReferralProgressNoted,
    ReferralProposed,
    ReferralSent,
    ReferralServiceStarted,
    ReferralStage,
    ReferralWithdrawn,
)
from contracts.relief.temp_aid import TempAidEased, TempAidPapersOverdue, TempAidReturned, TempAidSupplemented
from contracts.terms import Certainty, CheckInMethod, ClosingCode, DeathSource, Layer, NeedCategory, Receiver, Scheme, TempAidKind, Urgency
from kit.testing import policy
from services.linkage.detections.all import SCOPES
from services.linkage.detections.finding import HOUSEHOLD as HOUSEHOLDS
from services.linkage.detections.finding import Finding, Kind, NextStep
from services.linkage.detections.scope import Scope
from services.linkage.detections.timeline import Findings, findings
from services.linkage.reading import journal_order
from tests.linkage.cases import (
    BILLS,
    CHILD,
    DIBAO,
    FIRST_CASE,
    FIRST_LINE,
    GRANDMOTHER,
    HOUSEHOLD,
    LIVING,
    MOTHER,
    REFERRAL,
    SECOND,
    SECOND_CASE,
    UNIT,
    WORKER,
    a_need,
    committed,
    four_layers,
    granted,
    meals_and_goods,
    opened,
    paid,
    regular,
    requested,
)
from tests.linkage.story import Story, an_id, at

INSTANT = timedelta(microseconds=1)


def look(story: Story, now: datetime) -> Findings:
    packs, calendar = policy()
    journal = sorted((pair for pair in story.told if pair[1].recorded_at <= now), key=journal_order)
    return findings(SCOPES.by_name[HOUSEHOLDS], HOUSEHOLD, journal, now, packs, calendar)


def found(story: Story, now: datetime, detection: str) -> list[Finding]:
    return [one for one in look(story, now).found if one.detection == detection]


class TestGapWithoutHelp:
    """DET-01: three working days with something open and nobody on it."""

    BREACH = datetime(2022, 4, 7, 16, 0, tzinfo=UTC)
    """Registered Friday 2022-04-01; working days are Saturday 2 (make-up), Wednesday 6, Thursday 7 April; breach at 00:00 on the 8th."""

    def test_the_third_working_day_is_still_in_time(self) -> None:
        """Ruling 16: the day of the event is not counted, make-up workdays are, the last day runs until 24:00."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01")
        before = look(story, self.BREACH - INSTANT)
        assert (list(before.found), before.next_due) == ([], self.BREACH)
        (finding,) = found(story, self.BREACH, "DET-01")
        assert (finding.since, finding.began, finding.until) == (self.BREACH, at("2022-04-01"), None)
        assert (finding.kind, finding.next_step, finding.subject) == (Kind.GAP, NextStep.REFER_OR_OPEN_CASE, BILLS)
        assert finding.details["residual"] == 100_000

    def test_its_start_does_not_depend_on_when_somebody_looked(self) -> None:
        """Ruling 24: a rebuild in October says the same start."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01")
        assert found(story, at("2022-10-05"), "DET-01") == found(story, self.BREACH, "DET-01")

    def test_a_need_typed_in_late_has_waited_since_it_was_found(self) -> None:
        """Business time counts: found on 1 April, recorded on 2 May, it is a finding at once, since the breach."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01", recorded="2022-05-02")
        (finding,) = found(story, at("2022-05-02"), "DET-01")
        assert (finding.began, finding.since) == (at("2022-04-01"), self.BREACH)

    def test_a_referral_within_the_limit_leaves_nothing(self) -> None:
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(referred(), on="2022-04-07")
        assert found(story, at("2022-05-01"), "DET-01") == []

    def test_a_case_cures_it_and_its_history_stays(self) -> None:
        """Ruling 24: cured at the event that ends the condition."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(requested(FIRST_CASE, 100_000), on="2022-04-11")
        (finding,) = found(story, at("2022-05-01"), "DET-01")
        assert (finding.since, finding.until) == (self.BREACH, at("2022-04-11"))

    def test_it_comes_back_when_the_referral_ends_without_help(self) -> None:
        """A second spell with a start of its own: referral closed Friday 2022-04-15, breach after Wednesday the 20th."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(referred(), on="2022-04-02")
        closed = ReferralClosed(
            referral_id=REFERRAL, household_id=HOUSEHOLD, need_id=BILLS, code=ClosingCode.NO_SUPPLY, follow=Follow.UNMET_NEED
        )
        story.tell(closed, on="2022-04-15")
        assert [one.since for one in found(story, at("2022-06-01"), "DET-01")] == [datetime(2022, 4, 20, 16, 0, tzinfo=UTC)]

    def test_after_a_reversal_it_counts_from_the_recording(self) -> None:
        """Ruling 11: returned on Friday 2022-06-10, recorded on Monday the 13th: breach after Thursday the 16th."""
        story = four_layers().tell(NeedClosed(need_id=BILLS, household_id=HOUSEHOLD, code=ClosingCode.MET), on="2022-05-13")
        story.tell(
            CoverageReversed(need_id=BILLS, household_id=HOUSEHOLD, line_id=FIRST_LINE, amount=120_000),
            NeedReopened(need_id=BILLS, household_id=HOUSEHOLD),
            on="2022-06-10",
            recorded="2022-06-13",
        )
        spells = [one for one in found(story, at("2022-07-01"), "DET-01") if one.until is None]
        assert [(one.began, one.since) for one in spells] == [(at("2022-06-13"), datetime(2022, 6, 16, 16, 0, tzinfo=UTC))]

    def test_a_month_that_begins_opens_a_gap_and_the_clock_knows_when_to_look(self) -> None:
        """Rulings 2 and 9: the need is of May only; before May nothing is open; May begins on a holiday, breach after the make-up Saturday 7th."""
        story = opened(Story()).tell(a_need(LIVING, 50_000, NeedCategory.LIVING, ("2022-05", "2022-05")), on="2022-04-20")
        may = datetime(2022, 4, 30, 16, 0, tzinfo=UTC)
        assert (list(look(story, at("2022-04-29")).found), look(story, at("2022-04-29")).next_due) == ([], may)
        (finding,) = found(story, at("2022-06-01"), "DET-01")
        assert (finding.began, finding.since) == (may, datetime(2022, 5, 7, 16, 0, tzinfo=UTC))


def referred() -> ReferralProposed:
    return ReferralProposed(
        referral_id=REFERRAL,
        household_id=HOUSEHOLD,
        need_id=BILLS,
        category=NeedCategory.MEDICAL,
        receiver=Receiver.CHARITY,
        urgency=Urgency.YELLOW,
        residual=100_000,
        send_by=at("2022-04-08"),
    )


class TestTwoBasicLivings:
    """DET-07: a person in two basic-living entitlements, at once."""

    TEKUN = EntitlementId(an_id(301))

    def tekun(self, story: Story, on: str) -> Story:
        first, last = Month("2022-05"), Month("2023-04")
        return story.tell(
            EntitlementProposed(
                entitlement_id=self.TEKUN,
                household_id=HOUSEHOLD,
                unit_id=UNIT,
                need_id=LIVING,
                scheme=Scheme.TEKUN,
                person_ids=(GRANDMOTHER,),
                counted_income_fen=0,
                proposed_by=WORKER,
            ),
            EntitlementGranted(
                entitlement_id=self.TEKUN,
                household_id=HOUSEHOLD,
                approved_by=SECOND,
                person_ids=(GRANDMOTHER,),
                first_month=first,
                review_month=last,
            ),
            EntitlementVersioned(
                entitlement_id=self.TEKUN,
                household_id=HOUSEHOLD,
                scheme=Scheme.TEKUN,
                version=1,
                first_month=first,
                last_month=last,
                amount_fen=218_400,
                members=1,
                standard_fen=218_400,
                counted_income_fen=0,
            ),
            on=on,
        )

    def test_it_is_found_at_the_second_grant_and_ends_when_one_is_stopped(self) -> None:
        """SC-08: to be held before the run, so from the grant on; the other keeps its months."""
        story = self.tekun(regular(opened(Story())), "2022-04-12")
        assert found(story, at("2022-04-11", 23), "DET-07") == []
        (finding,) = found(story, at("2022-04-12"), "DET-07")
        assert (finding.subject, finding.since, finding.details["first_entitlement"]) == (GRANDMOTHER, at("2022-04-12"), DIBAO)
        story.tell(
            EntitlementStopped(
                entitlement_id=self.TEKUN,
                household_id=HOUSEHOLD,
                last_month=Month("2022-04"),
                reason=StopReason.OTHER_SCHEME,
                person_ids=(GRANDMOTHER,),
            ),
            on="2022-04-20",
        )
        assert found(story, at("2022-05-01"), "DET-07")[0].until == at("2022-04-20")

    def test_two_units_of_different_people_are_none(self) -> None:
        story = regular(opened(Story(), members=(MOTHER, CHILD, GRANDMOTHER)))
        assert found(story, at("2022-05-01"), "DET-07") == []


class TestSameCauseTwice:
    """DET-08: the same named event, within twelve months of the grant."""

    def twice(self, second_on: str, *, conference: bool = False, cause: str = "leukaemia") -> Story:
        story = opened(Story()).tell(a_need(BILLS, 10_000_000), on="2022-03-02")
        story.tell(requested(FIRST_CASE, 300_000), on="2022-03-03").tell(granted(FIRST_CASE, 300_000), on="2022-03-04")
        story.tell(requested(SECOND_CASE, 200_000, cause=cause), on=second_on)
        return story.tell(granted(SECOND_CASE, 200_000, conference=conference), on=at(second_on, 11))

    def test_up_to_the_corresponding_day_it_is_the_same_cause(self) -> None:
        """Rulings 16 and 25: granted 2022-03-04; 2023-03-04 is the last day, 2023-03-05 is free."""
        (finding,) = found(self.twice("2023-03-04"), at("2023-03-10"), "DET-08")
        assert (finding.subject, finding.since, finding.details) == (
            SECOND_CASE,
            at("2023-03-04", 11),
            {"first_case": FIRST_CASE, "cause": "leukaemia"},
        )
        assert found(self.twice("2023-03-05"), at("2023-03-10"), "DET-08") == []

    def test_a_conference_may_allow_more_and_another_cause_is_another(self) -> None:
        """Ruling 25."""
        assert found(self.twice("2022-05-05", conference=True), at("2022-06-01"), "DET-08") == []
        assert found(self.twice("2022-05-05", cause="fire"), at("2022-06-01"), "DET-08") == []

    def test_staged_payments_are_one_grant(self) -> None:
        """Ruling 25."""
        story = opened(Story()).tell(requested(FIRST_CASE, 300_000), on="2022-03-03").tell(granted(FIRST_CASE, 300_000), on="2022-03-04")
        story.tell(paid(FIRST_CASE, 100_000), on="2022-03-05").tell(paid(FIRST_CASE, 200_000), on="2022-04-05")
        assert found(story, at("2022-06-01"), "DET-08") == []

    def test_it_ends_when_the_second_came_back(self) -> None:
        story = self.twice("2022-05-05").tell(paid(SECOND_CASE, 200_000), on="2022-05-06")
        story.tell(
            TempAidReturned(case_id=SECOND_CASE, household_id=HOUSEHOLD, need_id=BILLS, line_id=LineId(SECOND_CASE), amount_fen=200_000),
            on="2022-05-20",
        )
        assert found(story, at("2022-06-01"), "DET-08")[0].until == at("2022-05-20")


class TestAboveNeed:
    """DET-09, property 4: committed and delivered above the need by more than 1.00 yuan, nightly."""

    MIDNIGHT = datetime(2022, 4, 12, 16, 0, tzinfo=UTC)

    def above(self, fen: int) -> Story:
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-11")
        return story.tell(committed(an_id(401), 100_000 + fen, Layer.SPECIAL, Scheme.MEDICAL_AID), on="2022-04-12")

    @pytest.mark.parametrize(("fen", "count"), [(0, 0), (99, 0), (100, 0), (101, 1)])
    def test_exactly_one_yuan_is_none_and_one_fen_more_is_one(self, fen: int, count: int) -> None:
        """Ruling 10."""
        assert len(found(self.above(fen), self.MIDNIGHT, "DET-09")) == count

    def test_it_begins_at_the_end_of_the_day_and_ends_with_a_release(self) -> None:
        """Ruling 24: nightly means what still holds at 24:00, not when the job ran."""
        story = self.above(200)
        assert found(story, self.MIDNIGHT - INSTANT, "DET-09") == []
        (finding,) = found(story, self.MIDNIGHT, "DET-09")
        assert (finding.since, finding.details["above"]) == (self.MIDNIGHT, 200)
        story.tell(CoverageReleased(need_id=BILLS, household_id=HOUSEHOLD, line_id=LineId(an_id(401)), amount=150), on="2022-04-20")
        assert found(story, at("2022-05-01"), "DET-09")[0].until == at("2022-04-20")

    def test_a_surplus_of_a_few_hours_is_none(self) -> None:
        story = self.above(200)
        story.tell(CoverageReleased(need_id=BILLS, household_id=HOUSEHOLD, line_id=LineId(an_id(401)), amount=200), on=at("2022-04-12", 20))
        assert found(story, at("2022-05-01"), "DET-09") == []

    def test_regular_back_pay_over_emergency_money_is_exempt(self) -> None:
        """Ruling 10: later L1 back-pay over emergency L3 is not clawed back; L1 first, then L3, is an overlap."""
        for first, count in (("emergency", 0), ("regular", 1)):
            story = opened(Story()).tell(a_need(LIVING, 149_500, NeedCategory.LIVING, ("2022-05", "2022-05")), on="2022-05-02")
            emergency = committed(FIRST_CASE, 100_000, Layer.TEMPORARY, Scheme.TEMPORARY_AID, need_id=LIVING, months=("2022-05", "2022-05"))
            regular_line = committed(DIBAO, 149_500, Layer.REGULAR, Scheme.DIBAO, need_id=LIVING, months=("2022-05", "2022-05"))
            request = requested(FIRST_CASE, 100_000, need_id=LIVING)
            fast = type(request)(**{name: getattr(request, name) for name in request.__struct_fields__} | {"kind": TempAidKind.EMERGENCY})
            story.tell(fast, on="2022-05-03").tell(granted(FIRST_CASE, 100_000, need_id=LIVING), on="2022-05-04")
            lines = [emergency, regular_line] if first == "emergency" else [regular_line, emergency]
            story.tell(lines[0], on="2022-05-05").tell(lines[1], on="2022-05-06")
            assert len(found(story, at("2022-06-01"), "DET-09")) == count, first

    def test_an_exclusive_pair_is_one_whatever_the_amount(self) -> None:
        """Ruling 10: dibao and tekun for one need and month, far below it."""
        months = ("2022-05", "2022-05")
        story = opened(Story()).tell(a_need(LIVING, 900_000, NeedCategory.LIVING, months), on="2022-05-02")
        story.tell(committed(DIBAO, 100, Layer.REGULAR, Scheme.DIBAO, need_id=LIVING, months=months), on="2022-05-03")
        story.tell(committed(an_id(402), 100, Layer.REGULAR, Scheme.TEKUN, need_id=LIVING, months=months), on="2022-05-03")
        (finding,) = found(story, at("2022-05-04"), "DET-09")
        assert finding.details["exclusive"] == "dibao,tekun"


class TestReviewOverdue:
    """DET-12: one day after the last day of the review month; it warns and stops nothing."""

    def test_it_begins_a_day_after_the_month_and_ends_with_a_decision(self) -> None:
        """SC-04 without the second decision: due at the end of 2022-06, found 2022-07-02 00:00; the clock knows when to look."""
        story = regular(opened(Story()), months=("2022-05", "2022-06"))
        breach = datetime(2022, 7, 1, 16, 0, tzinfo=UTC)
        assert found(story, breach - INSTANT, "DET-12") == []
        assert look(story, breach - INSTANT).next_due == breach
        (finding,) = found(story, breach, "DET-12")
        assert (finding.since, finding.next_step, finding.details["due_month"]) == (breach, NextStep.REVIEW_ENTITLEMENT, "2022-06")
        story.tell(version(2, "2022-07", "2022-12"), on="2022-07-05")
        assert found(story, at("2022-08-01"), "DET-12")[0].until == at("2022-07-05")

    def test_an_entitlement_typed_in_years_later_is_overdue_since_its_review(self) -> None:
        """The fact is of 2022-04-08, recorded 2023-09-01; the review was due at the end of 2023-04."""
        story = opened(Story())
        story.told[:] = [(event, msgspec.structs.replace(meta, recorded_at=at("2023-09-01"))) for event, meta in regular(story).told]
        (finding,) = found(story, at("2023-09-02"), "DET-12")
        assert (finding.began, finding.since) == (at("2023-05-01", 0), at("2023-05-02", 0))

    def test_a_correction_of_a_past_month_brings_no_review_nearer(self) -> None:
        """A version of June alone, told in July, leaves the review in April of the next year."""
        story = regular(opened(Story())).tell(version(2, "2022-06", "2022-06"), on="2022-07-05")
        assert found(story, at("2022-09-01"), "DET-12") == []

    def test_the_month_after_the_last_is_looked_at_without_any_event(self) -> None:
        story = regular(opened(Story()), months=("2022-05", "2022-06"))
        assert look(story, at("2022-06-20")).next_due == datetime(2022, 6, 30, 16, 0, tzinfo=UTC)


def version(number: int, first: str, last: str) -> EntitlementVersioned:
    return EntitlementVersioned(
        entitlement_id=DIBAO,
        household_id=HOUSEHOLD,
        scheme=Scheme.DIBAO,
        version=number,
        first_month=Month(first),
        last_month=Month(last),
        amount_fen=149_500,
        members=3,
        standard_fen=136_500,
        counted_income_fen=260_000,
    )


class TestReferralLate:
    """DET-13: past the instant that relief's clock named for the present state."""

    def test_it_begins_at_the_limit_and_ends_with_the_next_step(self) -> None:
        """Ruling 14: to be sent by 2022-04-08 10:00; sent on the 11th; the answer's own limit then counts."""
        limit = at("2022-04-08")
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(referred(), on="2022-04-07")
        assert found(story, limit - INSTANT, "DET-13") == []
        assert look(story, limit - INSTANT).next_due == limit
        assert found(story, limit, "DET-13")[0].since == limit
        story.tell(
            ReferralSent(
                referral_id=REFERRAL,
                household_id=HOUSEHOLD,
                need_id=BILLS,
                category=NeedCategory.MEDICAL,
                receiver=Receiver.CHARITY,
                urgency=Urgency.YELLOW,
                residual=100_000,
                answer_by=at("2022-04-14"),
            ),
            on="2022-04-11",
        )
        sent, waiting = found(story, at("2022-04-15"), "DET-13")
        assert (sent.since, sent.until, sent.details["state"]) == (limit, at("2022-04-11"), "proposed")
        assert (waiting.since, waiting.until, waiting.details["state"]) == (at("2022-04-14"), None, "sent")

    def test_a_note_ends_it_until_the_next_note_is_due(self) -> None:
        """Section 3.5: a note by the end of 2022-05-12, given on the 14th; the next by the end of 2022-06-13."""
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(referred(), on="2022-04-07")
        started = ReferralServiceStarted(referral_id=REFERRAL, household_id=HOUSEHOLD, note_by=date(2022, 5, 12))
        note = ReferralProgressNoted(referral_id=REFERRAL, household_id=HOUSEHOLD, progress=Progress.DELAYED, note_by=date(2022, 6, 13))
        story.tell(started, on="2022-04-07").tell(note, on="2022-05-14")
        late, late_again = found(story, at("2022-06-15"), "DET-13")
        assert (late.since, late.until, late.details["state"]) == (at("2022-05-13", 0), at("2022-05-14"), "in_service")
        assert (late_again.since, late_again.until) == (at("2022-06-14", 0), None)
        old_talk = msgspec.structs.replace(note, keeps_date=True)
        story.tell(old_talk, on="2022-05-10", recorded="2022-06-16")
        assert [one.id for one in found(story, at("2022-06-17"), "DET-13")] == [late.id, late_again.id]

    def test_an_escalation_cures_nothing_and_names_the_level(self) -> None:
        """DET-13, SG-07: one finding from the limit until the referral goes on, with the level that has it."""
        limit, second = at("2022-04-08"), at("2022-04-12", 0)
        story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(referred(), on="2022-04-07")
        before = look(story, limit).found
        story.tell(escalated(ReferralLevel.STREET, limit, second), on=limit)
        (street,) = found(story, at("2022-04-11"), "DET-13")
        assert [street.id] == [one.id for one in before if one.detection == "DET-13"]
        assert (street.since, street.until, street.details["level"]) == (limit, None, "street")
        story.tell(escalated(ReferralLevel.DISTRICT, second, None), on=second)
        (district,) = found(story, at("2022-05-11"), "DET-13")
        assert (district.id, district.until, district.details["level"]) == (street.id, None, "district")
        story.tell(ReferralWithdrawn(referral_id=REFERRAL, household_id=HOUSEHOLD), on="2022-05-12")
        assert found(story, at("2022-05-13"), "DET-13")[0].until == at("2022-05-12")


def escalated(level: ReferralLevel, late_since: datetime, next_due: datetime | None) -> ReferralEscalated:
    return ReferralEscalated(
        referral_id=REFERRAL,
        household_id=HOUSEHOLD,
        stage=ReferralStage.PROPOSED,
        level=level,
        late_since=late_since,
        next_due=next_due,
    )


LAST_DAY = date(2022, 10, 20)
EASED = TempAidEased(case_id=FIRST_CASE, household_id=HOUSEHOLD, eased_on=date(2022, 10, 8), papers_due=LAST_DAY)
SIGNED = TempAidSupplemented(case_id=FIRST_CASE, household_id=HOUSEHOLD, signed_by=ActorId("approver-2"))


class TestPapersMissing:
    """DET-25: emergency money without papers and second signature after their last day."""

    def test_it_begins_after_the_last_day_and_ends_with_the_signature(self) -> None:
        """SC-06: eased on 2022-10-08, papers due on the 20th; found on the 21st at 00:00, signed on the 24th."""
        over = at("2022-10-21", 0)
        story = opened(Story()).tell(a_need(BILLS, 500_000), on="2022-10-03")
        story.tell(requested(FIRST_CASE, 200_000), granted(FIRST_CASE, 200_000), on="2022-10-03")
        assert look(story, at("2022-10-07")).found == []
        story.tell(EASED, on="2022-10-08")
        assert look(story, over - INSTANT).next_due == over
        story.tell(TempAidPapersOverdue(case_id=FIRST_CASE, household_id=HOUSEHOLD, papers_due=LAST_DAY), on=over)
        (missing,) = found(story, over, "DET-25")
        assert (missing.since, missing.kind, missing.next_step) == (over, Kind.PROCESS, NextStep.COMPLETE_PAPERS)
        assert missing.details == {"papers_due": "2022-10-20"}
        assert found(story.tell(SIGNED, on="2022-10-24"), at("2022-10-25"), "DET-25")[0].until == at("2022-10-24")

    def test_papers_signed_in_time_are_none_however_late_that_is_known(self) -> None:
        """Ruling 16: signed on the 20th, recorded on the 24th."""
        story = opened(Story()).tell(a_need(BILLS, 500_000), on="2022-10-03")
        story.tell(requested(FIRST_CASE, 200_000), granted(FIRST_CASE, 200_000), on="2022-10-03")
        story.tell(EASED, on="2022-10-08").tell(SIGNED, on="2022-10-20", recorded="2022-10-24")
        assert found(story, at("2022-10-25"), "DET-25") == []


def test_money_for_a_month_after_death_is_found_when_the_death_becomes_known() -> None:
    """SC-09, DET-17: tekun, dies 2022-06-14, July paid 07-08, told 08-02: July is paid, August committed; June is still due."""
    story = opened(Story(), members=(GRANDMOTHER,)).tell(
        a_need(LIVING, 218_400, NeedCategory.LIVING, ("2022-05", "2023-04")), on="2022-04-01"
    )
    TestTwoBasicLivings().tekun(story, "2022-04-12")
    tekun = TestTwoBasicLivings.TEKUN
    for month, day in (("2022-06", "2022-06-10"), ("2022-07", "2022-07-08")):
        story.tell(
            PaymentLinePaid(entitlement_id=tekun, household_id=HOUSEHOLD, line_id=LineId(tekun), month=Month(month), amount_fen=218_400),
            on=day,
        )
    story.tell(died(), on="2022-08-02")
    assert found(story, at("2022-08-01"), "DET-17") == []
    assert [
        (one.details["month"], one.details["paid"], one.details["committed"], one.since) for one in found(story, at("2022-08-03"), "DET-17")
    ] == [
        ("2022-07", 218_400, 0, at("2022-08-02")),
        ("2022-08", 0, 218_400, at("2022-08-02")),
    ]


def died() -> PersonDeceased:
    return PersonDeceased(person_id=GRANDMOTHER, died_on=date(2022, 6, 14), source=DeathSource.FUNERAL_HOME, certainty=Certainty.CONFIRMED)


def test_a_member_of_a_family_that_goes_on_is_no_error() -> None:
    """DET-17 is about money for nobody; a family's review is another matter (R-DIB-16)."""
    story = regular(opened(Story())).tell(died(), on="2022-08-02")
    assert found(story, at("2022-09-01"), "DET-17") == []


def test_a_lunch_after_death_is_a_data_dispute_until_the_death_is_revoked() -> None:
    """SC-09, DET-23: check-in of 2022-06-20, visible from 08-02 on, not on 08-01 (ruling 22)."""
    account = MealAccountId(an_id(81))
    story = opened(Story()).tell(
        MealAccountOpened(account_id=account, person_id=GRANDMOTHER, household_id=HOUSEHOLD, born=Month("1948-01"), hukou=True),
        on="2022-03-05",
    )
    for number, day in ((1, date(2022, 6, 14)), (2, date(2022, 6, 20))):
        story.tell(
            MealCheckedIn(
                account_id=account,
                household_id=HOUSEHOLD,
                check_in_id=CheckInId(an_id(600 + number)),
                meal_point_id=MealPointId("canteen-1"),
                method=CheckInMethod.CARD,
                served_on=day,
                price_fen=1_800,
                pays_fen=300,
                ground=SubsidyGround.KEY_GROUP,
            ),
            on=day.isoformat(),
        )
    story.tell(died(), on="2022-08-02")
    assert found(story, at("2022-08-01"), "DET-23") == []
    (finding,) = found(story, at("2022-08-02"), "DET-23")
    assert (finding.subject, finding.since, finding.details["served_on"]) == (an_id(602), at("2022-08-02"), "2022-06-20")
    story.tell(PersonDeathRevoked(person_id=GRANDMOTHER, reason=RevocationReason.WRONG_PERSON), on="2022-08-10")
    assert found(story, at("2022-09-01"), "DET-23")[0].until == at("2022-08-10")


def test_one_topic_that_comes_late_gives_the_same_findings() -> None:
    """Ruling 4 of the design: recomputed whole from the journal sorted by recording; whether charity came first leaves no trace."""
    story = four_layers()
    without = [pair for pair in story.told if pair[1].service != "charity"]
    packs, calendar = policy()
    now = at("2022-07-01")
    homes = SCOPES.by_name[HOUSEHOLDS]
    findings(homes, HOUSEHOLD, sorted(without, key=journal_order), now, packs, calendar)
    late = [*without, *(pair for pair in story.told if pair[1].service == "charity")]
    assert findings(homes, HOUSEHOLD, sorted(late, key=journal_order), now, packs, calendar) == look(story, now)


def test_asking_only_about_what_changed_gives_what_asking_everything_gives() -> None:
    """A detection names what it looks at; if it forgot something, asking it at every moment would tell more."""
    story = meals_and_goods(TestTwoBasicLivings().tekun(regular(four_layers()), "2022-04-12"))
    story.tell(referred(), on="2022-05-20").tell(died(), on="2022-06-20")
    story.tell(CoverageReversed(need_id=BILLS, household_id=HOUSEHOLD, line_id=FIRST_LINE, amount=120_000), on="2022-06-25")
    packs, calendar = policy()
    journal, now = sorted(story.told, key=journal_order), at("2023-06-01")
    everything = frozenset(type_of(event).aggregate for event, _ in journal)
    homes = SCOPES.by_name[HOUSEHOLDS]
    always = Scope(name=HOUSEHOLDS, detections=[replace(detection, looks_at=everything) for detection in homes.detections])
    told = findings(homes, HOUSEHOLD, journal, now, packs, calendar)
    assert {one.detection for one in told.found} >= {"DET-01", "DET-07", "DET-12", "DET-13"}
    assert told == findings(always, HOUSEHOLD, journal, now, packs, calendar)


def test_what_is_typed_in_late_has_waited_since_it_was_found() -> None:
    """A need found on paper on 2022-04-01 and recorded on 04-20 has been a gap since the 8th, known from the 20th on."""
    story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01", recorded="2022-04-20")
    assert found(story, at("2022-04-20") - INSTANT, "DET-01") == []
    assert found(story, at("2022-04-20"), "DET-01")[0].since == TestGapWithoutHelp.BREACH


def test_a_household_nobody_opened_has_no_findings() -> None:
    assert look(Story().tell(a_need(BILLS, 100), on="2022-04-01"), at("2022-05-01")) == Findings(found=[], next_due=None)


def test_the_gap_between_two_steps_of_four_layers_is_history() -> None:
    """SC-07: between L2 (2022-04-12) and the request for L3 (04-25) nobody was on it: found 04-15 24:00, over on 04-25."""
    spells = found(four_layers(), at("2022-07-01"), "DET-01")
    assert (datetime(2022, 4, 15, 16, 0, tzinfo=UTC), at("2022-04-25")) in [(one.since, one.until) for one in spells]
    assert date(2022, 4, 25) in [one.until.date() for one in spells if one.until]
