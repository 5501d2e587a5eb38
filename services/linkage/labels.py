"""The Chinese term beside each code, where people see it (`contracts/terms.py` holds the codes)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contracts.eldercare.meal_point import MealPointKind
from contracts.eldercare.mobility_asset import AssetKind
from contracts.relief.need import CoverageRefusal
from contracts.relief.referral import Progress, ReferralLevel, ReferralStage
from contracts.relief.visit import MissedReason
from contracts.relief.visit_campaign import CampaignKind, TargetGroup
from contracts.terms import (
    ClosingCode,
    Department,
    Dimension,
    Layer,
    Measure,
    NeedCategory,
    PriorPayer,
    Purpose,
    Receiver,
    Scheme,
    Status,
    TempAidKind,
    Urgency,
)
from kit.money import yuan
from services.linkage.detections.limits import Limit, LimitUnit
from services.linkage.giving import GiverKind
from services.linkage.kpis.catalogue import KpiTerm
from services.linkage.matrix import Channel
from services.linkage.offers.catalogue import Group, OfferGiver, OfferKind, OfferStep
from services.linkage.programmes.catalogue import Have, Line, Unit
from services.linkage.programmes.figures import Verdict
from services.linkage.views.counted import Counts
from services.linkage.views.mobility_unit import UnitState

OUTSIDE_ZH = "需求之外"

_ZH: Mapping[type[StrEnum], Mapping[str, str]] = {
    Have: {
        "weak_supported": "弱有众扶", "old_cared_for": "老有颐养", "young_protected": "少有善护", "communities_well_governed": "社区有善治",
        "society_takes_part": "社会有参与", "services_of_quality": "服务有品质",
    },
    Line: {"basic_livelihood": "基本民生保障", "grassroots_governance": "基层社会治理"},
    Unit: {
        "persons": "人", "person_times": "人次", "households": "户", "items": "条", "sessions": "场", "kinds": "项", "counties": "县",
        "organisations": "家", "units": "台", "cases": "起", "fen": "元", "hours": "小时",
    },
    Verdict: {"borne_out": "相符", "short": "不足", "above": "超出"},
    Counts: {
        "campaign": "走访行动", "visit": "走访", "opinion": "意见建议", "pairing": "结对帮扶", "signal": "线索", "screening_round": "排查",
        "screening": "排查人次", "household": "新建住户", "need": "需求", "referral": "转介", "regular_payment": "常规救助发放",
        "special_payment": "专项救助发放", "temporary_payment": "临时救助发放", "donation": "捐赠", "charity_payment": "慈善救助发放",
        "grant_payment": "社会组织资助", "shop_goods": "慈善超市物资", "kitchen_meal": "爱心厨房餐食", "charity_activity": "慈善活动",
        "volunteer_session": "志愿服务活动", "volunteer_shift": "志愿服务时长", "external_aid": "对口帮扶", "disclosure": "信息公开",
        "device": "智能养老设备", "alarm": "应急呼叫", "mobility_asset": "助行器具", "loan": "助行借用", "care_visit": "巡访关爱",
        "care_bed": "家庭养老床位", "meal": "长者助餐", "safety_training": "安全培训", "safety_accident": "安全责任事故",
        "organisation": "社会组织", "death": "死亡",
    },
    MealPointKind: {"canteen": "长者食堂", "catering_firm": "社会餐饮企业"},
    AssetKind: {"wheelchair_fixed": "固定轮椅", "wheelchair_powered": "机动轮椅", "stair_climber": "爬楼机"},
    UnitState: {"free": "可借", "on_loan": "借出", "overdue": "逾期未还", "missing": "遗失", "faulty": "故障"},
    Layer: {"L1": "常规救助", "L2": "专项救助", "L3": "临时救助", "L4": "慈善救助"},
    NeedCategory: {
        "living": "基本生活", "medical": "医疗", "education": "教育", "housing": "住房", "employment": "就业", "disability": "残疾",
        "child": "儿童", "elder_care": "养老照护", "psychological": "心理", "legal": "法律", "disaster": "受灾", "inclusion": "社会融入",
    },
    Dimension: {"material": "物质保障", "service": "生活服务", "spirit": "精神需求", "ability": "能力提升"},
    Measure: {"fen": "元", "minute": "分钟", "session": "次", "meal": "餐", "item": "件", "visit": "次探访"},
    Urgency: {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"},
    Status: {"tekun": "特困", "dibao": "低保", "edge": "低保边缘", "rigid": "刚性支出困难", "other": "其他低收入"},
    Scheme: {
        "dibao": "最低生活保障", "tekun": "特困人员救助供养", "medical_aid": "医疗救助", "education_aid": "教育救助",
        "housing_aid": "住房救助", "disability_aid": "残疾人救助", "child_subsidy": "困境儿童补贴", "temporary_aid": "临时救助",
        "charity": "慈善救助", "shop_points": "慈善超市积分", "meal_subsidy": "长者助餐补贴",
    },
    PriorPayer: {
        "basic_insurance": "基本医保", "critical_illness_insurance": "大病保险", "commercial_insurance": "商业保险",
        "liable_party": "责任方", "other": "其他",
    },
    Department: {
        "medical_security": "医保局", "education": "教育局", "housing": "住建局", "human_resources": "人社局",
        "emergency_management": "应急管理局", "disabled_persons_federation": "残联", "civil_affairs": "民政局",
    },
    TempAidKind: {"emergency": "急难型", "expenditure": "支出型"},
    ClosingCode: {
        "MET": "已满足", "PARTLY_MET": "部分满足", "NOT_ELIGIBLE": "不符合条件", "NO_SUPPLY": "无资源", "WITHDRAWN_BY_PERSON": "本人撤回",
        "MOVED": "迁出", "DECEASED": "去世", "DUPLICATE": "重复", "SPLIT": "分户", "MERGED": "并户",
    },
    Receiver: {"charity": "慈善", "eldercare": "养老"},
    Purpose: {
        "general": "不限定", "children": "儿童", "children_serious_illness": "儿童大病", "disability": "助残", "elders": "助老",
        "epidemic": "抗疫", "education": "助学",
    },
    ReferralStage: {
        "proposed": "拟转介", "sent": "已转介", "accepted": "已接收", "in_service": "服务中", "declined": "已拒绝", "returned": "已退回",
        "expired": "已超时", "withdrawn": "已撤回", "closed": "已结案",
    },
    ReferralLevel: {"street": "街道负责人", "district": "区级负责人", "bureau": "局领导"},
    Progress: {"on_course": "按计划", "delayed": "有延误", "blocked": "受阻"},
    CoverageRefusal: {
        "nothing_left": "无缺口", "need_closed": "需求已结案", "other_measure": "计量单位不同", "unknown_need": "需求不存在",
    },
    CampaignKind: {
        "all_households": "进万家门、访万家情", "spring_festival": "春节慰问", "caring": "解忧暖心传党恩", "child": "六一走访",
        "contact": "挂点服务走访", "mid_autumn": "中秋慰问", "elders_day": "重阳走访",
    },
    TargetGroup: {
        "tekun": "特困", "dibao": "低保", "edge": "低保边缘", "rigid": "刚性支出困难", "child": "困境儿童家庭", "disabled": "残疾人",
        "elder_alone": "独居、空巢老人", "everybody": "全体居民",
    },
    MissedReason: {
        "not_made": "未走访", "nobody_home": "无人在家", "refused": "本人谢绝", "area_closed": "封控", "moved": "已搬离",
    },
    KpiTerm: {"precise": "精准救助", "efficient": "高效救助", "warm": "温暖救助", "smart": "智慧救助"},
    OfferKind: {"policy": "政策", "service": "服务"},
    Group: {
        "tekun": "特困", "dibao": "低保", "edge": "低保边缘", "rigid": "刚性支出困难", "other": "其他低收入", "unrecognised": "未认定",
    },
    OfferGiver: {
        "civil_affairs": "民政局", "street": "街道办事处", "medical_security": "医保局", "education": "教育局", "housing": "住建局",
        "human_resources": "人社局", "emergency_management": "应急管理局", "disabled_persons_federation": "残联", "justice": "司法局",
        "charity": "慈善会", "charity_shop": "慈善超市", "eldercare": "养老服务机构", "social_work": "社工站", "volunteers": "志愿者组织",
    },
    OfferStep: {
        "apply_at_street": "协助在街道申请", "tell_department": "转有关部门办理", "open_temp_aid": "启动临时救助",
        "refer_to_charity": "转介慈善", "refer_to_eldercare": "转介养老服务", "issue_points": "发放积分券",
        "send_social_worker": "安排社工", "ask_volunteers": "对接志愿者",
    },
    Channel: {"government": "政府", "public_good": "公益", "charity": "慈善"},
    GiverKind: {
        "entitlement": "常规救助待遇", "special_aid": "专项救助个案", "temp_aid": "临时救助个案", "allocation": "慈善拨付",
        "voucher": "慈善超市积分券", "kitchen": "爱心厨房", "meal_account": "助餐账户", "unknown": "待同步",
    },
}  # fmt: skip


def zh(code: StrEnum) -> str:
    """The Chinese term of a code of a closed list. Raises KeyError for a list without terms."""
    return _ZH[type(code)][code.value]


def name_zh(code: str | None) -> str | None:
    """The Chinese term of a giver's name (a department, a kind of temporary aid, a scheme); a fund's or shop's code stays as it is."""
    found = (_ZH[kind][code] for kind in (Department, TempAidKind, Scheme) if code is not None and code in _ZH[kind])
    return next(found, code)


