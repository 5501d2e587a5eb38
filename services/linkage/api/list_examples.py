"""Examples of the three lists' pages. A test reads each back as its answer."""

from __future__ import annotations

from typing import Any

from services.linkage.api.examples import FRESH, fact

POLICIES: dict[str, Any] = {
    "on": "2022-06-01",
    "items": [
        {
            "id": "medical-aid",
            "title": "Medical aid after insurance",
            "title_zh": "医疗救助",
            "valid_from": "2022-01-01",
            "valid_to": None,
            "groups": ["dibao", "edge", "rigid", "tekun"],
            "groups_zh": ["低保", "低保边缘", "刚性支出困难", "特困"],
            "hukou": False,
            "needs": ["medical"],
            "needs_zh": ["医疗"],
            "dimensions": ["material"],
            "dimensions_zh": ["物质保障"],
            "layer": "L2",
            "layer_zh": "专项救助",
            "giver": "medical_security",
            "giver_zh": "医保局",
            "next_step": "tell_department",
            "next_step_zh": "转有关部门办理",
            "open_needs": 12,
        }
    ],
    "freshness": FRESH,
}
SERVICES: dict[str, Any] = {
    "on": "2022-06-01",
    "items": [
        {
            "id": "elder-meals",
            "title": "Subsidised lunches",
            "title_zh": "长者助餐",
            "valid_from": "2022-01-01",
            "valid_to": None,
            "groups": [],
            "groups_zh": [],
            "hukou": False,
            "needs": ["elder_care", "living"],
            "needs_zh": ["养老照护", "基本生活"],
            "dimensions": ["material", "service"],
            "dimensions_zh": ["物质保障", "生活服务"],
            "layer": "L2",
            "layer_zh": "专项救助",
            "giver": "eldercare",
            "giver_zh": "养老服务机构",
            "next_step": "refer_to_eldercare",
            "next_step_zh": "转介养老服务",
            "open_needs": 31,
        }
    ],
    "freshness": FRESH,
}
NEEDS: dict[str, Any] = {
    "on": "2022-06-01",
    "counts": {"open": 214, "with_match": 209, "without_match": 5},
    "items": [
        {
            "need_id": "0190a000-0000-8000-8000-000000000021",
            "household_id": "0190a000-0000-8000-8000-0000000000a1",
            "area": "440308003",
            "status": "edge",
            "status_zh": "低保边缘",
            "category": "medical",
            "category_zh": "医疗",
            "dimension": "material",
            "dimension_zh": "物质保障",
            "measure": "fen",
            "measure_zh": "元",
            "urgency": "yellow",
            "urgency_zh": "黄色",
            "matches": [
                {
                    "id": "medical-aid",
                    "kind": "policy",
                    "kind_zh": "政策",
                    "title": "Medical aid after insurance",
                    "title_zh": "医疗救助",
                    "layer": "L2",
                    "layer_zh": "专项救助",
                    "giver_zh": "医保局",
                    "next_step": "tell_department",
                    "next_step_zh": "转有关部门办理",
                }
            ],
            "no_match": False,
            "registered": fact(21, "relief.need.registered", "2022-03-01"),
        }
    ],
    "next": None,
    "freshness": FRESH,
}
TARGETS: dict[str, Any] = {
    "on": "2022-07-15",
    "campaign": {
        "campaign_id": "caring-2022",
        "kind": "caring",
        "kind_zh": "解忧暖心传党恩",
        "area": "440308",
        "groups": ["dibao", "edge", "child"],
        "groups_zh": ["低保", "低保边缘", "困境儿童家庭"],
        "opened_on": "2022-06-20",
        "closed_on": None,
    },
    "counts": {"targets": 44, "visited": 41, "not_visited": 3},
    "items": [
        {
            "household_id": "0190a000-0000-8000-8000-0000000000a1",
            "area": "440308003",
            "status": "edge",
            "status_zh": "低保边缘",
            "open": True,
            "added_on": "2022-06-21",
            "cadre": "cadre-017",
            "visited": False,
            "visited_zh": "未走访",
            "visited_on": None,
            "planned_on": "2022-07-20",
            "missed_reason": "nobody_home",
            "missed_reason_zh": "无人在家",
            "source": fact(31, "relief.visit-campaign.targets-added", "2022-06-21"),
        }
    ],
    "next": None,
    "freshness": FRESH,
}
ENTITLED: dict[str, Any] = {
    "on": "2022-06-01",
    "title": "households entitled by their status that have the benefit",
    "title_zh": "已认定对象中享受基本生活救助的比例",
    "ratio": {"entitled": 163, "with_benefit": 161, "without_benefit": 2, "share_permille": 987},
    "items": [
        {
            "household_id": "0190a000-0000-8000-8000-0000000000a1",
            "area": "440308003",
            "status": "dibao",
            "status_zh": "低保",
            "has_benefit": False,
            "has_benefit_zh": "未享受",
            "entitlement_id": None,
            "scheme": None,
            "scheme_zh": None,
            "source": fact(17, "relief.household.status-recognised", "2022-05-20"),
        }
    ],
    "next": None,
    "freshness": FRESH,
}
