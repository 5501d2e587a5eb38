"""An accident in a care institution. A year without one is a year without such a fact (J12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.eldercare.safety_accident import AccidentKind, AccidentReported
from contracts.ids import AccidentId, AreaCode, InstitutionId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role


@dataclass(frozen=True, kw_only=True)
class SafetyAccident:
    area: AreaCode | None = None


def evolve(_accident: SafetyAccident, event: AccidentReported) -> SafetyAccident:
    return SafetyAccident(area=event.area)


class ReportAccident(Command):
    """An accident happened. `liable`: the institution answers for it."""

    accident_id: AccidentId
    institution_id: InstitutionId
    area: AreaCode
    kind: AccidentKind
    happened_on: date
    liable: bool


def report(command: ReportAccident, _accident: SafetyAccident, context: Context) -> list[AccidentReported]:
    """The accident counts in the year of its day.

    Raises: Refused("not_yet").  Source: J12.
    """
    require(command.happened_on <= context.on, "not_yet")
    return [AccidentReported(**command.model_dump(exclude={"occurred_at"}))]


safety_accident = Aggregate(
    "safety-accident",
    id="accident_id",
    state=SafetyAccident,
    evolve=evolve,
    area="area",
    commands=[
        command(
            report,
            stream="new",
            roles={Role.CASEWORKER, Role.DISTRICT_OFFICER},
            example=ReportAccident(
                accident_id=AccidentId("0190a000-0000-8000-8000-0000000000d7"),
                institution_id=InstitutionId("yantian-welfare-home"),
                area=AreaCode("440308003"),
                kind=AccidentKind.FALL,
                happened_on=date(2022, 3, 1),
                liable=False,
            ),
        )
    ],
)
