"""The detections that are run, in the order of section 3.6."""

from services.linkage.detections.above_need import above_need
from services.linkage.detections.alarm_limit_missed import alarm_limit_missed
from services.linkage.detections.answer_overdue import (
    contact_missing,
    cure_over,
    death_case_late,
    disclosure_overdue,
    opinion_overdue,
    query_overdue,
    signal_overdue,
)
from services.linkage.detections.device_after_death import device_after_death
from services.linkage.detections.device_silent import device_silent
from services.linkage.detections.elder_not_visited import elder_not_visited
from services.linkage.detections.eligible_without import eligible_without
from services.linkage.detections.finding import Detection
from services.linkage.detections.gap_without_help import gap_without_help
from services.linkage.detections.meal_after_death import meal_after_death
from services.linkage.detections.paid_after_death import paid_after_death
from services.linkage.detections.papers_missing import papers_missing
from services.linkage.detections.referral_late import referral_late
from services.linkage.detections.rehab_not_started import rehab_not_started
from services.linkage.detections.review_overdue import review_overdue
from services.linkage.detections.same_cause_twice import same_cause_twice
from services.linkage.detections.scope import Scopes
from services.linkage.detections.two_basic_living import two_basic_living
from services.linkage.detections.warned_again import warned_again

DETECTIONS_VERSION = 7
"""Raised by hand when a detection changes its meaning: the whole board is then made anew."""

DETECTIONS: tuple[Detection, ...] = (
    gap_without_help,
    eligible_without,
    rehab_not_started,
    warned_again,
    two_basic_living,
    same_cause_twice,
    above_need,
    review_overdue,
    referral_late,
    opinion_overdue,
    signal_overdue,
    disclosure_overdue,
    query_overdue,
    contact_missing,
    death_case_late,
    cure_over,
    alarm_limit_missed,
    elder_not_visited,
    device_silent,
    paid_after_death,
    meal_after_death,
    device_after_death,
    papers_missing,
)

SCOPES = Scopes(detections=DETECTIONS)
