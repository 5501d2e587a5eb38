"""Examples of the API page: shortened answers about SC-07's household. A test reads each back as its answer."""

from __future__ import annotations

from typing import Any

_ID = "0190a000-0000-8000-8000-0000000000"
FRESH: dict[str, Any] = {
    "places": [
        {
            "source": "/minsheng/yantian/relief",
            "partition": 2,
            "position": 41,
            "recorded_at": "2022-05-12T07:01:00Z",
            "lag": 0,
            "seen_at": "2022-05-12T07:01:00Z",
        },
    ],
    "incomplete": False,
    "answered_at": "2022-05-12T07:01:01Z",
}


def _fen(amount: int, text: str) -> dict[str, Any]:
    return {"amount": amount, "measure": "fen", "text": text}


_NOTHING = _fen(0, "0.00")


def fact(number: int, kind: str, day: str) -> dict[str, Any]:
    return {
        "event_id": f"{_ID}{number}",
        "type": kind,
        "on": day,
        "occurred_at": f"{day}T02:00:00Z",
        "recorded_at": f"{day}T02:00:00Z",
    }


_LINE: dict[str, Any] = {
    "line_id": f"{_ID}52",
    "layer": "L4",
    "layer_zh": "慈善救助",
    "scheme": "charity",
    "scheme_zh": "慈善救助",
    "giver": {"kind": "allocation", "kind_zh": "慈善拨付", "id": f"{_ID}52", "name": "second-donor", "name_zh": "second-donor"},
    "offered": _fen(600_000, "6,000.00"),
    "states": {"planned": _NOTHING, "committed": _NOTHING, "delivered": _fen(412_000, "4,120.00"), "returned": _NOTHING},
    "residual_after": _NOTHING,
    "said": None,
    "source": fact(91, "relief.need.coverage-committed", "2022-05-12"),
    "facts": [fact(91, "relief.need.coverage-committed", "2022-05-12")],
}
_SLOT: dict[str, Any] = {
    "month": None,
    "gross": _fen(28_600_000, "286,000.00"),
    "prior_payers": [
        {
            "line_id": f"{_ID}31",
            "payer": "basic_insurance",
            "payer_zh": "基本医保",
            "amount": _fen(16_000_000, "160,000.00"),
            "source": fact(92, "relief.need.prior-payer-recorded", "2022-04-05"),
        }
    ],
    "net": _fen(7_800_000, "78,000.00"),
    "lines": [_LINE],
    "residual": _NOTHING,
}
_NEED: dict[str, Any] = {
    "need_id": f"{_ID}21",
    "category": "medical",
    "category_zh": "医疗",
    "dimension": "material",
    "dimension_zh": "物质保障",
    "measure": "fen",
    "measure_zh": "元",
    "period": "event",
    "urgency": "yellow",
    "urgency_zh": "黄色",
    "person_id": None,
    "closed_as": None,
    "closed_as_zh": None,
    "residual": _NOTHING,
    "slots": [_SLOT],
    "refused": [],
    "cases": [],
    "referral_ids": [],
    "source": fact(93, "relief.need.registered", "2022-04-01"),
}
CHAIN: dict[str, Any] = {
    "household_id": f"{_ID}a1",
    "area": "440308003",
    "area_zh": "沙头角街道",
    "as_of": "2022-05-12",
    "known_at": None,
    "closed": False,
    "status": "edge",
    "status_zh": "低保边缘",
    "statuses": [
        {
            "status": "edge",
            "status_zh": "低保边缘",
            "first_month": "2022-04",
            "last_month": None,
            "source": fact(94, "relief.household.status-recognised", "2022-03-15"),
        }
    ],
    "members": [
        {
            "person_id": f"{_ID}13",
            "present": True,
            "stays": [{"joined_on": "2022-03-01", "left_on": None, "reason": None}],
            "died_on": None,
            "death_certainty": None,
        }
    ],
    "needs": [_NEED],
    "outside": [],
    "referrals": [],
    "reviews": [],
    "alerts": [],
    "freshness": FRESH,
}


def _cell(layer: str, zh: str, delivered: dict[str, Any], share: int | None) -> dict[str, Any]:
    return {
        "layer": layer,
        "layer_zh": zh,
        "committed": _NOTHING,
        "delivered": delivered,
        "share_permille": share,
        "list_value": _NOTHING,
    }


def _channel(channel: str, zh: str, delivered: dict[str, Any]) -> dict[str, Any]:
    return {"channel": channel, "channel_zh": zh, "committed": _NOTHING, "delivered": delivered, "list_value": _NOTHING}


