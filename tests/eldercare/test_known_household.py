"""What relief said about a household's status, by month."""

from __future__ import annotations

import pytest

from contracts.eldercare.known_household import StatusEnded, StatusKnown
from contracts.ids import Month
from contracts.terms import Status
from kit.testing import given
from services.eldercare.domain.known_household import NoteStatus, NoteStatusEnd, known_household
from tests.eldercare.facts import HOME, status_ended, status_known

DIBAO, EDGE = Status.DIBAO, Status.EDGE


def statuses(*facts: StatusKnown | StatusEnded) -> dict[str, Status | None]:
    state = known_household.fold(facts)
    return {month: state.status_in(Month(month)) for month in ("2022-03", "2022-04", "2022-05", "2022-06")}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([status_known(first="2022-04")], [None, DIBAO, DIBAO, DIBAO]),
        ([status_known(first="2022-04", last="2022-05")], [None, DIBAO, DIBAO, None]),
        ([status_known(), status_ended("2022-04")], [DIBAO, DIBAO, None, None]),
        # a later status replaces the one before from its first month on (R-LAY-03: one at a time)
        ([status_known(), status_known(EDGE, "2022-05")], [DIBAO, DIBAO, EDGE, EDGE]),
        # the old one's end, told after the new one, does not end the new one
        ([status_known(), status_known(EDGE, "2022-05"), status_ended("2022-03")], [DIBAO, None, EDGE, EDGE]),
        # taken back before its first month: it never holds
        ([status_known(first="2022-05"), status_ended("2022-04")], [None, None, None, None]),
        # a gap, then recognised again
        ([status_known(), status_ended("2022-03"), status_known(first="2022-06")], [DIBAO, None, None, DIBAO]),
        # a shorter status replaces an open one; after it nothing comes back by itself
        ([status_known(), status_known(EDGE, "2022-04", "2022-05")], [DIBAO, EDGE, EDGE, None]),
    ],
)
def test_a_household_has_the_status_of_the_month(facts: list[StatusKnown | StatusEnded], expected: list[Status | None]) -> None:
    """R-LAY-03, E02: months, the later word wins from its first month on."""
    assert list(statuses(*facts).values()) == expected


def test_a_status_is_noted_once() -> None:
    """Redelivery is harmless."""
    command = NoteStatus(household_id=HOME, status=DIBAO, from_month=Month("2022-04"))
    given(known_household).when(command).then(status_known(first="2022-04"))
    given(known_household, status_known(first="2022-04")).when(command).then()


def test_an_end_is_noted_once() -> None:
    """E02: with its last month; what ends by then anyway is left alone."""
    command = NoteStatusEnd(household_id=HOME, status=DIBAO, last_month=Month("2022-09"))
    given(known_household, status_known()).when(command).then(status_ended("2022-09"))
    given(known_household, status_known(), status_ended("2022-09")).when(command).then()
    given(known_household, status_known(EDGE)).when(command).then()
