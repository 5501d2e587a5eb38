"""Registry: who there is, whether they live, and where. A table of contents."""

from __future__ import annotations

from kit.service import Service
from kit.vault.tables import DOCUMENT_TABLE, VALUE_TABLE
from services.registry.domain.area import area
from services.registry.domain.person import person

registry = Service("registry", aggregates=[person, area], side_tables=[VALUE_TABLE, DOCUMENT_TABLE])
