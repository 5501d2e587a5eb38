"""The declaration of charity fits its contracts."""

from __future__ import annotations

from contracts.envelope import registered
from contracts.terms import NeedCategory, Purpose
from kit.identity import Role
from services.charity.domain.purpose import donation_fits, need_fits
from services.charity.service import charity


def test_every_fact_of_charity_belongs_to_an_aggregate_and_every_aggregate_has_facts() -> None:
    """The published language and the service name the same streams."""
    named = {kind.aggregate for kind in registered() if kind.service == "charity"}
    assert named == set(charity.by_name)


def test_facts_about_a_household_are_keyed_by_it() -> None:
    """Design: the Kafka key is the household where there is one, else the stream."""
    keyed = {aggregate.name for aggregate in charity.aggregates if aggregate.key == "household_id"}
    assert keyed == {"allocation", "voucher", "kitchen-meal", "referral-answer", "known-household"}
    assert all(aggregate.key is None for aggregate in charity.aggregates if aggregate.name not in keyed)


def test_what_the_program_does_by_itself_has_no_route_and_money_is_approved_by_an_approver() -> None:
    """Ruling 21: SYSTEM commands are given by reactions and timers only; approvals name the version that was seen."""
    specs = {(aggregate.name, spec.name): spec for aggregate in charity.aggregates for spec in aggregate.commands}
    alone = {name for name, spec in specs.items() if Role.SYSTEM in spec.roles}
    assert all(specs[name].roles == {Role.SYSTEM} for name in alone)
    assert {("allocation", "settle"), ("allocation", "give-up"), ("voucher", "expire"), ("referral-answer", "note")} <= alone
    signed = {name for name, spec in specs.items() if spec.approval}
    assert signed == {("allocation", "approve"), ("organisation-grant", "approve"), ("external-aid", "commit")}
    assert {role for name in signed for role in specs[name].roles} == {Role.APPROVER}


def test_each_foreign_event_is_heard_once() -> None:
    """A second reaction to one event would need its own reason."""
    heard = [reaction.on for reaction in charity.reactions]
    assert len(heard) == len(set(heard))
    assert charity.sources == ["registry", "relief"]


def test_every_purpose_has_needs_it_pays_for_and_a_fund_of_its_own_fits() -> None:
    """R-CHA-03: no purpose was forgotten in the two tables."""
    for purpose in Purpose:
        assert any(need_fits(purpose, category) for category in NeedCategory)
        assert donation_fits(purpose, purpose)
        assert donation_fits(Purpose.GENERAL, purpose)
