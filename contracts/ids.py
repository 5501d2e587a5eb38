"""The types of ids and codes that events and commands carry. An event holds no bare string: each is one of these or an enum.

`PATTERNS` gives the shape each must have; commands are checked against it at the door.
"""

from __future__ import annotations

from typing import NewType

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
CODE = r"^[a-z0-9][a-z0-9._-]{0,62}$"

PersonId = NewType("PersonId", str)
HouseholdId = NewType("HouseholdId", str)
UnitId = NewType("UnitId", str)
AssessmentId = NewType("AssessmentId", str)
NeedId = NewType("NeedId", str)
LineId = NewType("LineId", str)
CaseId = NewType("CaseId", str)
EntitlementId = NewType("EntitlementId", str)
ReferralId = NewType("ReferralId", str)
DonationId = NewType("DonationId", str)
DonorId = NewType("DonorId", str)
DonorQueryId = NewType("DonorQueryId", str)
AllocationId = NewType("AllocationId", str)
LotId = NewType("LotId", str)
VoucherId = NewType("VoucherId", str)
MealAccountId = NewType("MealAccountId", str)
CheckInId = NewType("CheckInId", str)
EventId = NewType("EventId", str)
VisitId = NewType("VisitId", str)
OpinionId = NewType("OpinionId", str)
PairingId = NewType("PairingId", str)
SignalId = NewType("SignalId", str)
ActivityId = NewType("ActivityId", str)
VolunteerCertificateId = NewType("VolunteerCertificateId", str)
VolunteerRecordId = NewType("VolunteerRecordId", str)
DisclosureTaskId = NewType("DisclosureTaskId", str)
DeviceId = NewType("DeviceId", str)
IncidentId = NewType("IncidentId", str)
CareVisitPlanId = NewType("CareVisitPlanId", str)
FaceConsentId = NewType("FaceConsentId", str)
ImpactAssessmentId = NewType("ImpactAssessmentId", str)
HazardId = NewType("HazardId", str)
LoanId = NewType("LoanId", str)
GrantId = NewType("GrantId", str)
AssistId = NewType("AssistId", str)
CareBedId = NewType("CareBedId", str)
SafetyTrainingId = NewType("SafetyTrainingId", str)
AccidentId = NewType("AccidentId", str)
NoteRef = NewType("NoteRef", str)
"""A reference to a text in the registry's vault."""

AreaCode = NewType("AreaCode", str)
FundId = NewType("FundId", str)
ShopId = NewType("ShopId", str)
MealPointId = NewType("MealPointId", str)
ActorId = NewType("ActorId", str)
PackId = NewType("PackId", str)
GoodsCode = NewType("GoodsCode", str)
OrganisationId = NewType("OrganisationId", str)
"""A social organisation's unified credit code, in lower case."""
CampaignId = NewType("CampaignId", str)
RoundId = NewType("RoundId", str)
ExternalAidId = NewType("ExternalAidId", str)
AssetId = NewType("AssetId", str)
"""The code on a wheelchair or stair climber that people scan."""
SiteCode = NewType("SiteCode", str)
"""The place where shared wheelchairs stand."""
InstitutionId = NewType("InstitutionId", str)
"""The code of a care institution."""
EventCause = NewType("EventCause", str)
"""A code for a named event that aid answers (a fire, an illness): the same code is the same cause (ruling 25)."""
Month = NewType("Month", str)
"""`YYYY-MM`, a calendar month in Asia/Shanghai."""

PATTERNS: dict[str, str] = {
    **dict.fromkeys(
        [
            "PersonId", "HouseholdId", "UnitId", "AssessmentId", "NeedId", "LineId", "CaseId", "EntitlementId", "ReferralId", "DonationId",
            "DonorId", "AllocationId", "LotId", "VoucherId", "MealAccountId", "CheckInId", "EventId", "NoteRef", "VisitId", "OpinionId",
            "PairingId", "SignalId", "ActivityId", "VolunteerCertificateId", "VolunteerRecordId", "DisclosureTaskId", "DeviceId", "IncidentId",
            "CareVisitPlanId", "DonorQueryId", "FaceConsentId", "ImpactAssessmentId",
            "HazardId", "LoanId", "AssistId", "CareBedId", "SafetyTrainingId", "AccidentId", "GrantId",
        ],
        UUID,
    ),
    **dict.fromkeys(
        [
            "AreaCode", "FundId", "ShopId", "MealPointId", "ActorId", "GoodsCode", "EventCause", "OrganisationId", "CampaignId", "RoundId",
            "ExternalAidId", "AssetId", "SiteCode", "InstitutionId",
        ],
        CODE,
    ),
    "PackId": r"^[A-Z0-9-]{3,20}@[0-9a-f]{12}$",
    "Month": r"^[0-9]{4}-(0[1-9]|1[0-2])$",
}  # fmt: skip
