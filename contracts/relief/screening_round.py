"""Facts about a screening round (排查): a list of persons, each met, not reached or referred; the three add up (B07, J06)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, NeedId, PersonId, ReferralId, RoundId, SignalId
from contracts.relief.visit import Channel
from contracts.relief.visit_campaign import TargetGroup


class RoundKind(StrEnum):
    """What the round looks for."""

    HARDSHIP_SPECIAL = "hardship_special"  # 困难家庭中特殊群众排查
    CONTROL_AREA = "control_area"  # 防控区特殊群体排查


class ScreeningResult(StrEnum):
    """What became of one attempt."""

    REACHED = "reached"  # 已排查
    NOT_REACHED = "not_reached"  # 未联系上
    REFERRED = "referred"  # 已转介


@event("relief.screening-round.opened", version=1, stream="round_id")
class ScreeningOpened(Event):
    """Persons of an area are to be screened, mainly by one channel. Source: B07, J06."""

    round_id: RoundId
    kind: RoundKind
    area: AreaCode
    channel: Channel
    groups: tuple[TargetGroup, ...]
    opened_on: date


@event("relief.screening-round.targets-added", version=1, stream="round_id")
class ScreeningTargetsAdded(Event):
    """These persons are on the list; only those that were not on it before. Source: B07."""

    round_id: RoundId
    person_ids: tuple[PersonId, ...]


@event("relief.screening-round.person-screened", version=1, stream="round_id")
class PersonScreened(Event):
    """One person-time: an attempt by a channel and what became of it. A person counts once, with the farthest result. Source: B07, J06.

    need_ids: of needs found, registered in the same append.  referral_id, signal_id: what somebody opened for the person instead.
    """

    round_id: RoundId
    person_id: PersonId
    channel: Channel
    result: ScreeningResult
    screened_on: date
    need_ids: tuple[NeedId, ...] = ()
    referral_id: ReferralId | None = None
    signal_id: SignalId | None = None


@event("relief.screening-round.closed", version=1, stream="round_id")
class ScreeningClosed(Event):
    """The round is over: screened + not reached + referred = targets. Source: B07, J06.

    not_reached: with those whom nobody tried to reach (`not_tried`).  in_person, phone, chat: person-times.
    """

    round_id: RoundId
    targets: int
    screened: int
    not_reached: int
    referred: int
    not_tried: int
    in_person: int
    phone: int
    chat: int
    closed_on: date
