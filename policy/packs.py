"""Rule packs: which one holds on a date in an area, and under which id a decision took it.

A pack's id is its name and a hash of what it says (`TP-2022A@1f0c...`): values, start and areas with all that it `extends`. The end of its
validity is not part of it, so that closing an open pack when its successor is published leaves the ids in recorded decisions findable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from policy.areas import Areas, UnknownArea
from policy.documents import PolicyError, content_hash, read, typed
from policy.values import PolicyValues
from policy.values.shapes import Values

PACKS_FOLDER = Path(__file__).with_name("packs")

PackName = Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,20}$")]


class NoPolicy(LookupError):
    """No pack answers: the text says for which date and area (or id), and which packs there are."""


class _Document(Values):
    """What a pack's file says before its values are joined with those of its base."""

    pack: PackName
    extends: PackName | None = None
    valid_from: date
    valid_to: date | None = None
    areas: Annotated[tuple[str, ...], Field(min_length=1)]
    values: dict[str, Any]


class Pack(PolicyValues):
    """The values in force for some areas from `valid_from` to `valid_to`, both included; None is an open end."""

    id: str
    name: PackName
    valid_from: date
    valid_to: date | None
    areas: tuple[str, ...]

    def covers(self, day: date) -> bool:
        """Whether the pack is in force on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @model_validator(mode="after")
    def _codes_exist(self) -> Self:
        named = {code for pair in self.exclusive_schemes for code in pair} | self.publicity_exempt_schemes | self.basic_living_schemes
        named |= self.child_subsidy_difference_schemes | self.run_groups | self.public_good_schemes
        if unknown := sorted(named - set(self.scheme_layers)):
            raise ValueError(f"scheme_layers has no layer for {', '.join(unknown)}")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        return self


@dataclass(frozen=True)
class Packs:
    """All packs of an installation."""

    areas: Areas
    all: tuple[Pack, ...]

    @classmethod
    def load(cls, folder: Path = PACKS_FOLDER, areas: Areas | None = None) -> Packs:
        """Read every pack of a folder.

        Raises PolicyError, with file and key: a missing, unknown or malformed value, a float, a base that is not there, an area nobody
        knows, two packs for one area on one day.
        """
        areas = areas or Areas.load()
        documents = {path: typed(path.name, _Document, read(path)) for path in sorted(folder.glob("*.yaml"))}
        packs = {path: _pack(path.name, document, _by_name(documents)) for path, document in documents.items()}
        _refuse_unknown_areas(packs, areas)
        _refuse_overlaps(packs)
        return cls(areas, tuple(packs.values()))

    def at(self, day: date, area: str) -> Pack:
        """The pack in force on a Shanghai day in an area; a street's own pack beats its district's (B12). Raises NoPolicy."""
        try:
            path = self.areas.get(area).path
        except UnknownArea as error:
            raise NoPolicy(f"{error}; {self._known()}") from None
        for place in reversed(path):  # from the narrowest to the widest
            for pack in self.all:
                if place in pack.areas and pack.covers(day):
                    return pack
        raise NoPolicy(f"no policy pack for {day} in area {area}; {self._known()}")

    def by_id(self, pack_id: str) -> Pack:
        """The pack a decision names. Raises NoPolicy when it is not among the loaded ones, or was edited since."""
        for pack in self.all:
            if pack.id == pack_id:
                return pack
        raise NoPolicy(f"no policy pack has the id {pack_id}; {self._known()}")

    def _known(self) -> str:
        return "known: " + (
            "; ".join(f"{p.id} {p.valid_from}..{p.valid_to or 'open'} for {', '.join(p.areas)}" for p in self.all) or "none"
        )


def _by_name(documents: Mapping[Path, _Document]) -> dict[str, _Document]:
    by_name: dict[str, _Document] = {}
    for path, document in documents.items():
        if document.pack in by_name:
            raise PolicyError(f"{path.name}: pack: another file is called {document.pack} too")
        by_name[document.pack] = document
    return by_name


def _pack(source: str, document: _Document, by_name: Mapping[str, _Document]) -> Pack:
    values = _resolved(source, document, by_name)
    if unknown := sorted(set(values) - set(PolicyValues.model_fields)):
        raise PolicyError("\n".join(f"{source}: values.{key}: no such value" for key in unknown))
    said = {"name": document.pack, "valid_from": document.valid_from, "areas": sorted(document.areas)}
    pack_id = f"{document.pack}@{content_hash({**said, 'values': values})}"
    return typed(source, Pack, {**values, **said, "valid_to": document.valid_to, "id": pack_id})


def _resolved(source: str, document: _Document, by_name: Mapping[str, _Document]) -> dict[str, Any]:
    """The values of the chain of bases, each overridden key by key."""
    chain = [document]
    while (base := chain[-1].extends) is not None:
        if base not in by_name:
            raise PolicyError(f"{source}: extends: no pack is called {base}")
        if by_name[base] in chain:
            raise PolicyError(f"{source}: extends: {base} extends itself")
        chain.append(by_name[base])
    return {key: value for link in reversed(chain) for key, value in link.values.items()}


def _refuse_unknown_areas(packs: Mapping[Path, Pack], areas: Areas) -> None:
    for path, pack in packs.items():
        for area in pack.areas:
            if area not in areas.by_code:
                raise PolicyError(f"{path.name}: areas: no area has the code {area!r}")


def _refuse_overlaps(packs: Mapping[Path, Pack]) -> None:
    for (path, one), (other_path, other) in combinations(packs.items(), 2):
        shared = sorted(set(one.areas) & set(other.areas))
        if shared and _meet(one, other):
            raise PolicyError(f"{path.name} and {other_path.name}: valid_from/valid_to: both hold in {', '.join(shared)} on some days")


def _meet(one: Pack, other: Pack) -> bool:
    return one.covers(other.valid_from) or other.covers(one.valid_from)
