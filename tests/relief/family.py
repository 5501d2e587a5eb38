"""A family and its need, as facts before a command: the people, places and amounts that the tests of L3 and of referrals share."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, CaseId, EventCause, HouseholdId, LineId, NeedId, PersonId
from contracts.relief.household import HouseholdOpened, MemberJoined
from contracts.relief.need import CoverageCommitted, NeedRegistered, PriorPayerRecorded
from contracts.relief.temp_aid import TempAidGranted, TempAidRequested
from contracts.relief.temp_aid_year import TempAidCharged
from contracts.terms import (
    Dimension,
    FundingSource,
    Layer,
    Measure,
    NeedCategory,
    Period,
    PriorPayer,
    Scheme,
    TempAidKind,
    Urgency,
)
from kit.identity import Actor, Role
from kit.testing import SECOND, WORKER


def uid(number: int) -> str:
    return f"0190a000-0000-8000-8000-{number:012}"


HOME, NEED, CASE = HouseholdId(uid(2)), NeedId(uid(1)), CaseId(uid(5))
PEOPLE = tuple(PersonId(uid(10 + number)) for number in range(7))
CHILD = PEOPLE[0]
FIRE, LEUKAEMIA = EventCause("fire-2022-10-03"), EventCause("leukaemia-2022")
SHATOUJIAO, HAISHAN = AreaCode("440308003"), AreaCode("440308004")
MARCH = date(2022, 3, 1)

STREET_APPROVER = Actor(id="street-approver-1", roles=frozenset({Role.APPROVER}), area=SHATOUJIAO)
HAISHAN_APPROVER = Actor(id="haishan-approver-1", roles=frozenset({Role.CASEWORKER, Role.APPROVER}), area=HAISHAN)


def family(members: int = 4, *, hukou: bool = True, on: date = MARCH) -> list[Event]:
    """A household of so many people since a day."""
    opened = HouseholdOpened(household_id=HOME, area=SHATOUJIAO, hukou=hukou, opened_on=on)
    return [opened, *(MemberJoined(household_id=HOME, person_id=person, joined_on=on) for person in PEOPLE[:members])]


def need_of(gross: int, *, measure: Measure = Measure.FEN, urgency: Urgency = Urgency.YELLOW) -> NeedRegistered:
    """A medical need over its whole life."""
    return NeedRegistered(
        need_id=NEED,
        household_id=HOME,
        category=NeedCategory.MEDICAL,
        dimension=Dimension.MATERIAL,
        measure=measure,
        period=Period.EVENT,
        gross=gross,
        urgency=urgency,
    )


def payer(number: int, kind: PriorPayer, amount: int) -> PriorPayerRecorded:
    return PriorPayerRecorded(need_id=NEED, household_id=HOME, line_id=LineId(uid(number)), payer=kind, amount=amount)


def line(number: int | str, layer: Layer, scheme: Scheme, amount: int, *, offered: int | None = None) -> CoverageCommitted:
    """A line that the need accepted, named by a number or by its giver's id."""
    return CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LineId(uid(number) if isinstance(number, int) else number),
        layer=layer,
        scheme=scheme,
        offered=amount if offered is None else offered,
        amount=amount,
    )


def own_line(amount: int) -> CoverageCommitted:
    """The line of the temporary-aid case."""
    return line(CASE, Layer.TEMPORARY, Scheme.TEMPORARY_AID, amount)


def requested(
    kind: TempAidKind = TempAidKind.EXPENDITURE,
    *,
    cause: EventCause = LEUKAEMIA,
    members: int = 4,
    affected: int = 1,
    amount: int = 2_000_000,
    by: str = WORKER.id,
) -> TempAidRequested:
    return TempAidRequested(
        case_id=CASE,
        household_id=HOME,
        need_id=NEED,
        kind=kind,
        cause=cause,
        members=members,
        affected=affected,
        amount_fen=amount,
        requested_by=ActorId(by),
    )


def granted(
    amount: int,
    *,
    cap: int,
    conference: bool = False,
    source: FundingSource = FundingSource.DISTRICT,
    by: str = SECOND.id,
    papers_due: date | None = None,
) -> TempAidGranted:
    return TempAidGranted(
        case_id=CASE,
        household_id=HOME,
        need_id=NEED,
        line_id=LineId(CASE),
        amount_fen=amount,
        source=source,
        cap_fen=cap,
        conference=conference,
        approved_by=ActorId(by),
        papers_due=papers_due,
    )


def charged(amount: int, on: date = MARCH, *, cause: EventCause = LEUKAEMIA, case: CaseId = CASE) -> TempAidCharged:
    return TempAidCharged(household_id=HOME, case_id=case, cause=cause, granted_on=on, amount_fen=amount)
