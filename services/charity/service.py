"""Charity: what donors give, what the gifts may be used for, and which household got them."""

from kit.service import Service
from services.charity.domain.allocation import allocation
from services.charity.domain.charity_activity import charity_activity
from services.charity.domain.disclosure_task import disclosure_task
from services.charity.domain.donation import donation
from services.charity.domain.donor_query import donor_query
from services.charity.domain.external_aid import external_aid
from services.charity.domain.fund import fund
from services.charity.domain.kitchen_meal import kitchen_meal
from services.charity.domain.known_household import known_household
from services.charity.domain.known_organisation import known_organisation
from services.charity.domain.organisation_grant import organisation_grant
from services.charity.domain.referral_answer import referral_answer
from services.charity.domain.shop import shop
from services.charity.domain.stock_lot import stock_lot
from services.charity.domain.volunteer_activity import volunteer_activity
from services.charity.domain.volunteer_certificate import volunteer_certificate
from services.charity.domain.volunteer_hours import volunteer_hours
from services.charity.domain.volunteer_record import volunteer_record
from services.charity.domain.voucher import voucher
from services.charity.reactions.coverage import coverage_reactions
from services.charity.reactions.households import household_reactions
from services.charity.reactions.organisations import organisation_reactions
from services.charity.reactions.referrals import on_referral

charity = Service(
    "charity",
    aggregates=[
        donation,
        donor_query,
        fund,
        allocation,
        organisation_grant,
        external_aid,
        disclosure_task,
        shop,
        stock_lot,
        voucher,
        charity_activity,
        kitchen_meal,
        volunteer_activity,
        volunteer_record,
        volunteer_hours,
        volunteer_certificate,
        referral_answer,
        known_household,
        known_organisation,
    ],
    reactions=[*coverage_reactions, on_referral, *household_reactions, *organisation_reactions],
)
