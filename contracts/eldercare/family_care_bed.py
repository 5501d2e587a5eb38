"""Facts about a family care bed (家庭养老床位): assessed, contracted, fitted at home, suspended, closed (R-ELD-11)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, CareBedId, HouseholdId, OrganisationId, PersonId, VisitId


class StayKind(StrEnum):
    """Where the elder is while not at home."""

    HOSPITAL = "hospital"  # 住院
    INSTITUTION = "institution"  # 入住机构


class BedClosing(StrEnum):
    DEATH = "death"
    MOVED = "moved"
    SUSPENDED_TOO_LONG = "suspended_too_long"
    OWN_WISH = "own_wish"
    PROVIDER_ENDED = "provider_ended"


@event("eldercare.family-care-bed.applied", version=1, stream="bed_id")
class BedApplied(Event):
    """An elder wants care as in an institution, at home. Source: E08."""

    bed_id: CareBedId
    person_id: PersonId
    household_id: HouseholdId
    area: AreaCode


@event("eldercare.family-care-bed.assessed", version=1, stream="bed_id")
class BedAssessed(Event):
    """The ability has a grade (0 intact .. 4 total loss) by the pack's bands, up to a day. Source: R-ELD-01, R-ELD-11."""

    bed_id: CareBedId
    household_id: HouseholdId
    score: int
    grade: int
    valid_to: date


@event("eldercare.family-care-bed.devices-checked", version=1, stream="bed_id")
class BedDevicesChecked(Event):
    """The home was looked at: the devices can work there, or not. Source: R-ELD-11, section 3.2."""

    bed_id: CareBedId
    household_id: HouseholdId
    fit: bool


@event("eldercare.family-care-bed.contracted", version=1, stream="bed_id")
class BedContracted(Event):
    """Elder, provider and district have signed; at least `visits_month` visits a month. One contract a person. Source: E08, R-ELD-11."""

    bed_id: CareBedId
    person_id: PersonId
    household_id: HouseholdId
    area: AreaCode
    provider_id: OrganisationId
    grade: int
    visits_month: int


@event("eldercare.family-care-bed.fitted", version=1, stream="bed_id")
class BedFitted(Event):
    """Home and devices are fitted; care begins. Source: E08."""

    bed_id: CareBedId
    household_id: HouseholdId


@event("eldercare.family-care-bed.service-delivered", version=1, stream="bed_id")
class BedServiceDelivered(Event):
    """The provider visited the elder; visits count by month and bed. Source: E08, R-ELD-11."""

    bed_id: CareBedId
    household_id: HouseholdId
    visit_id: VisitId
    delivered_on: date


@event("eldercare.family-care-bed.stay-begun", version=1, stream="bed_id")
class BedStayBegun(Event):
    """The elder is in a hospital or an institution; still there after `suspend_after`, the bed is suspended. Source: R-ELD-11."""

    bed_id: CareBedId
    household_id: HouseholdId
    kind: StayKind
    suspend_after: date


@event("eldercare.family-care-bed.suspended", version=1, stream="bed_id")
class BedSuspended(Event):
    """The stay is longer than allowed; the bed is closed if it goes on after `close_after`. Source: R-ELD-11."""

    bed_id: CareBedId
    household_id: HouseholdId
    close_after: date


@event("eldercare.family-care-bed.stay-ended", version=1, stream="bed_id")
class BedStayEnded(Event):
    """The elder is at home again and the bed serves, whatever the stay had led to. Source: R-ELD-11."""

    bed_id: CareBedId
    person_id: PersonId
    household_id: HouseholdId
    returned_on: date


@event("eldercare.family-care-bed.held", version=1, stream="bed_id")
class BedHeld(Event):
    """A death was reported: nothing is signed or delivered until it is confirmed or withdrawn. Source: SG-04, ruling 22."""

    bed_id: CareBedId
    household_id: HouseholdId


@event("eldercare.family-care-bed.closed", version=1, stream="bed_id")
class BedClosed(Event):
    """The bed serves no more. Source: R-ELD-11, SG-04."""

    bed_id: CareBedId
    household_id: HouseholdId
    reason: BedClosing


@event("eldercare.family-care-bed.resumed", version=1, stream="bed_id")
class BedResumed(Event):
    """The death was an error: the bed is as it was before. A running stay has its limits again. Source: ruling 22."""

    bed_id: CareBedId
    household_id: HouseholdId
    suspend_after: date | None = None
    close_after: date | None = None
