"""The first draft of an example: plausible values, the same on every machine. People polish the file; it is never written twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from contracts.envelope import Event, EventType
from contracts.generate.fields import hints_of, id_name, is_enum, item_of, optional_of
from contracts.ids import PATTERNS, UUID

CODES = {
    "AreaCode": "440308003-qiaodong",
    "FundId": "children-serious-illness",
    "ShopId": "zhongyi-home",
    "MealPointId": "qiaodong-canteen",
    "ActorId": "worker-1",
    "GoodsCode": "rice-5kg",
    "EventCause": "fire-2022-10-03",
    "OrganisationId": "52770308mjdem0014u",
    "CampaignId": "caring-2022",
    "RoundId": "control-area-2022-03-shatoujiao",
    "ExternalAidId": "leye-2022",
    "AssetId": "wheelchair-017",
    "SiteCode": "qiaodong-station",
    "InstitutionId": "yantian-welfare-home",
    "PackId": "TP-2022A@5f2c1e9a7b30",
    "Month": "2022-10",
}
SECOND_PERSON = re.compile(r"^(approved|signed|refused|confirmed)_by$")
LATER = re.compile(r"(_to|_until|_by|_due|^last_month|^review_month)$")
NUMBERS = {"amount_fen": 149_500, "gross": 409_500, "offered": 200_000, "amount": 149_500, "residual": 260_000, "members": 3, "points": 50}


class NoSample(Exception):
    """A code type has no sample value here."""


def sample(kind: EventType) -> Event:
    """An event with every field filled, none with its default, which would be left out of the message. Raises NoSample."""
    return _struct(kind.cls)


def _struct(cls: type[Event]) -> Event:
    defaults = {field.name: field.default for field in msgspec.structs.fields(cls)}
    return cls(**{name: _value(name, hint, defaults[name]) for name, hint in hints_of(cls).items()})


def _value(name: str, hint: Any, default: Any) -> Any:
    if (held := optional_of(hint)) is not None:
        return _value(name, held, default)
    if (item := item_of(hint)) is not None:
        return (_value(name.removesuffix("s"), item, msgspec.NODEFAULT),)
    if (named := id_name(hint)) is not None:
        return _id(name, named)
    if is_enum(hint):
        return _member(hint, default)
    return _plain(name, hint, default) if hint in PLAIN else _struct(hint)


def _plain(name: str, hint: Any, default: Any) -> Any:
    value = PLAIN[hint](name)
    if value != default:
        return value
    return not value if hint is bool else value + 1


def _id(field: str, named: str) -> str:
    """The same household stands in all examples; a second id of a type has a value of its own."""
    if PATTERNS[named] == UUID:
        own = _snake(named) == field
        return str(uuid5(NAMESPACE_URL, named if own else f"{named}/{field}"))
    if named == "ActorId" and SECOND_PERSON.search(field):
        return "approver-2"
    if named == "Month" and LATER.search(field):
        return "2023-09"
    if named not in CODES:
        raise NoSample(f"{named} has no sample value")
    return CODES[named]


def _member(enum: type[Enum], default: Any) -> Enum:
    """The first that is not the default."""
    return next(member for member in enum if member is not default)


def _number(field: str) -> int:
    return NUMBERS.get(field, 149_500 if field.endswith("_fen") else 1)


def _day(field: str) -> date:
    return date(2022, 12, 31) if LATER.search(field) else date(2022, 10, 3)


def _instant(field: str) -> datetime:
    return datetime(2022, 10, 10 if LATER.search(field) else 3, 10, tzinfo=UTC)


def _yes(_field: str) -> bool:
    return True


PLAIN: dict[type, Callable[[str], Any]] = {int: _number, bool: _yes, date: _day, datetime: _instant}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
