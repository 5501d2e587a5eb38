"""What every declared command and aggregate must say, over all services."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args, get_type_hints

import pytest

from contracts.charity.fund import FundReserved
from contracts.charity.voucher import VoucherIssued
from contracts.eldercare.meal_account import MealSubsidyApplied
from contracts.relief.entitlement import EntitlementVersioned
from contracts.relief.need import CoverageCommitted
from contracts.relief.temp_aid import TempAidGranted
from kit.aggregate import Also, CommandSpec
from minsheng.programs import command_services

SERVICES = command_services()
DISTRICT_WIDE = {
    "registry/area": "areas belong to the district's registrar",
    "relief/known-person": "noted by reactions only",
    "relief/known-organisation": "noted by reactions only",
    "charity/donation": "donations belong to the district",
    "charity/donor-query": "donors ask the district's charity",
    "charity/fund": "funds belong to the district",
    "charity/allocation": "charity officers work for the whole district; two of them sign",
    "charity/referral-answer": "charity officers work for the whole district",
    "charity/organisation-grant": "an organisation works for the whole district; two of the district's people sign",
    "charity/external-aid": "it leaves the district",
    "charity/volunteer-certificate": "a person serves in every street; the certificate tells of all of it",
    "charity/disclosure-task": "charity publishes for the whole district",
    "charity/known-organisation": "noted by reactions only",
    "charity/voucher": "issued by the district's charity officers; redeemed at the shop where the goods lie",
    "charity/known-household": "noted by reactions only",
    "eldercare/known-person": "noted by reactions only",
    "eldercare/known-organisation": "noted by reactions only",
    "eldercare/impact-assessment": "a processing is assessed for the whole district",
    "eldercare/operator-training": "the district trains operators; they are booked everywhere",
}
"""Aggregates of the whole district, each with its reason: only people of the district act on them, a street's cannot."""
ANYWHERE = {
    "relief/temp-aid/request": "an emergency is acted on where it happens; the decision binds expenditure aid to the street (R-TMP-04)",
    "relief/temp-aid/grant": "as `request`",
    "relief/temp-aid/refuse": "as `request`",
    "relief/temp-aid/pay": "as `request`",
    "relief/temp-aid/record-easing": "for emergencies only",
    "relief/temp-aid/supplement": "for emergencies only",
    "eldercare/loan/give-back": "a wheelchair is given back at any site, also of another street (E13)",
    "charity/voucher/authorise-proxy": "a household may go to any shop, and its proxy is written down there",
}
"""Commands that the own area does not bind, each with its reason."""
PLACES = {
    "charity/voucher/redeem": "stock-lot",
    "eldercare/meal-account/check-in": "meal-point",
}
"""Commands that happen elsewhere than their stream lies: the clerk's own shop and canteen, whoever comes (E04)."""
SIGNED = {
    "relief/entitlement/grant",
    "relief/entitlement/revise",
    "relief/entitlement/resume",
    "relief/temp-aid/grant",
    "relief/temp-aid/refuse",
    "relief/temp-aid/supplement",
    "charity/allocation/approve",
    "registry/organisation/deregister",
    "charity/organisation-grant/approve",
    "charity/external-aid/commit",
}
"""Commands whose giver names the version seen (ruling 17 of the design): what grants and allocates money, what refuses it, what has no
way back."""
GIVING = {CoverageCommitted, EntitlementVersioned, TempAidGranted, FundReserved, VoucherIssued, MealSubsidyApplied}
"""Facts that give a household something that it had not before."""
UNSIGNED = {
    "relief/entitlement/record-payment": "what was granted was paid; the need follows the month's amount",
    "relief/entitlement/record-failure": "what was granted was not paid; the need follows the month's amount",
    "relief/entitlement/stop": "it only ends; the need follows",
    "relief/special-aid/record-decision": "another department has decided; it is recorded whole (ruling 3)",
    "charity/voucher/issue": "points by the policy's rule, one voucher a household and month",
    "eldercare/meal-account/check-in": "the subsidy is the policy's rule, one a day",
}
"""Commands of people that lead to such facts without a second signature, each with its reason."""


def every() -> list[tuple[str, CommandSpec]]:
    """The commands of all services by name."""
    return [
        (f"{service.name}/{one.name}/{spec.name}", spec)
        for service in SERVICES.values()
        for one in service.aggregates
        for spec in one.commands
    ]


def named(wanted: Callable[[CommandSpec], object]) -> set[str]:
    """The commands for which something holds."""
    return {name for name, spec in every() if wanted(spec)}


def facts_of(spec: CommandSpec) -> set[type]:
    """The kinds of facts that a decision may return."""
    (element,) = get_args(get_type_hints(spec.decide)["return"])
    return set(get_args(element) or (element,))


@pytest.mark.parametrize("spec", [pytest.param(spec, id=name) for name, spec in every()])
def test_a_command_says_what_it_asks_and_who_may(spec: CommandSpec) -> None:
    """Nothing is open by default; the API page has a sentence and an example that fits."""
    assert spec.roles
    assert spec.model.__doc__
    assert spec.decide.__doc__
    assert "Source:" in spec.decide.__doc__
    assert spec.model.model_validate(spec.example.model_dump()) == spec.example


def test_everything_lies_in_an_area_or_says_why_not() -> None:
    """A caseworker changes the own area only."""
    without = {f"{service.name}/{one.name}" for service in SERVICES.values() for one in service.aggregates if one.area is None}
    ledgers = {f"{service.name}/{one.name}" for service in SERVICES.values() for one in service.aggregates if not one.commands}
    assert without - ledgers == set(DISTRICT_WIDE)


def test_an_area_is_told_by_the_state_and_before_it_by_the_command_that_opens_the_stream() -> None:
    """Ruling 26 of the design: the area is the stream's; no later body moves it."""
    for aggregate in (one for service in SERVICES.values() for one in service.aggregates if one.area and one.commands):
        field = aggregate.area.field if isinstance(aggregate.area, Also) else str(aggregate.area)
        assert hasattr(aggregate.initial(), field), aggregate.name
        for opening in (spec for spec in aggregate.commands if spec.stream == "new"):
            assert opening.model.model_fields[field].is_required(), f"{aggregate.name}/{opening.name}"


def test_who_acts_outside_the_own_area_has_a_reason() -> None:
    """R-TMP-04 and shops: everything else is bound to where the stream lies, or to the place where the command happens."""
    assert named(lambda spec: spec.anywhere) == set(ANYWHERE)
    assert {name: spec.area.aggregate.name for name, spec in every() if spec.area} == PLACES


def test_money_needs_the_version_that_was_seen() -> None:
    """Ruling 21: two people; ruling 17 of the design: approvals require `If-Match`. Whatever else gives says why it needs none."""
    assert named(lambda spec: spec.approval) == SIGNED
    assert named(lambda spec: spec.is_public and not spec.approval and facts_of(spec) & GIVING) == set(UNSIGNED)
