"""The persons and households whom the year needs, as ids, birth dates and traits; their names exist in one place, the registration.

How the low-income population was chosen (figures of the district's page): 120 households with 246 persons live on dibao when the year
begins (48 of one person, 36 of two, 18 each of three and four), 14 persons are tekun and live alone, 35 edge households count 95 persons
(5, 10, 12, 6 and 2 of one to five), 8 rigid households three each. 14 families come onto dibao during the year. 60 children are in
difficulty: 30 in dibao, 15 in edge, 3 in rigid families and 12 in families of their own, 6 of those unattended in fact and 1 an orphan.
1,536 elders of 70 and more have devices: 664 live alone, 872 as couples. The other families are ordinary ones, up to 10,500 persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from contracts.terms import Status
from minsheng.district import figures
from minsheng.district.chance import chance, derived
from minsheng.district.figures import Scale
from minsheng.district.places import Community, homes
from minsheng.district.seasons import FIRST, pay_day, workday_from

ADULT, ELDER, VERY_OLD = 18, 60, 78


class Group(StrEnum):
    """Why a household stands in the index."""

    DIBAO = "dibao"
    TEKUN = "tekun"
    EDGE = "edge"
    RIGID = "rigid"
    ENTRANT = "entrant"
    CHILDREN = "children"
    ELDERS = "elders"
    ORDINARY = "ordinary"


STATUS = {Group.DIBAO: Status.DIBAO, Group.TEKUN: Status.TEKUN, Group.EDGE: Status.EDGE, Group.RIGID: Status.RIGID}
LOW_INCOME = (Group.DIBAO, Group.TEKUN, Group.EDGE, Group.RIGID)


class Trait(StrEnum):
    """What makes a person somebody's concern."""

    CHILD_IN_DIFFICULTY = "child_in_difficulty"
    UNATTENDED = "unattended"
    ORPHAN = "orphan"
    DISABLED = "disabled"
    DEVICE = "device"
    EATER = "eater"
    CARE_BED = "care_bed"


@dataclass(slots=True)
class Person:
    """One person. died_on: the day of a death in the year, else None.  death_told_on: when it was confirmed here."""

    id: str
    born: date
    male: bool
    traits: set[Trait] = field(default_factory=set)
    died_on: date | None = None
    death_told_on: date | None = None

    def age(self, on: date = FIRST) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def lives_on(self, day: date) -> bool:
        """Whether nobody will ever say that the person was dead on the day."""
        return self.died_on is None or day < self.died_on


class Fate(StrEnum):
    """How a dibao family's aid ends during the year: 17 of them, as the district's page says."""

    STAYS = "stays"
    DEATH = "death"
    GRACE = "grace"
    MOVE = "move"
    REVIEW = "review"


ENDINGS = {Fate.GRACE: 5, Fate.DEATH: 4, Fate.MOVE: 3, Fate.REVIEW: 5}


@dataclass(slots=True)
class Household:
    """People who live together. number: its place in the index.  ends_on: the day on which the aid's end is decided or caused."""

    id: str
    number: int
    group: Group
    place: Community
    members: list[Person]
    fate: Fate = Fate.STAYS
    ends_on: date | None = None

    @property
    def street(self) -> str:
        return self.place.street

    @property
    def head(self) -> Person:
        """The oldest member."""
        return min(self.members, key=lambda person: person.born)

    @property
    def children(self) -> list[Person]:
        return [person for person in self.members if person.age() < ADULT]

    def is_here(self, day: date) -> bool:
        """Whether somebody lives here on the day and has not moved away."""
        moved = self.fate is Fate.MOVE and self.ends_on is not None and day >= self.ends_on
        return not moved and any(person.lives_on(day) for person in self.members)

    @property
    def is_lasting(self) -> bool:
        """Nobody dies here and the aid goes on: stories of the whole year may rely on it."""
        return self.fate is Fate.STAYS and all(person.died_on is None for person in self.members)

    @property
    def member_ids(self) -> list[str]:
        return [person.id for person in self.members]


