"""Registry: who there is, whether they live, and where. A table of contents."""

from __future__ import annotations

from fastapi import APIRouter

from kit.http.auth import Authenticate
from kit.service import Service
from services.registry.api import router
from services.registry.domain.area import area
from services.registry.domain.organisation import organisation
from services.registry.domain.person import person
from services.registry.resources import RegistryResources, open_resources


def routers(resources: RegistryResources, authenticate: Authenticate) -> list[APIRouter]:
    """The vault's routes, beside those of the commands."""
    return [router(resources, authenticate)]


registry = Service(
    "registry",
    aggregates=[person, area, organisation],
    resources=open_resources,
    routers=routers,
    tables=["vault"],
)
