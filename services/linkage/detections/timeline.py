"""From the journal of one Kafka key and a clock to its findings, whole and alike every time (ruling 24, ruling 4 of the design).

The journal is folded moment by moment: every instant at which something was recorded, and every instant at which time alone changes an
answer (a month begins, a dated value takes effect). A condition begins and ends in business time, with the fact that began or ended it: a
need found on paper weeks ago has waited for weeks, however late it was typed in. It becomes a finding once it has held for its limit. So
neither start nor end depends on when the job ran, and one topic that comes late gives the same findings in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from contracts.envelope import Event, Meta
from contracts.relief.need import CoverageReversed
from kit.clock import month_of, next_month, shanghai_date
from kit.identity import Role
from policy import Calendar, FindingRule, Packs
from services.linkage.detections.finding import Condition, Detection, Finding, Scene, Turn, start_of, start_of_month
from services.linkage.detections.limits import Limit, LimitUnit, held_until, limit_of
from services.linkage.detections.scope import Home, Scope, names_of_class
from services.linkage.rows import Fold

Key = tuple[str, str]
"""Name of the detection, and subject."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spell:
    """A condition from a moment on; `ended`: the moment that ended it."""

    detection: Detection
    condition: Condition
    began: datetime
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """All findings of a key, past and present, and when to look again (None: only when something is recorded)."""

    found: Sequence[Finding]
    next_due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """An instant at which an answer can change. happened: the business time of what was recorded then.

    changed: names of what was recorded (aggregates and events); None: time itself, which may change every answer.
    """

    instant: datetime
    happened: datetime
    changed: frozenset[str] | None


@dataclass
class _Timeline:
    detections: Sequence[Detection]
    open: dict[Key, Spell] = field(default_factory=dict)
    over: list[Spell] = field(default_factory=list)

    def at(self, scene: Scene, moment: Moment) -> None:
        """Conditions that began, went on or ended with what became known at this moment. Only detections that look at it are asked."""
        asked = [one for one in self.detections if moment.changed is None or one.looks_at & moment.changed]
        held = {(one.name, condition.subject): (one, condition) for one in asked for condition in one.conditions(scene)}
        names = {one.name for one in asked}
        for key in [key for key in self.open if key[0] in names and key not in held]:
            self.over.append(replace(self.open.pop(key), ended=moment.happened))
        for key, (detection, condition) in held.items():
            began = self.open[key].began if key in self.open else max(moment.happened, condition.earliest or moment.happened)
            self.open[key] = Spell(detection=detection, condition=condition, began=began)


def findings(scope: Scope, key: str, journal: Sequence[tuple[Event, Meta]], now: datetime, packs: Packs, calendar: Calendar) -> Findings:
    """The findings of one key. journal: sorted by (recorded_at, source, partition, position); what was recorded after `now` waits.

    Raises NoPolicy, BeyondCalendar when the clock lies where no pack or calendar is loaded.
    """
    known = [pair for pair in journal if pair[1].recorded_at <= now]
    fold, timeline, pending = scope.fold(), _Timeline(scope.detections), list(known)
    home = scope.home_of_stream(known, packs)
    for moment in _moments(scope, known, now):
        fold.add(_take_until(pending, moment.instant))
        day = shanghai_date(moment.instant)
        if (home := scope.home(fold) or home) is not None:
            timeline.at(Scene(key=key, fold=fold, day=day, pack=packs.at(day, home.area)), moment)
    ahead = [meta.recorded_at for _, meta in journal[len(known) :][:1]]
    if home is None:
        return Findings(found=[], next_due=min(ahead, default=None))
    spells = [*timeline.over, *timeline.open.values()]
    told = [_finding(spell, key, home, packs, calendar) for spell in spells]
    found = [one for one in told if one.since <= now and (one.until is None or one.until > one.since)]
    waiting = [one.since for one in told if one.until is None and one.since > now]
    return Findings(
        found=sorted(found, key=lambda one: (one.since, one.detection, one.subject)),
        next_due=min([*ahead, *waiting, *_ahead(scope, fold, known, now)], default=None),
    )


