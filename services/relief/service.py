"""What relief consists of."""

from kit.service import Service
from services.relief.domain.entitlement import entitlement
from services.relief.domain.household import household
from services.relief.domain.known_person import known_person
from services.relief.domain.need import need
from services.relief.domain.need_assessment import need_assessment
from services.relief.domain.special_aid import special_aid
from services.relief.reactions.death import on_death, on_death_revoked

relief = Service(
    "relief",
    aggregates=[
        known_person,
        household,
        need_assessment,
        need,
        entitlement,
        special_aid,
    ],
    reactions=[
        on_death,
        on_death_revoked,
    ],
)
