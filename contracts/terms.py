"""The domain's closed word lists. One word per idea; the Chinese term stands beside it."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """The four layers of aid (R-LAY-01): 常规、专项、临时、慈善."""

    REGULAR = "L1"
    SPECIAL = "L2"
    TEMPORARY = "L3"
    CHARITY = "L4"


class NeedCategory(StrEnum):
    """What a household lacks (section 3.5)."""

    LIVING = "living"  # 基本生活
    MEDICAL = "medical"  # 医疗
    EDUCATION = "education"  # 教育
    HOUSING = "housing"  # 住房
    EMPLOYMENT = "employment"  # 就业
    DISABILITY = "disability"  # 残疾
    CHILD = "child"  # 儿童
    ELDER_CARE = "elder_care"  # 养老照护
    PSYCHOLOGICAL = "psychological"  # 心理
    LEGAL = "legal"  # 法律
    DISASTER = "disaster"  # 受灾
    INCLUSION = "inclusion"  # 社会融入


class Dimension(StrEnum):
    """The four dimensions of an assessment (B18): 物质保障、生活服务、精神需求、能力提升."""

    MATERIAL = "material"
    SERVICE = "service"
    SPIRIT = "spirit"
    ABILITY = "ability"


class Measure(StrEnum):
    """What a need is measured in; coverage in another measure never reduces it (ruling 12)."""

    FEN = "fen"
    MINUTE = "minute"
    SESSION = "session"
    MEAL = "meal"
    ITEM = "item"
    VISIT = "visit"


class Period(StrEnum):
    """A `month` need is a series with a residual for every month; an `event` need has one over its whole life (ruling 2)."""

    MONTH = "month"
    EVENT = "event"


class Urgency(StrEnum):
    """The four colours (R-MON-07, ruling 14)."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class Status(StrEnum):
    """The primary status of a low-income household (R-LAY-03)."""

    TEKUN = "tekun"  # 特困
    DIBAO = "dibao"  # 低保
    EDGE = "edge"  # 低保边缘
    RIGID = "rigid"  # 刚性支出困难
    OTHER = "other"


class Scheme(StrEnum):
    """A scheme that pays. Its layer is data of the policy pack (ruling 13)."""

    DIBAO = "dibao"
    TEKUN = "tekun"
    MEDICAL_AID = "medical_aid"
    EDUCATION_AID = "education_aid"
    HOUSING_AID = "housing_aid"
    DISABILITY_AID = "disability_aid"
    CHILD_SUBSIDY = "child_subsidy"
    TEMPORARY_AID = "temporary_aid"
    CHARITY = "charity"
    SHOP_POINTS = "shop_points"
    MEAL_SUBSIDY = "meal_subsidy"


class PriorPayer(StrEnum):
    """Who pays before assistance does; a fact on the need (ruling 1)."""

    BASIC_INSURANCE = "basic_insurance"  # 基本医保
    CRITICAL_ILLNESS_INSURANCE = "critical_illness_insurance"  # 大病保险
    COMMERCIAL_INSURANCE = "commercial_insurance"
    LIABLE_PARTY = "liable_party"
    OTHER = "other"


class FundingSource(StrEnum):
    """Whose money a payment is (B11)."""

    MUNICIPAL = "municipal"  # 市级
    DISTRICT = "district"  # 区级
    STREET = "street"  # 街道备用金


class Department(StrEnum):
    """Who decided outside aid (section 2.6)."""

    MEDICAL_SECURITY = "medical_security"  # 医保局
    EDUCATION = "education"  # 教育局
    HOUSING = "housing"  # 住建局
    HUMAN_RESOURCES = "human_resources"  # 人社局
    EMERGENCY_MANAGEMENT = "emergency_management"  # 应急管理局
    DISABLED_PERSONS_FEDERATION = "disabled_persons_federation"  # 残联
    CIVIL_AFFAIRS = "civil_affairs"  # 民政局


class TempAidKind(StrEnum):
    """R-TMP-01, R-TMP-02: 急难型、支出型."""

    EMERGENCY = "emergency"
    EXPENDITURE = "expenditure"


class ClosingCode(StrEnum):
    """How a need, case or referral ended (section 3.5)."""

    MET = "MET"
    PARTLY_MET = "PARTLY_MET"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NO_SUPPLY = "NO_SUPPLY"
    WITHDRAWN_BY_PERSON = "WITHDRAWN_BY_PERSON"
    MOVED = "MOVED"
    DECEASED = "DECEASED"
    DUPLICATE = "DUPLICATE"
    SPLIT = "SPLIT"
    MERGED = "MERGED"


class Receiver(StrEnum):
    """The service that a referral goes to."""

    CHARITY = "charity"
    ELDERCARE = "eldercare"


class Purpose(StrEnum):
    """What a donation or fund may be used for (R-CHA-03)."""

    GENERAL = "general"
    CHILDREN = "children"
    CHILDREN_SERIOUS_ILLNESS = "children_serious_illness"
    DISABILITY = "disability"
    ELDERS = "elders"
    EPIDEMIC = "epidemic"
    EDUCATION = "education"


class Certainty(StrEnum):
    """`reported` only holds payments, `confirmed` ends entitlements (ruling 22)."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"


class DeathSource(StrEnum):
    FUNERAL_HOME = "funeral_home"
    HOSPITAL = "hospital"
    POLICE = "police"
    FAMILY = "family"


class CheckInMethod(StrEnum):
    """Refusing face recognition still gives the meal and the subsidy (E18, R-ELD-07)."""

    FACE = "face"
    CARD = "card"
    CODE = "code"
