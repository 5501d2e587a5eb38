"""Who may read what: a caseworker the own area's households, auditors all; the area is the household's current one (ruling 26)."""

from __future__ import annotations

from contracts.ids import AreaCode
from kit.errors import NotFound
from kit.identity import Actor, Forbidden, Role, may
from policy import Areas

CHAIN_READERS = frozenset({Role.CASEWORKER, Role.APPROVER, Role.DISTRICT_OFFICER, Role.CHARITY_OFFICER, Role.AUDITOR, Role.READER})
BOARD_READERS = CHAIN_READERS | {Role.CARE_WORKER, Role.ALARM_DESK, Role.CIVIL_REGISTRAR}
"""Who sees the exception board; those who read no chains see only what is theirs to settle."""
MEMBER_READERS = frozenset({Role.CASEWORKER, Role.APPROVER, Role.DISTRICT_OFFICER, Role.AUDITOR})
"""Whose task needs to know who lives in the household; others see needs and aid without persons (3.9 AidChain)."""
FUND_READERS = frozenset({Role.CHARITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR, Role.READER})
FUND_OFFICERS = frozenset({Role.CHARITY_OFFICER, Role.AUDITOR})
"""Who sees which allocation a donated yuan went to; others see the class of beneficiary only (3.9 FundTrace)."""


def may_read(actor: Actor, area: AreaCode, areas: Areas, readers: frozenset[Role] = CHAIN_READERS) -> None:
    """Return if the actor, one of the readers, may see what lies in the area (a household).

    An area that nobody knows is nobody's but the auditors'. Raises Forbidden.
    """
    everywhere = Role.AUDITOR in actor.roles
    may(actor, readers, None, areas)
    if not everywhere and area not in areas.by_code:
        raise Forbidden("outside_area")
    may(actor, readers, None if everywhere else area, areas)


def readable_owners(actor: Actor) -> frozenset[Role] | None:
    """Whose findings the actor may list; None: everybody's."""
    return None if actor.roles & CHAIN_READERS else actor.roles


def readable_areas(actor: Actor, areas: Areas, wanted: str | None, readers: frozenset[Role] = CHAIN_READERS) -> set[str] | None:
    """The areas whose households (or what else these readers see) the actor may list, within a wanted area; None: all.

    Raises Forbidden for a wanted one outside; NotFound for one that nobody knows.
    """
    may(actor, readers, None, areas)
    if Role.AUDITOR in actor.roles and wanted is None:
        return None
    outer = wanted or actor.area
    if outer not in areas.by_code:
        raise NotFound("area_unknown")
    may_read(actor, AreaCode(outer), areas, readers)
    return {code for code in areas.by_code if areas.contains(outer, code)}