@dataclass(frozen=True)
class People:
    """Everybody, household by household."""

    households: Sequence[Household]

    def of(self, *groups: Group) -> list[Household]:
        return [home for home in self.households if home.group in groups]

    def persons(self) -> Iterable[tuple[Household, Person]]:
        return ((home, person) for home in self.households for person in home.members)

    def with_trait(self, trait: Trait) -> list[tuple[Household, Person]]:
        return [(home, person) for home, person in self.persons() if trait in person.traits]


def sizes(*counts: tuple[int, int]) -> list[int]:
    """Sizes of households, (how many, of which size) each, well mixed: a smaller year takes the first of them."""
    at = [((n + 0.5) / many, size) for many, size in counts for n in range(many)]
    return [size for _, size in sorted(at)]


FAMILIES: dict[Group, tuple[list[int], int]] = {
    Group.DIBAO: (sizes((48, 1), (36, 2), (18, 3), (18, 4)), 24),
    Group.TEKUN: (sizes((14, 1)), 2),
    Group.EDGE: (sizes((5, 1), (10, 2), (12, 3), (6, 4), (2, 5)), 8),
    Group.RIGID: (sizes((8, 3)), 2),
    Group.ENTRANT: (sizes((4, 1), (5, 2), (4, 3), (1, 4)), 2),
    Group.CHILDREN: (sizes((12, 3)), 3),
    Group.ELDERS: (sizes((664, 1), (436, 2)), 12),
}
"""The sizes of each group's households, and how many there are at least in a small year."""
ORDINARY_SIZES = (3, 2, 4, 3, 2, 3, 1, 4, 3, 2)


def people(seed: int, scale: Scale) -> People:
    """Everybody of the year, the same for the same seed and scale."""
    groups = [(group, size) for group, (all_sizes, least) in FAMILIES.items() for size in all_sizes[: scale.of(len(all_sizes), least)]]
    groups.extend((Group.ORDINARY, size) for size in _ordinary(scale.of(figures.PERSONS) - sum(size for _, size in groups)))
    places = _mixed(homes(len(groups)), chance(seed, "places"))
    draw = chance(seed, "people")
    households = [_household(seed, number, group, size, places[number], draw) for number, (group, size) in enumerate(groups)]
    everybody = People(households)
    _mark(everybody, scale)
    _decide_fates(everybody, scale)
    _let_die(everybody, scale)
    _mark_beds(everybody, scale.of(figures.CARE_BEDS, 4))
    return everybody


def _ordinary(persons: int) -> list[int]:
    """Families for so many persons; the last one may be smaller."""
    found: list[int] = []
    while persons > 0:
        found.append(min(persons, ORDINARY_SIZES[len(found) % len(ORDINARY_SIZES)]))
        persons -= found[-1]
    return found


def _mixed(places: list[Community], draw: Random) -> list[Community]:
    draw.shuffle(places)
    return places


def _household(seed: int, number: int, group: Group, size: int, place: Community, draw: Random) -> Household:
    members = [
        Person(id=derived(seed, f"person/{number}/{n}"), born=_born(group, size, n, draw), male=draw.random() < 0.5) for n in range(size)
    ]
    return Household(id=derived(seed, f"household/{number}"), number=number, group=group, place=place, members=members)


def _born(group: Group, size: int, member: int, draw: Random) -> date:
    """Elders with devices are 70 to 95, tekun people 62 to 88; a family has a child from its second or third member on."""
    if group is Group.ELDERS:
        low, high = 70, 95
    elif group is Group.TEKUN:
        low, high = 62, 88
    elif size == 1:
        low, high = 42, 84
    elif member == size - 1 or member >= 2:
        low, high = 2, 16
    else:
        low, high = 30, 68 if size == 2 else 52
    return FIRST - timedelta(days=draw.randrange(low * 366, high * 365))


