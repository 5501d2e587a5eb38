"""`docs/guarantees.md` names a test for each promise, and each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT

PAGE = PROJECT / "docs" / "guarantees.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
ROW = re.compile(r"^\| (?!promise|---)(.+?) \| (.+) \|$", re.MULTILINE)


@cache
def names_in(path: Path) -> set[str]:
    """`function` and `Class::method` of a test module."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return found


def promises() -> list[tuple[str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("promise", "tests"), promises(), ids=[promise[:60] for promise, _ in promises()])
def test_a_promise_names_a_test_that_exists(promise: str, tests: str) -> None:
    """A test that was renamed or removed takes its promise along."""
    named = NAMED.findall(tests)
    assert named, f"no test for: {promise}"
    for file, test in named:
        path = PROJECT / file
        assert path.exists(), f"{file} does not exist"
        assert test in names_in(path), f"{file} has no {test}"
        assert test.split("::")[-1].startswith("test_"), f"{test} is not a test"


def test_there_are_promises() -> None:
    """The table was found."""
    assert len(promises()) > 40
