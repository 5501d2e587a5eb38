"""What other departments decide and pay: medical aid through the year, school aid before term, a refusal, money taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.seasons import spread, workday_from
from minsheng.district.staff import DISTRICT_OFFICER, caseworker
from minsheng.district.step import Body, Lesson

MEDICAL, SCHOOL = 24, 30
SCHOOL_SHARES = (0, 0, 1, 0, 0, 1, 3, 5, 3, 0, 0, 0)
FIRST_DAY, LATEST = date(2022, 1, 12), date(2022, 11, 30)
GROUPS = (Group.DIBAO, Group.EDGE, Group.RIGID, Group.CHILDREN)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of another department's aid for one need."""

    story: Story
    home: Household
    day: date
    category: str
    department: str
    net: int

    @property
    def path(self) -> str:
        return f"relief/special-aid/{self.story.id('case')}"

    @property
    def line(self) -> str:
        return f"$line-{self.story.name.replace('/', '-')}"

    def give(self, after: int, command: str, body: Body, *, window: int = 0, learn: tuple[Lesson, ...] = ()) -> None:
        """A command of the street's caseworker, some working days later."""
        day = workday_from(self.day, after)
        self.story.give(day, caseworker(self.home.street), f"{self.path}/{command}", body, window=window, learn=learn)


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Families with a status get medical aid, families with children school aid."""
    homes = [home for home in everybody.of(*GROUPS) if home.is_lasting]
    for number, day in enumerate(spread(scale.of(MEDICAL, 3))):
        case = _case(diary, homes[(number * 5 + 1) % len(homes)], day, f"medical-aid/{number}", "medical")
        _refused(case) if number == 2 else _paid(case, taken_back=number == 1)
    families = [home for home in homes if home.children]
    for number, day in enumerate(spread(scale.of(SCHOOL, 3), SCHOOL_SHARES)):
        _paid(_case(diary, families[number % len(families)], day, f"school-aid/{number}", "education"), taken_back=False)


def _case(diary: Diary, home: Household, day: date, name: str, category: str) -> Case:
    draw = chance(diary.seed, name)
    medical = category == "medical"
    net = draw.randrange(80_000, 900_000, 1_000) if medical else draw.randrange(100_000, 350_000, 10_000)
    department = "medical_security" if medical else "education"
    case = Case(diary.story(name), home, min(max(day, FIRST_DAY), LATEST), category, department, net)
    person = (home.children[0] if home.children and not medical else home.head).id
    need = f"relief/need/{case.story.id('need')}"
    gross = net * 5 if medical else net
    worker = caseworker(home.street)
    wanted = {"household_id": home.id, "category": category, "gross": gross, "person_id": person}
    case.story.give(case.day, worker, f"{need}/register", wanted)
    if medical:
        insured = {"line_id": case.story.id("insurance"), "payer": "basic_insurance", "amount": gross - net}
        case.story.give(case.day, worker, f"{need}/record-prior-payer", insured)
    asked = {"household_id": home.id, "need_id": case.story.id("need"), "scheme": f"{category}_aid", "person_id": person}
    case.give(0, "open-case", asked)
    return case


def _paid(case: Case, *, taken_back: bool) -> None:
    """Approved whole, paid, closed; of one payment the department takes a part back, and the need is open again."""
    decision = {
        "department": case.department,
        "decided_on": workday_from(case.day, 6).isoformat(),
        "amount_fen": case.net,
    }
    learned = Lesson(case.line, "relief.special-aid.subsidy-approved", "line_id")
    case.give(7, "record-decision", decision, learn=(learned,))
    case.give(12, "record-payment", {"line_id": case.line, "amount_fen": case.net})
    case.give(13, "close-case", {"code": "MET"})
    case.story.give(workday_from(case.day, 13), caseworker(case.home.street), f"relief/need/{case.story.id('need')}/close", {"code": "MET"})
    if taken_back:
        body = {"line_id": case.line, "amount_fen": case.net // 4}
        case.story.give(workday_from(case.day, 18), DISTRICT_OFFICER, f"{case.path}/reverse-payment", body, window=1)


def _refused(case: Case) -> None:
    """The department says no; the family bears it."""
    decision = {"department": case.department, "decided_on": workday_from(case.day, 6).isoformat()}
    case.give(7, "record-refusal", dict(decision))
    case.give(8, "close-case", {"code": "NOT_ELIGIBLE"})
