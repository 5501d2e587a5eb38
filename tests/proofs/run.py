"""One run over all tests: write the page, or only tell what is not as it should be."""

from __future__ import annotations

import sys
from pathlib import Path

from policy.documents import PolicyError
from tests.proofs.page import page
from tests.proofs.reading import proofs_of
from tests.proofs.rules import BadRules, disagreements, load


def run(project: Path, *, check: bool) -> int:
    """The exit code: 0, or 1 with the reasons on standard error and nothing written. `check`: a stale page is a reason too."""
    proofs, target = proofs_of(project), project / "docs" / "rules.md"
    try:
        rules = load(project / "docs" / "rules.yaml")
    except (BadRules, PolicyError) as error:
        return _refused([str(error)])
    problems = disagreements(rules, proofs)
    if problems:
        return _refused(problems)
    text = page(rules, proofs)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        if check:
            return _refused(["docs/rules.md is stale: make rules"])
        target.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(rules)} ids, {sum(map(len, proofs.values()))} proofs: docs/rules.md is as it should be\n")
    return 0


def _refused(problems: list[str]) -> int:
    sys.stderr.write("\n".join(problems) + f"\n{len(problems)} to be settled; nothing was written\n")
    return 1
