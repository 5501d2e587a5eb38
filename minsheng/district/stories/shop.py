"""Shop points: families with a status get a month's voucher and take rice for it in the charity shop of their street."""

from __future__ import annotations

from kit.identity import Role
from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.seasons import days_of
from minsheng.district.staff import CHARITY_OFFICER, clerk
from minsheng.district.stories.donations import lot_id

MONTHS = range(2, 13)
ISSUED_ON, USED_FROM, USED_DAYS = 1, 4, 10
"""Working days of the month: the day of issue, the first day of use, over how many days the families come."""
PIECES = 2


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Issued early in the month, used within it; one voucher is used up and asked for once more."""
    homes = [home for home in everybody.of(Group.DIBAO, Group.EDGE) if home.is_lasting][: scale.of(figures.SHOP_FAMILIES, 4)]
    for number, home in enumerate(homes):
        for month in MONTHS:
            _use(diary, home, number, month)
    _too_much(diary, homes[0])


def _use(diary: Diary, home: Household, number: int, month: int) -> None:
    story = diary.story(f"voucher/{home.number}/{month}")
    path = f"charity/voucher/{story.id()}"
    days = days_of(month)
    body = {"household_id": home.id, "month": f"2022-{month:02}"}
    story.give(days[ISSUED_ON], CHARITY_OFFICER, f"{path}/issue", body, window=2)
    taken = {"lot_id": lot_id(diary, home.street, month), "quantity": PIECES, "counter": 1}
    day = days[USED_FROM + number % USED_DAYS]
    story.give(day, clerk(Role.SHOP_CLERK, home.street), f"{path}/redeem", taken, window=2)


def _too_much(diary: Diary, home: Household) -> None:
    """More than a voucher holds is refused."""
    voucher = diary.story(f"voucher/{home.number}/6").id()
    story = diary.story(f"voucher-too-much/{home.number}")
    taken = {"lot_id": lot_id(diary, home.street, 6), "quantity": 150, "counter": 2}
    path = f"charity/voucher/{voucher}/redeem"
    story.give(days_of(6)[-2], clerk(Role.SHOP_CLERK, home.street), path, taken, window=2, refused="above_rest")
