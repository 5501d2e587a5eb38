"""What relief consists of."""

from kit.service import Service
from services.relief.domain.contact_assignment import contact_assignment
from services.relief.domain.death_case import death_case
from services.relief.domain.entitlement import entitlement
from services.relief.domain.household import household
from services.relief.domain.known_organisation import known_organisation
from services.relief.domain.known_person import known_person
from services.relief.domain.need import need
from services.relief.domain.need_assessment import need_assessment
from services.relief.domain.need_signal import need_signal
from services.relief.domain.opinion import opinion
from services.relief.domain.pairing_agreement import pairing_agreement
from services.relief.domain.referral import referral
from services.relief.domain.resident_change import resident_change
from services.relief.domain.screening_round import screening_round
from services.relief.domain.special_aid import special_aid
from services.relief.domain.temp_aid import temp_aid
from services.relief.domain.temp_aid_year import temp_aid_year
from services.relief.domain.visit import visit
from services.relief.domain.visit_campaign import visit_campaign
from services.relief.reactions.coverage import coverage_reactions
from services.relief.reactions.death import on_death, on_death_revoked, on_died_out
from services.relief.reactions.organisations import organisation_reactions
from services.relief.reactions.referrals import referral_reactions
from services.relief.reactions.residents import resident_reactions

relief = Service(
    "relief",
    aggregates=[
        known_person,
        known_organisation,
        household,
        visit_campaign,
        visit,
        opinion,
        pairing_agreement,
        contact_assignment,
        screening_round,
        need_signal,
        death_case,
        resident_change,
        need_assessment,
        need,
        entitlement,
        special_aid,
        temp_aid,
        temp_aid_year,
        referral,
    ],
    reactions=[
        on_death,
        on_death_revoked,
        on_died_out,
        *resident_reactions,
        *coverage_reactions,
        *referral_reactions,
        *organisation_reactions,
    ],
)
