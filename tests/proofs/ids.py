"""The ids that docstrings name: which there are, how they are written, in which order they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of id. shape: a whole id of it.  about: what such an id is, in one sentence."""

    title: str
    shape: re.Pattern[str]
    about: str


KINDS: Final = (
    Kind("Items", re.compile(r"[A-J]\d{2}"), "What the district's report names, one by one, by its chapters."),
    Kind("Rules", re.compile(r"R-[A-Z]{2,3}-\d{2}"), "What a caseworker would expect, mostly from public law."),
    Kind("Worked cases", re.compile(r"SC-\d{2}"), "Whole stories with dates and amounts."),
    Kind("Flows", re.compile(r"SG-\d{2}"), "What runs over several steps or services, with its way back."),
    Kind("Detections", re.compile(r"DET-\d{2}"), "What the exception board (例外看板) shows."),
    Kind("Properties", re.compile(r"property \d+"), "What holds always, whatever happens in which order."),
    Kind("Rulings", re.compile(r"ruling \d+"), "What was decided where sources contradict each other or leave a choice."),
    Kind("Rulings of the design", re.compile(r"ruling \d+ of the design"), "Settled edges of the technical design."),
    Kind("Sections", re.compile(r"section \d\.\d"), "Parts of the specification that state a whole model and not a single rule."),
)

_CODES: Final = re.compile(r"\b(?:[A-J]\d{2}|R-[A-Z]{2,3}-\d{2}|(?:SC|SG|DET)-\d{2})\b")
_NUMBERS: Final = r"(\d+(?:(?:, | and )\d+)*)"
_PROPERTIES: Final = re.compile(rf"\bpropert(?:y|ies) {_NUMBERS}", re.IGNORECASE)
_RULINGS: Final = re.compile(rf"\brulings? {_NUMBERS}\b( of the design)?", re.IGNORECASE)
_SECTIONS: Final = re.compile(r"(?:\bsections? |^)(\d\.\d(?:(?:, | and )\d\.\d)*)\b", re.IGNORECASE)


def ids_in(text: str) -> set[str]:
    """Every id that a docstring names: `Rulings 6 and 22 of the design` are two; `3.9: …` at the beginning is a section."""
    found = set(_CODES.findall(text))
    for numbers in _PROPERTIES.findall(text):
        found |= {f"property {number}" for number in re.findall(r"\d+", numbers)}
    for numbers, design in _RULINGS.findall(text):
        found |= {f"ruling {number}{design.lower()}" for number in re.findall(r"\d+", numbers)}
    for numbers in _SECTIONS.findall(text):
        found |= {f"section {number}" for number in re.findall(r"\d\.\d", numbers)}
    return found


def kind_of(name: str) -> Kind | None:
    """The kind whose shape an id has; None when it is no id."""
    return next((kind for kind in KINDS if kind.shape.fullmatch(name)), None)


def natural(name: str) -> tuple[str | int, ...]:
    """A sort key: `ruling 9` before `ruling 10`, `R-CHA-02` before `R-TMP-01`."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))
