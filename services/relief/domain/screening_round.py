"""A screening round (排查) of an area: every person on the list is reached, not reached or referred, and the three add up (B07, J06).

The round is one stream: the list, the results and the closing are guarded together, so the sum cannot be wrong. It is as hot as one
team's work; a district's screening is a round for each street or community, which are imported side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from pydantic import Field

from contracts.ids import AreaCode, HouseholdId, NeedId, PersonId, ReferralId, RoundId, SignalId
from contracts.relief.need import NeedRegistered
from contracts.relief.screening_round import (
    PersonScreened,
    RoundKind,
    ScreeningClosed,
    ScreeningOpened,
    ScreeningResult,
    ScreeningTargetsAdded,
)
from contracts.relief.visit import Channel
from contracts.relief.visit_campaign import TargetGroup
from contracts.terms import NeedCategory
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from services.relief.domain.household import Household, household
from services.relief.domain.need import FoundOnTheWay, Need, found_needs, need
from services.relief.domain.need.found import MOST_NEEDS
from services.relief.domain.need_signal import NeedSignal, need_signal
from services.relief.domain.referral import Referral, referral

ScreeningRoundEvent = ScreeningOpened | ScreeningTargetsAdded | PersonScreened | ScreeningClosed
CHUNK = 200
MOST_TARGETS = 5_000
"""Beyond this the stream is a district's: open a round for each street."""
FARTHER = {ScreeningResult.NOT_REACHED: 0, ScreeningResult.REACHED: 1, ScreeningResult.REFERRED: 2}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A person of the list whom somebody tried to reach: the farthest result, and the last attempt."""

    farthest: ScreeningResult
    last: PersonScreened


@dataclass(frozen=True, kw_only=True)
class ScreeningRound:
    """The list, who of it was tried with which result, and person-times by channel."""

    round_id: RoundId = RoundId("")
    area: AreaCode | None = None
    channel: Channel = Channel.IN_PERSON
    opened_on: date = date.max
    targets: frozenset[PersonId] = frozenset()
    tried: Mapping[PersonId, Tried] = field(default_factory=dict)
    times: Mapping[Channel, int] = field(default_factory=dict)
    is_closed: bool = False

    def require_open(self, day: date) -> None:
        """Raises: Refused("round_closed" | "round_not_begun")."""
        require(not self.is_closed, "round_closed")
        require(self.opened_on <= day, "round_not_begun", opened_on=self.opened_on.isoformat())


def evolve(screening: ScreeningRound, event: ScreeningRoundEvent) -> ScreeningRound:
    match event:
        case ScreeningOpened():
            return ScreeningRound(round_id=event.round_id, area=event.area, channel=event.channel, opened_on=event.opened_on)
        case ScreeningTargetsAdded(person_ids=persons):
            return replace(screening, targets=screening.targets | set(persons))
        case PersonScreened():
            return _screened(screening, event)
        case ScreeningClosed():
            return replace(screening, is_closed=True)
        case _:
            assert_never(event)


def _screened(screening: ScreeningRound, event: PersonScreened) -> ScreeningRound:
    """Whoever was met once counts as met, however often others tried in vain before or after."""
    before = screening.tried.get(event.person_id)
    farthest = max(event.result, before.farthest if before else event.result, key=FARTHER.__getitem__)
    return replace(
        screening,
        tried={**screening.tried, event.person_id: Tried(farthest=farthest, last=event)},
        times={**screening.times, event.channel: screening.times.get(event.channel, 0) + 1},
    )


class OpenScreening(Command):
    """Begin to screen persons of an area, mainly by one channel."""

    round_id: RoundId
    kind: RoundKind
    area: AreaCode
    channel: Channel
    groups: tuple[TargetGroup, ...] = Field(default=(TargetGroup.EVERYBODY,), min_length=1, max_length=8)


class AddScreeningTargets(Command):
    """Put persons on the list."""

    round_id: RoundId
    person_ids: tuple[PersonId, ...] = Field(min_length=1, max_length=CHUNK)


class ScreenPerson(Command):
    """One attempt and what became of it. `channel`: default the round's.

    A referred person has needs registered with it (in their household), a referral or a signal.
    """

    round_id: RoundId
    person_id: PersonId
    result: ScreeningResult
    channel: Channel | None = None
    household_id: HouseholdId | None = None
    needs: tuple[FoundOnTheWay, ...] = Field(default=(), max_length=MOST_NEEDS)
    referral_id: ReferralId | None = None
    signal_id: SignalId | None = None

    @property
    def need_ids(self) -> tuple[NeedId, ...]:
        return tuple(found.need_id for found in self.needs)


class CloseScreening(Command):
    """The round is over. `rest_not_reached`: those whom nobody tried count as not reached."""

    round_id: RoundId
    rest_not_reached: bool = False


def open_round(command: OpenScreening, _screening: ScreeningRound, context: Context) -> list[ScreeningOpened]:
    """Persons may be put on its list and screened. Source: B07, J06."""
    told = command.model_dump(exclude={"occurred_at", "groups"})
    return [ScreeningOpened(**told, groups=tuple(dict.fromkeys(command.groups)), opened_on=context.on)]


def add_targets(command: AddScreeningTargets, screening: ScreeningRound, context: Context) -> list[ScreeningTargetsAdded]:
    """These persons are on the list; those on it already are left out, so that a repeated list changes nothing.

    Raises: Refused("round_closed" | "round_not_begun"); Refused("too_many", limit).  Source: B07.
    """
    screening.require_open(context.on)
    new = tuple(person for person in dict.fromkeys(command.person_ids) if person not in screening.targets)
    require(len(screening.targets) + len(new) <= MOST_TARGETS, "too_many", limit=MOST_TARGETS)
    return [ScreeningTargetsAdded(round_id=screening.round_id, person_ids=new)] if new else []


def screen(
    command: ScreenPerson,
    screening: ScreeningRound,
    context: Context,
    home: Household,
    needs: Mapping[str, Need],
    _referral: Referral,
    _signal: NeedSignal,
) -> list[PersonScreened | NeedRegistered]:
    """One person-time more; every need found is registered. The last attempt told again, on the same day, changes nothing.

    Raises: Refused("round_closed" | "round_not_begun" | "not_on_the_list"); Refused("nothing_referred") of a referral that names nothing,
    Refused("not_referred") of a need, referral or signal without that result; NotFound for an unknown referral or signal; of needs as
    `found_needs`.  Source: B07, J06.
    """
    screened = PersonScreened(
        round_id=screening.round_id,
        person_id=command.person_id,
        channel=command.channel or screening.channel,
        result=command.result,
        screened_on=context.on,
        need_ids=command.need_ids,
        referral_id=command.referral_id,
        signal_id=command.signal_id,
    )
    before = screening.tried.get(command.person_id)
    if before is not None and before.last == screened:
        return []
    screening.require_open(context.on)
    require(command.person_id in screening.targets, "not_on_the_list", person_id=command.person_id)
    _require_result_fits(command)
    return [screened, *found_needs(command.needs, command.household_id, home, needs)]


def _require_result_fits(command: ScreenPerson) -> None:
    led_on = bool(command.needs) or command.referral_id is not None or command.signal_id is not None
    if command.result is ScreeningResult.REFERRED:
        require(led_on, "nothing_referred")
    else:
        require(not led_on, "not_referred", result=command.result)


def close(command: CloseScreening, screening: ScreeningRound, context: Context) -> list[ScreeningClosed]:
    """The round's numbers stand, and add up to its list.

    Raises: Refused("round_closed" | "round_not_begun"); Refused("not_all_tried", not_tried) unless the rest counts as not reached.
    Source: B07, J06.
    """
    screening.require_open(context.on)
    not_tried = len(screening.targets) - len(screening.tried)
    require(not_tried == 0 or command.rest_not_reached, "not_all_tried", not_tried=not_tried)
    persons = Counter(tried.farthest for tried in screening.tried.values())
    return [
        ScreeningClosed(
            round_id=screening.round_id,
            targets=len(screening.targets),
            screened=persons[ScreeningResult.REACHED],
            not_reached=persons[ScreeningResult.NOT_REACHED] + not_tried,
            referred=persons[ScreeningResult.REFERRED],
            not_tried=not_tried,
            in_person=screening.times.get(Channel.IN_PERSON, 0),
            phone=screening.times.get(Channel.PHONE, 0),
            chat=screening.times.get(Channel.CHAT, 0),
            closed_on=context.on,
        )
    ]


_ID = "0190a000-0000-8000-8000-0000000000"
_ROUND, _PERSON, _HOME = RoundId("control-area-2022-03-shatoujiao"), PersonId(f"{_ID}10"), HouseholdId(f"{_ID}02")
_WHO = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

screening_round = Aggregate(
    "screening-round",
    id="round_id",
    state=ScreeningRound,
    evolve=evolve,
    area="area",
    commands=[
        command(
            open_round,
            stream="new",
            roles=_WHO,
            example=OpenScreening(
                round_id=_ROUND,
                kind=RoundKind.CONTROL_AREA,
                area=AreaCode("440308003"),
                channel=Channel.PHONE,
                groups=(TargetGroup.ELDER_ALONE, TargetGroup.DISABLED),
            ),
        ),
        command(add_targets, roles=_WHO, example=AddScreeningTargets(round_id=_ROUND, person_ids=(_PERSON,))),
        command(
            screen,
            also=[
                household.by("household_id"),
                need.each("need_ids", missing_ok=True),
                referral.by("referral_id"),
                need_signal.by("signal_id"),
            ],
            roles=_WHO,
            example=ScreenPerson(
                round_id=_ROUND,
                person_id=_PERSON,
                result=ScreeningResult.REFERRED,
                household_id=_HOME,
                needs=(FoundOnTheWay(need_id=NeedId(f"{_ID}01"), category=NeedCategory.ELDER_CARE, gross=60_000),),
            ),
        ),
        command(close, roles=_WHO, example=CloseScreening(round_id=_ROUND)),
    ],
)
