"""A changed fundraising plan is filed, money raised in public is audited, and a family is told how its aid is decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
from msgspec.structs import replace

from contracts.charity.allocation import BeneficiaryTold
from contracts.charity.disclosure_task import DisclosureKind, DisclosureOverdue, DisclosurePublished, DisclosureTaskOpened
from contracts.charity.fund import Campaign, FundClosed, FundEstablished, FundPlanChanged
from contracts.ids import NoteRef
from contracts.terms import Purpose
from kit.store.model import SetTimer, Take
from kit.testing import given
from services.charity.domain.allocation import TellBeneficiary, allocation
from services.charity.domain.disclosure_task import OpenAudit, PublishDisclosure, disclosure_task, index
from services.charity.domain.fund import ChangePlan, fund
from services.charity.domain.purpose import donation_fits
from tests.charity.facts import DAY, FUND, GRANT, HOME, proposed, task, uuid
from tests.charity.test_disclosure_task import TASK, opened

PAPER = NoteRef(uuid(0xC5))
MAY, EIGHTEENTH = date(2022, 5, 8), date(2022, 5, 18)


def campaign(purpose: Purpose, kind: Campaign = Campaign.REGULAR, *, certificate: bool = False) -> FundEstablished:
    return FundEstablished(fund_id=FUND, purpose=purpose, certificate_needed=certificate, campaign=kind, starts_on=DAY)


def change(purpose: Purpose) -> ChangePlan:
    return ChangePlan(fund_id=FUND, purpose=purpose)


def changed(purpose: Purpose, *, certificate: bool = False) -> FundPlanChanged:
    return FundPlanChanged(fund_id=FUND, purpose=purpose, certificate_needed=certificate)


def test_a_changed_plan_is_to_be_filed_within_ten_days() -> None:
    """R-CHA-03, R-CHA-11: what was raised for children goes to children who are seriously ill; to be filed by the end of the 18th of May."""
    filing = task(DisclosureKind.PLAN_CHANGE, EIGHTEENTH, (MAY, MAY), on=MAY)
    case = given(fund, campaign(Purpose.CHILDREN))
    case.when(change(Purpose.CHILDREN_SERIOUS_ILLNESS), on=MAY).then(changed(Purpose.CHILDREN_SERIOUS_ILLNESS), filing)


def test_the_filing_is_late_on_record_like_anything_else_that_is_to_be_told() -> None:
    """R-CHA-03, ruling 16: on the last day it is in time, at midnight after it the breach is told, once."""
    filing = opened(DisclosureKind.PLAN_CHANGE, EIGHTEENTH, (MAY, MAY))
    case = given(disclosure_task, filing).also(fund, campaign(Purpose.CHILDREN_SERIOUS_ILLNESS))
    publish = PublishDisclosure(task_id=TASK, report=PAPER)
    (in_time,) = case.when(publish, on=EIGHTEENTH).events
    assert isinstance(in_time, DisclosurePublished)
    assert (in_time.in_time, in_time.report) == (True, PAPER)
    late, published = case.when(publish, at=datetime(2022, 5, 18, 16, tzinfo=UTC)).events
    assert (type(late), published.in_time) == (DisclosureOverdue, False)


def test_what_goes_beyond_the_donors_agreement_needs_their_consent() -> None:
    """R-CHA-03: the plan's change alone never widens what donors agreed; for each purpose exactly those that lie within it."""
    for before, after in product(Purpose, Purpose):
        outcome = given(fund, campaign(before)).when(change(after), on=MAY)
        if before is after:
            outcome.refused("same_purpose")
        elif donation_fits(before, after):
            assert outcome.refusal is None
        else:
            outcome.refused("consent_needed", purpose=before)
        assert all(donation_fits(gift, after) for gift in Purpose if outcome.refusal is None and donation_fits(gift, before))


def test_a_purpose_that_asks_for_a_certificate_asks_for_it_from_then_on() -> None:
    """R-CHA-03, C08: from any use to the disabled: only persons with a certificate; and what needed one before still does."""
    first = given(fund, campaign(Purpose.GENERAL)).when(change(Purpose.DISABILITY), on=MAY).events[0]
    assert first == changed(Purpose.DISABILITY, certificate=True)
    kept = given(fund, campaign(Purpose.GENERAL, certificate=True)).when(change(Purpose.ELDERS), on=MAY).events[0]
    assert kept == changed(Purpose.ELDERS, certificate=True)


def test_only_a_campaign_that_runs_has_a_plan() -> None:
    """R-CHA-03: a fund without a campaign has none, a closed one none any more."""
    plain = FundEstablished(fund_id=FUND, purpose=Purpose.GENERAL, certificate_needed=False)
    given(fund, plain).when(change(Purpose.CHILDREN), on=MAY).refused("no_campaign")
    closed = FundClosed(fund_id=FUND, closed_on=MAY)
    given(fund, campaign(Purpose.GENERAL), closed).when(change(Purpose.CHILDREN), on=MAY).refused("fund_closed")


def audit(year: int) -> DisclosureTaskOpened:
    covers = date(year, 1, 1), date(year, 12, 31)
    return replace(task(DisclosureKind.AUDIT, date(year + 1, 3, 31), covers, number=year, of_fund=None), task_id=TASK)


def test_who_raises_money_in_public_is_audited_each_year() -> None:
    """R-CHA-08: the audit of 2022 is due by the end of March 2023 and is the auditors' paper; that of 2023 is open with it."""
    given(disclosure_task).when(OpenAudit(task_id=TASK, year=2022), on=DAY).then(audit(2022))
    case = given(disclosure_task, audit(2022))
    case.when(PublishDisclosure(task_id=TASK), on=date(2023, 3, 31)).refused("report_missing")
    case.when(PublishDisclosure(task_id=TASK, report=PAPER), on=date(2022, 12, 31)).refused("period_running")
    published, following = case.when(PublishDisclosure(task_id=TASK, report=PAPER), on=date(2023, 3, 31)).events
    assert (published.kind, published.in_time, published.report) == (DisclosureKind.AUDIT, True, PAPER)
    assert (following.kind, following.number, following.covers_to) == (DisclosureKind.AUDIT, 2023, date(2023, 12, 31))


def test_an_audit_that_is_missing_is_on_record_and_the_next_does_not_wait() -> None:
    """R-CHA-08: late by a day; one audit a year, beside the one report of the year."""
    late, following, published = (
        given(disclosure_task, audit(2022)).when(PublishDisclosure(task_id=TASK, report=PAPER), on=date(2023, 4, 1)).events
    )
    assert (type(late), following.number, published.in_time) == (DisclosureOverdue, 2023, False)
    task_of_2022 = given(disclosure_task).when(OpenAudit(task_id=TASK, year=2022), on=DAY).events[0]
    assert list(index(task_of_2022)) == [Take("yearly-audit", "2022"), SetTimer("overdue", task_of_2022.due_at)]


@pytest.mark.parametrize("on", [DAY, date(2022, 6, 1)])
def test_a_family_is_told_by_what_standard_and_in_what_way_its_aid_is_decided(on: date) -> None:
    """R-CHA-09: on record with the paper it was given, once."""
    tell = TellBeneficiary(allocation_id=GRANT, paper=PAPER)
    told = BeneficiaryTold(allocation_id=GRANT, household_id=HOME, told_on=on, paper=PAPER)
    given(allocation, proposed(100)).when(tell, on=on).then(told)
    given(allocation, proposed(100), told).when(tell, on=on).refused("already_told", told_on=on.isoformat())
    given(allocation).when(tell, on=on).refused("not_found")