def _mark(everybody: People, scale: Scale) -> None:
    """Children in difficulty, disabled people, elders with devices and those who eat in canteens."""
    wanted = {Group.DIBAO: 30, Group.EDGE: 15, Group.RIGID: 3, Group.CHILDREN: 12}
    for group, count in wanted.items():
        children = [child for home in everybody.of(group) for child in home.children[:1]]
        for child in children[: scale.of(count)]:
            child.traits.add(Trait.CHILD_IN_DIFFICULTY)
    own = [child for home in everybody.of(Group.CHILDREN) for child in home.children[:1]]
    for child in own[: scale.of(figures.UNATTENDED_CHILDREN)]:
        child.traits.add(Trait.UNATTENDED)
    own[-1].traits.add(Trait.ORPHAN)
    grown = [person for home, person in everybody.persons() if home.group is not Group.ELDERS and person.age() >= ADULT]
    for person in grown[: scale.of(figures.DISABLED, 20)]:
        person.traits.add(Trait.DISABLED)
    for home in everybody.of(Group.ELDERS):
        for person in home.members:
            person.traits.add(Trait.DEVICE)
    _mark_eaters(everybody, scale.of(figures.EATERS, 6))


def _mark_eaters(everybody: People, count: int) -> None:
    """A third from poor families who are 60 or more, the others from elders with devices."""
    poor = [p for home, p in everybody.persons() if home.group in {Group.DIBAO, Group.EDGE, Group.TEKUN} and p.age() >= ELDER]
    others = [home.head for home in everybody.of(Group.ELDERS)]
    for person in [*poor[: count // 3], *others[: count - min(count // 3, len(poor))]]:
        person.traits.add(Trait.EATER)


def _mark_beds(everybody: People, count: int) -> None:
    """Very old people whose home becomes their care bed; nobody of them dies."""
    old = [home.head for home in everybody.of(Group.ELDERS) if home.is_lasting and home.head.age() >= VERY_OLD]
    for person in old[:: max(1, len(old) // count)][:count]:
        person.traits.add(Trait.CARE_BED)


def _decide_fates(everybody: People, scale: Scale) -> None:
    """Which dibao families leave the aid, why and when: 5 after grace, 4 by death, 3 by a move, 5 by a review."""
    families = everybody.of(Group.DIBAO)
    alone = [home for home in families if len(home.members) == 1 and home.head.age() >= ELDER]
    dying = alone[: scale.of(ENDINGS[Fate.DEATH])]
    rest = [home for home in families if home not in dying]
    for home in dying:
        home.fate = Fate.DEATH
    taken = 0
    for fate in (Fate.GRACE, Fate.MOVE, Fate.REVIEW):
        for n in range(count := scale.of(ENDINGS[fate])):
            home = rest[2 + 3 * taken]
            home.fate, home.ends_on = fate, _ends_on(fate, n, count)
            taken += 1


def _ends_on(fate: Fate, n: int, count: int) -> date:
    """Grace began in spring and lasts six months, reviews are in July, moves at any time."""
    if fate is Fate.GRACE:
        return date(2022, 9 + n * 4 // count, 20)
    return date(2022, 7, 12 + n) if fate is Fate.REVIEW else date(2022, 4 + n * 6 // count, 18)


def _let_die(everybody: People, scale: Scale) -> None:
    """People who live alone on dibao, one member of a dibao family, one tekun person, and elders; spread over the year.

    The first of them is known to be dead only after the next month was paid.
    """
    count = scale.of(figures.DEATHS, 8)
    families = everybody.of(Group.DIBAO)
    dying = [home for home in families if home.fate is Fate.DEATH]
    family = [home.head for home in families if len(home.members) >= 3 and home.fate is Fate.STAYS]
    poor = [*(home.head for home in dying), *family[:1], *(home.head for home in everybody.of(Group.TEKUN)[-1:])]
    elders = [home.head for home in everybody.of(Group.ELDERS)]
    step = max(1, len(elders) // max(1, count - len(poor)))
    for n, person in enumerate([*poor, *elders[::step]][:count]):
        person.died_on = date(2022, 2, 20) + timedelta(days=n * 285 // count)
        person.death_told_on = workday_from(person.died_on, 2)
    for home in dying:
        home.ends_on = home.head.died_on
    first = dying[0].head
    assert first.died_on is not None  # noqa: S101 - chosen above
    first.death_told_on = workday_from(pay_day(first.died_on.month + 1), 5)
