"""Basic living aid of the year: who is on it when the year begins, 14 families who come, 17 who leave, payment month by month.

The aid that stood before the year is decided anew in its first week, because no rule pack speaks of earlier days; so its first month is
February. Payments are on the 10th or the working day before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kit.clock import month_of, next_month
from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Fate, Group, Household, People
from minsheng.district.seasons import pay_day, spread, workday_from
from minsheng.district.staff import APPROVER, DISTRICT_OFFICER, REGISTRAR, caseworker
from minsheng.district.step import Body, Lesson
from policy import Pack, Packs

TAKEN_OVER, GRANTED, REVIEWED = date(2022, 1, 5), date(2022, 1, 6), date(2022, 7, 14)
REVIEW_MONTH = "2022-07"
FALSE_REPORT, REVOKED = date(2022, 5, 30), date(2022, 6, 13)
SCHEMES = {Group.TEKUN: "tekun"}


@dataclass(slots=True)
class Aid:
    """One entitlement on its way through the year. version: of its stream, which an approver must name.  last: the last month paid."""

    story: Story
    home: Household
    scheme: str
    income_fen: int
    first: str
    version: int = 0
    last: str = "2022-12"
    skipped: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.story.id("entitlement")

    def give(self, day: date, command: str, body: Body, *, window: int, events: int = 1) -> None:
        """A command of an approver or of the district; `events`: how many facts it writes into the entitlement's stream."""
        by, seen = (DISTRICT_OFFICER, None) if command.startswith("record") else (APPROVER, self.version)
        if command == "stop":
            seen = None
        self.story.give(day, by, f"relief/entitlement/{self.id}/{command}", body, window=window, if_match=seen)
        self.version += events


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """The families on aid when the year begins, those who come, and the statuses that bring no money."""
    policy = Packs.load().at(GRANTED, "440308")
    false_report = _falsely_reported(everybody)
    failed = next(home for home in everybody.of(Group.DIBAO) if home.is_lasting and home is not false_report)
    for number, home in enumerate(everybody.of(Group.DIBAO, Group.TEKUN)):
        aid = _take_over(diary, home, policy, stable=number % 5 > 0 and home.fate is not Fate.REVIEW)
        _change(aid, policy, stable=number % 5 > 0)
        _end(aid)
        if home is false_report:
            aid.skipped.add("2022-06")
            _report_falsely(aid)
        _pay(aid, failing="2022-08" if home is failed else "")
    for home, day in zip(everybody.of(Group.ENTRANT), spread(scale.of(figures.DIBAO_IN, 2)), strict=True):
        _pay(_enter(diary, home, day, policy))
    for home in everybody.of(Group.EDGE, Group.RIGID):
        status = {"status": home.group.value}
        path = f"relief/household/{home.id}/recognise-status"
        diary.story(f"status/{home.number}").give(GRANTED, APPROVER, path, status, window=1)


