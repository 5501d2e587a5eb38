"""Examples of the reports' pages. A test reads each back as its answer."""

from __future__ import annotations

from typing import Any

from services.linkage.api.examples import FRESH, fact

FIGURE: dict[str, Any] = {
    "id": "visited-persons",
    "title": "people visited",
    "title_zh": "走访群众",
    "item": "A03",
    "comparator": "~",
    "reported": 10_000,
    "counted": 9_870,
    "unit": "persons",
    "unit_zh": "人",
    "reported_text": "10,000",
    "counted_text": "9,870",
    "verdict": "borne_out",
    "verdict_zh": "相符",
    "query": "visit: persons",
    "list": "/reports/annual/2022/visited-persons/list",
}
ANNUAL: dict[str, Any] = {
    "year": 2022,
    "things": 62_015,
    "tiles": [{"have": "weak_supported", "have_zh": "弱有众扶", "things": 18_340}],
    "programmes": [
        {
            "id": "door-to-door",
            "title": "Door-to-door visiting",
            "title_zh": "进万家门、访万家情",
            "have": "weak_supported",
            "have_zh": "弱有众扶",
            "line": "basic_livelihood",
            "line_zh": "基本民生保障",
            "things": 10_236,
            "figures": [FIGURE],
        }
    ],
    "freshness": FRESH,
}
LIST: dict[str, Any] = {
    "figure": FIGURE,
    "items": [
        {
            "thing": "visit/0190a000-0000-8000-8000-000000000061",
            "on": "2022-01-12",
            "area": "440308003-qiaodong",
            "person_id": "0190a000-0000-8000-8000-000000000062",
            "household_id": None,
            "organisation_id": None,
            "code": "in_person",
            "people": ["cadre-17"],
            "times": 1,
            "fen": 0,
            "minutes": 0,
            "source": fact(63, "relief.visit.completed", "2022-01-12"),
        }
    ],
    "next": 1,
    "freshness": FRESH,
}
STREETS: dict[str, Any] = {
    "first": "2022-01-01",
    "last": "2022-12-31",
    "rows": [
        {
            "area": "440308003",
            "area_zh": "沙头角街道",
            "kind": "visit",
            "kind_zh": "走访",
            "things": 2_171,
            "times": 2_171,
            "persons": 2_171,
            "households": 58,
            "fen": 0,
            "hours": 0,
        }
    ],
    "freshness": FRESH,
}
_POINT: dict[str, Any] = {
    "meal_point_id": "qiaodong-canteen",
    "area": "440308003-qiaodong",
    "area_zh": "桥东社区",
    "kind": "canteen",
    "kind_zh": "长者食堂",
    "capacity_a_day": 80,
    "capacity": 1_840,
    "served": 1_104,
    "rate_permille": 600,
    "other_days": 12,
    "list": "/reports/meal-points/2022-03/qiaodong-canteen/list",
}
MEAL_POINTS: dict[str, Any] = {
    "month": "2022-03",
    "until": "2022-03-31",
    "points": [_POINT],
    "kinds": [
        {"kind": "canteen", "kind_zh": "长者食堂", "points": 1, "capacity": 1_840, "served": 1_104, "rate_permille": 600, "other_days": 12},
        {
            "kind": "catering_firm",
            "kind_zh": "社会餐饮企业",
            "points": 0,
            "capacity": 0,
            "served": 0,
            "rate_permille": None,
            "other_days": 0,
        },
    ],
    "freshness": FRESH,
}
MEALS: dict[str, Any] = {
    "point": _POINT,
    "items": [
        {
            "thing": "meal/0190a000-0000-8000-8000-000000000071",
            "on": "2022-03-01",
            "area": None,
            "person_id": None,
            "household_id": "0190a000-0000-8000-8000-0000000000a1",
            "organisation_id": None,
            "code": "qiaodong-canteen",
            "people": [],
            "times": 1,
            "fen": 1_500,
            "minutes": 0,
            "source": fact(71, "eldercare.meal-account.checked-in", "2022-03-01"),
        }
    ],
    "next": 100,
    "freshness": FRESH,
}
