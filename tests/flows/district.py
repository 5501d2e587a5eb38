"""A whole running district as a test meets it: commands on business days, refusals, and what the read side tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from kit.identity import Role
from minsheng.demo.case_file import instant_of
from minsheng.demo.play import ACTORS, Player, Unexpected
from minsheng.local import Installation
from minsheng.prepare import local_issuer
from minsheng.programs import SERVICES

SHATOUJIAO, HAISHAN, QIAODONG = "440308003", "440308004", "440308003-qiaodong"
STRANGERS: dict[str, tuple[str, Role, str]] = {
    "haishan_caseworker": ("caseworker-9", Role.CASEWORKER, HAISHAN),
    "care_worker": ("care-worker-1", Role.CARE_WORKER, "440308003"),
    "haishan_care_worker": ("care-worker-9", Role.CARE_WORKER, HAISHAN),
    "haishan_approver": ("approver-9", Role.APPROVER, HAISHAN),
    "second_civil_registrar": ("civil-registrar-2", Role.CIVIL_REGISTRAR, "440308"),
    "operator": ("operator-1", Role.OPERATOR, "440308"),
    "alarm_desk": ("alarm-desk-1", Role.ALARM_DESK, "440308"),
    "street_desk": ("alarm-desk-9", Role.ALARM_DESK, HAISHAN),
    "reader": ("reader-1", Role.READER, "440308"),
    "signing_caseworker": ("caseworker-1", Role.APPROVER, "440308"),
    "self_made_system": ("caseworker-8", Role.SYSTEM, "440308"),
}
"""Who acts here beside the actors of the case files."""

Told = dict[str, Any]
Body = Mapping[str, Any] | None
Headers = Mapping[str, str] | None


class District(Player):
    """One test's way into the installation; names become ids that no other test has.

    installation: where the servers are, for what is looked at behind the APIs.
    """

    def __init__(self, installation: Installation, seed: str) -> None:
        services = {name: installation.url(name) for name in SERVICES}
        ops = {name: f"http://127.0.0.1:{installation.port(f'{name}-ops')}" for name in SERVICES}
        super().__init__(services, ops, local_issuer(installation.home.keys), seed, {**ACTORS, **STRANGERS})
        self.installation = installation
        self.ops = ops

    def id(self, name: str) -> str:
        """The id of a name in this test."""
        return self.names.id(name)

    async def give(self, by: str, path: str, on: str, body: Body = None, *, seen: bool = False, **more: Any) -> Told:
        """Give a command at noon of a business day; the answer with its events.

        body, more: its fields.  seen: it names the version last seen.  Raises: Unexpected.
        """
        fields = {**(body or {}), **more, "occurred_at": instant_of(date.fromisoformat(on))}
        return await self.post(by, path, fields, seen=seen)

    async def refusal(self, by: str, path: str, on: str, body: Body = None, *, seen: bool = False, **more: Any) -> Told:
        """The problem that a command is answered with."""
        with pytest.raises(Unexpected) as refused:
            await self.give(by, path, on, body, seen=seen, **more)
        return problem_of(refused.value)

    async def ask(self, by: str, path: str, **query: str) -> Told:
        """The read side's answer, once everything is at rest."""
        await self.settle()
        return await self.get(path, by, **query)

    async def turned_away(self, by: str, path: str, **query: str) -> Told:
        """The problem that a read is answered with."""
        with pytest.raises(Unexpected) as refused:
            await self.ask(by, path, **query)
        return problem_of(refused.value)

    async def call(
        self, by: str | None, method: str, service: str, path: str, body: Body = None, headers: Headers = None
    ) -> httpx.Response:
        """A request that is no command: the vault, a read with a position token, or one without a token (by=None)."""
        token = {} if by is None else {"Authorization": f"Bearer {self._tokens[by]}"}
        return await self._http.request(method, f"{self._services[service]}{path}", json=body, headers={**(headers or {}), **token})

    async def metrics(self, service: str) -> str:
        """What a service tells its operators."""
        answer = await self._http.get(f"{self.ops[service]}/metrics")
        return answer.raise_for_status().text


async def written(district: District, service: str, key: str) -> list[Told]:
    """What a service has written under a Kafka key (a household, or a stream), in its order: type and data."""
    await district.settle()
    after, found = 0, []
    while page := (await district.call("auditor", "GET", service, f"/events?after={after}&limit=5000")).raise_for_status().json():
        found += [{"type": one["meta"]["type"], **one["data"]} for one in page if one["meta"]["key"] == key]
        after = page[-1]["meta"]["position"]
    return found


def of(told: list[Told], kind: str) -> list[Told]:
    """Those of a type."""
    return [fact for fact in told if fact["type"] == kind]


def problem_of(error: Unexpected) -> Told:
    """The problem document (RFC 9457) of an answer."""
    document: Told = error.answer.json()
    assert document["status"] == error.answer.status_code
    return document


def events_of(told: Told, kind: str) -> list[Told]:
    """The data of an answer's events of a type."""
    return [event["data"] for event in told["events"] if event["type"] == kind]


def only(found: list[Any]) -> Any:
    """The one there is."""
    assert len(found) == 1, found
    return found[0]


def now_utc() -> datetime:
    """This instant, for `known_at`."""
    from kit.clock import SystemClock

    return SystemClock().now()
