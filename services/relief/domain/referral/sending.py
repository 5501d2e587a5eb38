"""The sender's side: a need with a residual is proposed to a receiver, sent, taken back before an answer, called back from an organisation."""

from __future__ import annotations

from contracts.ids import HouseholdId, NeedId, OrganisationId, ReferralId
from contracts.relief.referral import (
    DeclineReason,
    ReferralProposed,
    ReferralReturned,
    ReferralSent,
    ReferralStage,
    ReferralWithdrawn,
)
from contracts.terms import Receiver, Urgency
from kit.aggregate import require
from kit.command import Command, Context
from services.relief.domain.household import Household
from services.relief.domain.known_organisation import KnownOrganisation
from services.relief.domain.need import Need, home_of
from services.relief.domain.referral.deadlines import Breach, timed
from services.relief.domain.referral.state import Referral

WITH_ORGANISATION = frozenset({ReferralStage.PROPOSED, ReferralStage.SENT, ReferralStage.ACCEPTED, ReferralStage.IN_SERVICE})


class ProposeReferral(Command):
    """Ask that a need goes to another giver. `urgency`: default the need's; `organisation_id`: who of the receiver's side is meant."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    receiver: Receiver
    urgency: Urgency | None = None
    organisation_id: OrganisationId | None = None


class SendReferral(Command):
    """Ask the receiver; the clock starts."""

    referral_id: ReferralId


class WithdrawReferral(Command):
    """Take the referral back before an answer."""

    referral_id: ReferralId


class RecallReferral(Command):
    """Its organisation was restricted."""

    referral_id: ReferralId


def propose(
    command: ProposeReferral, _referral: Referral, context: Context, need: Need, organisation: KnownOrganisation, home: Household
) -> list[ReferralProposed]:
    """The referral is to be sent within one working day.

    Raises: Refused("other_household" | "need_closed" | "nothing_left" | "organisation_restricted"); Refused("household_closed") when its
    last member died.  Source: section 3.5, SG-04, SC-25.
    """
    require(not home.died_out, "household_closed")
    require(need.household_id == command.household_id, "other_household", need_id=command.need_id)
    require_open_need(need)
    organisation.require_unrestricted()
    urgency = command.urgency or need.urgency
    return [proposed(command.referral_id, need, command.receiver, urgency, context, organisation_id=command.organisation_id)]


def require_open_need(need: Need) -> None:
    """Raises: Refused("need_closed" | "nothing_left")."""
    require(need.closed is None, "need_closed", closed_as=need.closed)
    require(need.open_amount() > 0, "nothing_left")


def proposed(
    referral_id: ReferralId,
    need: Need,
    receiver: Receiver,
    urgency: Urgency,
    context: Context,
    *,
    organisation_id: OrganisationId | None = None,
) -> ReferralProposed:
    """A new referral of what is open of a need, also in the append that closes a case or another referral (B16, ruling 15)."""
    return ReferralProposed(
        referral_id=referral_id,
        household_id=home_of(need),
        need_id=need.need_id,
        category=need.category,
        receiver=receiver,
        urgency=urgency,
        residual=need.open_amount(),
        send_by=context.calendar.due_at(context.on, context.policy.referral_send_wd),
        organisation_id=organisation_id,
    )


@timed
def send(
    _command: SendReferral, referral: Referral, context: Context, need: Need, organisation: KnownOrganisation
) -> list[ReferralSent | Breach]:
    """The receiver is asked for what is open now, and answers in time or the referral expires.

    Raises: Refused("wrong_stage" | "need_closed" | "nothing_left" | "organisation_restricted").  Source: section 3.5, ruling 14.
    """
    referral.require(ReferralStage.PROPOSED)
    require_open_need(need)
    organisation.require_unrestricted()
    return [
        ReferralSent(
            referral_id=referral.referral_id,
            household_id=referral.household_id,
            need_id=referral.need_id,
            category=referral.category,
            receiver=referral.receiver,
            urgency=referral.urgency,
            residual=need.open_amount(),
            answer_by=context.calendar.limit_at(context.occurred_at, context.policy.referral_answer.of(referral.urgency)),
            organisation_id=referral.organisation_id,
        )
    ]


@timed
def withdraw(_command: WithdrawReferral, referral: Referral, _context: Context) -> list[ReferralWithdrawn | Breach]:
    """The receiver is no longer asked.

    Raises: Refused("wrong_stage") after an answer or the deadline's end.  Source: ruling 15.
    """
    referral.require(ReferralStage.PROPOSED, ReferralStage.SENT)
    return [ReferralWithdrawn(referral_id=referral.referral_id, household_id=referral.household_id)]


@timed
def recall(_command: RecallReferral, referral: Referral, context: Context) -> list[ReferralReturned | Breach]:
    """The referral waits to be routed anew within one working day; one that waits for that already, or is over, stays as it is.

    Source: SG-15, SC-25.
    """
    if referral.stage not in WITH_ORGANISATION:
        return []
    return [returned(DeclineReason.RESTRICTED, referral, context)]


def returned(reason: DeclineReason, referral: Referral, context: Context) -> ReferralReturned:
    """The referral is back, to be routed anew within one working day."""
    return ReferralReturned(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        reason=reason,
        reroute_by=context.calendar.due_at(context.on, context.policy.referral_reroute_wd),
    )
