"""190 social organisations; one that reported nothing for two years is restricted, does nothing about it and is struck off (SC-25).

Before that it was promised 80,000.00 yuan in two parts: the first was paid, the second is frozen with the restriction and goes
back to the fund, which is published.
"""

from __future__ import annotations

from datetime import date

from contracts.ids import OrganisationId
from contracts.registry.organisation import OrganisationKind
from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import People
from minsheng.district.places import communities
from minsheng.district.staff import CHARITY_APPROVER, CHARITY_OFFICER, CIVIL_REGISTRAR, SECOND_CIVIL_REGISTRAR
from minsheng.district.step import Lesson
from minsheng.district.stories.opening import FUNDS
from services.registry.domain.credit_code import invent_credit_code

REGISTERED = date(2022, 1, 3)
RESTRICTED, FROZEN, LAPSED, STRUCK_OFF = date(2022, 6, 1), date(2022, 6, 2), date(2022, 9, 5), date(2022, 9, 7)
PROMISED, SIGNED, FIRST_PART = date(2022, 3, 21), date(2022, 3, 22), date(2022, 3, 23)
PARTS_FEN = (3_000_000, 5_000_000)
PUBLISHED = date(2022, 9, 20)
INVESTIGATED, CLEARED = date(2022, 8, 9), date(2022, 8, 24)
KINDS = {
    OrganisationKind.ASSOCIATION: figures.ASSOCIATIONS,
    OrganisationKind.AGENCY: figures.AGENCIES,
    OrganisationKind.FOUNDATION: figures.FOUNDATIONS,
}


def tell(diary: Diary, _everybody: People, scale: Scale) -> None:
    """All are registered; the last agency becomes a zombie, the last association is investigated for nothing."""
    for kind, sequence in codes(scale):
        place = communities()[sequence * 5 % len(communities())]
        code = invent_credit_code(kind, sequence)
        body = {"area": place.code, "registered_on": f"{2001 + sequence % 20}-0{1 + sequence % 9}-15"}
        diary.story(f"organisation/{code}").give(REGISTERED, CIVIL_REGISTRAR, f"registry/organisation/{code}/register", body)
    _become_a_zombie(diary, restricted(scale))
    association = [sequence for kind, sequence in codes(scale) if kind is OrganisationKind.ASSOCIATION][-1]
    path = f"registry/organisation/{invent_credit_code(OrganisationKind.ASSOCIATION, association)}"
    story = diary.story("organisation-investigated")
    story.give(INVESTIGATED, CIVIL_REGISTRAR, f"{path}/restrict", {"reason": "investigation"})
    story.give(CLEARED, CIVIL_REGISTRAR, f"{path}/reinstate", {"reason": "cleared"})


def codes(scale: Scale) -> list[tuple[OrganisationKind, int]]:
    """Kind and number of every organisation."""
    return [(kind, number) for kind, count in KINDS.items() for number in range(scale.of(count, 4))]


def working(scale: Scale, count: int) -> list[OrganisationId]:
    """The codes of so many organisations that are never restricted, agencies first."""
    sound = sorted(codes(scale), key=lambda one: one[0] is not OrganisationKind.AGENCY)
    every = [invent_credit_code(kind, number) for kind, number in sound]
    return [code for code in every if code != restricted(scale)][:count]


def restricted(scale: Scale) -> OrganisationId:
    """The code of the organisation that is struck off."""
    return invent_credit_code(OrganisationKind.AGENCY, scale.of(figures.AGENCIES, 4) - 1)


def _become_a_zombie(diary: Diary, code: str) -> None:
    path = f"registry/organisation/{code}"
    story = diary.story("organisation-zombie")
    grant = f"charity/organisation-grant/{story.id('grant')}"
    offer = {"organisation_id": code, "fund_id": FUNDS["general"], "purpose": "general", "amounts_fen": list(PARTS_FEN)}
    story.give(PROMISED, CHARITY_OFFICER, f"{grant}/propose", offer)
    part = Lesson("$zombie-first-part", "charity.fund.reserved", "allocation_id", {"amount_fen": PARTS_FEN[0]})
    rest = Lesson("$zombie-second-part", "charity.fund.reserved", "allocation_id", {"amount_fen": PARTS_FEN[1]})
    story.give(SIGNED, CHARITY_APPROVER, f"{grant}/approve", if_match=1, learn=[part, rest])
    story.give(FIRST_PART, CHARITY_OFFICER, f"{grant}/pay", {"allocation_id": part.name})
    story.give(RESTRICTED, CIVIL_REGISTRAR, f"{path}/restrict", {"reason": "zombie_no_report"})
    too_late = {"allocation_id": rest.name}
    story.give(FROZEN, CHARITY_OFFICER, f"{grant}/pay", too_late, refused="organisation_restricted")
    story.give(LAPSED, CIVIL_REGISTRAR, f"{path}/propose-deregistration", {"reason": "not_rectified"}, window=1)
    leftover = Lesson("$zombie-leftover", "charity.disclosure-task.opened", "task_id")
    story.give(LAPSED, CHARITY_OFFICER, f"{grant}/end", window=2, learn=[leftover])
    story.give(PUBLISHED, CHARITY_OFFICER, f"charity/disclosure-task/{leftover.name}/publish")
    story.give(STRUCK_OFF, SECOND_CIVIL_REGISTRAR, f"{path}/deregister", if_match=4)
