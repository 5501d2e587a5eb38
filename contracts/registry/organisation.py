"""Facts about a social organisation (社会组织): registered, restricted, given a period to put things right, reinstated, struck off."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, OrganisationId


class OrganisationKind(StrEnum):
    """What the first two characters of the credit code say: 51, 52, 53."""

    ASSOCIATION = "association"  # 社会团体
    AGENCY = "agency"  # 社会服务机构（民办非企业单位）
    FOUNDATION = "foundation"  # 基金会


class RestrictionReason(StrEnum):
    """Why an organisation gets no new public work or money (R-SO-01, R-SO-02)."""

    ZOMBIE_NO_REPORT = "zombie_no_report"  # 连续两年未年检
    ZOMBIE_NO_ACTIVITY = "zombie_no_activity"  # 一年未开展活动
    ZOMBIE_UNREACHABLE = "zombie_unreachable"  # 无法联系
    UNQUALIFIED_INSPECTION = "unqualified_inspection"  # 年检不合格、基本合格
    RECTIFICATION = "rectification"  # 责令限期整改
    INVESTIGATION = "investigation"  # 立案调查


class ReinstatementReason(StrEnum):
    RECTIFIED = "rectified"  # 整改完成
    CLEARED = "cleared"  # 查无问题
    REVOKED = "revoked"  # 限制决定撤销


class DeregistrationReason(StrEnum):
    NOT_RECTIFIED = "not_rectified"  # 逾期未整改
    OWN_WISH = "own_wish"  # 自行申请注销
    MERGED = "merged"  # 合并


@event("registry.organisation.registered", version=1, stream="organisation_id")
class OrganisationRegistered(Event):
    """The organisation exists under its unified credit code. Source: section 3.1, H03."""

    organisation_id: OrganisationId
    kind: OrganisationKind
    area: AreaCode
    registered_on: date


@event("registry.organisation.restricted", version=1, stream="organisation_id")
class OrganisationRestricted(Event):
    """No new public work, money or fundraising from `since` on; what it holds unspent is frozen. Source: R-SO-01, R-SO-02, SG-15, SC-25.

    cure_by: the last day to put things right, later than which it is listed for deregistration; None: nothing it could mend.
    A second one adds a reason; one reinstatement ends all.
    """

    organisation_id: OrganisationId
    reason: RestrictionReason
    since: date
    cure_by: date | None = None


@event("registry.organisation.rectification-lapsed", version=1, stream="organisation_id")
class OrganisationRectificationLapsed(Event):
    """Nothing was put right by `cure_by`: it is listed for deregistration, which two people sign. Source: R-SO-01, SC-25, ruling 21."""

    organisation_id: OrganisationId
    cure_by: date


@event("registry.organisation.reinstated", version=1, stream="organisation_id")
class OrganisationReinstated(Event):
    """All restrictions are over; it may work, receive and raise money again from `since` on. Source: SG-15."""

    organisation_id: OrganisationId
    reason: ReinstatementReason
    since: date


@event("registry.organisation.deregistration-proposed", version=1, stream="organisation_id", shared=False)
class OrganisationDeregistrationProposed(Event):
    """A person proposes to strike it off; another decides. Source: ruling 21."""

    organisation_id: OrganisationId
    reason: DeregistrationReason
    proposed_by: ActorId


@event("registry.organisation.deregistered", version=1, stream="organisation_id")
class OrganisationDeregistered(Event):
    """It no longer exists from `since` on; what is left goes to a similar purpose. Source: R-SO-01, SC-25."""

    organisation_id: OrganisationId
    reason: DeregistrationReason
    since: date
    approved_by: ActorId
