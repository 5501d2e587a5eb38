"""Social organisations: restricted, given three months, reinstated, or struck off by two people (R-SO-01, R-SO-02, SC-25)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from types import SimpleNamespace

import pytest

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode
from contracts.registry.area import AreaPublished, AreaRevised
from contracts.registry.organisation import (
    DeregistrationReason,
    OrganisationDeregistered,
    OrganisationDeregistrationProposed,
    OrganisationKind,
    OrganisationRectificationLapsed,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from kit.command import Command
from kit.store.model import ReleaseAll, SetTimer
from kit.testing import SECOND, WORKER, Given, given, noon
from services.registry.domain.area import area
from services.registry.domain.credit_code import invent_credit_code
from services.registry.domain.organisation import (
    CheckedCode,
    DeregisterOrganisation,
    ProposeDeregistration,
    RectificationOver,
    RegisterOrganisation,
    ReinstateOrganisation,
    RestrictOrganisation,
    Standing,
    check_code,
    index,
    organisation,
)
from tests.registry.conftest import QIAODONG

AGENCY = invent_credit_code(OrganisationKind.AGENCY, 1)
FOUNDED = date(2016, 5, 20)
JUNE, CURE_BY = date(2022, 6, 1), date(2022, 9, 1)
OVER_AT = datetime(2022, 9, 1, 16, tzinfo=UTC)  # 2 September, 00:00 in Shanghai
ZOMBIE = RestrictionReason.ZOMBIE_NO_REPORT
PUBLISHED = AreaPublished(area_code=QIAODONG, edition=1, valid_from=date(2022, 1, 1), parent=AreaCode("440308003"))
REGISTERED = OrganisationRegistered(organisation_id=AGENCY, kind=OrganisationKind.AGENCY, area=QIAODONG, registered_on=FOUNDED)
LAPSED = OrganisationRectificationLapsed(organisation_id=AGENCY, cure_by=CURE_BY)
OVER = RectificationOver(organisation_id=AGENCY)
REINSTATE = ReinstateOrganisation(organisation_id=AGENCY, reason=ReinstatementReason.RECTIFIED)
STRIKE_OFF = DeregisterOrganisation(organisation_id=AGENCY)


def restricted(reason: RestrictionReason = ZOMBIE, since: date = JUNE, cure_by: date | None = CURE_BY) -> OrganisationRestricted:
    return OrganisationRestricted(organisation_id=AGENCY, reason=reason, since=since, cure_by=cure_by)


def restrict(reason: RestrictionReason = ZOMBIE) -> RestrictOrganisation:
    return RestrictOrganisation(organisation_id=AGENCY, reason=reason)


def reinstated(since: date) -> OrganisationReinstated:
    return OrganisationReinstated(organisation_id=AGENCY, reason=ReinstatementReason.RECTIFIED, since=since)


def propose(reason: DeregistrationReason = DeregistrationReason.NOT_RECTIFIED) -> ProposeDeregistration:
    return ProposeDeregistration(organisation_id=AGENCY, reason=reason)


def to_be_struck_off(reason: DeregistrationReason = DeregistrationReason.NOT_RECTIFIED) -> OrganisationDeregistrationProposed:
    return OrganisationDeregistrationProposed(organisation_id=AGENCY, reason=reason, proposed_by=ActorId(WORKER.id))


def struck_off(since: date, reason: DeregistrationReason = DeregistrationReason.NOT_RECTIFIED) -> OrganisationDeregistered:
    return OrganisationDeregistered(organisation_id=AGENCY, reason=reason, since=since, approved_by=ActorId(SECOND.id))


def known(*facts: Event) -> Given:
    return given(organisation, REGISTERED, *facts)


# --- registration ---


def register(day: date = FOUNDED) -> RegisterOrganisation:
    return RegisterOrganisation(organisation_id=AGENCY, area=QIAODONG, registered_on=day)


def test_an_organisation_is_registered_with_the_kind_that_its_code_says() -> None:
    """Section 3.1, H03."""
    given(organisation).also(area, PUBLISHED).when(register(), prepared=CheckedCode()).then(REGISTERED)
    known().when(register()).refused("already_exists")


def test_a_wrong_code_an_unknown_area_and_a_day_to_come_are_refused() -> None:
    """GB 32100; I06."""
    here = given(organisation).also(area, PUBLISHED)
    here.when(register(), prepared=CheckedCode(mistake="check")).refused("credit_code_invalid", reason="check")
    here.when(register(date(2022, 3, 2)), prepared=CheckedCode()).refused("registered_in_future")
    given(organisation).when(register(), prepared=CheckedCode()).refused("area_unknown", area=QIAODONG)
    ended = AreaRevised(area_code=QIAODONG, edition=2, valid_from=date(2022, 2, 1), ended=True)
    given(organisation).also(area, PUBLISHED, ended).when(register(), prepared=CheckedCode()).refused("area_unknown")


@pytest.mark.parametrize(("demonstration", "mistake"), [(True, None), (False, "demo_not_allowed")])
async def test_the_installation_says_whether_invented_codes_pass(*, demonstration: bool, mistake: str | None) -> None:
    """9.5: as for document numbers."""
    resources = SimpleNamespace(allow_demo_numbers=demonstration)
    assert await check_code(register(), None, resources) == CheckedCode(mistake=mistake)  # type: ignore[arg-type]


# --- restriction ---


def test_a_zombie_has_three_months_to_put_things_right() -> None:
    """SC-25, R-SO-01, ruling 16: restricted on the 1st of June, to the 1st of September inclusive."""
    known().when(restrict(), on=JUNE).then(restricted())
    assert list(index(restricted())) == [SetTimer("rectification-over", OVER_AT)]


@pytest.mark.parametrize("reason", sorted(set(RestrictionReason) - {RestrictionReason.INVESTIGATION}))
def test_whatever_it_can_mend_has_a_last_day(reason: RestrictionReason) -> None:
    """R-SO-01, R-SO-02, ruling 16: three months from the 30th of November end on the 28th of February."""
    known().when(restrict(reason), on=date(2022, 11, 30)).then(restricted(reason, date(2022, 11, 30), date(2023, 2, 28)))


def test_an_investigation_has_no_last_day() -> None:
    """SG-15: it ends by a finding."""
    held = restricted(RestrictionReason.INVESTIGATION, cure_by=None)
    known().when(restrict(RestrictionReason.INVESTIGATION), on=JUNE).then(held)
    assert list(index(held)) == []
    assert organisation.fold([REGISTERED, held]).standing is Standing.ABNORMAL


def test_a_further_reason_makes_the_time_no_longer() -> None:
    """R-SO-01: one period, and the same reason is told once."""
    further = RestrictionReason.UNQUALIFIED_INSPECTION
    known(restricted()).when(restrict(), on=date(2022, 7, 1)).refused("restricted_already", reason=ZOMBIE)
    known(restricted()).when(restrict(further), on=date(2022, 7, 1)).then(restricted(further, date(2022, 7, 1)))
    begun_later = restricted(further, date(2022, 7, 1), date(2022, 10, 1))
    known(restricted(RestrictionReason.INVESTIGATION, cure_by=None)).when(restrict(further), on=date(2022, 7, 1)).then(begun_later)


# --- the end of the time ---


def test_nothing_put_right_lists_it_for_deregistration_and_no_more() -> None:
    """SC-25, ruling 21: at 00:00 after the 1st of September; a person signs what follows."""
    known(restricted()).when(OVER, at=OVER_AT).then(LAPSED)
    assert organisation.fold([REGISTERED, restricted()]).standing is Standing.RECTIFYING
    assert organisation.fold([REGISTERED, restricted(), LAPSED]).standing is Standing.ABNORMAL
    assert list(index(LAPSED)) == [SetTimer("rectification-over", None)]


def test_the_timer_is_moot_before_the_end_after_it_was_told_and_when_it_is_free_again() -> None:
    """Ruling 16: the last day is in time."""
    known(restricted()).when(OVER, on=CURE_BY).then()
    for facts in ([restricted(), LAPSED], [restricted(), reinstated(CURE_BY)], [], [struck_off(JUNE)]):
        known(*facts).when(OVER, at=OVER_AT).then()


def test_what_is_put_right_on_the_last_day_is_in_time() -> None:
    """SC-25, SG-15: whether the timer came before or after the news of it, the organisation is free."""
    known(restricted()).when(REINSTATE, on=CURE_BY).then(reinstated(CURE_BY))
    in_time, late = (REINSTATE, noon(CURE_BY)), (OVER, OVER_AT)
    ends = {played(order) for order in permutations([in_time, late])}
    assert ends == {Standing.REGISTERED}


def played(steps: tuple[tuple[Command, datetime], ...]) -> Standing:
    story: list[Event] = [REGISTERED, restricted()]
    for command, at in steps:
        story += given(organisation, *story).when(command, at=at).events
    return organisation.fold(story).standing


def test_what_is_put_right_late_says_so_exactly_once() -> None:
    """R-SO-01: by the timer, or in the append of what came late."""
    day = date(2022, 9, 2)
    known(restricted()).when(REINSTATE, on=day).then(LAPSED, reinstated(day))
    known(restricted(), LAPSED).when(REINSTATE, on=day).then(reinstated(day))


def test_only_what_is_restricted_is_reinstated() -> None:
    """SG-15: and it may be restricted anew, with a new time."""
    known().when(REINSTATE).refused("not_restricted")
    known(restricted(), reinstated(CURE_BY)).when(REINSTATE).refused("not_restricted")
    anew = restricted(since=date(2022, 10, 8), cure_by=date(2023, 1, 8))
    known(restricted(), reinstated(CURE_BY)).when(restrict(), on=date(2022, 10, 8)).then(anew)


# --- deregistration ---


def test_two_people_strike_it_off() -> None:
    """SC-25, ruling 21."""
    facts = [restricted(), LAPSED]
    day = date(2022, 9, 5)
    known(*facts).when(propose(), on=day).then(to_be_struck_off())
    proposed = known(*facts, to_be_struck_off())
    proposed.when(STRIKE_OFF, on=day, actor=WORKER).refused("same_person")
    proposed.when(STRIKE_OFF, on=day, actor=SECOND).then(struck_off(day))
    known(*facts).when(STRIKE_OFF, on=day, actor=SECOND).refused("not_proposed")
    assert list(index(struck_off(day))) == [ReleaseAll()]


def test_nobody_is_struck_off_for_not_mending_while_there_is_time() -> None:
    """R-SO-01: to the end of the last day; a proposal that comes after it before the timer says that the time is over."""
    known(restricted()).when(propose(), on=CURE_BY).refused("time_left", cure_by="2022-09-01")
    known(restricted()).when(propose(), on=date(2022, 9, 2)).then(LAPSED, to_be_struck_off())
    known().when(propose()).refused("time_left")


def test_it_may_end_by_its_own_wish_at_any_time() -> None:
    """R-SO-01: the time that runs meanwhile is told when it is over."""
    wish = DeregistrationReason.OWN_WISH
    known().when(propose(wish)).then(to_be_struck_off(wish))
    wished = known(restricted(), to_be_struck_off(wish))
    wished.when(STRIKE_OFF, on=CURE_BY, actor=SECOND).then(struck_off(CURE_BY, wish))
    after = date(2022, 9, 2)
    wished.when(STRIKE_OFF, on=after, actor=SECOND).then(LAPSED, struck_off(after, wish))


def test_a_reinstatement_ends_the_proposal_too() -> None:
    """Ruling 21: what was proposed for a restriction that is over is proposed anew."""
    facts = [restricted(), LAPSED, to_be_struck_off(), reinstated(date(2022, 9, 6))]
    known(*facts).when(STRIKE_OFF, actor=SECOND).refused("not_proposed")


@pytest.mark.parametrize("command", [restrict(), REINSTATE, propose(), STRIKE_OFF])
def test_nothing_follows_a_deregistration(command: Command) -> None:
    """Section 3.2."""
    known(restricted(), LAPSED, to_be_struck_off(), struck_off(date(2022, 9, 5))).when(command, actor=SECOND).refused("deregistered")
    assert organisation.fold([REGISTERED, struck_off(JUNE)]).standing is Standing.DEREGISTERED
