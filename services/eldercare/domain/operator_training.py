"""Who may operate a stair climber: trained, and for how long it counts (E14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from contracts.eldercare.operator_training import OperatorTrained, OperatorTrainingWithdrawn
from contracts.ids import ActorId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from policy.calendar import add_months

OperatorTrainingEvent = OperatorTrained | OperatorTrainingWithdrawn


@dataclass(frozen=True, kw_only=True)
class OperatorTraining:
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """The training counts on the day."""
        return self.valid_to is not None and day <= self.valid_to


def evolve(_training: OperatorTraining, event: OperatorTrainingEvent) -> OperatorTraining:
    match event:
        case OperatorTrained(valid_to=valid_to):
            return OperatorTraining(valid_to=valid_to)
        case OperatorTrainingWithdrawn():
            return OperatorTraining()
        case _:
            assert_never(event)


class PassTraining(Command):
    """Somebody was trained to operate a stair climber."""

    operator_id: ActorId


class WithdrawTraining(Command):
    """The training counts no longer."""

    operator_id: ActorId


def pass_training(command: PassTraining, _training: OperatorTraining, context: Context) -> list[OperatorTrained]:
    """The operator may be booked for the pack's months from the day of training on. Source: E14."""
    valid_to = add_months(context.on, context.policy.stair_training_months)
    return [OperatorTrained(operator_id=command.operator_id, valid_to=valid_to)]


def withdraw(command: WithdrawTraining, training: OperatorTraining, _context: Context) -> list[OperatorTrainingWithdrawn]:
    """The operator cannot be booked.

    Raises: Refused("not_trained").  Source: E14.
    """
    require(training.valid_to is not None, "not_trained")
    return [OperatorTrainingWithdrawn(operator_id=command.operator_id)]


_OPERATOR = ActorId("care-worker-7")

operator_training = Aggregate(
    "operator-training",
    id="operator_id",
    state=OperatorTraining,
    evolve=evolve,
    commands=[
        command(pass_training, stream="any", roles={Role.DISTRICT_OFFICER}, example=PassTraining(operator_id=_OPERATOR)),
        command(withdraw, roles={Role.DISTRICT_OFFICER}, example=WithdrawTraining(operator_id=_OPERATOR)),
    ],
)
