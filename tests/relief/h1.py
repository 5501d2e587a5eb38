"""H1, the household of the worked cases: mother, child and grandmother, their living need, and regular aid for them, as facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, EntitlementId, HouseholdId, LineId, Month, NeedId, PersonId, UnitId
from contracts.relief.entitlement import (
    EntitlementGranted,
    EntitlementProposed,
    EntitlementStopped,
    EntitlementVersioned,
    PaymentLinePaid,
    StopReason,
)
from contracts.relief.household import HouseholdOpened, MemberJoined, UnitFormed
from contracts.relief.known_person import DeathKnown
from contracts.relief.need import CoverageCommitted, CoverageDelivered, CoverageReleased, NeedRegistered
from contracts.terms import Certainty, Dimension, Layer, Measure, NeedCategory, Period, Scheme
from kit.clock import months_between
from kit.testing import SECOND, WORKER


def uid(number: int) -> str:
    return f"0190a000-0000-8000-8000-{number:012}"


HOME, UNIT, NEED, ENTITLEMENT = HouseholdId(uid(2)), UnitId(uid(4)), NeedId(uid(1)), EntitlementId(uid(8))
LINE = LineId(ENTITLEMENT)
MOTHER, CHILD, GRANDMOTHER, STRANGER = (PersonId(uid(10 + number)) for number in range(4))
H1 = (MOTHER, CHILD, GRANDMOTHER)
STREET = AreaCode("440308003")
MAY, REVIEW = Month("2022-05"), Month("2023-04")
"""Granted in April 2022: the first month, and the month of the review 12 months after the decision."""

DECIDED = date(2022, 4, 8)
STANDARD, TEKUN = 136_500, 218_400
AMOUNT = 149_500
"""SC-01: 3 x 1,365.00 - 2,600.00 yuan."""


def opened(persons: Iterable[PersonId] = H1, on: date = date(2022, 3, 1)) -> list[Event]:
    """The household and its members since a day."""
    return [
        HouseholdOpened(household_id=HOME, area=STREET, hukou=True, opened_on=on),
        *(MemberJoined(household_id=HOME, person_id=person, joined_on=on) for person in persons),
    ]


def unit(persons: tuple[PersonId, ...] = H1, scheme: Scheme = Scheme.DIBAO, unit_id: UnitId = UNIT) -> UnitFormed:
    return UnitFormed(household_id=HOME, unit_id=unit_id, scheme=scheme, person_ids=persons, formed_on=date(2022, 3, 1))


def living_need(
    gross: int = AMOUNT,
    *,
    first: str | None = "2022-05",
    last: str | None = "2023-04",
    category: NeedCategory = NeedCategory.LIVING,
    measure: Measure = Measure.FEN,
    period: Period = Period.MONTH,
    home: HouseholdId = HOME,
) -> NeedRegistered:
    return NeedRegistered(
        need_id=NEED,
        household_id=home,
        category=category,
        dimension=Dimension.MATERIAL,
        measure=measure,
        period=period,
        gross=gross,
        first_month=Month(first) if first else None,
        last_month=Month(last) if last else None,
    )


def proposed(
    income: int = 260_000, persons: tuple[PersonId, ...] = H1, scheme: Scheme = Scheme.DIBAO, by: str = WORKER.id
) -> EntitlementProposed:
    return EntitlementProposed(
        entitlement_id=ENTITLEMENT,
        household_id=HOME,
        unit_id=UNIT,
        need_id=NEED,
        scheme=scheme,
        person_ids=persons,
        counted_income_fen=income,
        proposed_by=ActorId(by),
    )


def entitled(persons: tuple[PersonId, ...] = H1, first: str = MAY, review: str = REVIEW, by: str = SECOND.id) -> EntitlementGranted:
    return EntitlementGranted(
        entitlement_id=ENTITLEMENT,
        household_id=HOME,
        person_ids=persons,
        approved_by=ActorId(by),
        first_month=Month(first),
        review_month=Month(review),
    )


def version(
    amount: int = AMOUNT,
    *,
    number: int = 1,
    first: str = MAY,
    last: str = REVIEW,
    members: int = 3,
    income: int = 260_000,
    scheme: Scheme = Scheme.DIBAO,
) -> EntitlementVersioned:
    return EntitlementVersioned(
        entitlement_id=ENTITLEMENT,
        household_id=HOME,
        scheme=scheme,
        version=number,
        first_month=Month(first),
        last_month=Month(last),
        amount_fen=amount,
        members=members,
        standard_fen=TEKUN if scheme is Scheme.TEKUN else STANDARD,
        counted_income_fen=income,
    )


def committed(amount: int = AMOUNT, first: str = MAY, last: str = REVIEW, scheme: Scheme = Scheme.DIBAO) -> CoverageCommitted:
    return CoverageCommitted(
        need_id=NEED,
        household_id=HOME,
        line_id=LINE,
        layer=Layer.REGULAR,
        scheme=scheme,
        offered=amount,
        amount=amount,
        first_month=Month(first),
        last_month=Month(last),
    )


def paid(month: str, amount: int = AMOUNT) -> PaymentLinePaid:
    return PaymentLinePaid(entitlement_id=ENTITLEMENT, household_id=HOME, line_id=LINE, month=Month(month), amount_fen=amount)


def delivered(month: str, amount: int = AMOUNT) -> CoverageDelivered:
    return CoverageDelivered(need_id=NEED, household_id=HOME, line_id=LINE, amount=amount, month=Month(month))


def released(first: str, last: str = REVIEW, amount: int = AMOUNT) -> list[CoverageReleased]:
    """The amount is open again in each month from first to last."""
    return [
        CoverageReleased(need_id=NEED, household_id=HOME, line_id=LINE, amount=amount, month=Month(month))
        for month in months_between(first, last)
    ]


def stopped(last: str, reason: StopReason, persons: tuple[PersonId, ...] = H1) -> EntitlementStopped:
    return EntitlementStopped(entitlement_id=ENTITLEMENT, household_id=HOME, last_month=Month(last), reason=reason, person_ids=persons)


def dead(person: PersonId, on: date, certainty: Certainty = Certainty.CONFIRMED) -> DeathKnown:
    return DeathKnown(person_id=person, died_on=on, certainty=certainty)


def on_aid() -> list[Event]:
    """H1 on dibao, 1,495.00 yuan a month from May 2022, with its household and need."""
    return [*opened(), unit(), living_need(), committed(), proposed(), entitled(), version()]
