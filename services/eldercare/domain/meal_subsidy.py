"""Who gets how much of a lunch paid (R-ELD-03). Groups and amounts come from the policy pack; ages from the month of birth."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.eldercare.meal_account import SubsidyGround
from contracts.ids import Month
from contracts.terms import Status
from policy import Pack


@dataclass(frozen=True, kw_only=True)
class Right:
    """The group an elder belongs to, and what it is paid at most a meal (fen)."""

    ground: SubsidyGround
    cap_fen: int


NO_RIGHT = Right(ground=SubsidyGround.NOT_ENTITLED, cap_fen=0)


def age_in(born: Month, month: Month) -> int:
    """Full years; a person is a year older from the first day of the month of birth on."""
    return (_months(month) - _months(born)) // 12


def right_in(month: Month, *, born: Month, hukou: bool, status: Status | None, policy: Pack) -> Right:
    """What the elder is entitled to in a month.

    Key groups from 60 with the status of the household, and centenarians without one: the higher cap; others from 70: the lower.
    Source: R-ELD-03 and the values added to TP-2022A.
    """
    age = age_in(born, month)
    if policy.meal_needs_hukou and not hukou:
        return NO_RIGHT
    if status in policy.meal_key_statuses and age >= policy.meal_key_age_from:
        return Right(ground=SubsidyGround.KEY_GROUP, cap_fen=policy.meal_key_fen)
    if age >= policy.meal_centenarian_age_from:
        return Right(ground=SubsidyGround.CENTENARIAN, cap_fen=policy.meal_key_fen)
    if age >= policy.meal_elder_age_from:
        return Right(ground=SubsidyGround.REGISTERED_ELDER, cap_fen=policy.meal_elder_fen)
    return NO_RIGHT


def _months(month: Month) -> int:
    return int(month[:4]) * 12 + int(month[5:])
