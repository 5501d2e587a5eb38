"""From the request to the decision: who may decide, and how much (R-TMP-01..05, 07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from pydantic import Field

from contracts.ids import CaseId, EventCause, HouseholdId, Month, NeedId, PersonId
from contracts.relief.need import CoverageCommitted
from contracts.relief.temp_aid import TempAidGranted, TempAidRefusal, TempAidRefused, TempAidRequested
from contracts.relief.temp_aid_year import TempAidCharged
from contracts.terms import FundingSource, Layer, Measure, Period, Scheme, TempAidKind
from kit.aggregate import require
from kit.clock import month_of, shanghai_date
from kit.command import Command, Context, PositiveFen
from kit.errors import Refused
from policy import Pack
from services.relief.domain.household import Household
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need, committed
from services.relief.domain.temp_aid.state import TempAid
from services.relief.domain.temp_aid_year import TempAidYear


class RequestTempAid(Command):
    """Ask for emergency or expenditure-type money for a need of a household.

    affected_ids: the persons the expense is for; none named in an emergency: everybody who lives there.
    cause: a code for the named event; the same code is the same cause (ruling 25).
    """

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    kind: TempAidKind
    cause: EventCause
    affected_ids: tuple[PersonId, ...] = Field(default=(), max_length=6)
    amount_fen: PositiveFen


class GrantTempAid(Command):
    """Approve money. `conference`: a case conference decided; `eased_on`: the day an emergency eased, if it has: papers are due from then on."""

    case_id: CaseId
    amount_fen: PositiveFen
    source: FundingSource
    conference: bool = False
    eased_on: date | None = None


class RefuseTempAid(Command):
    """Refuse the request; one person signs."""

    case_id: CaseId
    reason: TempAidRefusal


def request(
    command: RequestTempAid, _aid: TempAid, context: Context, home: Household, need: Need, persons: Mapping[str, KnownPerson]
) -> list[TempAidRequested]:
    """The case is open; it counts the members of that day, and an emergency asks for neither hukou nor street.

    Raises: Refused("household_closed" | "household_empty" | "other_household" | "need_closed" | "other_measure" | "outside_area" |
    "hukou_missing" | "affected_missing" | "not_a_member" | "member_dead").  Source: R-TMP-01, R-TMP-02, R-TMP-04.
    """
    living_here = home.members_on(context.on)
    require(home.is_open, "household_closed")
    require(bool(living_here), "household_empty")
    _require_need(command, need)
    require_own_area(command.kind, context)
    require(command.kind is TempAidKind.EMERGENCY or home.hukou, "hukou_missing")
    for person in command.affected_ids:
        require(person in living_here, "not_a_member", person_id=person)
        require(not persons[person].died_before(context.on), "member_dead", person_id=person)
    return [
        TempAidRequested(
            case_id=command.case_id,
            household_id=command.household_id,
            need_id=command.need_id,
            kind=command.kind,
            cause=command.cause,
            members=len(living_here),
            affected=_affected(command, len(living_here)),
            amount_fen=command.amount_fen,
            requested_by=context.actor_id,
        )
    ]


def _require_need(command: RequestTempAid, need: Need) -> None:
    require(need.household_id == command.household_id, "other_household", need_id=command.need_id)
    require(need.closed is None, "need_closed", closed_as=need.closed)
    require(need.measure is Measure.FEN, "other_measure", measure=need.measure)


def _affected(command: RequestTempAid, members: int) -> int:
    named = len(set(command.affected_ids))
    require(named > 0 or command.kind is TempAidKind.EMERGENCY, "affected_missing")
    return named or members


def require_own_area(kind: TempAidKind, context: Context) -> None:
    """An emergency is acted on where it happens; the rest belongs to the household's own street (R-TMP-04).

    Raises: Refused("outside_area").
    """
    own = context.packs.areas.contains(context.actor.area, context.area)
    require(own or kind is TempAidKind.EMERGENCY, "outside_area")


def grant(
    command: GrantTempAid, aid: TempAid, context: Context, home: Household, need: Need, year: TempAidYear
) -> list[TempAidGranted | CoverageCommitted | TempAidCharged]:
    """The money is approved, counts on the need and in the household's year, all in one append.

    Raises: Refused("decided_already" | "household_closed" | "need_closed" | "outside_area" | "same_person" | "source_unknown" |
    "conference_not_needed" | "not_an_emergency" | "not_yet" | "same_cause"); Refused("above_cap", cap_fen): the case's or what is left of the
    household's year; Refused("above_street_limit", limit_fen); Refused("above_residual", residual_fen).
    Source: R-TMP-05, R-TMP-07, rulings 3, 9, 10, 21, 25.
    """
    require(not aid.decided and aid.closed is None, "decided_already")
    require(home.is_open, "household_closed")
    require(need.closed is None, "need_closed", closed_as=need.closed)
    _require_competent(command, aid, context)
    _require_cause(command, aid, context, year)
    cap_fen = _require_amount(command, aid, context, need, year)
    month = Month(month_of(context.on))
    return [
        TempAidGranted(
            case_id=aid.case_id,
            household_id=aid.household_id,
            need_id=aid.need_id,
            line_id=aid.line_id,
            amount_fen=command.amount_fen,
            source=command.source,
            cap_fen=cap_fen,
            conference=command.conference,
            approved_by=context.actor_id,
            papers_due=_papers_due(command, aid, context),
        ),
        committed(need, aid.line_id, Layer.TEMPORARY, Scheme.TEMPORARY_AID, command.amount_fen, (month, month)),
        TempAidCharged(
            household_id=aid.household_id,
            case_id=aid.case_id,
            cause=aid.cause,
            granted_on=context.on,
            amount_fen=command.amount_fen,
        ),
    ]


def _require_competent(command: GrantTempAid, aid: TempAid, context: Context) -> None:
    """Two people decide; in an emergency the second signs with the papers. A conference is for expenditure (ruling 21, R-TMP-07)."""
    emergency = aid.kind is TempAidKind.EMERGENCY
    require_own_area(aid.kind, context)
    require(emergency or context.actor_id != aid.requested_by, "same_person")
    require(command.source in context.policy.temp_sources, "source_unknown", source=command.source)
    require(not (emergency and command.conference), "conference_not_needed")
    require(emergency or command.eased_on is None, "not_an_emergency")
    require(command.eased_on is None or command.eased_on <= shanghai_date(context.now), "not_yet")


def _require_cause(command: GrantTempAid, aid: TempAid, context: Context, year: TempAidYear) -> None:
    """The same named event is paid once in twelve months; a conference may allow more (ruling 25)."""
    before = year.same_cause(aid.cause, context.on, context.policy.temp_same_cause_months)
    if before is not None and not command.conference:
        raise Refused("same_cause", case_id=before.case_id, granted_on=before.granted_on.isoformat())


def _require_amount(command: GrantTempAid, aid: TempAid, context: Context, need: Need, year: TempAidYear) -> int:
    """The cap that held. Nothing may be above it, the street's limit or the residual; the tolerance is not used (ruling 10)."""
    policy = context.policy
    cap_fen = min(
        case_cap_fen(aid, policy, conference=command.conference), year.left_fen(aid.members * policy.temp_year_cap_fen, context.on)
    )
    residual_fen = need.residual(Month(month_of(context.on)) if need.period is Period.MONTH else None)
    require(command.amount_fen <= cap_fen, "above_cap", cap_fen=cap_fen)
    require(
        command.amount_fen <= policy.temp_street_limit_fen or not _acts_for_a_street(context),
        "above_street_limit",
        limit_fen=policy.temp_street_limit_fen,
    )
    require(command.amount_fen <= residual_fen, "above_residual", residual_fen=residual_fen)
    return cap_fen


