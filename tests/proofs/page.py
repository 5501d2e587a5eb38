"""The page `docs/rules.md`: a table a kind, a row an id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tests.proofs.ids import KINDS, Kind, kind_of, natural
from tests.proofs.reading import Test
from tests.proofs.rules import Rule, State

HEAD = """\
# Rules, and the tests that prove them

Written by `make rules` from [rules.yaml](rules.yaml) (what each id says) and from the ids in the tests' docstrings; `make check` fails when
they disagree. *built*: the tests named here prove it. *part*: they prove what is built, and what is missing is said. *later*: not built.
The sentences are ours; law, report and working rules behind them are named where a rule is written, in code and policy packs.
"""


def page(rules: Mapping[str, Rule], proofs: Mapping[str, Sequence[Test]]) -> str:
    """The whole text. Every id of `proofs` is in `rules`."""
    kinds = [(kind, sorted((name for name in rules if kind_of(name) is kind), key=natural)) for kind in KINDS]
    parts = [HEAD, "\n".join(_overview(rules, kinds))]
    parts += ["\n".join(_table(kind, names, rules, proofs)) for kind, names in kinds if names]
    return "\n".join(f"{part.rstrip()}\n" for part in parts)


def _overview(rules: Mapping[str, Rule], kinds: Sequence[tuple[Kind, list[str]]]) -> Iterator[str]:
    yield f"| kind | {' | '.join(State)} |"
    yield "|---|" + "---:|" * len(State)
    for kind, names in kinds:
        if names:
            count = Counter(rules[name].state for name in names)
            yield f"| [{kind.title}](#{kind.title.lower().replace(' ', '-')}) | {' | '.join(str(count[state]) for state in State)} |"


def _table(kind: Kind, names: Sequence[str], rules: Mapping[str, Rule], proofs: Mapping[str, Sequence[Test]]) -> Iterator[str]:
    yield f"## {kind.title}\n\n{kind.about}\n"
    yield "| id | what it says | state | tests |"
    yield "|---|---|---|---|"
    for name in names:
        yield f"| {name} | {_sentence(rules[name])} | {rules[name].state} | {_links(proofs.get(name, []))} |"


def _sentence(rule: Rule) -> str:
    term = f"{rule.zh}: " if rule.zh else ""
    return f"{term}{rule.says}" + (f" *Missing: {rule.missing}*" if rule.missing else "")


def _links(tests: Sequence[Test]) -> str:
    """`file::test, ::test` of each file; the path stands once."""
    by_file = groupby(tests, key=lambda test: test.file)
    return "<br>".join(f"[{file}](../{file})" + ", ".join(f"::{test.name}" for test in group) for file, group in by_file) or "–"
