"""Plays case files through the services' public HTTP APIs; nothing is written behind their back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

import httpx
import msgspec

from kit.http.problems import MEDIA_TYPE
from kit.identity import LocalIssuer, Role
from kit.status import Status, settle
from minsheng.demo.case_file import CaseFile, Names, Person, Step, instant_of
from policy import Areas

ACTORS: dict[str, tuple[str, Role, str]] = {
    "registrar": ("registrar-1", Role.REGISTRAR, "440308"),
    "civil_registrar": ("civil-registrar-1", Role.CIVIL_REGISTRAR, "440308"),
    "caseworker": ("caseworker-1", Role.CASEWORKER, "440308003"),
    "approver": ("approver-1", Role.APPROVER, "440308"),
    "second_approver": ("approver-2", Role.APPROVER, "440308"),
    "district_officer": ("district-officer-1", Role.DISTRICT_OFFICER, "440308"),
    "charity_officer": ("charity-officer-1", Role.CHARITY_OFFICER, "440308"),
    "second_officer": ("charity-approver-1", Role.APPROVER, "440308"),
    "shop_clerk": ("shop-clerk-1", Role.SHOP_CLERK, "440308003"),
    "canteen_clerk": ("canteen-clerk-1", Role.CANTEEN_CLERK, "440308003"),
    "auditor": ("auditor-1", Role.AUDITOR, "440308"),
}
"""Who acts in the case files: id, role, area."""


def merged(cases: Sequence[CaseFile]) -> list[tuple[date, int, Step]]:
    """The steps of all cases by day: (day, number of the case, step). A step without a day follows the one before."""
    steps: list[tuple[date, int, Step]] = []
    for number, case in enumerate(cases):
        day = date.min
        for step in case.steps:
            day = step.day or day
            steps.append((day, number, step))
    return sorted(steps, key=lambda item: item[:2])


class Unexpected(Exception):
    """A service answered with a problem: the demonstration stops and shows it; a test looks into `answer`."""

    def __init__(self, asked: str, answer: httpx.Response) -> None:
        super().__init__(f"{asked}\n{answer.status_code} {answer.text}")
        self.answer = answer


class Player:
    """Gives the commands of case files. services, ops: base URLs by name.  actors: who may be named as `by`."""

    def __init__(
        self,
        services: Mapping[str, str],
        ops: Mapping[str, str],
        issuer: LocalIssuer,
        seed: str,
        actors: Mapping[str, tuple[str, Role, str]] = ACTORS,
    ) -> None:
        self.names = Names(seed)
        self.seed = seed
        self.given = 0
        self._services, self._ops = services, ops
        self._tokens = {name: issuer.issue(who, [role], area) for name, (who, role, area) in actors.items()}
        self._versions: dict[str, int] = {}
        self._http = httpx.AsyncClient(trust_env=False, timeout=30)

    async def close(self) -> None:
        await self._http.aclose()

    async def publish_areas(self) -> None:
        """The district, its streets and communities are known to the registry."""
        from services.registry.seed import publish_areas

        for command in publish_areas(Areas.load()):
            body = command.model_dump(mode="json", exclude={"area_code"}, exclude_none=True)
            await self.post("civil_registrar", f"/registry/area/{command.area_code}/publish", body)

    async def play(self, case: CaseFile, told: Callable[[Step], None]) -> None:
        """Every step of the case was taken, in order."""
        for name, person in case.persons.items():
            await self._register(name, person, case.area)
        for step in case.steps:
            told(step)
            await (self.settle() if step.settle else self._take(step))

    async def play_together(
        self, cases: Sequence[CaseFile], told: Callable[[CaseFile, Step], None], until: Callable[[date], Awaitable[None]]
    ) -> None:
        """Every step of all cases was taken, day by day; each case keeps its order.

        until: the clock stands at a day's noon, and what was due before has acted.
        """
        begun: set[int] = set()
        for day, number, step in merged(cases):
            case = cases[number]
            await until(day)
            if number not in begun:
                begun.add(number)
                for name, person in case.persons.items():
                    await self._register(name, person, case.area)
            told(case, step)
            await (self.settle() if step.settle else self._take(step))

    async def _register(self, name: str, person: Person, area: str) -> None:
        await self.post("registrar", f"/registry/person/{self.names.id(name)}/register", {**person.values(), "area": area})

    async def _take(self, step: Step) -> None:
        body = self.names.filled(step.body)
        if step.day is not None:
            body["occurred_at"] = instant_of(step.day)
        answer = await self.post(step.by, self.names.filled(step.post), body, seen=step.seen)
        for kind, lessons in step.learn.items():
            for lesson in lessons:
                self._learn(answer["events"], kind, lesson)

    def _learn(self, events: Sequence[Mapping[str, Any]], kind: str, lesson: dict[str, str]) -> None:
        (name, field), *conditions = lesson.items()
        for event in events:
            if event["type"] == kind and all(event["data"].get(key) == value for key, value in conditions):
                self.names.learn(name, event["data"][field])

    async def post(self, by: str, path: str, body: Mapping[str, Any], *, seen: bool = False) -> dict[str, Any]:
        """Give one command. `path` begins with the service's name. The key is made of seed and path, so that a second run repeats.

        Raises: Unexpected.
        """
        self.given += 1
        _, service, rest = path.split("/", 2)
        headers = {
            "Authorization": f"Bearer {self._tokens[by]}",
            "Idempotency-Key": f"demo-{self.seed}-{self.given}-{rest.rsplit('/', 1)[1]}",
        }
        stream = rest.rsplit("/", 1)[0]
        if seen:
            headers["If-Match"] = f'"{self._versions.get(stream, 0)}"'
        answer = await self._http.post(f"{self._services[service]}/{rest}", json=dict(body), headers=headers)
        if answer.headers.get("content-type") == MEDIA_TYPE or answer.is_error:
            raise Unexpected(f"{by} POST {path}\n{body}", answer)
        told: dict[str, Any] = answer.json()
        for event in told["events"]:
            self._versions[event["stream"]] = event["version"]
        return told

    async def get(self, path: str, by: str = "auditor", **query: str) -> dict[str, Any]:
        """Ask the read side. Raises: Unexpected."""
        headers = {"Authorization": f"Bearer {self._tokens[by]}"}
        answer = await self._http.get(f"{self._services['linkage']}{path}", params=query, headers=headers)
        if answer.is_error:
            raise Unexpected(f"GET {path}", answer)
        told: dict[str, Any] = answer.json()
        return told

    async def settle(self) -> Sequence[Status]:
        """All services are at rest: what was stored is published, applied and reacted to."""
        return await settle(self.statuses)

    async def statuses(self) -> list[Status]:
        """Where each service stands, from its operators' port."""
        answers = await asyncio.gather(*(self._http.get(f"{url}/status") for url in self._ops.values()))
        return [msgspec.json.decode(answer.content, type=Status) for answer in answers]
