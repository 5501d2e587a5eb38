"""Every deadline of loans, visits and beds names a command that the program itself can give."""

from __future__ import annotations

from typing import Any

import pytest

from kit.aggregate import Aggregate
from kit.store.model import SetTimer
from kit.timers import Timer, command_of, timer_command
from services.eldercare.domain.care_visit_plan import care_visit_plan
from services.eldercare.domain.family_care_bed import family_care_bed
from services.eldercare.domain.loan import loan
from tests.eldercare.mobility_facts import DUE, LOAN, unlocked
from tests.eldercare.test_care_visit_plan import PLAN, opened
from tests.eldercare.test_family_care_bed import BED, BEGUN, SUSPENDED


@pytest.mark.parametrize(
    ("aggregate", "stream_id", "facts"),
    [(loan, LOAN, [unlocked()]), (care_visit_plan, PLAN, [opened()]), (family_care_bed, BED, [BEGUN, SUSPENDED])],
    ids=["loan", "care-visit-plan", "family-care-bed"],
)
def test_a_deadline_is_a_command_that_needs_the_stream_alone(aggregate: Aggregate[Any], stream_id: str, facts: list[Any]) -> None:
    """E13, E27, R-ELD-11: overdue, miss, suspend and lapse."""
    names = {change.name for fact in facts for change in aggregate.index(fact) if isinstance(change, SetTimer)}
    assert names
    for name in names:
        timer = Timer(aggregate.stream(stream_id), name, DUE)
        assert command_of(aggregate, timer_command(aggregate, name), timer).occurred_at == DUE
