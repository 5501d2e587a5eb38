"""Shared wheelchairs: 70 of them, 4,200 loans; and stair climbers with their operators. Most chairs are back the same afternoon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, People, Person
from minsheng.district.places import STREET_PERCENT, Community, homes
from minsheng.district.seasons import workday_from, workdays
from minsheng.district.staff import DISTRICT_OFFICER, care_worker

DEPLOYED, FIRST_LOAN, LAST_LOAN = date(2022, 1, 6), date(2022, 1, 10), date(2022, 12, 22)
LATE_EVERY, FAULT_EVERY = 40, 600
ASKED_TWICE = 10
ASSISTS = 40
METHODS = ("code", "code", "card", "face")


@dataclass(frozen=True, slots=True)
class Chair:
    """One wheelchair and where it stands."""

    code: str
    place: Community

    @property
    def site(self) -> str:
        return f"{self.place.code}-station"


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    chairs = [Chair(f"wheelchair-{n + 1:03}", place) for n, place in enumerate(homes(scale.of(figures.WHEELCHAIRS, 6)))]
    for n, chair in enumerate(chairs):
        kind = "wheelchair_powered" if n % 5 == 4 else "wheelchair_fixed"
        body = {"kind": kind, "area": chair.place.code, "site": chair.site}
        diary.story(f"asset/{chair.code}").give(DEPLOYED, DISTRICT_OFFICER, f"eldercare/mobility-asset/{chair.code}/deploy", body)
    elders = [person for home in everybody.of(Group.ELDERS) for person in home.members if person.died_on is None]
    _lend(diary, chairs, elders, scale.of(figures.LOANS, 60))
    _help_on_stairs(diary, elders, scale)


def _lend(diary: Diary, chairs: list[Chair], elders: list[Person], loans: int) -> None:
    """Each chair has its turns some working days apart, so that even a late one is back before the next."""
    days = [day for day in workdays() if FIRST_LOAN <= day <= LAST_LOAN]
    turns = -(-loans // len(chairs))
    for number in range(loans):
        turn, n = divmod(number, len(chairs))
        day = days[turn * len(days) // turns]
        borrower = elders[(number * 13 + 5) % len(elders)]
        _loan(diary, chairs[n], borrower, day, number, is_last=number == loans - 1)


def _loan(diary: Diary, chair: Chair, borrower: Person, day: date, number: int, *, is_last: bool) -> None:
    story = diary.story(f"loan/{number}")
    by, path = care_worker(chair.place.street), f"eldercare/loan/{story.id()}"
    taken = {"asset_id": chair.code, "person_id": borrower.id, "method": METHODS[number % len(METHODS)]}
    story.give(day, by, f"{path}/unlock", taken)
    if number == ASKED_TWICE:
        again = diary.story("chair-asked-for-twice")
        again.give(day, by, f"eldercare/loan/{again.id()}/unlock", taken, window=1, refused="on_loan")
    if is_last:
        story.give(workday_from(day, 3), by, f"{path}/report-lost", window=2)
        retired = f"eldercare/mobility-asset/{chair.code}/retire"
        story.give(workday_from(day, 4), DISTRICT_OFFICER, retired, {"reason": "lost"}, window=2)
        return
    back = workday_from(day, 2) if number % LATE_EVERY == 7 else day
    story.give(back, by, f"{path}/give-back", {"area": chair.place.code, "site": chair.site}, window=2)
    if number % FAULT_EVERY == 20:
        asset = f"eldercare/mobility-asset/{chair.code}"
        story.give(back, by, f"{asset}/report-fault", {"fault": "brake"}, window=3)
        story.give(workday_from(back, 1), by, f"{asset}/repair", window=0)


def _help_on_stairs(diary: Diary, elders: list[Person], scale: Scale) -> None:
    """One stair climber a street, one trained operator each; booked the day before."""
    streets = tuple(STREET_PERCENT)
    for street in streets:
        code = f"stair-climber-{street}"
        story = diary.story(f"asset/{code}")
        body = {"kind": "stair_climber", "area": street, "site": f"{street}-station"}
        story.give(DEPLOYED, DISTRICT_OFFICER, f"eldercare/mobility-asset/{code}/deploy", body)
        operator = care_worker(street).actor
        story.give(DEPLOYED, DISTRICT_OFFICER, f"eldercare/operator-training/{operator}/pass-training")
    count = scale.of(ASSISTS, 4)
    days = [day for day in workdays() if FIRST_LOAN <= day <= LAST_LOAN]
    for number in range(count):
        street = streets[number % len(streets)]
        by, day = care_worker(street), days[number * len(days) // count]
        story = diary.story(f"assist/{number}")
        booked = {
            "asset_id": f"stair-climber-{street}",
            "person_id": elders[(number * 29 + 3) % len(elders)].id,
            "operator_id": by.actor,
            "day": workday_from(day, 1).isoformat(),
            "part": "afternoon",
        }
        path = f"eldercare/assist/{story.id()}"
        story.give(day, by, f"{path}/book", booked, window=2)
        if number % 10 == 9:
            story.give(workday_from(day, 1), by, f"{path}/cancel", {"reason": "own_wish"})
        else:
            story.give(workday_from(day, 1), by, f"{path}/complete", window=3)
