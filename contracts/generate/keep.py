"""The committed files and the declared events side by side: what is refused, what is stale, what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from contracts.envelope import EventType, decode, encode
from contracts.generate import asyncapi
from contracts.generate.compatibility import Verdict, changes
from contracts.generate.events import label
from contracts.generate.lint import lint
from contracts.generate.problem import Problem
from contracts.generate.sample import NoSample, sample
from contracts.generate.schema import Document, schema_of

FILE = re.compile(r"^(?P<name>.+)\.v(?P<version>[0-9]+)\.json$")
RAISE = "Put it back, or raise the version to {next} and add lifts={{{version}: …}}, so that stored facts still read."
WRITE = "Run `python -m contracts.generate` (make contracts) and commit what it writes."
Versions = Mapping[tuple[str, int], Any]


@dataclass
class Findings:
    """refused: a person must settle it.  files: what should stand where, under the folder.  notes: worth knowing."""

    folder: Path
    refused: list[Problem] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def stale(self) -> list[Problem]:
        return [
            Problem(str(path.relative_to(self.folder.parent)), "is stale" if path.exists() else "is missing", WRITE)
            for path in self.to_write()
        ]

    def to_write(self) -> list[Path]:
        return [path for path, text in self.files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]

    def all(self) -> list[Problem]:
        return self.refused + self.stale()


@dataclass(frozen=True)
class Past:
    """What the folder holds. broken: files that are no JSON, such as after a merge that was not finished."""

    schemas: Versions
    examples: Versions
    broken: list[Problem]

    @classmethod
    def of(cls, folder: Path) -> Past:
        broken: list[Problem] = []
        return cls(_read(folder / "schemas", broken), _read(folder / "examples", broken), broken)


def examine(kinds: Iterable[EventType], folder: Path) -> Findings:
    """Compare the events with the schemas, examples and AsyncAPI document in the folder. Writes nothing."""
    known, past, findings = {kind.name: kind for kind in kinds}, Past.of(folder), Findings(folder)
    findings.refused += past.broken
    for kind in known.values():
        findings.refused += lint(kind)
    if findings.refused:
        return findings  # a class that may not be has no schema, a broken file no past
    findings.refused += _lost(known, past)
    for kind in known.values():
        _compare(kind, past, findings)
    schemas = _schemas(known, past)
    examples = _examples(known, schemas, past, findings)
    if not findings.refused:
        _expect(folder, schemas, examples, past, findings)
    return findings


def write(findings: Findings) -> int:
    """Write what is stale or missing; the number of files."""
    paths = findings.to_write()
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(findings.files[path], encoding="utf-8")
    return len(paths)


def as_text(document: Any) -> str:
    """JSON as it stands in the files."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _read(folder: Path, broken: list[Problem]) -> Versions:
    found = {}
    for path in sorted(folder.glob("*.json")):
        if match := FILE.match(path.name):
            try:
                found[match["name"], int(match["version"])] = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                broken.append(Problem(f"{folder.name}/{path.name}", f"is not JSON: {error}", "Restore it from history."))
    return found


def _lost(known: Mapping[str, EventType], past: Past) -> Iterator[Problem]:
    """Published versions that this program can no longer read."""
    for name, version in past.schemas:
        about = f"{name} v{version}"
        if name not in known:
            yield Problem(about, "was published and is gone; stored facts still bear its name", "Put its class back under this wire name.")
        elif version > known[name].version:
            yield Problem(
                about, f"was published, and the class is at version {known[name].version}", "A version never goes back: raise it."
            )
    for name, version in past.examples:
        if name not in known or version > known[name].version:
            yield Problem(f"examples/{label(name, version)}.json", "belongs to no event", "Remove the file, or put its event back.")
    for kind in known.values():
        for version in range(1, kind.version):
            if (kind.name, version) not in past.schemas:
                yield Problem(f"{kind.name} v{version}", "has no schema though stored facts may have this form", "Restore it from history.")


def _compare(kind: EventType, past: Past, findings: Findings) -> None:
    """The newest version against what was published under the same number."""
    published = past.schemas.get((kind.name, kind.version))
    if published is None:
        return
    about = f"{kind.name} v{kind.version}"
    for change in changes(published, schema_of(kind)):
        if change.verdict is Verdict.BREAKS:
            findings.refused.append(Problem(about, change.what, RAISE.format(next=kind.version + 1, version=kind.version)))
        elif change.verdict is Verdict.READERS_FIRST:
            findings.notes.append(f"{about}: {change.what}; release the programs that read it before any that writes it")


def _schemas(known: Mapping[str, EventType], past: Past) -> dict[tuple[str, int], Document]:
    """All versions: the older ones as they were published, the newest as declared."""
    older = {key: schema for key, schema in past.schemas.items() if key[0] in known and key[1] < known[key[0]].version}
    newest = {(kind.name, kind.version): schema_of(kind) for kind in known.values()}
    return dict(sorted((older | newest).items()))


def _examples(known: Mapping[str, EventType], versions: Iterable[tuple[str, int]], past: Past, findings: Findings) -> dict[str, Any]:
    """One payload for each version, by label: the one kept, or a first draft for a version that has none."""
    examples = {}
    for name, version in versions:
        kind = known[name]
        if (name, version) in past.examples:
            examples[label(name, version)] = past.examples[name, version]
            findings.refused += _fault(kind, version, past.examples[name, version])
        elif version == kind.version:
            examples[label(name, version)] = _draft(kind, findings)
        else:
            findings.refused.append(Problem(f"{name} v{version}", "has no example", "Restore it from history."))
    return examples


def _draft(kind: EventType, findings: Findings) -> Any:
    try:
        return json.loads(encode(sample(kind)))
    except NoSample as error:
        findings.refused.append(Problem(f"{kind.name} v{kind.version}", str(error), "Add one to CODES in contracts/generate/sample.py."))
        return None


def _fault(kind: EventType, version: int, payload: Any) -> Iterator[Problem]:
    """Whether a kept example still reads, and, in the newest version, is written again as it stands."""
    about = f"examples/{label(kind.name, version)}.json"
    try:
        event = decode(kind.name, version, msgspec.json.encode(payload))
    except (msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
        yield Problem(about, f"can no longer be read: {error}", "Facts of this form are stored: keep reading them.")
        return
    if version == kind.version and json.loads(encode(event)) != payload:
        yield Problem(about, "is not what the program writes for it", "Leave out defaults and fields that the event does not have.")


def _expect(folder: Path, schemas: Mapping[tuple[str, int], Document], examples: Mapping[str, Any], past: Past, findings: Findings) -> None:
    for key, schema in schemas.items():
        findings.files[folder / "schemas" / f"{label(*key)}.json"] = as_text(schema)
        if key not in past.examples:
            findings.files[folder / "examples" / f"{label(*key)}.json"] = as_text(examples[label(*key)])
    versions = [asyncapi.Version(name, version, schema) for (name, version), schema in schemas.items()]
    findings.files[folder / "asyncapi.yaml"] = asyncapi.text(asyncapi.document(versions, examples))
