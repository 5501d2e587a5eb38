"""The people and parts that act, and the roles they act in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """What somebody is employed to do. Each member holds its wire name, its Chinese title and what it is for."""

    title_zh: str
    meaning: str

    CASEWORKER = ("caseworker", "街道经办", "takes applications, checks, visits and proposes, in the own street or community")
    APPROVER = ("approver", "审批", "signs what another person proposed; the second of the two people that money needs")
    DISTRICT_OFFICER = (
        "district_officer",
        "区级经办",
        "district-wide: schemes and quotas, payment runs, audits, transfers between streets",
    )
    CHARITY_OFFICER = ("charity_officer", "慈善经办", "donations, funds, projects and reservations of charity aid")
    SHOP_CLERK = ("shop_clerk", "慈善超市店员", "sells and hands out goods in the charity shop")
    CANTEEN_CLERK = ("canteen_clerk", "长者饭堂店员", "serves and books elders' meals")
    CARE_WORKER = ("care_worker", "居家养老护理员", "home-care orders, wheelchairs and visits of eldercare")
    ALARM_DESK = ("alarm_desk", "应急呼叫值守", "answers alarms of elders' devices day and night")
    REGISTRAR = ("registrar", "人户登记员", "persons, households and who belongs to whom")
    CIVIL_REGISTRAR = ("civil_registrar", "婚姻与社会组织登记员", "marriages, organisations, burials and boundaries")
    AUDITOR = ("auditor", "审计", "reads everything, also who read personal data; changes nothing")
    OPERATOR = ("operator", "运维", "parked messages, rebuilds and keys; sees no personal data")
    READER = ("reader", "只读", "front-ends and other bureaus that read views")
    SYSTEM = ("system", "系统", "reactions and timers of the program itself; never accepted from a token")

    def __new__(cls, name: str, title_zh: str = "", meaning: str = "") -> Self:
        role = str.__new__(cls, name)
        role._value_ = name
        role.title_zh = title_zh
        role.meaning = meaning
        return role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an id without personal meaning (it is written into events), roles, and the area code of the office."""

    id: str
    roles: frozenset[Role]
    area: str


def system_actor(name: str) -> Actor:
    """The program itself, as reaction or timer `name`. No token's subject may begin like its id."""
    return Actor(id=f"system.{name}", roles=frozenset({Role.SYSTEM}), area="")
