"""Donations: 4,560,000.00 yuan in the months' shares, money and goods (at list value) together; 612,000.00 of them for disability care.

Goods come four times a year to each shop; all other donations are money and go into the fund of their purpose on the next working day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kit.identity import Role
from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import People
from minsheng.district.seasons import DONATIONS_PERCENT, days_of, split, workday_from
from minsheng.district.staff import CHARITY_OFFICER, clerk
from minsheng.district.stories.opening import FUNDS, SHOPS

DISABILITY_PERCENT = (8, 5, 20, 10, 15, 10, 5, 5, 10, 4, 4, 4)
"""Of the disability care fund: more in March and around the disabled persons' day in May."""
LOT_MONTHS = (1, 4, 7, 10)
RICE_PIECES, RICE_FEN = 200, 4_200
PURPOSES = ("general", "general", "children", "elders", "education", "children_serious_illness")
EPIDEMIC_PURPOSES = ("epidemic", "epidemic", "general", "children", "elders", "children_serious_illness")
EPIDEMIC_MONTHS = (3, 4, 9)
DONORS = 160
PLEDGED_EVERY = 35
STARTS = (("general", 100_000), ("education", 60_000))
"""The first donations of the year are large, in yuan, so that the funds can answer from the beginning."""


@dataclass(frozen=True, slots=True)
class Gift:
    """One donation of money."""

    day: date
    purpose: str
    fen: int


def tell(diary: Diary, _everybody: People, scale: Scale) -> None:
    """Goods first, then money; every fifth donor gives again and again."""
    _goods(diary)
    for number, gift in enumerate(_gifts(diary.seed, scale)):
        _money(diary, number, gift)


def lot_id(diary: Diary, street: str, month: int) -> str:
    """The lot of rice that a street's shop gives out in a month."""
    quarter = max(start for start in LOT_MONTHS if start <= month)
    return diary.story(f"rice/{street}/{quarter}").id("lot")


def goods_fen() -> int:
    """The list value of all goods of the year."""
    return len(LOT_MONTHS) * len(SHOPS) * RICE_PIECES * RICE_FEN


def _goods(diary: Diary) -> None:
    for street, shop in SHOPS.items():
        for month in LOT_MONTHS:
            story = diary.story(f"rice/{street}/{month}")
            day = days_of(month)[4] if month == 1 else days_of(month)[0]
            gift = {
                "donor_id": diary.story("donors").id("company"),
                "kind": "goods",
                "amount_fen": RICE_PIECES * RICE_FEN,
                "purpose": "general",
            }
            story.give(day, CHARITY_OFFICER, f"charity/donation/{story.id('gift')}/receive", gift)
            lot = {
                "shop_id": shop,
                "donation_id": story.id("gift"),
                "goods": "rice-5kg",
                "quantity": RICE_PIECES,
                "list_price_fen": RICE_FEN,
            }
            path = f"charity/stock-lot/{story.id('lot')}/receive"
            story.give(day, clerk(Role.SHOP_CLERK, street), path, lot, window=1)


def _gifts(seed: int, scale: Scale) -> Iterator[Gift]:
    """Every yuan of the year: each month's total less its goods, disability care apart."""
    counts = split(scale.of(figures.DONATIONS, 48), DONATIONS_PERCENT)
    totals = split(figures.DONATED_FEN // 100, DONATIONS_PERCENT)
    disability = split(figures.DISABILITY_FUND_FEN // 100, DISABILITY_PERCENT)
    for month, (count, total, care) in enumerate(zip(counts, totals, disability, strict=True), start=1):
        goods = goods_fen() // len(LOT_MONTHS) // 100 if month in LOT_MONTHS else 0
        purposes = EPIDEMIC_PURPOSES if month in EPIDEMIC_MONTHS else PURPOSES
        wanted = [*(STARTS if month == 1 else ()), ("disability", care)]
        many = max(count - len(wanted), len(PURPOSES))  # each purpose gets something every month
        draw = chance(seed, f"donations/{month}")
        rest = total - goods - sum(yuan for _, yuan in wanted)
        shares = [draw.randrange(20, 400) for _ in range(many)]
        wanted += [(purposes[n % len(purposes)], yuan) for n, yuan in enumerate(split(rest, shares))]
        days = days_of(month)[3:-2]
        for n, (purpose, yuan) in enumerate(wanted):
            yield Gift(days[n * len(days) // len(wanted)], purpose, yuan * 100)


def _money(diary: Diary, number: int, gift: Gift) -> None:
    """Received, and in its fund the next working day; some were promised before."""
    story = diary.story(f"donation/{number}")
    path = f"charity/donation/{story.id('gift')}"
    terms = {
        "donor_id": diary.story("donors").id(f"{number * 7 % DONORS}"),
        "kind": "money",
        "amount_fen": gift.fen,
        "purpose": gift.purpose,
    }
    if number % PLEDGED_EVERY == PLEDGED_EVERY - 1:
        story.give(gift.day, CHARITY_OFFICER, f"{path}/pledge", terms)
    story.give(gift.day, CHARITY_OFFICER, f"{path}/receive", terms, window=1)
    into = {"fund_id": FUNDS[gift.purpose]}
    story.give(workday_from(gift.day, 1), CHARITY_OFFICER, f"{path}/allocate", into, window=1)
