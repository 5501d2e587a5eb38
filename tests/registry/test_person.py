"""Persons: registered once a document number, dead by word or by proof, forgotten for good."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from contracts.ids import AreaCode, PersonId
from contracts.registry.area import AreaPublished, AreaRevised
from contracts.registry.person import (
    PersonDeathRevoked,
    PersonDeceased,
    PersonRegistered,
    PersonShredded,
    RevocationReason,
    ShredReason,
)
from contracts.terms import Certainty, DeathSource
from kit.store.model import Link, SideRow
from kit.testing import given
from services.registry.domain.area import area
from services.registry.domain.person import SHREDDED, ReportDeath, RevokeDeath, ShredPerson, index, person
from services.registry.domain.personal_values import Sealed
from tests.registry.conftest import NAME, NUMBER, QIAODONG, new_person

ID, OTHER = "0190a000-0000-8000-8000-000000000010", "0190a000-0000-8000-8000-000000000011"
WHO, SOMEBODY = PersonId(ID), PersonId(OTHER)
DAY, NOTICE = date(2022, 6, 14), date(2022, 8, 2)
REPORTED, CONFIRMED = Certainty.REPORTED, Certainty.CONFIRMED
PUBLISHED = AreaPublished(area_code=QIAODONG, edition=1, valid_from=date(2022, 1, 1), parent=AreaCode("440308003"))
REGISTERED = PersonRegistered(person_id=WHO, area=QIAODONG)
ROWS = (SideRow("vault_value", {"ref": "1"}), SideRow("vault_document", {"hash": "2"}))


def deceased(certainty: Certainty, died_on: date = DAY) -> PersonDeceased:
    return PersonDeceased(person_id=WHO, died_on=died_on, source=DeathSource.FUNERAL_HOME, certainty=certainty)


def report(certainty: Certainty, died_on: date = DAY) -> ReportDeath:
    return ReportDeath(person_id=WHO, died_on=died_on, source=DeathSource.FUNERAL_HOME, certainty=certainty)


REVOKED = PersonDeathRevoked(person_id=WHO, reason=RevocationReason.WRONG_PERSON)


def test_a_person_is_registered_with_the_vault_rows_in_the_same_append() -> None:
    """R-PI-09, ruling 9 of the design: the event holds an id and an area."""
    given(person).also(area, PUBLISHED).when(new_person(person_id=ID), prepared=Sealed(rows=ROWS)).then(REGISTERED, *ROWS)


def test_the_same_document_number_twice_is_refused_and_names_the_person() -> None:
    """Section 3.2: one living person per national id."""
    found = Sealed(existing=SOMEBODY)
    given(person).also(area, PUBLISHED).when(new_person(person_id=ID), prepared=found).refused("document_known", person_id=OTHER)


def test_a_number_that_is_no_citizen_number_is_refused_with_the_reason_and_without_the_number() -> None:
    """Ruling 10 of the design: problems never echo input."""
    outcome = given(person).also(area, PUBLISHED).when(new_person(person_id=ID), prepared=Sealed(bad_number="check_digit"))
    assert NUMBER not in str(outcome.refused("document_invalid", reason="check_digit").refusal)


def test_nobody_is_registered_in_an_area_that_is_not_there() -> None:
    """I06."""
    sealed, ended = Sealed(rows=ROWS), AreaRevised(area_code=QIAODONG, edition=2, valid_from=date(2022, 2, 1), ended=True)
    given(person).when(new_person(person_id=ID), prepared=sealed).refused("area_unknown", area=QIAODONG)
    given(person).also(area, PUBLISHED, ended).when(new_person(person_id=ID), prepared=sealed).refused("area_unknown")


def test_an_id_is_registered_once() -> None:
    """Section 3.2."""
    given(person, REGISTERED).also(area, PUBLISHED).when(new_person(person_id=ID)).refused("already_exists")


def test_a_command_shows_nothing_personal_and_its_errors_neither() -> None:
    """Ruling 9 of the design: canaries in repr, text and validation errors."""
    command = new_person()
    with pytest.raises(ValidationError) as caught:
        new_person(NUMBER + "0" * 40, name=[NAME])
    shown = f"{command!r} {command} {caught.value} {caught.value.errors(include_input=False)}"
    assert "SecretStr" in shown
    assert not any(canary in shown for canary in (NUMBER, NAME, "示范路", "25550100"))


def test_two_commands_that_differ_in_a_personal_value_have_different_json() -> None:
    """The kit compares bodies by a keyed hash of their JSON: masked values would make two persons one."""
    one, two = new_person(person_id=ID), new_person(person_id=ID, name="李示范")
    assert one.model_dump_json() != two.model_dump_json()
    assert type(one).model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("certainty", [REPORTED, CONFIRMED])
def test_a_death_is_known_with_its_date_source_and_certainty(certainty: Certainty) -> None:
    """Ruling 22."""
    given(person, REGISTERED).when(report(certainty), on=NOTICE).then(deceased(certainty))


def test_a_confirmation_replaces_a_report_and_its_date() -> None:
    """Ruling 22: `reported` holds, `confirmed` starts SG-04."""
    facts = [REGISTERED, deceased(REPORTED)]
    given(person, *facts).when(report(CONFIRMED, date(2022, 6, 13)), on=NOTICE).then(deceased(CONFIRMED, date(2022, 6, 13)))


@pytest.mark.parametrize(("known", "told"), [(REPORTED, REPORTED), (CONFIRMED, REPORTED), (CONFIRMED, CONFIRMED)])
def test_nothing_else_replaces_what_is_known_of_a_death(known: Certainty, told: Certainty) -> None:
    """Section 3.2: after `deceased` only closing commands."""
    facts = [REGISTERED, deceased(known)]
    given(person, *facts).when(report(told), on=NOTICE).refused("death_known", died_on="2022-06-14", certainty=known)


def test_nobody_dies_tomorrow() -> None:
    """A date of death lies not after the business day."""
    given(person, REGISTERED).when(report(CONFIRMED), on=date(2022, 6, 13)).refused("death_in_future")
    given(person, REGISTERED).when(report(CONFIRMED), on=DAY).then(deceased(CONFIRMED))


def test_only_a_registered_person_dies() -> None:
    """Section 3.2."""
    given(person).when(report(CONFIRMED), on=NOTICE).refused("not_found")


@pytest.mark.parametrize("certainty", [REPORTED, CONFIRMED])
def test_a_death_that_was_an_error_is_revoked_and_may_be_told_anew(certainty: Certainty) -> None:
    """Ruling 22."""
    command = RevokeDeath(person_id=WHO, reason=RevocationReason.WRONG_PERSON)
    given(person, REGISTERED, deceased(certainty)).when(command).then(REVOKED)
    given(person, REGISTERED, deceased(certainty), REVOKED).when(report(CONFIRMED), on=NOTICE).then(deceased(CONFIRMED))


def test_only_a_death_is_revoked() -> None:
    """Ruling 22."""
    command = RevokeDeath(person_id=WHO, reason=RevocationReason.WRONG_PERSON)
    given(person, REGISTERED).when(command).refused("not_deceased")
    given(person, REGISTERED, deceased(CONFIRMED), REVOKED).when(command).refused("not_deceased")


def test_a_person_is_forgotten_once_dead_or_alive_and_found_without_reading_the_log() -> None:
    """R-PI-09, property 8."""
    command = ShredPerson(person_id=WHO, reason=ShredReason.RETENTION_OVER)
    shredded = PersonShredded(person_id=WHO, reason=ShredReason.RETENTION_OVER)
    given(person, REGISTERED).when(command).then(shredded)
    given(person, REGISTERED, deceased(CONFIRMED)).when(command).then(shredded)
    given(person, REGISTERED, shredded).when(command).refused("already_shredded")
    assert list(index(shredded)) == [Link(SHREDDED)]
    assert list(index(REGISTERED)) == []


def test_a_death_is_still_a_fact_after_the_values_were_forgotten() -> None:
    """R-PI-09: states and sums stay as they are."""
    shredded = PersonShredded(person_id=WHO, reason=ShredReason.REQUEST)
    given(person, REGISTERED, shredded).when(report(CONFIRMED), on=NOTICE).then(deceased(CONFIRMED))
