"""Examples in the pages are what the program takes."""

from __future__ import annotations

import re

import yaml

from minsheng.demo.case_file import CaseFile, Names
from minsheng.demo.play import ACTORS
from minsheng.programs import command_services
from tests.docs.pages import PROJECT

YAML = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_case_file_of_the_page_could_be_played() -> None:
    """Every step names an actor and a command that people may give, with a body that fits."""
    (text,) = YAML.findall((PROJECT / "docs" / "case-files.md").read_text(encoding="utf-8"))
    case, names = CaseFile.model_validate(yaml.safe_load(text)), Names("docs")
    for step in case.steps:
        _, service, aggregate, stream_id, command = names.filled(step.post).split("/")
        declared = command_services()[service].by_name[aggregate]
        spec = next(one for one in declared.commands if one.name == command)
        spec.model.model_validate({**names.filled(step.body), declared.id: stream_id})
        assert spec.is_public
        assert ACTORS[step.by][1] in spec.roles
