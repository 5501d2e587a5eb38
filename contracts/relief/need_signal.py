"""Facts about a signal that somebody may be in need (线索): received, matched, verified, and what it led to (A07, B01, SG-01)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, AssessmentId, HouseholdId, NeedId, NoteRef, PersonId, SignalId, VisitId
from contracts.terms import NeedCategory, Urgency


class SignalSource(StrEnum):
    """Who or what noticed."""

    VISIT = "visit"  # 走访
    GRID = "grid"  # 网格
    DATA = "data"  # 数据比对
    HOTLINE = "hotline"  # 热线
    HOSPITAL = "hospital"  # 医院
    SCHOOL = "school"  # 学校
    NEIGHBOUR = "neighbour"  # 邻里
    SELF = "self"  # 本人求助
    POLICE = "police"  # 公安
    ORGANISATION = "organisation"  # 社会组织
    SCREENING = "screening"  # 排查


class Verification(StrEnum):
    """How somebody made sure."""

    ON_SITE = "on_site"  # 上门核实
    REMOTE = "remote"  # 电话、视频核实


class DismissReason(StrEnum):
    NOT_IN_NEED = "not_in_need"  # 无困难
    HELPED_ALREADY = "helped_already"  # 已获救助
    DUPLICATE = "duplicate"  # 重复线索
    WRONG_DATA = "wrong_data"  # 数据有误
    NOT_IN_DISTRICT = "not_in_district"  # 不在本区
    DECLINED_BY_PERSON = "declined_by_person"  # 本人谢绝


@event("relief.need-signal.received", version=1, stream="signal_id")
class NeedSignalReceived(Event):
    """Somebody may be in need; to be acted on before `due_at`. It may name nobody whom we know. Source: B01, R-MON-07.

    note: the words, in the vault.  visit_id: where a visit noticed it.
    """

    signal_id: SignalId
    source: SignalSource
    category: NeedCategory
    urgency: Urgency
    area: AreaCode
    due_at: datetime
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    visit_id: VisitId | None = None
    note: NoteRef | None = None


@event("relief.need-signal.matched", version=1, stream="signal_id")
class NeedSignalMatchedToPerson(Event):
    """It is known whom the signal is about: a person, the household, or both. Source: B01."""

    signal_id: SignalId
    area: AreaCode
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None


@event("relief.need-signal.verified", version=1, stream="signal_id")
class NeedSignalVerified(Event):
    """Somebody made sure that it is so; an assessment may follow. `late`: after the due instant. Source: A07, SG-01."""

    signal_id: SignalId
    area: AreaCode
    verification: Verification
    late: bool = False


@event("relief.need-signal.stale", version=1, stream="signal_id")
class NeedSignalStale(Event):
    """Nobody acted before its due instant, a signal that matches nobody included: it stands in the stale list. Source: B01, R-MON-07."""

    signal_id: SignalId
    area: AreaCode
    urgency: Urgency
    missed_at: datetime


@event("relief.need-signal.dismissed", version=1, stream="signal_id")
class NeedSignalDismissed(Event):
    """Nothing follows, for a reason. `late`: after the due instant. Source: B01, SG-01."""

    signal_id: SignalId
    area: AreaCode
    reason: DismissReason
    late: bool = False


@event("relief.need-signal.closed", version=1, stream="signal_id")
class NeedSignalClosed(Event):
    """It led to an assessment that is final, or to a need. Source: B01, SG-01."""

    signal_id: SignalId
    area: AreaCode
    assessment_id: AssessmentId | None = None
    need_id: NeedId | None = None
