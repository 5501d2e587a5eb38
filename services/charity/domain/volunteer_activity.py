"""A session of the volunteer season (志愿服务季): published, signed up for, closed with counts of person-times (C12, D07)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from contracts.charity.volunteer_activity import (
    ActivityCancelled,
    ActivityClosed,
    ActivityPublished,
    Channel,
    VolunteerKind,
    VolunteerSignedUp,
)
from contracts.ids import ActivityId, AreaCode, CampaignId, NoteRef, OrganisationId, PersonId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from services.charity.domain.instant import Instant

VolunteerActivityEvent = ActivityPublished | VolunteerSignedUp | ActivityClosed | ActivityCancelled


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class VolunteerActivity:
    """What was published, who signed up, and how it ended. `offer` is None only before it is published."""

    offer: ActivityPublished | None = None
    area: AreaCode | None = None
    volunteers: frozenset[PersonId] = frozenset()
    stage: Stage = Stage.UNKNOWN

    @property
    def published(self) -> ActivityPublished:
        assert self.offer is not None  # noqa: S101 - every activity begins with its publication
        return self.offer

    def require(self, *stages: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(activity: VolunteerActivity, event: VolunteerActivityEvent) -> VolunteerActivity:
    match event:
        case ActivityPublished(area=area):
            return VolunteerActivity(offer=event, area=area, stage=Stage.PUBLISHED)
        case VolunteerSignedUp(person_id=person):
            return replace(activity, volunteers=activity.volunteers | {person})
        case ActivityClosed():
            return replace(activity, stage=Stage.CLOSED)
        case ActivityCancelled():
            return replace(activity, stage=Stage.CANCELLED)
        case _:
            assert_never(event)


class PublishActivity(Command):
    """An organisation offers a session."""

    activity_id: ActivityId
    organisation_id: OrganisationId
    kind: VolunteerKind
    season: CampaignId
    area: AreaCode
    channel: Channel = Channel.OFFLINE
    planned_at: Instant
    risky: bool = Field(default=False, description="work in which a volunteer may come to harm")
    insurance: NoteRef | None = Field(default=None, description="where the accident insurance's paper stands")


class SignUp(Command):
    """A registered volunteer means to come."""

    activity_id: ActivityId
    person_id: PersonId


class CloseActivity(Command):
    """The session was held."""

    activity_id: ActivityId
    served_times: int = Field(strict=True, ge=0, le=100_000, description="people served, each once in this session")
    volunteer_times: int = Field(strict=True, ge=0, le=100_000, description="volunteers who came, each once in this session")


class CancelActivity(Command):
    """The session is not held."""

    activity_id: ActivityId


def publish(command: PublishActivity, _activity: VolunteerActivity, _context: Context) -> list[ActivityPublished]:
    """Volunteers may sign up.

    Raises: Refused("insurance_missing") for risky work.  Source: C12, D07, R-VOL-02.
    """
    require(command.insurance is not None or not command.risky, "insurance_missing")
    return [ActivityPublished(**command.model_dump(exclude={"occurred_at"}))]


def sign_up(command: SignUp, activity: VolunteerActivity, _context: Context) -> list[VolunteerSignedUp]:
    """The volunteer is on the list by the registered person.

    Raises: Refused("wrong_stage" | "already_signed_up").  Source: C12, R-VOL-01.
    """
    activity.require(Stage.PUBLISHED)
    require(command.person_id not in activity.volunteers, "already_signed_up")
    return [VolunteerSignedUp(activity_id=command.activity_id, person_id=command.person_id)]


def close(command: CloseActivity, activity: VolunteerActivity, context: Context) -> list[ActivityClosed]:
    """The session counts with its person-times, an online one like any other.

    Raises: Refused("wrong_stage" | "not_begun", planned_at).  Source: C12, D07.
    """
    activity.require(Stage.PUBLISHED)
    offer = activity.published
    require(context.occurred_at >= offer.planned_at, "not_begun", planned_at=offer.planned_at.isoformat())
    return [
        ActivityClosed(
            activity_id=offer.activity_id,
            organisation_id=offer.organisation_id,
            kind=offer.kind,
            season=offer.season,
            area=offer.area,
            channel=offer.channel,
            held_on=context.on,
            served_times=command.served_times,
            volunteer_times=command.volunteer_times,
        )
    ]


def cancel(_command: CancelActivity, activity: VolunteerActivity, _context: Context) -> list[ActivityCancelled]:
    """The session counts nowhere.

    Raises: Refused("wrong_stage").  Source: C12.
    """
    activity.require(Stage.PUBLISHED)
    offer = activity.published
    return [ActivityCancelled(activity_id=offer.activity_id, organisation_id=offer.organisation_id, kind=offer.kind, season=offer.season)]


_ID = "0190a000-0000-8000-8000-0000000000"
_SESSION = ActivityId(f"{_ID}a1")

volunteer_activity = Aggregate(
    "volunteer-activity",
    id="activity_id",
    state=VolunteerActivity,
    evolve=evolve,
    area="area",
    commands=[
        command(
            publish,
            stream="new",
            roles={Role.CHARITY_OFFICER},
            example=PublishActivity(
                activity_id=_SESSION,
                organisation_id=OrganisationId("51440308mj00000001"),
                kind=VolunteerKind.PAINTING_AND_CALLIGRAPHY,
                season=CampaignId("volunteer-season-2022"),
                area=AreaCode("440308003"),
                planned_at=datetime(2022, 3, 5, 1, tzinfo=UTC),
            ),
        ),
        command(sign_up, roles={Role.CHARITY_OFFICER}, example=SignUp(activity_id=_SESSION, person_id=PersonId(f"{_ID}11"))),
        command(
            close,
            roles={Role.CHARITY_OFFICER},
            example=CloseActivity(activity_id=_SESSION, served_times=170, volunteer_times=24),
        ),
        command(cancel, roles={Role.CHARITY_OFFICER}, example=CancelActivity(activity_id=_SESSION)),
    ],
)
