"""What registry said about a person's death."""

from __future__ import annotations

from datetime import date

from contracts.terms import Certainty
from kit.testing import given
from services.eldercare.domain.known_person import NoteDeath, WithdrawDeath, known_person
from tests.eldercare.facts import ELDER, death_known, death_withdrawn

DAY = date(2022, 6, 14)
REPORTED, CONFIRMED = Certainty.REPORTED, Certainty.CONFIRMED


def note(certainty: Certainty) -> NoteDeath:
    return NoteDeath(person_id=ELDER, died_on=DAY, certainty=certainty)


def test_a_death_is_known_as_it_was_told_and_a_confirmation_replaces_a_report() -> None:
    """SG-04, ruling 22."""
    given(known_person).when(note(REPORTED)).then(death_known(DAY, REPORTED))
    given(known_person, death_known(DAY, REPORTED)).when(note(CONFIRMED)).then(death_known(DAY))


def test_a_report_does_not_weaken_a_confirmed_death() -> None:
    """Ruling 22."""
    given(known_person, death_known(DAY)).when(note(REPORTED)).then()


def test_a_death_is_withdrawn_once() -> None:
    """Ruling 22."""
    given(known_person, death_known(DAY)).when(WithdrawDeath(person_id=ELDER)).then(death_withdrawn())
    given(known_person, death_known(DAY), death_withdrawn()).when(WithdrawDeath(person_id=ELDER)).then()


def test_only_days_after_a_confirmed_death_lie_after_it() -> None:
    """SC-09: the day of death itself does not."""
    dead, reported = known_person.fold([death_known(DAY)]), known_person.fold([death_known(DAY, REPORTED)])
    assert [dead.died_before(DAY), dead.died_before(date(2022, 6, 15)), reported.died_before(date(2022, 6, 15))] == [False, True, False]
