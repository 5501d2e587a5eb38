"""A pair: one cadre and one household in a campaign, one active pair each (A05, A06)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, CampaignId, PairingId
from contracts.relief.household import HouseholdClosed
from contracts.relief.pairing_agreement import PairingEnd, PairingEnded, PairingEstablished
from contracts.relief.visit_campaign import CampaignKind
from contracts.terms import ClosingCode
from kit.errors import Refused
from kit.testing import given
from services.relief.domain.household import OpenHousehold
from services.relief.domain.pairing_agreement import EndPairing, EstablishPairing, pairing_agreement
from services.relief.domain.visit import CompleteVisit
from services.relief.domain.visit_campaign import OpenCampaign
from tests.relief.discovery import (
    CADRES,
    CAMPAIGN,
    CHILD,
    DISTRICT,
    HOME,
    MOTHER,
    PLACE,
    TUESDAY,
    VISIT,
    InMemory,
    campaign,
    campaign_closed,
    home,
    uid,
)

PAIRING, NEXT, STREET, CADRE = PairingId(uid(74)), PairingId(uid(75)), AreaCode("440308003"), ActorId("cadre-7")
ESTABLISH = EstablishPairing(pairing_id=PAIRING, household_id=HOME, campaign_id=CAMPAIGN, cadre=CADRE)
END = EndPairing(pairing_id=PAIRING, reason=PairingEnd.CADRE_LEFT)
ESTABLISHED = PairingEstablished(pairing_id=PAIRING, household_id=HOME, campaign_id=CAMPAIGN, cadre=CADRE, area=STREET, since=TUESDAY)
ENDED = PairingEnded(
    pairing_id=PAIRING,
    household_id=HOME,
    campaign_id=CAMPAIGN,
    cadre=CADRE,
    ended_on=date(2022, 3, 8),
    reason=PairingEnd.CADRE_LEFT,
)


def test_a_cadre_stands_by_a_household_while_the_campaign_runs() -> None:
    """A05, A06."""
    base: list[Event] = [campaign(), *home()]
    given(pairing_agreement, *base).when(ESTABLISH).then(ESTABLISHED)
    given(pairing_agreement, *base, campaign_closed(date(2022, 2, 28))).when(ESTABLISH).refused("campaign_closed")
    gone = HouseholdClosed(household_id=HOME, closed_on=TUESDAY, code=ClosingCode.MOVED)
    given(pairing_agreement, *base, gone).when(ESTABLISH).refused("household_closed")
    given(pairing_agreement, *base, ESTABLISHED).when(ESTABLISH).refused("already_exists")


def test_a_pair_ends_once() -> None:
    """A06."""
    given(pairing_agreement, ESTABLISHED).when(END, on=date(2022, 3, 8)).then(ENDED)
    given(pairing_agreement, ESTABLISHED, ENDED).when(END).refused("already_ended", reason=PairingEnd.CADRE_LEFT)


async def test_a_household_has_one_active_pair_in_a_campaign_and_its_visits_stay() -> None:
    """A06: a second pair waits for the end of the first; another campaign has its own; what was visited stays in the log."""
    relief, other = InMemory(), CampaignId("spring-2022")
    for one, kind in ((CAMPAIGN, CampaignKind.CARING), (other, CampaignKind.SPRING_FESTIVAL)):
        await relief.give(OpenCampaign(campaign_id=one, kind=kind, year=2022, area=DISTRICT), on=date(2022, 1, 4))
    await relief.give(OpenHousehold(household_id=HOME, area=STREET, person_ids=(MOTHER, CHILD)))
    await relief.give(ESTABLISH)
    second = ESTABLISH.model_copy(update={"pairing_id": NEXT, "cadre": CADRES[1]})
    with pytest.raises(Refused, match="claimed"):
        await relief.give(second)
    await relief.give(second.model_copy(update={"pairing_id": PairingId(uid(76)), "campaign_id": other}))
    visited = CompleteVisit(visit_id=VISIT, campaign_id=CAMPAIGN, person_id=MOTHER, household_id=HOME, area=PLACE, visitors=(CADRE,))
    await relief.give(visited)
    await relief.give(END)
    await relief.give(second)
    counts = await relief.counts()
    assert (counts["relief.visit.completed"], counts["relief.pairing-agreement.established"]) == (1, 3)
