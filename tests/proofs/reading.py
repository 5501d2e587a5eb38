"""Which test names which id: from the docstrings of all test files, which are parsed and never imported. What a class says holds for its tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.ids import ids_in


@dataclass(frozen=True, slots=True, order=True)
class Test:
    """A test function or method: `function` or `Class::method` of a file, named from the project's root."""

    __test__ = False  # pytest would take the class for a test

    file: str
    name: str


def proofs_of(project: Path) -> dict[str, list[Test]]:
    """The tests that name an id, in the order of files, for every id that a test names."""
    proofs: dict[str, list[Test]] = {}
    for path in sorted((project / "tests").rglob("test_*.py")):
        for name, docstring in _tests_in(path):
            for one in ids_in(docstring):
                proofs.setdefault(one, []).append(Test(path.relative_to(project).as_posix(), name))
    return proofs


def _tests_in(path: Path) -> Iterator[tuple[str, str]]:
    module = ast.parse(path.read_text(encoding="utf-8"))
    yield from _functions(module.body)
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            about = ast.get_docstring(node) or ""
            yield from ((f"{node.name}::{name}", f"{docstring}\n{about}") for name, docstring in _functions(node.body))


def _functions(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, ast.get_docstring(node) or ""
