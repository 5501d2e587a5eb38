"""How a fund begins, with what its campaign must publish, and how it ends: what is left goes to a similar purpose (R-CHA-04, R-CHA-08)."""

from __future__ import annotations

from datetime import date

from msgspec import structs
from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.fund import (
    Campaign,
    FundClosed,
    FundEstablished,
    FundPlanChanged,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.ids import FundId
from contracts.terms import Purpose
from kit.aggregate import require
from kit.command import Command, Context
from services.charity.domain.disclosing import final, leftover, of_campaign, plan_change
from services.charity.domain.fund.movements import drawn_from
from services.charity.domain.fund.state import Fund
from services.charity.domain.purpose import donation_fits, similar


class EstablishFund(Command):
    """A fund exists with a purpose, with a campaign or a project of its own or without."""

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool = Field(
        default=False, description="only for persons with a disability certificate, also where no rule asks it"
    )
    campaign: Campaign = Field(default=Campaign.NONE, description="it begins with the fund")
    ends_on: date | None = Field(default=None, description="the last day of the campaign or project, where its plan names one")


class ChangePlan(Command):
    """The plan of the campaign names another use for what it raises."""

    fund_id: FundId
    purpose: Purpose


class CloseFund(Command):
    """The fund ends; what is available goes on to a fund of the same or a similar purpose."""

    fund_id: FundId
    successor_id: FundId | None = None


def establish(command: EstablishFund, _fund: Fund, context: Context) -> list[FundEstablished | DisclosureTaskOpened]:
    """The fund can receive donations of its purpose; the pack's certificate purposes need a certificate.

    What its campaign must publish stands as tasks. Raises: Refused("no_campaign" | "ends_before_it_starts").  Source: C08, R-CHA-08.
    """
    is_campaign = command.campaign is not Campaign.NONE
    require(command.ends_on is None or is_campaign, "no_campaign")
    require(command.ends_on is None or command.ends_on >= context.on, "ends_before_it_starts")
    established = FundEstablished(
        fund_id=command.fund_id,
        purpose=command.purpose,
        certificate_needed=command.certificate_needed or command.purpose in context.policy.fund_certificate_purposes,
        campaign=command.campaign,
        starts_on=context.on if is_campaign else None,
        ends_on=command.ends_on,
    )
    return [established, *of_campaign(command.fund_id, command.campaign, command.ends_on, context)]


def change_plan(command: ChangePlan, fund: Fund, context: Context) -> list[FundPlanChanged | DisclosureTaskOpened]:
    """The money goes to the new use from now on, and the change is to be filed. What a donor agreed binds: the new use lies within the old one.

    Raises: Refused("no_campaign" | "fund_closed" | "same_purpose"); Refused("consent_needed", purpose): it goes beyond what was agreed, so
    each donor has to agree (the donation's own change of purpose).  Source: R-CHA-03, R-CHA-11.
    """
    require(fund.campaign is not Campaign.NONE, "no_campaign")
    require(fund.closed_on is None, "fund_closed", fund_id=fund.fund_id)
    require(command.purpose is not fund.purpose, "same_purpose")
    require(donation_fits(fund.purpose, command.purpose), "consent_needed", purpose=fund.purpose)
    needed = fund.certificate_needed or command.purpose in context.policy.fund_certificate_purposes
    changed = FundPlanChanged(fund_id=fund.fund_id, purpose=command.purpose, certificate_needed=needed)
    return [changed, plan_change(fund.fund_id, context)]


def close(
    command: CloseFund, fund: Fund, context: Context, successor: Fund
) -> list[LeftoverMoved | LeftoverReceived | FundClosed | DisclosureTaskOpened]:
    """The fund is closed, nothing is left in it, and where the rest went is to be published. Aid that comes back later moves on the same way.

    Raises: Refused("already_closed" | "campaign_running", ends_on); Refused("money_reserved", reserved_fen), frozen money too;
    Refused("successor_missing" | "fund_closed" | "purpose_not_similar").  Source: R-CHA-04, R-CHA-08, section 3.2.
    """
    require(fund.closed_on is None or fund.available_fen > 0, "already_closed")
    require(fund.ends_on is None or context.on > fund.ends_on, "campaign_running", ends_on=fund.ends_on and fund.ends_on.isoformat())
    require(fund.reserved_fen == 0, "money_reserved", reserved_fen=fund.reserved_fen)
    return [*_passed_on(command, fund, successor, context), *_closed(fund, context)]


def _passed_on(
    command: CloseFund, fund: Fund, successor: Fund, context: Context
) -> list[LeftoverMoved | LeftoverReceived | DisclosureTaskOpened]:
    fen = fund.available_fen
    if fen == 0:
        return []
    heir = command.successor_id
    require(heir is not None and heir != fund.fund_id, "successor_missing", available_fen=fen)
    assert heir is not None  # noqa: S101 - required above
    require(successor.closed_on is None, "fund_closed", fund_id=heir)
    stricter = successor.certificate_needed or not fund.certificate_needed
    require(stricter and similar(fund.purpose, successor.purpose), "purpose_not_similar", fund=fund.purpose, successor=successor.purpose)
    draws = drawn_from({donation: share.available for donation, share in fund.shares.items()}, fen, "above_available")
    return [
        LeftoverMoved(fund_id=fund.fund_id, successor_id=heir, amount_fen=fen, draws=draws),
        *(LeftoverReceived(fund_id=heir, origin_id=fund.fund_id, **structs.asdict(draw)) for draw in draws),
        leftover(fund.fund_id, context),
    ]


def _closed(fund: Fund, context: Context) -> list[FundClosed | DisclosureTaskOpened]:
    """Closed once; a campaign whose plan named no end ends with its fund."""
    if fund.closed_on is not None:
        return []
    ending = [final(fund.fund_id, fund.starts_on, context.on, context)] if fund.starts_on and fund.ends_on is None else []
    return [FundClosed(fund_id=fund.fund_id, closed_on=context.on), *ending]