def case_cap_fen(aid: TempAid, policy: Pack, *, conference: bool) -> int:
    """The most one case may get: by members in an emergency, else by affected persons (R-TMP-07)."""
    match aid.kind:
        case TempAidKind.EMERGENCY:
            return aid.members * policy.temp_emergency_cap_fen
        case TempAidKind.EXPENDITURE:
            return aid.affected * (policy.temp_expenditure_conference_cap_fen if conference else policy.temp_expenditure_cap_fen)
        case _:
            assert_never(aid.kind)


def _acts_for_a_street(context: Context) -> bool:
    """Whether the actor's office is a street or a community, not the district."""
    return context.packs.areas.street_of(context.actor.area) is not None


def _papers_due(command: GrantTempAid, aid: TempAid, context: Context) -> date | None:
    """The last day for the papers, counted from the day the emergency eased; unknown until it has (SC-06)."""
    if aid.kind is not TempAidKind.EMERGENCY or command.eased_on is None:
        return None
    return context.calendar.add_workdays(command.eased_on, context.policy.temp_papers_wd)


def refuse(command: RefuseTempAid, aid: TempAid, context: Context) -> list[TempAidRefused]:
    """The request is refused, with a reason people can ask about.

    Raises: Refused("decided_already" | "outside_area").  Source: B11, ruling 21 (one person signs).
    """
    require(not aid.decided and aid.closed is None, "decided_already")
    require_own_area(aid.kind, context)
    return [TempAidRefused(case_id=aid.case_id, household_id=aid.household_id, reason=command.reason, refused_by=context.actor_id)]