def _income(diary: Diary, home: Household, policy: Pack) -> int:
    """A counted income below the standard, in whole yuan; none for a tekun person."""
    if home.group is Group.TEKUN:
        return 0
    limit = policy.dibao_standard_fen * len(home.members)
    return chance(diary.seed, f"income/{home.number}").randrange(0, limit * 85 // 100, 100)


def _standard(home: Household, policy: Pack) -> int:
    return policy.tekun_standard_fen if home.group is Group.TEKUN else policy.dibao_standard_fen * len(home.members)


def _take_over(diary: Diary, home: Household, policy: Pack, *, stable: bool) -> Aid:
    story = diary.story(f"aid/{home.number}")
    aid = Aid(story, home, SCHEMES.get(home.group, "dibao"), _income(diary, home, policy), first="2022-02")
    worker = caseworker(home.street)
    gross = _standard(home, policy) - aid.income_fen
    need = {
        "household_id": home.id,
        "category": "living",
        "period": "month",
        "gross": gross,
        "first_month": "2022-02",
        "last_month": "2023-01" if stable else "2023-07",
    }
    story.give(TAKEN_OVER, worker, f"relief/household/{home.id}/form-unit", _unit(aid), window=1)
    story.give(TAKEN_OVER, worker, f"relief/need/{story.id('need')}/register", need, window=1)
    _propose(aid, TAKEN_OVER, story.id("need"), window=1)
    aid.give(GRANTED, "grant", {"stable": stable}, window=1, events=2)
    return aid


def _unit(aid: Aid) -> Body:
    return {"unit_id": aid.story.id("unit"), "scheme": aid.scheme, "person_ids": aid.home.member_ids}


def _propose(aid: Aid, day: date, need_id: str, *, window: int) -> None:
    body = {
        "household_id": aid.home.id,
        "unit_id": aid.story.id("unit"),
        "need_id": need_id,
        "scheme": aid.scheme,
        "counted_income_fen": aid.income_fen,
    }
    aid.story.give(day, caseworker(aid.home.street), f"relief/entitlement/{aid.id}/propose", body, window=window)
    aid.version = 1


def _change(aid: Aid, policy: Pack, *, stable: bool) -> None:
    """A family whose income is not stable is reviewed in July: what it lacks, and so what it gets, is what its income of then asks for."""
    if stable or aid.home.fate is not Fate.STAYS or not aid.home.is_lasting:
        return
    income_fen = aid.income_fen * 9 // 10 // 100 * 100
    months = {"first_month": "2022-08", "last_month": "2023-07"}
    need = f"relief/need/{aid.story.id('need')}/change"
    aid.story.give(REVIEWED, caseworker(aid.home.street), need, {"gross": _standard(aid.home, policy) - income_fen, **months})
    aid.version += 6  # the payments of February to July
    aid.give(REVIEWED, "revise", {"counted_income_fen": income_fen, "reviewed": True, "stable": True}, window=1)


def _end(aid: Aid) -> None:
    """The aid ends: by death (by itself, the papers follow), after grace, by a review, by a move."""
    home, story, worker = aid.home, aid.story, caseworker(aid.home.street)
    if home.head.died_on and home.head.death_told_on and len(home.members) == 1:
        aid.last = month_of(home.head.died_on)
        _recall(aid, home.head.death_told_on)
        day = workday_from(home.head.death_told_on, 6)
        story.give(day, APPROVER, f"relief/household/{home.id}/expire-status", window=1)
        story.give(day, worker, f"relief/need/{story.id('need')}/close", {"code": "DECEASED"}, window=2)
        return
    if home.head.death_told_on:
        _recalculate(aid, home.head.death_told_on)
    if home.ends_on is None:
        return
    reasons = {Fate.GRACE: "income", Fate.REVIEW: "assets", Fate.MOVE: "moved"}
    day = workday_from(home.ends_on)
    aid.last = month_of(day)
    aid.give(day, "stop", {"reason": reasons[home.fate]}, window=1)
    if home.fate is Fate.MOVE:
        story.give(day, worker, f"relief/need/{story.id('need')}/close", {"code": "MOVED"}, window=2)
        story.give(day, worker, f"relief/household/{home.id}/close-household", {"code": "MOVED"}, window=2)


def _recalculate(aid: Aid, told: date) -> None:
    """A member died: the others' aid is decided anew, for the income that is left."""
    day = workday_from(told, 8)
    paid = sum(aid.first <= f"2022-{month:02}" and pay_day(month) <= day for month in range(1, 13))
    aid.version += paid + 1  # the payments until then, and the reminder that the death has left
    members = len(aid.home.members)
    body = {"counted_income_fen": aid.income_fen * (members - 1) // members // 100 * 100, "reviewed": False}
    aid.give(day, "revise", body, window=1)
    aid.version -= paid  # they are counted again as they are told


def _recall(aid: Aid, told: date) -> None:
    """Where a death became known only after the next pay day, the bank sends that month's money back."""
    month = next_month(aid.last)
    while month <= month_of(told) and pay_day(int(month[5:])) < told:
        aid.give(pay_day(int(month[5:])), "record-payment", {"month": month}, window=1)
        aid.give(workday_from(told, 3), "record-failure", {"month": month}, window=1)
        month = next_month(month)


def _pay(aid: Aid, failing: str = "") -> None:
    """Each month on its pay day, up to the last one owed; one month's money comes back from the bank and is paid again."""
    month = aid.first
    while month <= aid.last:
        day = pay_day(int(month[5:]))
        if month not in aid.skipped:
            aid.give(day, "record-payment", {"month": month}, window=0)
        if month == failing:
            aid.give(workday_from(day, 3), "record-failure", {"month": month}, window=1)
            aid.give(workday_from(day, 5), "record-payment", {"month": month}, window=1)
        month = next_month(month)


def _enter(diary: Diary, home: Household, day: date, policy: Pack) -> Aid:
    """A family comes onto dibao: assessed in four dimensions, proposed, decided within the district's time."""
    story = diary.story(f"aid/{home.number}")
    worker = caseworker(home.street)
    decided = workday_from(day, 20)
    first = next_month(month_of(decided))
    aid = Aid(story, home, "dibao", _income(diary, home, policy), first=first)
    assessment = f"relief/need-assessment/{story.id('assessment')}"
    living = {
        "category": "living",
        "period": "month",
        "gross": _standard(home, policy) - aid.income_fen,
        "first_month": first,
        "last_month": f"2023-{first[5:]}" if first < "2023" else "2023-12",
    }
    story.give(day, worker, f"{assessment}/open-assessment", {"household_id": home.id})
    story.give(day, worker, f"{assessment}/answer", {"dimension": "material", "lines": [living]})
    for dimension in ("service", "spirit", "ability"):
        story.give(day, worker, f"{assessment}/answer", {"dimension": dimension})
    learned = f"$need-{home.number}"
    story.give(
        workday_from(day, 1),
        worker,
        f"{assessment}/finalise",
        learn=[Lesson(learned, "relief.need.registered", "need_id", {"category": "living"})],
    )
    story.give(workday_from(day, 3), worker, f"relief/household/{home.id}/form-unit", _unit(aid))
    _propose(aid, workday_from(day, 3), learned, window=0)
    aid.give(decided, "grant", {"stable": True}, window=1, events=2)
    return aid


def _falsely_reported(everybody: People) -> Household:
    """An old person who lives alone on dibao, of whom somebody said that he died."""
    return next(home for home in everybody.of(Group.DIBAO) if len(home.members) == 1 and home.is_lasting)


def _report_falsely(aid: Aid) -> None:
    """The report holds June's money; it is taken back as false, and June is paid by itself."""
    person = aid.home.head.id
    death = {"died_on": "2022-05-28", "source": "family", "certainty": "reported"}
    aid.story.give(FALSE_REPORT, REGISTRAR, f"registry/person/{person}/report-death", death)
    path = f"relief/entitlement/{aid.id}/record-payment"
    aid.story.give(pay_day(6), DISTRICT_OFFICER, path, {"month": "2022-06"}, window=1, refused="payment_held")
    aid.story.give(REVOKED, REGISTRAR, f"registry/person/{person}/revoke-death", {"reason": "false_report"})
    aid.story.give(REVOKED, DISTRICT_OFFICER, path, {"month": "2022-06"}, window=3)
