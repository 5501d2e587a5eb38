"""The declaration of a need: which commands there are and who may give them."""

from __future__ import annotations

from contracts.ids import HouseholdId, LineId, NeedId
from contracts.relief.need import NoReferralReason
from contracts.terms import ClosingCode, Layer, NeedCategory, PriorPayer, Scheme
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.relief.domain.household import household
from services.relief.domain.need.commands import (
    ChangeNeed,
    CloseNeed,
    DeliverCoverage,
    ExplainNoReferral,
    OfferCoverage,
    RecordPriorPayer,
    RegisterNeed,
    ReverseCoverage,
    TrimCoverage,
)
from services.relief.domain.need.decisions import (
    change,
    close,
    deliver,
    explain_no_referral,
    offer,
    record_prior_payer,
    register,
    reverse,
    trim,
)
from services.relief.domain.need.state import Need, evolve

_ID = "0190a000-0000-8000-8000-00000000000"
_NEED, _HOME, _LINE = NeedId(f"{_ID}1"), HouseholdId(f"{_ID}2"), LineId(f"{_ID}3")

need = Aggregate(
    "need",
    id="need_id",
    state=Need,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    commands=[
        command(
            register,
            stream="new",
            also=[household.by("household_id")],
            roles={Role.CASEWORKER},
            example=RegisterNeed(need_id=_NEED, household_id=_HOME, category=NeedCategory.MEDICAL, gross=28_600_000),
        ),
        command(change, roles={Role.CASEWORKER}, example=ChangeNeed(need_id=_NEED, gross=28_000_000)),
        command(
            record_prior_payer,
            roles={Role.CASEWORKER},
            example=RecordPriorPayer(need_id=_NEED, line_id=_LINE, payer=PriorPayer.BASIC_INSURANCE, amount=16_000_000),
        ),
        command(
            offer,
            stream="any",
            roles={Role.SYSTEM},
            example=OfferCoverage(
                need_id=_NEED, household_id=_HOME, line_id=_LINE, layer=Layer.CHARITY, scheme=Scheme.CHARITY, amount=600_000
            ),
        ),
        command(deliver, roles={Role.SYSTEM}, example=DeliverCoverage(need_id=_NEED, line_id=_LINE, amount=412_000)),
        command(trim, roles={Role.SYSTEM}, example=TrimCoverage(need_id=_NEED, line_id=_LINE, kept=412_000)),
        command(reverse, roles={Role.SYSTEM}, example=ReverseCoverage(need_id=_NEED, line_id=_LINE, amount=120_000)),
        command(
            explain_no_referral,
            roles={Role.CASEWORKER},
            example=ExplainNoReferral(need_id=_NEED, reason=NoReferralReason.OWN_AID_COVERS),
        ),
        command(close, roles={Role.CASEWORKER}, example=CloseNeed(need_id=_NEED, code=ClosingCode.MET)),
    ],
)
