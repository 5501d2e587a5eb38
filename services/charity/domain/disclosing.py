"""What must be published by when (R-CHA-08): the tasks that a fund, a donation or a grant opens in the append of its own fact."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from contracts.charity.disclosure_task import DisclosureKind, DisclosureTaskOpened
from contracts.charity.fund import Campaign
from contracts.ids import DisclosureTaskId, DonationId, FundId
from kit.command import Context
from policy import Pack, add_months, end_of

ONE_DAY = timedelta(days=1)
REPEATED = frozenset({DisclosureKind.PERIODIC, DisclosureKind.RECEIPTS})


def of_campaign(fund_id: FundId, campaign: Campaign, ends_on: date | None, context: Context) -> list[DisclosureTaskOpened]:
    """What a campaign or project that starts today must publish: its first periodic reports, and the full one if its end is known.

    Source: R-CHA-08.
    """
    if campaign is Campaign.NONE:
        return []
    kinds = [DisclosureKind.RECEIPTS] if campaign is Campaign.EMERGENCY else []
    if _is_long(context.on, ends_on, context.policy):
        kinds.append(DisclosureKind.PERIODIC)
    tasks = [report(kind, 1, fund_id, context.on, context) for kind in kinds]
    return [*tasks, *([final(fund_id, context.on, ends_on, context)] if ends_on else [])]


def _is_long(starts_on: date, ends_on: date | None, policy: Pack) -> bool:
    return ends_on is None or ends_on > add_months(starts_on, policy.campaign_long_after_months)


def report(kind: DisclosureKind, number: int, fund_id: FundId, starts_on: date, context: Context) -> DisclosureTaskOpened:
    """The report of one period. Periods are counted from the campaign's start, so that a late report moves none after it."""
    last = _period_end(kind, number, starts_on, context.policy)
    before = _period_end(kind, number - 1, starts_on, context.policy)
    return DisclosureTaskOpened(
        task_id=_new_id(kind, number, context),
        kind=kind,
        due_at=end_of(last),
        covers_from=starts_on if number == 1 else before + ONE_DAY,
        covers_to=last,
        number=number,
        fund_id=fund_id,
    )


def _period_end(kind: DisclosureKind, number: int, starts_on: date, policy: Pack) -> date:
    if kind is DisclosureKind.RECEIPTS:
        return starts_on + timedelta(days=policy.campaign_emergency_report_days * number)
    return add_months(starts_on, policy.campaign_report_each_months * number)


def final(fund_id: FundId, starts_on: date, ends_on: date, context: Context) -> DisclosureTaskOpened:
    """The full report after the end. Source: R-CHA-08."""
    due_at = end_of(add_months(ends_on, context.policy.campaign_final_report_months))
    return _opened(DisclosureKind.FINAL, due_at, starts_on, ends_on, context, fund_id=fund_id)


def yearly(task_id: DisclosureTaskId, year: int, policy: Pack, kind: DisclosureKind = DisclosureKind.YEARLY) -> DisclosureTaskOpened:
    """The report on a year, or its audit, due in the next one. Source: R-CHA-08."""
    month, day = (int(part) for part in policy.disclosure_yearly_by.split("-"))
    return DisclosureTaskOpened(
        task_id=task_id,
        kind=kind,
        due_at=end_of(date(year + 1, month, day)),
        covers_from=date(year, 1, 1),
        covers_to=date(year, 12, 31),
        number=year,
    )


def next_yearly(kind: DisclosureKind, year: int, context: Context) -> DisclosureTaskOpened:
    return yearly(_new_id(kind, year, context), year, context.policy, kind)


def correction(donation_id: DonationId, fund_id: FundId | None, context: Context) -> DisclosureTaskOpened:
    """What was published about a donation is no longer so. Source: SC-17."""
    due_at = _within(context.policy.disclosure_correction_days, context)
    return _opened(DisclosureKind.CORRECTION, due_at, context.on, context.on, context, fund_id=fund_id, donation_id=donation_id)


def use_change(donation_id: DonationId, context: Context) -> DisclosureTaskOpened:
    """Another use is to be filed and told. Source: R-CHA-03, R-CHA-11."""
    due_at = _within(context.policy.use_change_filing_days, context)
    return _opened(DisclosureKind.USE_CHANGE, due_at, context.on, context.on, context, donation_id=donation_id)


def plan_change(fund_id: FundId, context: Context) -> DisclosureTaskOpened:
    """A changed plan of a campaign is to be filed, in the days of any other change of use. Source: R-CHA-03, R-CHA-11."""
    due_at = _within(context.policy.use_change_filing_days, context)
    return _opened(DisclosureKind.PLAN_CHANGE, due_at, context.on, context.on, context, fund_id=fund_id)


def leftover(fund_id: FundId, context: Context) -> DisclosureTaskOpened:
    """Where the rest of a fund or a grant went is to be published. Source: R-CHA-04."""
    due_at = _within(context.policy.disclosure_leftover_days, context)
    return _opened(DisclosureKind.LEFTOVER, due_at, context.on, context.on, context, fund_id=fund_id)


def _within(days: int, context: Context) -> datetime:
    return end_of(context.on + timedelta(days=days))


def _opened(
    kind: DisclosureKind,
    due_at: datetime,
    covers_from: date,
    covers_to: date,
    context: Context,
    *,
    fund_id: FundId | None = None,
    donation_id: DonationId | None = None,
) -> DisclosureTaskOpened:
    return DisclosureTaskOpened(
        task_id=_new_id(kind, 1, context),
        kind=kind,
        due_at=due_at,
        covers_from=covers_from,
        covers_to=covers_to,
        fund_id=fund_id,
        donation_id=donation_id,
    )


def _new_id(kind: DisclosureKind, number: int, context: Context) -> DisclosureTaskId:
    return DisclosureTaskId(context.new_id(f"disclosure:{kind}:{number}"))
