"""DET-23: a lunch was served to somebody who had died: one of the two facts is wrong."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.eldercare.meal_account import MealAccountOpened, MealCheckedIn
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, names


def conditions(scene: Scene) -> Iterable[Condition]:
    """Check-ins after the day of death; it is found when the death becomes known (ruling 22)."""
    persons = {row.account_id: row.person_id for row in scene.rows.meal_accounts}
    for row in scene.rows.meal_months:
        vital = scene.rows.vitals.get(persons[row.account_id]) if row.account_id in persons else None
        death = vital.death(scene.day) if vital else None
        for meal in row.meals if death else ():
            if death is not None and meal.served_on > death.died_on:
                yield Condition(
                    subject=meal.check_in_id,
                    details={
                        "served_on": meal.served_on.isoformat(),
                        "died_on": death.died_on.isoformat(),
                        "meal_point": meal.meal_point_id,
                    },
                )


meal_after_death = Detection(
    id="DET-23",
    kind=Kind.ERROR,
    next_step=NextStep.CLEAR_DATA,
    looks_at=frozenset({"person"}) | names(MealAccountOpened, MealCheckedIn),
    conditions=conditions,
)