_ROW: dict[str, Any] = {
    "category": "medical",
    "category_zh": "医疗",
    "measure": "fen",
    "month": "2022-04",
    "gross": _fen(28_600_000, "286,000.00"),
    "need": _fen(7_800_000, "78,000.00"),
    "residual": _NOTHING,
    "layers": [
        _cell("L1", "常规救助", _NOTHING, 0),
        _cell("L2", "专项救助", _fen(3_750_000, "37,500.00"), 480),
        _cell("L3", "临时救助", _fen(1_638_000, "16,380.00"), 210),
        _cell("L4", "慈善救助", _NOTHING, 0),
    ],
    "channels": [
        _channel("government", "政府", _fen(5_388_000, "53,880.00")),
        _channel("public_good", "公益", _NOTHING),
        _channel("charity", "慈善", _NOTHING),
    ],
}
COVERAGE: dict[str, Any] = {
    "household_id": f"{_ID}a1",
    "first_month": "2022-04",
    "last_month": "2022-05",
    "rows": [_ROW],
    "sums": [{**_ROW, "category": None, "category_zh": "合计", "month": None}],
    "charity_after_government": {
        "given": _fen(2_412_000, "24,120.00"),
        "after_decision": _fen(2_412_000, "24,120.00"),
        "share_permille": 1_000,
    },
    "freshness": FRESH,
}
EXCEPTIONS: dict[str, Any] = {
    "items": [
        {
            "id": f"{_ID}a1~DET-01~{_ID}21~1648778400000",
            "detection": "DET-01",
            "title_zh": "需求有缺口且无人跟进",
            "kind": "gap",
            "kind_zh": "缺口",
            "scope": f"{_ID}a1",
            "household_id": f"{_ID}a1",
            "area": "440308003",
            "subject": f"{_ID}21",
            "owner": "caseworker",
            "owner_zh": "街道经办",
            "next_step": "refer_or_open_case",
            "next_step_zh": "转介或立案",
            "limit": {"unit": "workdays", "count": 3, "text_zh": "3个工作日"},
            "turns": [{"at": "2022-04-17T16:00:00Z", "owner": "district_officer", "owner_zh": "区级经办"}],
            "began": "2022-04-01T02:00:00Z",
            "since": "2022-04-07T16:00:00Z",
            "until": None,
            "age_hours": 26,
            "details": {"category": "medical", "measure": "fen", "residual": 7_800_000},
        }
    ],
    "next": None,
    "freshness": FRESH,
}
TRACE: dict[str, Any] = {
    "fund_id": "children-illness",
    "purpose": "children_serious_illness",
    "purpose_zh": "儿童大病",
    "received": _fen(5_000_000, "50,000.00"),
    "reserved": _NOTHING,
    "spent": _fen(2_000_000, "20,000.00"),
    "available": _fen(3_000_000, "30,000.00"),
    "taken_back": _NOTHING,
    "donations": [
        {
            "donation_id": f"{_ID}95",
            "donor_id": None,
            "received": _fen(5_000_000, "50,000.00"),
            "reserved": _NOTHING,
            "spent": _fen(2_000_000, "20,000.00"),
            "available": _fen(3_000_000, "30,000.00"),
            "taken_back": _NOTHING,
            "claim": _NOTHING,
            "receipt": "issued",
            "spendings": [
                {
                    "category": "medical",
                    "category_zh": "医疗",
                    "reserved": _NOTHING,
                    "spent": _fen(2_000_000, "20,000.00"),
                    "allocation_id": None,
                    "household_id": None,
                    "facts": [],
                }
            ],
        }
    ],
    "freshness": FRESH,
}
EVENT: dict[str, Any] = {
    "event": {
        "id": f"{_ID}91",
        "type": "relief.need.coverage-committed",
        "stream": f"need/{_ID}21",
        "version": 8,
        "source": "/minsheng/yantian/relief",
        "position": 41,
        "occurred_at": "2022-05-12T02:00:00Z",
        "recorded_at": "2022-05-12T02:00:00Z",
        "effective_from": None,
        "actor": "system.coverage",
        "authority": "system",
        "pack_id": None,
        "command": "offer",
        "correlation_id": f"{_ID}96",
        "causation_id": f"{_ID}97",
        "data": {"need_id": f"{_ID}21", "line_id": f"{_ID}52", "layer": "L4", "offered": 600_000, "amount": 412_000},
    },
    "cause": None,
    "effects": [],
    "freshness": FRESH,
}
