"""Facts about a referral (转介): relief owns its stream and clock; receivers answer with events of their own (rulings 14, 15)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, NeedId, OrganisationId, ReferralId
from contracts.terms import ClosingCode, NeedCategory, Receiver, Urgency


class ReferralStage(StrEnum):
    """The nine states of ruling 15."""

    PROPOSED = "proposed"  # 拟转介
    SENT = "sent"  # 已转介
    ACCEPTED = "accepted"  # 已接收
    IN_SERVICE = "in_service"  # 服务中
    RETURNED = "returned"  # 已退回
    DECLINED = "declined"  # 已拒绝
    EXPIRED = "expired"  # 已超时
    WITHDRAWN = "withdrawn"  # 已撤回
    CLOSED = "closed"  # 已结案


class ReferralLevel(StrEnum):
    """Who has to see to a referral whose deadline has passed, from the nearest to the last."""

    STREET = "street"  # 街道负责人
    DISTRICT = "district"  # 区级负责人
    BUREAU = "bureau"  # 局领导


class DeclineReason(StrEnum):
    """Why there is no help. `restricted`: the organisation may have no public work for now; relief calls the referral back itself (SG-15)."""

    NOT_OUR_PURPOSE = "not_our_purpose"
    NO_FUNDS = "no_funds"
    NO_CAPACITY = "no_capacity"
    NOT_REACHABLE = "not_reachable"
    ALREADY_HELPED = "already_helped"
    RESTRICTED = "restricted"


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
    """A need with a residual should go to another giver; to be sent within one working day. Source: B16, section 3.5.

    organisation_id: the social organisation that is to help, where one is meant.
    """

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    receiver: Receiver
    urgency: Urgency
    residual: int
    send_by: datetime
    organisation_id: OrganisationId | None = None


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
    organisation_id: OrganisationId | None = None


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
    """It is known how the receiver's work goes; the next note is due by `note_by`. Source: section 3.5.

    keeps_date: an older talk, typed in after a newer one; neither the date nor an escalation that waits for a note changes.
    """

    referral_id: ReferralId
    household_id: HouseholdId
    progress: Progress
    note_by: date
    keeps_date: bool = False


@event("relief.referral.declined", version=1, stream="referral_id")
class ReferralTurnedDown(Event):
    """The receiver said no, with a reason; to be re-routed within one working day. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
    reroute_by: datetime


@event("relief.referral.returned", version=1, stream="referral_id")
class ReferralReturned(Event):
    """The receiver gave it back after accepting, or it is called back from a restricted organisation. Source: ruling 15, SG-15."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
    reroute_by: datetime


@event("relief.referral.expired", version=1, stream="referral_id")
class ReferralExpired(Event):
    """Nobody answered in time; escalated at once. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId


@event("relief.referral.escalated", version=1, stream="referral_id")
class ReferralEscalated(Event):
    """The deadline of its stage passed at `late_since`; `level` sees to it by `next_due`, the last level without an end. Source: section 3.5, DET-13."""

    referral_id: ReferralId
    household_id: HouseholdId
    stage: ReferralStage
    level: ReferralLevel
    late_since: datetime
    next_due: datetime | None = None


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
    """Opened again within 30 days under the same id, to be sent by `send_by`. Source: ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId
    send_by: datetime | None = None
    organisation_id: OrganisationId | None = None
