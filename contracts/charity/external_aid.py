"""Facts about aid to a county outside the district (对口帮扶). It names no household and is no coverage line (C11). Amounts are fen."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, ExternalAidId


@event("charity.external-aid.proposed", version=1, stream="aid_id")
class ExternalAidProposed(Event):
    """An officer proposed an amount for a county; a second person signs. Source: C11, ruling 21."""

    aid_id: ExternalAidId
    county: AreaCode
    amount_fen: int
    proposed_by: ActorId


@event("charity.external-aid.committed", version=1, stream="aid_id")
class ExternalAidCommitted(Event):
    """The amount is promised to the county (乐业县, 凌云县). Source: C11."""

    aid_id: ExternalAidId
    county: AreaCode
    amount_fen: int
    approved_by: ActorId


@event("charity.external-aid.delivered", version=1, stream="aid_id")
class ExternalAidDelivered(Event):
    """A part of it arrived there; all parts together are at most what was committed. Source: C11."""

    aid_id: ExternalAidId
    county: AreaCode
    amount_fen: int
    delivered_on: date


@event("charity.external-aid.ended", version=1, stream="aid_id")
class ExternalAidEnded(Event):
    """Nothing more will be delivered; `undelivered_fen` stays here. Source: C11."""

    aid_id: ExternalAidId
    county: AreaCode
    delivered_fen: int
    undelivered_fen: int
