"""`GET /funds/{id}/trace`: what came in, and where each donated yuan went. A donor's view hides who received it."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from kit.errors import NotFound
from kit.http.auth import bearer_scheme
from kit.identity import Actor, may
from services.linkage.api.access import FUND_OFFICERS, FUND_READERS
from services.linkage.api.answers import Amount, Answer, FactAnswer, FreshnessAnswer
from services.linkage.api.examples import TRACE
from services.linkage.api.parts import Parts, Token
from services.linkage.labels import zh
from services.linkage.reading import Snapshot
from services.linkage.trace import DonationTrace, FundTrace, Spending, trace
from services.linkage.views.allocation import allocation
from services.linkage.views.donation import DonationRow, donation
from services.linkage.views.fund import DrawRow, draw, fund


class SpendingAnswer(Answer):
    """What a donation gave to one class of beneficiary. Who it was stands there for the fund's officers only."""

    category: str | None
    category_zh: str | None
    reserved: Amount
    spent: Amount
    allocation_id: str | None = None
    household_id: str | None = None
    facts: Sequence[FactAnswer] = ()


class DonationTraceAnswer(Answer):
    """One donation: received = spent + reserved + available + taken back; the claim on the donor stands outside the fund."""

    donation_id: str
    donor_id: str | None
    received: Amount
    reserved: Amount
    spent: Amount
    available: Amount
    taken_back: Amount
    claim: Amount
    receipt: str | None
    spendings: list[SpendingAnswer]


class FundTraceAnswer(Answer):
    """One fund with its donations, oldest first."""

    fund_id: str
    purpose: str
    purpose_zh: str
    received: Amount
    reserved: Amount
    spent: Amount
    available: Amount
    taken_back: Amount
    donations: list[DonationTraceAnswer]
    freshness: FreshnessAnswer


def fund_routes(parts: Parts) -> APIRouter:
    """The route of the trace."""
    router = APIRouter(tags=["funds"], dependencies=[bearer_scheme])

    @router.get("/funds/{fund_id}/trace", responses={200: {"content": {"application/json": {"example": TRACE}}}})
    async def fund_trace(
        fund_id: str,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        view: Annotated[Literal["officer", "donor"] | None, Query(description="default: officer for those who may")] = None,
        token: Token = None,
    ) -> FundTraceAnswer:
        """Received, reserved, paid and to which class of beneficiary, donation by donation."""
        may(actor, FUND_READERS, None, parts.areas)
        await parts.seen(token)
        officer = view != "donor" and bool(actor.roles & FUND_OFFICERS)
        return _answer(await _traced(parts, fund_id), officer=officer, fresh=await parts.fresh([f"fund/{fund_id}"]))

    return router


async def _traced(parts: Parts, fund_id: str) -> FundTrace:
    async with parts.reader.snapshot() as now:
        row = await now.get(fund, fund_id)
        if row is None:
            raise NotFound("not_found", fund_id=fund_id)
        draws = await now.rows(draw, fund_id=fund_id)
        allocations = {str(row.allocation_id): row for row in await now.rows(allocation, fund_id=fund_id)}
        return trace(row, draws, await _donations(now, draws), allocations)


async def _donations(now: Snapshot, draws: list[DrawRow]) -> dict[str, DonationRow]:
    found = {row.donation_id: await now.get(donation, row.donation_id) for row in draws}
    return {str(key): one for key, one in found.items() if one is not None}


def _answer(found: FundTrace, *, officer: bool, fresh: FreshnessAnswer) -> FundTraceAnswer:
    return FundTraceAnswer(
        fund_id=found.fund_id,
        purpose=found.purpose,
        purpose_zh=zh(found.purpose),
        received=Amount.of(found.received_fen),
        reserved=Amount.of(found.reserved_fen),
        spent=Amount.of(found.spent_fen),
        available=Amount.of(found.available_fen),
        taken_back=Amount.of(found.taken_back_fen),
        donations=[_donation(one, officer=officer) for one in found.donations],
        freshness=fresh,
    )


def _donation(one: DonationTrace, *, officer: bool) -> DonationTraceAnswer:
    return DonationTraceAnswer(
        donation_id=one.donation_id,
        donor_id=one.donor_id if officer else None,
        received=Amount.of(one.received_fen),
        reserved=Amount.of(one.reserved_fen),
        spent=Amount.of(one.spent_fen),
        available=Amount.of(one.available_fen),
        taken_back=Amount.of(one.taken_back_fen),
        claim=Amount.of(one.claim_fen),
        receipt=one.receipt,
        spendings=[_spending(spending) for spending in one.spendings] if officer else _by_class(one),
    )


def _spending(one: Spending) -> SpendingAnswer:
    return SpendingAnswer(
        category=one.category,
        category_zh=zh(one.category) if one.category else None,
        reserved=Amount.of(one.reserved_fen),
        spent=Amount.of(one.spent_fen),
        allocation_id=one.allocation_id,
        household_id=one.household_id,
        facts=FactAnswer.all(one.facts),
    )


def _by_class(one: DonationTrace) -> list[SpendingAnswer]:
    """A donor sees classes of beneficiaries: no household, no allocation, no event that would lead to one."""
    classes = sorted({spending.category for spending in one.spendings}, key=lambda category: category or "~")
    return [
        SpendingAnswer(
            category=category,
            category_zh=zh(category) if category else None,
            reserved=Amount.of(sum(s.reserved_fen for s in one.spendings if s.category is category)),
            spent=Amount.of(sum(s.spent_fen for s in one.spendings if s.category is category)),
        )
        for category in classes
    ]