def _take_until(pending: list[tuple[Event, Meta]], moment: datetime) -> list[tuple[Event, Meta]]:
    count = next((at for at, (_, meta) in enumerate(pending) if meta.recorded_at > moment), len(pending))
    taken, pending[:] = pending[:count], pending[count:]
    return taken


def _finding(spell: Spell, key: str, home: Home, packs: Packs, calendar: Calendar) -> Finding:
    """Limit and owners are those of the pack in force when the condition began."""
    rule = packs.at(shanghai_date(spell.began), home.area).findings[spell.detection.name]
    limit, named = limit_of(rule.limit), spell.condition.due_at
    held = held_until(spell.condition.counts_from or spell.began, limit, calendar)
    since = max(spell.began, held, named or held)
    return Finding(
        detection=spell.detection.id,
        rule=spell.detection.name,
        kind=spell.detection.kind,
        scope=key,
        household_id=home.household_id,
        area=home.area,
        subject=spell.condition.subject,
        owner=Role(rule.owner),
        next_step=spell.detection.next_step,
        limit=limit if named is None else Limit(unit=LimitUnit.NAMED),
        began=spell.began,
        since=since,
        until=spell.ended,
        details=spell.condition.details,
        turns=_turns(rule, since),
    )


def _turns(rule: FindingRule, since: datetime) -> tuple[Turn, ...]:
    return tuple(Turn(at=since + timedelta(days=step.after_days), owner=Role(step.owner)) for step in rule.escalates)


def _moments(scope: Scope, journal: Sequence[tuple[Event, Meta]], now: datetime) -> list[Moment]:
    """When an answer can change, up to now: relevant recordings, starts of months, days from which a dated fact is effective."""
    news: dict[datetime, list[tuple[Event, Meta]]] = {}
    for event, meta in journal:
        if not scope.looked_at.isdisjoint(names_of_class(type(event))):
            news.setdefault(meta.recorded_at, []).append((event, meta))
    if not news:
        return []
    months = _month_starts(shanghai_date(min(news)), shanghai_date(now)) if scope.of_household else []
    days = [*months, *_effective_days(meta for _, meta in journal)]
    turns = {start: Moment(instant=start, happened=start, changed=None) for day in days if (start := start_of(day)) <= now}
    moments = {instant: _news(instant, told) for instant, told in news.items()}
    return [moment for _, moment in sorted({**moments, **turns}.items())]


def _news(instant: datetime, told: Sequence[tuple[Event, Meta]]) -> Moment:
    """A reversal counts from its recording (ruling 11), anything else from its business time."""
    reversal = any(isinstance(event, CoverageReversed) for event, _ in told)
    happened = instant if reversal else min(instant, max(meta.occurred_at for _, meta in told))
    changed = frozenset(name for event, _ in told for name in names_of_class(type(event)))
    return Moment(instant=instant, happened=happened, changed=changed)


def _month_starts(first: date, last: date) -> list[date]:
    months, month = [], next_month(month_of(first))
    while month <= month_of(last):
        months.append(date.fromisoformat(f"{month}-01"))
        month = next_month(month)
    return months


def _effective_days(metas: Iterable[Meta]) -> list[date]:
    return [meta.effective_from for meta in metas if meta.effective_from and meta.effective_from > shanghai_date(meta.recorded_at)]


def _ahead(scope: Scope, fold: Fold, journal: Sequence[tuple[Event, Meta]], now: datetime) -> list[datetime]:
    """The next moment at which time alone can change an answer. Streams have no months: their conditions name their instants."""
    today = shanghai_date(now)
    months = _months_named(fold) if scope.of_household else set()
    starts = [start_of_month(next_month(month_of(today)))] if any(month >= month_of(today) for month in months) else []
    return [*starts, *(start_of(day) for day in _effective_days(meta for _, meta in journal) if day > today)]


def _months_named(fold: Fold) -> set[str]:
    rows = fold.rows()
    if rows is None:
        return set()
    needs = {value.last_month for row in rows.needs for value in row.values if value.last_month}
    statuses = {month for span in rows.household.statuses for month in (span.first_month, span.last_month) if month}
    return needs | statuses | {month for row in rows.entitlements for month in row.months()}
