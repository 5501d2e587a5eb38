"""Invented identities: nobody has these names together with these numbers, and no production policy accepts the numbers.

Citizen number: area 770308, which no province has. Mobile numbers begin with 000, landlines with 0755-0: neither is assigned. Addresses
lie on 示范路 (Demonstration Road) from number 900 up. Every given name begins with a character that says "example".
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

from kit.vault import invent_document_number

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
MARKS = "示范例样"
MEN, WOMEN = "安邦诚达恩方刚恒杰康朗铭宁平强仁顺泰伟祥", "安碧春芳桂荷慧洁娟兰丽梅宁萍琴蓉舒婷秀月"
FIRST_HOUSE_NUMBER = 900
LANDLINE_FROM_AGE = 60


class Identities:
    """Gives each person values that no other person of the year has."""

    def __init__(self) -> None:
        self._of_day: dict[tuple[date, bool], int] = defaultdict(int)
        self._phones = 0

    def values(self, born: date, *, male: bool, place_zh: str, house: int, chance: Random) -> dict[str, str]:
        """What the registry's vault is given. house: 0, 1, …: the household's place on its road."""
        sequence = self._of_day[born, male]
        self._of_day[born, male] += 1
        self._phones += 1
        given = chance.choice(MARKS) + chance.choice(MEN if male else WOMEN)
        return {
            "name": chance.choice(SURNAMES) + given,
            "document_number": invent_document_number(born, sequence, male=male),
            "phone": f"0755-0{self._phones:07}" if born.year < 2022 - LANDLINE_FROM_AGE else f"000{self._phones:08}",
            "address": f"{place_zh}社区示范路 {FIRST_HOUSE_NUMBER + house} 号",
        }
