"""`GET /households/{id}/coverage`: the coverage matrix, need category x layer x month, with its column sums."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.ids import PATTERNS, Month
from contracts.terms import Layer
from kit.http.auth import bearer_scheme
from kit.identity import Actor
from services.linkage.api.access import may_read
from services.linkage.api.answers import Amount, Answer, FreshnessAnswer
from services.linkage.api.examples import COVERAGE
from services.linkage.api.parts import AsOf, Format, KnownAt, Parts, Token, csv_response, wants_csv
from services.linkage.chain import chain
from services.linkage.labels import OUTSIDE_ZH, zh
from services.linkage.matrix import AfterGovernment, Channel, CoverageMatrix, MatrixRow, after_government, matrix


class LayerCell(Answer):
    """What one layer gives. share_permille: of the need, in thousandths; list_value: goods, beside the money."""

    layer: str
    layer_zh: str
    committed: Amount
    delivered: Amount
    share_permille: int | None
    list_value: Amount


class ChannelCell(Answer):
    """What came through one channel: government (L1 to L3), public good or charity. Together they are all that the layers give (B13)."""

    channel: str
    channel_zh: str
    committed: Amount
    delivered: Amount
    list_value: Amount


class CharityAnswer(Answer):
    """Charity money that the needs took up to now, and how much of it after the first government decision (C07)."""

    given: Amount
    after_decision: Amount
    share_permille: int | None


class CoverageRow(Answer):
    """One category (null: outside a need), measure and month (null: the sum of all)."""

    category: str | None
    category_zh: str
    measure: str
    month: str | None
    gross: Amount
    need: Amount
    residual: Amount
    layers: list[LayerCell]
    channels: list[ChannelCell]


class CoverageAnswer(Answer):
    """The matrix; months after the current one are not looked at (ruling 9)."""

    household_id: str
    first_month: str
    last_month: str
    rows: list[CoverageRow]
    sums: list[CoverageRow]
    charity_after_government: CharityAnswer
    freshness: FreshnessAnswer


HEADER = (
    "category", "category_zh", "measure", "month", "layer", "layer_zh", "gross", "need", "committed", "delivered", "residual",
    "share_permille", "list_value_fen",
)  # fmt: skip


def coverage_routes(parts: Parts) -> APIRouter:
    """The route of the matrix."""
    router = APIRouter(tags=["households"], dependencies=[bearer_scheme])

    @router.get(
        "/households/{household_id}/coverage",
        response_model=CoverageAnswer,
        responses={200: {"content": {"application/json": {"example": COVERAGE}, "text/csv": {}}}},
    )
    async def household_coverage(
        request: Request,
        household_id: str,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        first: Annotated[Month | None, Query(alias="from", pattern=PATTERNS["Month"])] = None,
        last: Annotated[Month | None, Query(alias="to", pattern=PATTERNS["Month"])] = None,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> CoverageAnswer | Response:
        """Need, committed, delivered, residual and share by category, layer and month; the sums hold aid outside a need as well."""
        await parts.seen(token)
        rows = await parts.household(household_id, known_at)
        may_read(actor, rows.household.area, parts.areas)
        day = parts.day(as_of)
        pack = parts.pack(day, rows.household.area)
        aid = chain(rows, day)
        found = matrix(aid, pack, first, last)
        answer = coverage_answer(found, after_government(aid), await parts.fresh([household_id], known_at))
        return csv_response(f"coverage-{household_id}", HEADER, table(answer)) if wants_csv(request, format) else answer

    return router


def coverage_answer(found: CoverageMatrix, after: AfterGovernment, fresh: FreshnessAnswer) -> CoverageAnswer:
    """The matrix as the API tells it."""
    return CoverageAnswer(
        household_id=found.household_id,
        first_month=found.first,
        last_month=found.last,
        rows=[_row(row) for row in found.rows],
        sums=[_row(row) for row in found.sums],
        charity_after_government=CharityAnswer(
            given=Amount.of(after.given), after_decision=Amount.of(after.after), share_permille=after.share_permille
        ),
        freshness=fresh,
    )


def _row(row: MatrixRow) -> CoverageRow:
    named = zh(row.category) if row.category else OUTSIDE_ZH
    return CoverageRow(
        category=row.category,
        category_zh="合计" if row.month is None else named,
        measure=row.measure,
        month=row.month,
        gross=Amount.of(row.gross, row.measure),
        need=Amount.of(row.need, row.measure),
        residual=Amount.of(row.residual, row.measure),
        layers=[_cell(row, layer) for layer in Layer],
        channels=[_channel(row, channel) for channel in Channel],
    )


def _channel(row: MatrixRow, channel: Channel) -> ChannelCell:
    came = row.channels[channel]
    return ChannelCell(
        channel=channel,
        channel_zh=zh(channel),
        committed=Amount.of(came.committed, row.measure),
        delivered=Amount.of(came.delivered, row.measure),
        list_value=Amount.of(came.list_value_fen),
    )


def _cell(row: MatrixRow, layer: Layer) -> LayerCell:
    covered = row.layers[layer]
    return LayerCell(
        layer=layer,
        layer_zh=zh(layer),
        committed=Amount.of(covered.committed, row.measure),
        delivered=Amount.of(covered.delivered, row.measure),
        share_permille=row.share_permille(layer),
        list_value=Amount.of(covered.list_value_fen),
    )


def table(answer: CoverageAnswer) -> Iterable[tuple[object, ...]]:
    """One line for each row and layer, the sums last."""
    for row in [*answer.rows, *answer.sums]:
        for cell in row.layers:
            yield (
                row.category, row.category_zh, row.measure, row.month, cell.layer, cell.layer_zh, row.gross.amount, row.need.amount,
                cell.committed.amount, cell.delivered.amount, row.residual.amount, cell.share_permille, cell.list_value.amount,
            )  # fmt: skip
