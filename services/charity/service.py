"""Charity: what donors give, what the gifts may be used for, and which household got them."""

from kit.service import Service
from services.charity.domain.allocation import allocation
from services.charity.domain.donation import donation
from services.charity.domain.fund import fund
from services.charity.domain.known_household import known_household
from services.charity.domain.referral_answer import referral_answer
from services.charity.domain.shop import shop
from services.charity.domain.stock_lot import stock_lot
from services.charity.domain.voucher import voucher
from services.charity.reactions.coverage import coverage_reactions
from services.charity.reactions.households import household_reactions
from services.charity.reactions.referrals import on_referral

charity = Service(
    "charity",
    aggregates=[donation, fund, allocation, shop, stock_lot, voucher, referral_answer, known_household],
    reactions=[*coverage_reactions, on_referral, *household_reactions],
)
