"""What the read side consists of: the topics it listens to, the views it folds, the detections it runs, the routes it answers."""

from __future__ import annotations

from typing import Any

from kit.view import View
from services.linkage.rows import HOUSEHOLD_VIEWS
from services.linkage.views.donation import donation
from services.linkage.views.fund import draw, fund
from services.linkage.views.vital import vital

SOURCES = ("registry", "relief", "charity", "eldercare")
VIEWS: tuple[View[Any], ...] = (*HOUSEHOLD_VIEWS, vital, fund, draw, donation)
