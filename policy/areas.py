"""The administrative areas: district, streets, communities, and which contains which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from policy.documents import PolicyError, read, typed
from policy.values.shapes import Values

AREAS_FILE = Path(__file__).with_name("areas.yaml")


class UnknownArea(LookupError):
    """No area has this code."""


class AreaKind(StrEnum):
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


_SUFFIX = {AreaKind.DISTRICT: "区", AreaKind.STREET: "街道", AreaKind.COMMUNITY: "社区"}


@dataclass(frozen=True, kw_only=True)
class Area:
    """One area. `path` leads from the district down to the area itself; its length is how narrow the area is."""

    code: str
    kind: AreaKind
    zh: str
    en: str
    path: tuple[str, ...]

    @property
    def parent(self) -> str | None:
        """The code of the area around it; a district has none."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def title_zh(self) -> str:
        """The name as people write it: 沙头角街道, 桥东社区."""
        return self.zh + _SUFFIX[self.kind]


class _Community(Values):
    slug: Annotated[str, Field(pattern=r"^[a-z]+$")]
    zh: str
    en: str


class _Street(Values):
    code: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    zh: str
    en: str
    communities: tuple[_Community, ...]


class _District(Values):
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    zh: str
    en: str
    streets: tuple[_Street, ...]


class _Document(Values):
    version: int
    valid_from: date
    districts: tuple[_District, ...]


def _flat(district: _District) -> Iterable[Area]:
    yield Area(code=district.code, kind=AreaKind.DISTRICT, zh=district.zh, en=district.en, path=(district.code,))
    for street in district.streets:
        path = (district.code, street.code)
        yield Area(code=street.code, kind=AreaKind.STREET, zh=street.zh, en=street.en, path=path)
        for place in street.communities:
            code = f"{street.code}-{place.slug}"
            yield Area(code=code, kind=AreaKind.COMMUNITY, zh=place.zh, en=place.en, path=(*path, code))


@dataclass(frozen=True)
class Areas:
    """One version of the areas, by code."""

    version: int
    valid_from: date
    by_code: Mapping[str, Area]

    @classmethod
    def load(cls, file: Path = AREAS_FILE) -> Areas:
        """Read the areas. Raises PolicyError: a code twice, a street outside its district, a malformed document."""
        document = typed(file.name, _Document, read(file))
        by_code: dict[str, Area] = {}
        for area in (area for district in document.districts for area in _flat(district)):
            if area.code in by_code:
                raise PolicyError(f"{file.name}: {area.code}: stands twice")
            if area.kind is AreaKind.STREET and not area.code.startswith(area.path[0]):
                raise PolicyError(f"{file.name}: {area.code}: does not begin with its district's code {area.path[0]}")
            by_code[area.code] = area
        return cls(document.version, document.valid_from, by_code)

    def get(self, code: str) -> Area:
        """The area with this code. Raises UnknownArea."""
        try:
            return self.by_code[code]
        except KeyError:
            raise UnknownArea(f"no area has the code {code!r}") from None

    def contains(self, outer: str, inner: str) -> bool:
        """Whether `inner` is `outer` or lies in it. Raises UnknownArea for either."""
        return self.get(outer).code in self.get(inner).path

    def within(self, outer: str, kind: AreaKind) -> list[Area]:
        """The areas of one kind inside `outer` (itself included), in the order of the document. Raises UnknownArea."""
        self.get(outer)
        return [area for area in self.by_code.values() if area.kind is kind and outer in area.path]

    def street_of(self, code: str) -> Area | None:
        """The street an area lies in or is; None for a district. Raises UnknownArea."""
        path = self.get(code).path
        return self.by_code[path[1]] if len(path) > 1 else None
