"""What relief knows of a person's death (SG-04, ruling 22)."""

from __future__ import annotations

from datetime import date

from contracts.relief.known_person import DeathKnown, DeathWithdrawn
from contracts.terms import Certainty
from kit.testing import given
from services.relief.domain.known_person import KnownPerson, NoteDeath, WithdrawDeath, known_person
from tests.relief.h1 import MOTHER, dead

JUNE_14 = date(2022, 6, 14)


def noted(certainty: Certainty, on: date = JUNE_14) -> NoteDeath:
    return NoteDeath(person_id=MOTHER, died_on=on, certainty=certainty)


def known(*events: DeathKnown | DeathWithdrawn) -> KnownPerson:
    return known_person.fold(events)


def test_a_death_is_written_down() -> None:
    """SG-04: a reported and a confirmed death alike have a home here."""
    for certainty in Certainty:
        given(known_person).when(noted(certainty)).then(dead(MOTHER, JUNE_14, certainty))


def test_a_confirmation_replaces_a_report_and_corrects_the_day() -> None:
    """Ruling 22: the newest confirmed day holds."""
    reported = dead(MOTHER, date(2022, 6, 13), Certainty.REPORTED)
    given(known_person, reported).when(noted(Certainty.CONFIRMED)).then(dead(MOTHER, JUNE_14))
    given(known_person, dead(MOTHER, date(2022, 6, 13))).when(noted(Certainty.CONFIRMED)).then(dead(MOTHER, JUNE_14))


def test_a_late_report_does_not_weaken_a_confirmed_death() -> None:
    """Ruling 22: `confirmed` is stronger than `reported`."""
    given(known_person, dead(MOTHER, JUNE_14)).when(noted(Certainty.REPORTED, date(2022, 6, 20))).then()


def test_a_withdrawn_death_counts_no_longer() -> None:
    """Ruling 22: `PersonDeathRevoked` takes it back; without a death there is nothing to take back."""
    given(known_person, dead(MOTHER, JUNE_14)).when(WithdrawDeath(person_id=MOTHER)).then(DeathWithdrawn(person_id=MOTHER))
    given(known_person).when(WithdrawDeath(person_id=MOTHER)).then()
    assert known(dead(MOTHER, JUNE_14), DeathWithdrawn(person_id=MOTHER)) == KnownPerson()


def test_only_a_confirmed_death_before_the_day_counts_as_death_before_it() -> None:
    """Ruling 22: a report only holds; on the day of death the person still lived."""
    assert known(dead(MOTHER, JUNE_14)).died_before(date(2022, 6, 15))
    assert not known(dead(MOTHER, JUNE_14)).died_before(JUNE_14)
    assert not known(dead(MOTHER, JUNE_14, Certainty.REPORTED)).died_before(date(2022, 6, 15))
    assert not known().is_dead
