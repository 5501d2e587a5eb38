"""What stands in the source beside a value and no type carries: comments of enums, docstrings of id types, the `Source:` of an event."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from enum import Enum
from functools import cache

from contracts import ids

MEMBER = re.compile(r"^\s+(?P<name>[A-Z][A-Z0-9_]*) = .*?#\s*(?P<comment>.+)$", re.MULTILINE)
SOURCE = re.compile(r"\s*\bSource:\s*(?P<source>.+?)\.?\s*(?=\n\s*\n|\Z)", re.DOTALL)


@cache
def comments_of(enum: type[Enum]) -> dict[str, str]:
    """The comment of each member that has one, by value: `{"medical": "医疗"}`."""
    found = {match["name"]: match["comment"].strip() for match in MEMBER.finditer(inspect.getsource(enum))}
    return {str(member.value): found[member.name] for member in enum if member.name in found}


@cache
def id_docs() -> dict[str, str]:
    """The text under an id type in `contracts.ids`, by its name."""
    body = ast.parse(inspect.getsource(ids)).body
    docs = {}
    for line, below in itertools.pairwise(body):
        match line, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                docs[name] = inspect.cleandoc(text)
    return docs


def told_by(cls: type) -> tuple[str, str | None]:
    """(what the docstring says, its `Source:`); the source is None where there is none."""
    doc = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    match = SOURCE.search(doc)
    if match is None:
        return doc, None
    return (doc[: match.start()] + doc[match.end() :]).strip(), " ".join(match["source"].split())
