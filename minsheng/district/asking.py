"""Asks the read side after a played year."""

from __future__ import annotations

from datetime import date
from types import TracebackType
from typing import Any, Self

import httpx

from kit.identity import Role
from minsheng.local import Installation
from minsheng.prepare import local_issuer

PAGE = 200


class Asking:
    """An auditor's questions to the read API of an installation. A context manager."""

    def __init__(self, installation: Installation) -> None:
        token = local_issuer(installation.home.keys).issue("auditor-1", [Role.AUDITOR], "440308")
        self._http = httpx.AsyncClient(
            base_url=installation.url("linkage"), headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=120
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """The answer. Raises: httpx.HTTPStatusError."""
        answer = await self._http.get(path, params=query)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    async def findings(self, on: date) -> list[dict[str, Any]]:
        """All findings that were open at the end of a day."""
        found: list[dict[str, Any]] = []
        query = {"on": on.isoformat(), "limit": str(PAGE)}
        while True:
            page = await self.get("/exceptions", **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]
