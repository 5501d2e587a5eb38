"""What every declared command and aggregate must say, over all services."""

from __future__ import annotations

from typing import Any

import pytest

from kit.aggregate import Aggregate, CommandSpec
from kit.service import Service
from minsheng.programs import command_services

SERVICES = command_services()
COMMANDS = [
    pytest.param(service, aggregate, spec, id=f"{service.name}/{aggregate.name}/{spec.name}")
    for service in SERVICES.values()
    for aggregate in service.aggregates
    for spec in aggregate.commands
]
DISTRICT_WIDE = {
    "registry/area": "areas belong to the district's registrar",
    "relief/known-person": "noted by reactions only",
    "charity/donation": "donations belong to the district",
    "charity/fund": "funds belong to the district",
    "charity/allocation": "charity officers work for the whole district; two of them sign",
    "charity/referral-answer": "charity officers work for the whole district",
    "charity/voucher": "issued by the district's charity officers; redeemed at the shop where the goods lie",
    "charity/known-household": "noted by reactions only",
    "eldercare/known-person": "noted by reactions only",
}
"""Aggregates without an area, each with its reason: everybody else acts in the own area only."""
MONEY = {
    "relief/entitlement/grant",
    "relief/entitlement/revise",
    "relief/temp-aid/grant",
    "relief/temp-aid/supplement",
    "charity/allocation/approve",
}
"""Commands that grant or allocate money: the approver names the version seen (ruling 21)."""


@pytest.mark.parametrize(("service", "aggregate", "spec"), COMMANDS)
def test_a_command_says_what_it_asks_and_who_may(service: Service, aggregate: Aggregate[Any], spec: CommandSpec) -> None:
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


def test_money_needs_the_version_that_was_seen() -> None:
    """Ruling 21: two people; ruling 17 of the design: approvals require `If-Match`."""
    approvals = {
        f"{service.name}/{aggregate.name}/{spec.name}"
        for service in SERVICES.values()
        for aggregate in service.aggregates
        for spec in aggregate.commands
        if spec.approval
    }
    assert approvals >= MONEY
