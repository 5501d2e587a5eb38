"""Personal values over HTTP: each read is written down before anything is opened; document numbers come in bodies, never in addresses."""

# No `from __future__ import annotations`: FastAPI reads the annotations of routes that are made inside a function.

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from contracts.ids import CODE, UUID, ActorId, PersonId
from kit.aggregate import require
from kit.errors import NotFound
from kit.http.auth import Authenticate, bearer_scheme
from kit.identity import Actor, Forbidden, Role, may
from kit.vault import PersonalField, Shredded
from services.registry.domain.person import Person, person
from services.registry.resources import RegistryResources

READERS = frozenset({Role.CASEWORKER, Role.APPROVER, Role.DISTRICT_OFFICER, Role.REGISTRAR})
WITHOUT_TASK = frozenset({Role.DISTRICT_OFFICER, Role.REGISTRAR})
FINDERS = frozenset({Role.CASEWORKER, Role.REGISTRAR})
WATCHERS = frozenset({Role.AUDITOR, Role.REGISTRAR})
PAGE = 100
_log = structlog.get_logger(__name__)

AnId = Annotated[str, Field(pattern=UUID)]
_MODEL = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReadPurpose(StrEnum):
    """Why personal values are read; it stands in the access record."""

    DECISION = "decision"  # 审批
    VISIT = "visit"  # 入户走访
    PAYMENT = "payment"  # 发放
    NOTICE = "notice"  # 告知、公示
    DISPLAY = "display"  # 页面显示
    AUDIT = "audit"  # 审计
    OWN_REQUEST = "own_request"  # 本人查询


class ReadableField(StrEnum):
    """The values of a person that this route opens (case notes are not among them)."""

    NAME = "name"
    DOCUMENT_NUMBER = "document_number"
    ADDRESS = "address"
    PHONE = "phone"


class ReadPerson(BaseModel):
    """Open a person's values. `task`: the case or task that allows it; caseworkers and approvers must name one."""

    model_config = _MODEL

    person_id: AnId
    purpose: ReadPurpose
    task: AnId | None = None
    fields: frozenset[ReadableField] = Field(default=frozenset(ReadableField), min_length=1)


class PersonalData(BaseModel):
    """What was kept; a value that was never given is absent."""

    name: str | None = None
    document_number: str | None = None
    address: str | None = None
    phone: str | None = None


class ReadNames(BaseModel):
    """The names for one page of ids."""

    model_config = _MODEL

    person_ids: list[AnId] = Field(min_length=1, max_length=PAGE)
    purpose: ReadPurpose
    task: AnId | None = None


class Names(BaseModel):
    """By person: the name, or null for somebody who was forgotten. Persons unknown or outside the caller's area are absent."""

    names: dict[str, str | None]


class FindPerson(BaseModel):
    """Who has this document number, in whatever way it is written?"""

    model_config = _MODEL

    document_number: SecretStr = Field(min_length=1, max_length=40)


class FoundPerson(BaseModel):
    person_id: str


class AccessRecord(BaseModel):
    """One read: who, when, why, what."""

    at: datetime
    actor: Annotated[str, Field(pattern=CODE)]
    purpose: str
    fields: list[str]
    task: str | None


def router(resources: RegistryResources, authenticate: Authenticate) -> APIRouter:
    """The routes of the vault. Every answer with personal values forbids caches to keep it."""
    routes = APIRouter(prefix="/vault", tags=["vault"], dependencies=[bearer_scheme])
    desk = Desk(resources)

    @routes.post("/read", response_model_exclude_none=True)
    async def read(body: ReadPerson, response: Response, actor: Annotated[Actor, Depends(authenticate)]) -> PersonalData:
        """The values of one person in the caller's area. The access is recorded first, also when nothing can be opened."""
        response.headers["Cache-Control"] = "no-store"
        return await desk.read(body, actor)

    @routes.post("/names")
    async def names(body: ReadNames, response: Response, actor: Annotated[Actor, Depends(authenticate)]) -> Names:
        """The names for a page that shows ids. One access record a person."""
        response.headers["Cache-Control"] = "no-store"
        return Names(names=await desk.names(body, actor))

    @routes.post("/lookup")
    async def lookup(body: FindPerson, actor: Annotated[Actor, Depends(authenticate)]) -> FoundPerson:
        """The id of the person with this document number, in any area: a second registration must find the first (SC-08)."""
        return FoundPerson(person_id=await desk.find(body.document_number.get_secret_value(), actor))

    @routes.get("/{person_id}/accesses")
    async def accesses(person_id: AnId, actor: Annotated[Actor, Depends(authenticate)]) -> list[AccessRecord]:
        """Who read this person's values, newest first."""
        return await desk.accesses(person_id, actor)

    return routes


class Desk:
    """Decides who may open what, then asks the vault."""

    def __init__(self, resources: RegistryResources) -> None:
        self._resources, self._vault = resources, resources.vault

    async def read(self, body: ReadPerson, actor: Actor) -> PersonalData:
        """Raises: Forbidden, NotFound, Refused("task_missing"), kit.vault.Shredded."""
        may(actor, READERS, None, self._resources.areas)
        known = (await self._persons([body.person_id])).get(body.person_id)
        if known is None:
            raise NotFound("person_unknown", person_id=body.person_id)
        self._in_area(actor, known)
        require(body.task is not None or bool(actor.roles & WITHOUT_TASK), "task_missing")
        fields = [PersonalField(name) for name in body.fields]
        values = await self._vault.read(body.person_id, fields, actor=actor.id, purpose=body.purpose, task=body.task)
        if known.shredded:  # the key goes a moment after the event; the answer is the same before and after
            raise Shredded(body.person_id)
        return PersonalData(**{str(name): text for name, text in values.items()})

    async def names(self, body: ReadNames, actor: Actor) -> dict[str, str | None]:
        """Raises: Forbidden."""
        may(actor, READERS, None, self._resources.areas)
        known = {i: one for i, one in (await self._persons(body.person_ids)).items() if self._sees(actor, one)}
        if not known:
            return {}
        name = PersonalField.NAME
        found = await self._vault.read_page(list(known), [name], actor=actor.id, purpose=body.purpose, task=body.task)
        return {i: None if (values := found.get(i)) is None or one.shredded else values.get(name) for i, one in known.items()}

    async def find(self, number: str, actor: Actor) -> str:
        """Raises: Forbidden, NotFound."""
        may(actor, FINDERS, None, self._resources.areas)
        found = await self._vault.find_by_document(number)
        _log.info("document looked up", actor=actor.id, found=found is not None)
        if found is None:
            raise NotFound("document_unknown")
        return found

    async def accesses(self, person_id: str, actor: Actor) -> list[AccessRecord]:
        """Raises: Forbidden."""
        may(actor, WATCHERS, None, self._resources.areas)
        records = await self._vault.accesses(person_id)
        return [AccessRecord(at=r.at, actor=ActorId(r.actor), purpose=r.purpose, fields=list(r.fields), task=r.task) for r in records]

    async def _persons(self, person_ids: list[str]) -> dict[str, Person]:
        """The persons who exist, as the log says."""
        streams = await self._resources.store.load([person.stream(one) for one in dict.fromkeys(person_ids)])
        return {
            PersonId(stream.split("/", 1)[1]): person.fold(recorded.event() for recorded in events)
            for stream, events in streams.items()
            if events
        }

    def _in_area(self, actor: Actor, known: Person) -> None:
        may(actor, READERS, known.area, self._resources.areas)

    def _sees(self, actor: Actor, known: Person) -> bool:
        try:
            self._in_area(actor, known)
        except Forbidden:
            return False
        return True