def amount_text(value: int, measure: Measure) -> str:
    """An amount as people write it: `4,120.00` yuan for fen, else the number with its unit."""
    return yuan(value) if measure is Measure.FEN else f"{value} {zh(measure)}"


_DETECTION_ZH = {
    "DET-01": "需求有缺口且无人跟进",
    "DET-02": "已认定困难但未享受基本生活救助",
    "DET-05": "残疾人康复等需求逾期未落实",
    "DET-06": "退出或未获批家庭再现困难预警未核查",
    "DET-07": "一人享受两项基本生活救助",
    "DET-08": "同一事由重复临时救助",
    "DET-09": "救助超过需求",
    "DET-12": "复核逾期",
    "DET-13": "转介逾期未处理",
    "DET-14": "意见建议逾期未答复",
    "DET-14-signal": "线索逾期未处置",
    "DET-14-disclosure": "慈善信息逾期未公开",
    "DET-14-query": "捐赠人查询逾期未答复",
    "DET-14-contact": "挂点联系人离岗逾期未另行指定",
    "DET-14-death": "死亡联动事项逾期未办结",
    "DET-14-cure": "社会组织整改期满未处理",
    "DET-14-alarm": "应急呼叫超时未处置",
    "DET-15": "特殊老年人逾期未探访",
    "DET-16": "设备失联",
    "DET-17": "向已去世人员发放",
    "DET-23": "去世后仍有用餐记录",
    "DET-23-device": "去世后设备仍有活动",
    "DET-25": "急难救助材料逾期未补",
}
_KIND_ZH = {"gap": "缺口", "overlap": "重复", "stale": "超期", "error": "差错", "process": "程序"}
_NEXT_ZH = {
    "offer_benefit": "告知并协助申请",
    "start_service": "落实服务",
    "check_again": "重新核查",
    "answer_or_raise": "答复或上报",
    "publish": "予以公开",
    "visit": "上门探访",
    "refer_or_open_case": "转介或立案",
    "hold_and_decide": "暂停发放并裁定",
    "stop_second_grant": "停发第二笔",
    "review_and_release": "复核并释放预留",
    "review_entitlement": "复核待遇",
    "answer_or_reroute": "催办或改派",
    "stop_and_recover": "停发并追回",
    "clear_data": "核实数据",
    "complete_papers": "补齐材料并签字",
    "name_contact": "另行指定联系人",
    "finish_steps": "办结未完事项",
    "act_on_alarm": "立即处置",
    "decide_organisation": "决定恢复或撤销登记",
}
_LIMIT_ZH = {
    LimitUnit.AT_ONCE: "立即",
    LimitUnit.HOURS: "{}小时",
    LimitUnit.DAYS: "{}日",
    LimitUnit.WORKDAYS: "{}个工作日",
    LimitUnit.DAY_END: "当日24时",
    LimitUnit.NAMED: "以记录的期限为准",
}


def limit_text_zh(limit: Limit) -> str:
    """How long a condition may hold before it is a finding."""
    return _LIMIT_ZH[limit.unit].format(limit.count)


def finding_zh(rule: str) -> str:
    """The title of a detection, by its rule's name."""
    return _DETECTION_ZH[rule]


def kind_zh(kind: str) -> str:
    """The kind of a finding."""
    return _KIND_ZH[kind]


def next_step_zh(step: str) -> str:
    """What the owner of a finding is to do."""
    return _NEXT_ZH[step]
