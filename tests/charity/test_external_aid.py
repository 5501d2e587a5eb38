"""Aid to counties outside: signed by two, delivered up to what was committed, and no part of the district's figures."""

from __future__ import annotations

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from contracts.charity.external_aid import ExternalAidCommitted, ExternalAidDelivered, ExternalAidEnded, ExternalAidProposed
from contracts.envelope import registered
from contracts.ids import AreaCode, ExternalAidId
from kit.testing import SECOND, given
from services.charity.domain.external_aid import (
    CommitExternalAid,
    DeliverExternalAid,
    EndExternalAid,
    ExternalAid,
    ProposeExternalAid,
    external_aid,
)
from tests.charity.facts import APPROVER, DAY, OFFICER

AID = ExternalAidId("leye-2022")
LEYE, LINGYUN = AreaCode("leye"), AreaCode("lingyun")
PROPOSED = ExternalAidProposed(aid_id=AID, county=LEYE, amount_fen=300_000_00, proposed_by=OFFICER)
COMMITTED = ExternalAidCommitted(aid_id=AID, county=LEYE, amount_fen=300_000_00, approved_by=APPROVER)
COMMIT, END = CommitExternalAid(aid_id=AID), EndExternalAid(aid_id=AID)


def deliver(fen: int) -> DeliverExternalAid:
    return DeliverExternalAid(aid_id=AID, amount_fen=fen)


def delivered(fen: int) -> ExternalAidDelivered:
    return ExternalAidDelivered(aid_id=AID, county=LEYE, amount_fen=fen, delivered_on=DAY)


@pytest.mark.parametrize("county", [LEYE, LINGYUN])
def test_aid_goes_to_a_county_outside(county: AreaCode) -> None:
    """C11: Leye and Lingyun; who lives in the district is helped through a need."""
    propose = ProposeExternalAid(aid_id=AID, county=county, amount_fen=300_000_00)
    told = ExternalAidProposed(aid_id=AID, county=county, amount_fen=300_000_00, proposed_by=OFFICER)
    given(external_aid).when(propose).then(told)
    inside = propose.model_copy(update={"county": AreaCode("440308003-qiaodong")})
    given(external_aid).when(inside).refused("inside_district", county="440308003-qiaodong")


def test_two_people_sign_it() -> None:
    """C11, ruling 21: grants of money need two different people."""
    given(external_aid, PROPOSED).when(COMMIT, actor=SECOND).then(COMMITTED)
    given(external_aid, PROPOSED).when(COMMIT).refused("same_person")
    given(external_aid, PROPOSED, COMMITTED).when(COMMIT, actor=SECOND).refused("wrong_stage", stage="committed")


def test_what_was_committed_is_delivered_in_parts_and_ends() -> None:
    """C11: the rest stays here."""
    case = given(external_aid, PROPOSED, COMMITTED, delivered(200_000_00))
    case.when(deliver(100_000_00)).then(delivered(100_000_00))
    case.when(deliver(100_000_01)).refused("above_committed", left_fen=100_000_00)
    ended = ExternalAidEnded(aid_id=AID, county=LEYE, delivered_fen=200_000_00, undelivered_fen=100_000_00)
    case.when(END).then(ended)
    case.facts([ended]).when(deliver(1)).refused("wrong_stage", stage="ended")
    given(external_aid, PROPOSED).when(deliver(1)).refused("wrong_stage", stage="proposed")
    given(external_aid, PROPOSED).when(END).refused("wrong_stage", stage="proposed")


def test_it_is_nobodys_coverage() -> None:
    """C11: no fact of it names household, need or line, and none is keyed by a household: no ratio can count it."""
    facts = [kind.cls for kind in registered() if kind.name.startswith("charity.external-aid.")]
    assert facts
    assert external_aid.key is None
    assert not any({"household_id", "need_id", "line_id", "person_id"} & set(cls.__struct_fields__) for cls in facts)


@forall(st.lists(st.integers(1, 150_000_00), max_size=8))
def test_delivered_never_exceeds_committed(wishes: list[int]) -> None:
    """C11: whatever is asked in whatever order."""
    case = given(external_aid, PROPOSED, COMMITTED)
    for fen in wishes:
        case.facts(case.when(deliver(fen)).events)
        state: ExternalAid = case.state(external_aid, AID)
        assert 0 <= state.delivered_fen <= 300_000_00
