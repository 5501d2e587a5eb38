"""Examples of the pages of the report on aid. A test reads each back as its answer."""

from __future__ import annotations

from typing import Any

from services.linkage.api.examples import FRESH, fact


def _money(fen: int, text: str) -> dict[str, Any]:
    return {"amount": fen, "measure": "fen", "text": text}


def _part(name: str, title_zh: str, money: dict[str, Any], list_value: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "title_zh": title_zh, "money": money, "list_value": list_value or _money(0, "0.00")}


_EFFICIENT: dict[str, Any] = {
    "id": "efficient",
    "title": "opinions answered within 15 days",
    "title_zh": "意见建议15日内答复的比例",
    "term_zh": "高效救助",
    "formula": "opinions_answered_soon / opinions",
    "part": 286,
    "whole": 318,
    "share_permille": 899,
    "list": "/reports/aid/efficient/list?from=2022-01-01&to=2022-12-31",
}
AID: dict[str, Any] = {
    "first": "2022-01-01",
    "last": "2022-12-31",
    "total": _part("total", "合计", _money(7_800_000, "78,000.00"), _money(12_000, "120.00")),
    "layers": [
        _part("L1", "常规救助", _money(0, "0.00")),
        _part("L2", "专项救助", _money(3_750_000, "37,500.00")),
        _part("L3", "临时救助", _money(1_638_000, "16,380.00")),
        _part("L4", "慈善救助", _money(2_412_000, "24,120.00"), _money(12_000, "120.00")),
    ],
    "channels": [
        _part("government", "政府", _money(5_388_000, "53,880.00")),
        _part("public_good", "公益", _money(0, "0.00"), _money(12_000, "120.00")),
        _part("charity", "慈善", _money(2_412_000, "24,120.00")),
    ],
    "schemes": [_part("charity", "慈善救助", _money(2_412_000, "24,120.00"))],
    "adds_up": True,
    "charity_after_government": {
        "given": _money(2_412_000, "24,120.00"),
        "after_decision": _money(2_412_000, "24,120.00"),
        "share_permille": 1000,
    },
    "measures": [_EFFICIENT],
    "freshness": FRESH,
}
MEASURE: dict[str, Any] = {
    "measure": _EFFICIENT,
    "items": [
        {
            "thing": "opinion/0190a000-0000-8000-8000-000000000064",
            "on": "2022-01-12",
            "area": "440308003-qiaodong",
            "person_id": None,
            "household_id": None,
            "organisation_id": None,
            "code": "answered",
            "people": ["cadre-17"],
            "times": 1,
            "fen": 0,
            "minutes": 0,
            "source": fact(64, "relief.opinion.collected", "2022-01-12"),
            "counts": True,
        }
    ],
    "next": 1,
    "freshness": FRESH,
}
