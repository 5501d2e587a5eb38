"""Aid to a county outside the district (对口帮扶): two people promise it, parts arrive, the rest stays. No household's line (C11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from contracts.charity.external_aid import ExternalAidCommitted, ExternalAidDelivered, ExternalAidEnded, ExternalAidProposed
from contracts.ids import AreaCode, ExternalAidId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role

ExternalAidEvent = ExternalAidProposed | ExternalAidCommitted | ExternalAidDelivered | ExternalAidEnded


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PROPOSED = "proposed"
    COMMITTED = "committed"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class ExternalAid:
    """What was proposed, and how much of it arrived. `offer` is None only before the proposal. Amounts are fen."""

    offer: ExternalAidProposed | None = None
    stage: Stage = Stage.UNKNOWN
    delivered_fen: int = 0

    @property
    def proposal(self) -> ExternalAidProposed:
        assert self.offer is not None  # noqa: S101 - every aid begins with a proposal
        return self.offer

    @property
    def left_fen(self) -> int:
        """Promised and not delivered yet."""
        return self.proposal.amount_fen - self.delivered_fen

    def require(self, stage: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage is stage, "wrong_stage", stage=self.stage)


def evolve(aid: ExternalAid, event: ExternalAidEvent) -> ExternalAid:
    match event:
        case ExternalAidProposed():
            return replace(aid, offer=event, stage=Stage.PROPOSED)
        case ExternalAidCommitted():
            return replace(aid, stage=Stage.COMMITTED)
        case ExternalAidDelivered(amount_fen=fen):
            return replace(aid, delivered_fen=aid.delivered_fen + fen)
        case ExternalAidEnded():
            return replace(aid, stage=Stage.ENDED)
        case _:
            assert_never(event)


class ProposeExternalAid(Command):
    """An officer proposes an amount for a county."""

    aid_id: ExternalAidId
    county: AreaCode
    amount_fen: PositiveFen


class CommitExternalAid(Command):
    """A second person signs."""

    aid_id: ExternalAidId


class DeliverExternalAid(Command):
    """A part of the aid arrived in the county."""

    aid_id: ExternalAidId
    amount_fen: PositiveFen


class EndExternalAid(Command):
    """Nothing more will be delivered."""

    aid_id: ExternalAidId


def propose(command: ProposeExternalAid, _aid: ExternalAid, context: Context) -> list[ExternalAidProposed]:
    """A second person can sign.

    Raises: Refused("inside_district", county): who lives here is helped through a need, else the district's ratios would be wrong.
    Source: C11, ruling 21.
    """
    require(command.county not in context.packs.areas.by_code, "inside_district", county=command.county)
    return [ExternalAidProposed(**command.model_dump(exclude={"occurred_at"}), proposed_by=context.actor_id)]


def commit(command: CommitExternalAid, aid: ExternalAid, context: Context) -> list[ExternalAidCommitted]:
    """The county may count on the amount.

    Raises: Refused("wrong_stage" | "same_person").  Source: C11, ruling 21.
    """
    aid.require(Stage.PROPOSED)
    offer = aid.proposal
    require(context.actor_id != offer.proposed_by, "same_person")
    return [ExternalAidCommitted(aid_id=command.aid_id, county=offer.county, amount_fen=offer.amount_fen, approved_by=context.actor_id)]


def deliver(command: DeliverExternalAid, aid: ExternalAid, context: Context) -> list[ExternalAidDelivered]:
    """So much arrived.

    Raises: Refused("wrong_stage"); Refused("above_committed", left_fen).  Source: C11.
    """
    aid.require(Stage.COMMITTED)
    require(command.amount_fen <= aid.left_fen, "above_committed", left_fen=aid.left_fen)
    return [ExternalAidDelivered(aid_id=command.aid_id, county=aid.proposal.county, amount_fen=command.amount_fen, delivered_on=context.on)]


def end(command: EndExternalAid, aid: ExternalAid, _context: Context) -> list[ExternalAidEnded]:
    """What was not delivered stays here.

    Raises: Refused("wrong_stage").  Source: C11.
    """
    aid.require(Stage.COMMITTED)
    return [
        ExternalAidEnded(aid_id=command.aid_id, county=aid.proposal.county, delivered_fen=aid.delivered_fen, undelivered_fen=aid.left_fen)
    ]


_AID = ExternalAidId("leye-2022")

external_aid = Aggregate(
    "external-aid",
    id="aid_id",
    state=ExternalAid,
    evolve=evolve,
    commands=[
        command(
            propose,
            stream="new",
            roles={Role.CHARITY_OFFICER},
            example=ProposeExternalAid(aid_id=_AID, county=AreaCode("leye"), amount_fen=30_000_000),
        ),
        command(commit, roles={Role.APPROVER}, approval=True, example=CommitExternalAid(aid_id=_AID)),
        command(deliver, roles={Role.CHARITY_OFFICER}, example=DeliverExternalAid(aid_id=_AID, amount_fen=20_000_000)),
        command(end, roles={Role.CHARITY_OFFICER}, example=EndExternalAid(aid_id=_AID)),
    ],
)
