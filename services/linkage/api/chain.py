"""`GET /households/{id}/chain`: the chain of aid of one household, at any day, as known at any instant."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kit.http.auth import bearer_scheme
from kit.identity import Actor
from services.linkage.api.access import MEMBER_READERS, may_read
from services.linkage.api.chain_answer import chain_answer, without_persons
from services.linkage.api.chain_model import ChainAnswer, LineAnswer, NeedAnswer, SlotAnswer
from services.linkage.api.examples import CHAIN
from services.linkage.api.findings_answer import finding_answer
from services.linkage.api.parts import AsOf, Format, KnownAt, Parts, Token, csv_response, wants_csv
from services.linkage.chain import chain
from services.linkage.labels import OUTSIDE_ZH

HEADER = (
    "part", "category", "category_zh", "month", "layer", "layer_zh", "scheme_zh", "giver", "on", "amount_fen", "committed_fen",
    "delivered_fen", "returned_fen", "residual_after_fen", "list_value_fen", "event_id",
)  # fmt: skip


def chain_routes(parts: Parts) -> APIRouter:
    """The route of the chain."""
    router = APIRouter(tags=["households"], dependencies=[bearer_scheme])

    @router.get(
        "/households/{household_id}/chain",
        response_model=ChainAnswer,
        responses={200: {"content": {"application/json": {"example": CHAIN}, "text/csv": {}}}},
    )
    async def household_chain(
        request: Request,
        household_id: str,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        as_of: AsOf = None,
        known_at: KnownAt = None,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> ChainAnswer | Response:
        """Needs, months, lines of the four layers with the residual after each, aid outside a need, referrals, members, reviews, alerts."""
        await parts.seen(token)
        rows = await parts.household(household_id, known_at)
        may_read(actor, rows.household.area, parts.areas)
        day, now = parts.day(as_of), known_at or parts.clock.now()
        pack = parts.pack(day, rows.household.area)
        alerts = [finding_answer(one, now) for one in await parts.alerts(household_id, known_at)]
        answer = chain_answer(
            chain(rows, day), parts.areas, pack.layer_of, now, known_at, alerts, await parts.fresh([household_id], known_at)
        )
        if not actor.roles & MEMBER_READERS:
            answer = without_persons(answer)
        return csv_response(f"chain-{household_id}", HEADER, table(answer)) if wants_csv(request, format) else answer

    return router


def table(answer: ChainAnswer) -> Iterable[tuple[object, ...]]:
    """The chain as one table: needs, prior payers and lines in time order, then aid outside a need."""
    for need in answer.needs:
        for slot in need.slots:
            yield from _slot(need, slot)
    for line in answer.outside:
        source = line.facts[0]
        head = ("outside", None, OUTSIDE_ZH, line.month, line.layer, line.layer_zh, line.scheme_zh, line.giver.id, source.on)
        yield (*head, line.quantity.amount, 0, line.delivered.amount, 0, None, line.list_value.amount, source.event_id)


def _slot(need: NeedAnswer, slot: SlotAnswer) -> Iterable[tuple[object, ...]]:
    place = (need.category, need.category_zh, slot.month)
    empty = (None, None, None)
    yield ("need", *place, *empty, None, need.source.on, slot.gross.amount, *empty, slot.net.amount, None, need.source.event_id)
    for payer in slot.prior_payers:
        yield (
            "prior_payer", *place, None, None, payer.payer_zh, payer.line_id, payer.source.on, payer.amount.amount, *empty, None, None,
            payer.source.event_id,
        )  # fmt: skip
    for line in slot.lines:
        yield ("line", *place, *_line(line))


def _line(line: LineAnswer) -> tuple[object, ...]:
    states = line.states
    return (
        line.layer, line.layer_zh, line.scheme_zh, line.giver.name_zh or line.giver.id, line.source.on, line.offered.amount,
        states.committed.amount, states.delivered.amount, states.returned.amount, line.residual_after.amount, None, line.source.event_id,
    )  # fmt: skip
