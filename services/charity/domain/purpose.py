"""What a donor's restriction allows (R-CHA-03). Both tests look only at codes; a person's age or illness is not known in charity."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.terms import NeedCategory, Purpose

_NARROWER: Mapping[Purpose, frozenset[Purpose]] = {
    Purpose.GENERAL: frozenset(Purpose),
    Purpose.CHILDREN: frozenset({Purpose.CHILDREN_SERIOUS_ILLNESS}),
}
"""A donation may go into a fund that is as narrow as the donor's purpose or narrower, never into a wider one."""

_ALL = frozenset(NeedCategory)
_CATEGORIES: Mapping[Purpose, frozenset[NeedCategory]] = {
    Purpose.GENERAL: _ALL,
    Purpose.CHILDREN: _ALL - {NeedCategory.ELDER_CARE},
    Purpose.CHILDREN_SERIOUS_ILLNESS: frozenset({NeedCategory.MEDICAL}),
    Purpose.DISABILITY: _ALL,
    Purpose.ELDERS: _ALL - {NeedCategory.CHILD},
    Purpose.EPIDEMIC: _ALL,
    Purpose.EDUCATION: frozenset({NeedCategory.EDUCATION}),
}
"""The needs a fund may pay for. Where a purpose names a group of people, only the needs that are certainly another group's are out."""


def donation_fits(donation: Purpose, fund: Purpose) -> bool:
    """A donation of one purpose may go into a fund of the other without the donor's further consent (R-CHA-03)."""
    return donation is fund or fund in _NARROWER.get(donation, frozenset())


def similar(fund: Purpose, successor: Purpose) -> bool:
    """What a fund has left may go on to one of the same purpose, a narrower one, or the wider one it is a part of (R-CHA-04).

    A fund for everything is similar to none that has a purpose of its own.
    """
    return donation_fits(fund, successor) or (successor is not Purpose.GENERAL and donation_fits(successor, fund))


def need_fits(fund: Purpose, category: NeedCategory) -> bool:
    """A fund of the purpose may pay for a need of the category (R-CHA-03, DET-21)."""
    return category in _CATEGORIES[fund]
