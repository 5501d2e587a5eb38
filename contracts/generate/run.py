"""One run over all events: write what is new, or only tell what is not as it should be."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.envelope import EventType
from contracts.generate.events import FOLDER, declared, published
from contracts.generate.keep import examine, write
from contracts.generate.lint import unregistered
from contracts.generate.problem import told


def run(*, check: bool, kinds: Sequence[EventType] | None = None, folder: Path = FOLDER) -> int:
    """The exit code: 0, or 1 with the reasons on standard error and nothing written. `check`: stale and missing files are reasons too."""
    events = published() if kinds is None else kinds
    findings = examine(events, folder)
    if kinds is None:
        findings.refused += unregistered(events, declared())
    for note in findings.notes:
        sys.stdout.write(f"note: {note}\n")
    problems = findings.all() if check else findings.refused
    if problems:
        sys.stderr.write(f"{told(problems)}\n{len(problems)} to be settled; nothing was written\n")
        return 1
    written = write(findings)
    services = len({kind.service for kind in events})
    sys.stdout.write(f"{len(events)} events of {services} services; {written} files written, all others are as they should be\n")
    return 0
