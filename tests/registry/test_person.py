"""Persons: registered once a document number, dead by word or by proof, forgotten for good."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.ids import AreaCode, PersonId, SignalId
from contracts.registry.area import AreaPublished, AreaRevised
from contracts.registry.person import (
    HouseholdChangeKind,
    HouseholdChangeSignalled,
    HouseholdChangeWithdrawn,
    PersonDeathRevoked,
    PersonDeceased,
    PersonRegistered,
    PersonShredded,
    ResidenceChanged,
    RevocationReason,
    ShredReason,
)
from contracts.terms import Certainty, DeathSource
from kit.store.model import Link, SideRow
from kit.testing import given
from services.registry.domain.area import area
from services.registry.domain.person import (
    SHREDDED,
    ChangeResidence,
    ReportDeath,
    RevokeDeath,
    ShredPerson,
    SignalHouseholdChange,
    WithdrawHouseholdChange,
    index,
    person,
)
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


# --- what others are told of a person ---

MAY_20, SIGNAL = date(2022, 5, 20), SignalId("0190a000-0000-8000-8000-000000000071")
SECOND_PERSON = PersonRegistered(person_id=SOMEBODY, area=QIAODONG)
SIGNALLED = HouseholdChangeSignalled(
    person_id=WHO, signal_id=SIGNAL, other_person_id=SOMEBODY, kind=HouseholdChangeKind.MARRIAGE, on=MAY_20
)
WITHDRAWN = HouseholdChangeWithdrawn(person_id=WHO, signal_id=SIGNAL, other_person_id=SOMEBODY)
WITHDRAW = WithdrawHouseholdChange(person_id=WHO, signal_id=SIGNAL)


def signal(**more: Any) -> SignalHouseholdChange:
    fields = {"person_id": WHO, "signal_id": SIGNAL, "other_person_id": SOMEBODY, "kind": HouseholdChangeKind.MARRIAGE, "on": MAY_20}
    return SignalHouseholdChange.model_validate({**fields, **more})


def dead_too(person: PersonId) -> PersonDeceased:
    return PersonDeceased(person_id=person, died_on=DAY, source=DeathSource.POLICE, certainty=CONFIRMED)


def test_a_change_between_two_people_is_told_without_reasons() -> None:
    """SG-05, R-MON-06, section 3.4: who, what kind, when; the contract has no field for more."""
    given(person, REGISTERED, SECOND_PERSON).when(signal(), on=MAY_20).then(SIGNALLED)
    assert set(HouseholdChangeSignalled.__struct_fields__) == {"person_id", "signal_id", "other_person_id", "kind", "on"}


def test_a_change_is_told_once_between_two_living_people_and_not_ahead() -> None:
    """SG-05; section 3.2: after `deceased` only closing commands."""
    facts = [REGISTERED, SECOND_PERSON]
    given(person, *facts, SIGNALLED).when(signal(), on=NOTICE).refused("signalled_already")
    given(person, *facts, SIGNALLED, WITHDRAWN).when(signal(), on=NOTICE).refused("signalled_already")
    given(person, *facts).when(signal(other_person_id=WHO), on=NOTICE).refused("with_oneself")
    given(person, *facts).when(signal(), on=date(2022, 5, 19)).refused("in_future")
    given(person, REGISTERED).when(signal(), on=NOTICE).refused("not_found")
    for one in (WHO, SOMEBODY):
        given(person, *facts, dead_too(one)).when(signal(), on=NOTICE).refused("person_dead", person_id=one)


def test_what_did_not_come_about_is_withdrawn_once() -> None:
    """SG-05, R-MAR-02: a divorce withdrawn within its 30 days."""
    facts = [REGISTERED, SECOND_PERSON]
    given(person, *facts, SIGNALLED).when(WITHDRAW, on=date(2022, 6, 10)).then(WITHDRAWN)
    given(person, *facts, SIGNALLED, WITHDRAWN).when(WITHDRAW).refused("not_signalled")
    given(person, *facts).when(WITHDRAW).refused("not_signalled")


ELSEWHERE = AreaCode("440308004-pengwan")
PENGWAN = AreaPublished(area_code=ELSEWHERE, edition=1, valid_from=date(2022, 1, 1), parent=AreaCode("440308004"))


def test_a_move_is_told_with_both_areas_and_moves_the_person() -> None:
    """SG-06, section 3.4, ruling 26 of the design: the area is the stream's from then on."""
    move = ChangeResidence(person_id=WHO, to_area=ELSEWHERE, on=NOTICE)
    moved = ResidenceChanged(person_id=WHO, from_area=QIAODONG, to_area=ELSEWHERE, on=NOTICE)
    given(person, REGISTERED).also(area, PENGWAN).when(move, on=NOTICE).then(moved)
    assert person.fold([REGISTERED, moved]).area == ELSEWHERE
    given(person, REGISTERED, moved).also(area, PENGWAN).when(move, on=NOTICE).refused("same_area", area=ELSEWHERE)


def test_nobody_moves_tomorrow_nowhere_or_after_death() -> None:
    """SG-06; I06; section 3.2."""
    move = ChangeResidence(person_id=WHO, to_area=ELSEWHERE, on=NOTICE)
    given(person, REGISTERED).also(area, PENGWAN).when(move, on=DAY).refused("in_future")
    given(person, REGISTERED).when(move, on=NOTICE).refused("area_unknown", area=ELSEWHERE)
    given(person, REGISTERED, dead_too(WHO)).also(area, PENGWAN).when(move, on=NOTICE).refused("person_dead")
    reported = [REGISTERED, deceased(REPORTED)]
    assert given(person, *reported).also(area, PENGWAN).when(move, on=NOTICE).refusal is None
