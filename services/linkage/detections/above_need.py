"""DET-09: coverage above a need by more than the tolerance, or an exclusive pair of schemes for one need and period, whatever the amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from contracts.relief.need import CoverageDelivered
from contracts.terms import Layer, Measure, TempAidKind
from policy import Pack
from services.linkage.chain import Line, NeedChain, Slot
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, events_of, start_of_month
from services.linkage.giving import GiverKind
from services.linkage.views.facts import EVENT_SLOT


def conditions(scene: Scene) -> Iterable[Condition]:
    """Slots up to the current month. Exactly the tolerance above the need is none (ruling 10)."""
    for need in scene.chain.needs:
        for slot in need.slots:
            if not slot.begun(scene.day):
                continue
            above = _above(need, slot, scene.pack)
            pair = _exclusive(slot, scene.pack)
            if above or pair:
                begun = None if slot.slot == EVENT_SLOT else start_of_month(slot.slot)
                details = {**above, **pair, "category": need.category}
                yield Condition(subject=f"{need.need_id}/{slot.slot}", details=details, earliest=begun)


def _above(need: NeedChain, slot: Slot, pack: Pack) -> dict[str, int | str]:
    """The tolerance is money; a need in another measure has none."""
    covered = sum(line.amounts.covering for line in slot.lines) - _exempt(slot.lines, pack)
    tolerance = pack.overlap_tolerance_fen if need.measure is Measure.FEN else 0
    if covered - slot.net <= tolerance:
        return {}
    return {"net": slot.net, "covered": covered, "above": covered - slot.net}


def _exempt(lines: Sequence[Line], pack: Pack) -> int:
    """Emergency L3 that later L1 back-pay lies over is not clawed back, so it is no overlap (ruling 10), unless the pack says so."""
    if pack.temp_offset_by_back_pay:
        return 0
    regular = [line.source.position for line in lines if line.layer is Layer.REGULAR and line.amounts.covering > 0]
    emergency = [line for line in lines if _is_emergency(line)]
    return sum(line.amounts.covering for line in emergency if any(line.source.position < later for later in regular))


def _is_emergency(line: Line) -> bool:
    return line.layer is Layer.TEMPORARY and line.giver.kind is GiverKind.TEMP_AID and line.giver.name == TempAidKind.EMERGENCY


def _exclusive(slot: Slot, pack: Pack) -> dict[str, int | str]:
    given = sorted({line.scheme for line in slot.lines if line.scheme and line.amounts.covering > 0})
    pairs = [(one, other) for one, other in combinations(given, 2) if pack.are_exclusive(one, other)]
    return {"exclusive": f"{pairs[0][0]},{pairs[0][1]}"} if pairs else {}


above_need = Detection(
    id="DET-09",
    kind=Kind.OVERLAP,
    next_step=NextStep.REVIEW_AND_RELEASE,
    looks_at=frozenset({"temp-aid"}) | events_of("need", but=[CoverageDelivered]),
    conditions=conditions,
)
