"""Facts about a referral (转介): relief owns its stream and clock; receivers answer with events of their own (rulings 14, 15)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.terms import ClosingCode, NeedCategory, Receiver, Urgency


class DeclineReason(StrEnum):
    NOT_OUR_PURPOSE = "not_our_purpose"
    NO_FUNDS = "no_funds"
    NO_CAPACITY = "no_capacity"
    NOT_REACHABLE = "not_reachable"
    ALREADY_HELPED = "already_helped"


class Progress(StrEnum):
    """How the receiver's work goes, in the note that is due each 30 days (section 3.5)."""

    ON_COURSE = "on_course"  # 按计划
    DELAYED = "delayed"  # 有延误
    BLOCKED = "blocked"  # 受阻


class Follow(StrEnum):
    """What a declined, returned or expired referral leads to: it may not simply end (section 3.5)."""

    NEW_REFERRAL = "new_referral"
    CASE_CONFERENCE = "case_conference"
    UNMET_NEED = "unmet_need"


@event("relief.referral.proposed", version=1, stream="referral_id")
class ReferralProposed(Event):
    """A need with a residual should go to another giver; to be sent within one working day. Source: B16, section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    receiver: Receiver
    urgency: Urgency
    residual: int
    send_by: datetime


@event("relief.referral.sent", version=1, stream="referral_id")
class ReferralSent(Event):
    """The receiver was asked; the clock runs: red 4 h, orange 1 WD, yellow and blue 3 WD. Source: ruling 14."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    receiver: Receiver
    urgency: Urgency
    residual: int
    answer_by: datetime


@event("relief.referral.accepted", version=1, stream="referral_id")
class ReferralTaken(Event):
    """The receiver accepted; a plan is due within five working days. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    plan_by: datetime


@event("relief.referral.service-started", version=1, stream="referral_id")
class ReferralServiceStarted(Event):
    """The receiver works on it; a note is due each 30 days. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    note_by: date


@event("relief.referral.progress-noted", version=1, stream="referral_id")
class ReferralProgressNoted(Event):
    """It is known how the receiver's work goes; the next note is due by `note_by`. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    progress: Progress
    note_by: date


@event("relief.referral.declined", version=1, stream="referral_id")
class ReferralTurnedDown(Event):
    """The receiver said no, with a reason; to be re-routed within one working day. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
    reroute_by: datetime


@event("relief.referral.returned", version=1, stream="referral_id")
class ReferralReturned(Event):
    """The receiver gave it back after accepting, with a reason. Source: ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
    reroute_by: datetime


@event("relief.referral.expired", version=1, stream="referral_id")
class ReferralExpired(Event):
    """Nobody answered in time. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId


@event("relief.referral.withdrawn", version=1, stream="referral_id")
class ReferralWithdrawn(Event):
    """The sender took it back before an answer. Source: ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId


@event("relief.referral.covered", version=1, stream="referral_id")
class ReferralCovered(Event):
    """Coverage of the referral's need by its receiver came back: relief's own coverage facts. Source: ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId
    amount: int


@event("relief.referral.closed", version=1, stream="referral_id")
class ReferralClosed(Event):
    """It ended with a code; a declined, returned or expired one names what follows. Source: section 3.5, ruling 15.

    reopen_until: the last day on which it may be opened again under the same id.
    """

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    code: ClosingCode
    follow: Follow | None = None
    replaced_by: ReferralId | None = None
    reopen_until: date | None = None


@event("relief.referral.reopened", version=1, stream="referral_id")
class ReferralReopened(Event):
    """Opened again within 30 days under the same id. Source: ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId
