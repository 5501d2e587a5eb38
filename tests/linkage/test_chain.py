"""The chain of aid of a household: lines by layer in time order, the residual after each, what was true and what was known when."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import LineId, Month
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.household import StatusExpired, StatusRecognised
from contracts.relief.need import CoverageRefusal, CoverageRefused, CoverageReleased, CoverageReversed, NeedChanged
from contracts.terms import Certainty, DeathSource, Layer, Scheme, Status
from services.linkage.chain import AidChain, NeedChain, chain
from services.linkage.giving import GiverKind
from services.linkage.rows import Fold, folded
from services.linkage.views.facts import EVENT_SLOT, Amounts
from tests.linkage.cases import (
    BILLS,
    CHILD,
    DIBAO,
    FIRST_GIFT,
    FIRST_LINE,
    GRANDMOTHER,
    HOUSEHOLD,
    LIVING,
    SECOND_LINE,
    TEMP_AID,
    a_need,
    committed,
    delivered,
    four_layers,
    meals_and_goods,
    opened,
    regular,
    requested,
)
from tests.linkage.story import Story, an_id, at, by_key


def chain_of(story: Story, as_of: str, known_at: str | None = None) -> AidChain:
    events = story.known(at(known_at, 23, 59)) if known_at else story.told
    rows = folded(events)
    assert rows is not None
    return chain(rows, date.fromisoformat(as_of))


def need_of(aid: AidChain, need_id: str) -> NeedChain:
    return next(need for need in aid.needs if need.need_id == need_id)


def test_four_layers_cover_the_bills_of_a_sick_child_line_by_line() -> None:
    """SC-07: 78,000.00 -> 40,500.00 -> 24,120.00 -> 4,120.00 -> 0.00; 2 prior payers, then L2, L3, L4, L4."""
    need = need_of(chain_of(four_layers(), "2022-06-01"), BILLS)
    (slot,) = need.slots
    assert [payer.amount for payer in slot.payers] == [16_000_000, 4_800_000]
    assert (slot.gross, slot.net, slot.residual, need.residual) == (28_600_000, 7_800_000, 0, 0)
    assert [line.layer for line in slot.lines] == [Layer.SPECIAL, Layer.TEMPORARY, Layer.CHARITY, Layer.CHARITY]
    assert [line.residual_after for line in slot.lines] == [4_050_000, 2_412_000, 412_000, 0]
    assert [line.amounts.delivered for line in slot.lines] == [3_750_000, 1_638_000, 2_000_000, 412_000]


def test_no_line_is_larger_than_the_residual_at_its_time() -> None:
    """SC-07: only 4,120.00 of the second donor's 6,000.00 is accepted; the offer stays visible."""
    (slot,) = need_of(chain_of(four_layers(), "2022-06-01"), BILLS).slots
    before = slot.net
    for line in slot.lines:
        assert line.amounts.covering <= before
        before = line.residual_after
    assert (slot.lines[-1].offered, slot.lines[-1].amounts.covering) == (600_000, 412_000)


def test_each_line_says_who_gave_and_links_to_its_source_event() -> None:
    """AidChain (3.9): each line links to its source event; the giver's own words stand beside the need's."""
    story = four_layers()
    (slot,) = need_of(chain_of(story, "2022-06-01"), BILLS).slots
    assert [line.giver.kind for line in slot.lines] == [
        GiverKind.SPECIAL_AID,
        GiverKind.TEMP_AID,
        GiverKind.ALLOCATION,
        GiverKind.ALLOCATION,
    ]
    assert [line.giver.name for line in slot.lines] == ["medical_security", "expenditure", "children-illness", "second-donor"]
    types = {meta.id: meta.type for _, meta in story.told}
    assert all(types[line.source.event_id] == "relief.need.coverage-committed" for line in slot.lines)
    assert all(line.said == line.amounts for line in slot.lines)


def test_a_line_whose_giver_is_not_heard_yet_is_shown_as_the_need_accepted_it() -> None:
    """Ruling 3 of the design: two rows, joined when read; charity's topic may be behind."""
    story = four_layers()
    rows = folded([pair for pair in story.told if pair[1].service != "charity"])
    assert rows is not None
    (slot,) = need_of(chain(rows, date(2022, 6, 1)), BILLS).slots
    assert [line.residual_after for line in slot.lines] == [4_050_000, 2_412_000, 412_000, 0]
    assert (slot.lines[2].giver.kind, slot.lines[2].said) == (GiverKind.UNKNOWN, None)


def test_the_chain_of_an_earlier_day_shows_what_was_effective_then() -> None:
    """Ruling 8: at the end of 2022-04-28 L3 is committed, not yet delivered, and charity has given nothing."""
    (slot,) = need_of(chain_of(four_layers(), "2022-04-28"), BILLS).slots
    assert [line.amounts for line in slot.lines] == [Amounts(delivered=3_750_000), Amounts(committed=1_638_000)]
    assert slot.residual == 2_412_000


def test_help_that_was_asked_for_is_a_case_and_covers_nothing() -> None:
    """Ruling 1: planned amounts never count; on 2022-04-26 temporary aid is requested."""
    need = need_of(chain_of(four_layers(), "2022-04-26"), BILLS)
    assert [(case.layer, case.giver.id, case.amount) for case in need.cases] == [(Layer.TEMPORARY, TEMP_AID, 1_638_000)]
    assert need.residual == 4_050_000


def test_a_monthly_need_has_a_residual_for_each_month_and_nothing_carries_over() -> None:
    """Ruling 2: May is paid, June is committed, both in the month they are for."""
    story = regular(opened(Story()))
    story.tell(delivered("0190a000-0000-8000-8000-000000000061", 149_500, need_id=LIVING, month="2022-05"), on="2022-05-10")
    need = need_of(chain_of(story, "2022-06-15"), LIVING)
    may, june = need.slots[0], need.slots[1]
    assert (may.slot, may.lines[0].amounts, may.residual) == ("2022-05", Amounts(delivered=149_500), 0)
    assert (june.slot, june.lines[0].amounts, june.residual) == ("2022-06", Amounts(committed=149_500), 0)


def test_octobers_correction_for_june_leaves_september_alone() -> None:
    """Ruling 19 of the design: dated changes overwrite their own months only, for any day from then on."""
    story = opened(Story()).tell(a_need(LIVING, 100_000, months=("2022-01", "2022-12")), on="2022-01-05", recorded="2022-03-02")
    story.tell(
        NeedChanged(need_id=LIVING, household_id=HOUSEHOLD, gross=80_000, first_month=Month("2022-06"), last_month=Month("2022-06")),
        on="2022-10-05",
    )
    for day in ("2022-09-30", "2022-11-01"):
        gross = {slot.slot: slot.gross for slot in need_of(chain_of(story, day), LIVING).slots}
        assert (gross["2022-06"], gross["2022-09"]) == (80_000, 100_000)


def test_what_was_known_before_a_correction_does_not_change() -> None:
    """Property 7: `known_at` 2022-09-30 still answers with June as it was known then."""
    story = opened(Story()).tell(a_need(LIVING, 100_000, months=("2022-01", "2022-12")), on="2022-03-02")
    before = chain_of(story, "2022-09-30", known_at="2022-09-30")
    story.tell(
        NeedChanged(need_id=LIVING, household_id=HOUSEHOLD, gross=80_000, first_month=Month("2022-06"), last_month=Month("2022-06")),
        on="2022-10-05",
    )
    assert chain_of(story, "2022-09-30", known_at="2022-09-30") == before


def test_a_month_the_bank_sent_back_counts_once_on_every_day() -> None:
    """Rulings 8 and 9: paid on 10 May, sent back on the 16th: committed, then delivered, then committed again, never twice."""
    story = regular(opened(Story()))
    story.tell(delivered(DIBAO, 149_500, need_id=LIVING, month="2022-05"), on="2022-05-10")
    back = CoverageReversed(need_id=LIVING, household_id=HOUSEHOLD, line_id=LineId(DIBAO), amount=149_500, month=Month("2022-05"))
    again = committed(DIBAO, 149_500, Layer.REGULAR, Scheme.DIBAO, need_id=LIVING, months=("2022-05", "2022-05"))
    story.tell(back, again, on="2022-05-16")

    def may(day: str) -> Amounts:
        slot = next(slot for slot in need_of(chain_of(story, day), LIVING).slots if slot.slot == "2022-05")
        return slot.lines[0].amounts

    assert may("2022-05-09") == Amounts(committed=149_500)
    assert may("2022-05-15") == Amounts(delivered=149_500)
    assert may("2022-05-16") == Amounts(committed=149_500, returned=149_500)


def test_a_returned_amount_lowers_only_its_own_line() -> None:
    """Ruling 11, SC-17: 1,200.00 comes back, the residual grows by as much, other lines stand."""
    story = four_layers().tell(
        CoverageReversed(need_id=BILLS, household_id=HOUSEHOLD, line_id=FIRST_LINE, amount=120_000),
        on="2022-06-10",
    )
    need = need_of(chain_of(story, "2022-06-10"), BILLS)
    (slot,) = need.slots
    assert slot.lines[2].amounts == Amounts(delivered=1_880_000, returned=120_000)
    assert (need.residual, slot.lines[3].amounts.delivered) == (120_000, 412_000)


def test_a_released_amount_is_open_again() -> None:
    """Ruling 20 of the design: coverage that was given back is open again."""
    story = opened(Story()).tell(a_need(BILLS, 500_000), on="2022-04-01")
    story.tell(committed(FIRST_GIFT, 300_000, Layer.CHARITY, Scheme.CHARITY), on="2022-04-02")
    story.tell(
        CoverageReleased(need_id=BILLS, household_id=HOUSEHOLD, line_id=FIRST_LINE, amount=100_000),
        on="2022-04-03",
    )
    need = need_of(chain_of(story, "2022-04-03"), BILLS)
    assert (need.slots[0].lines[0].amounts, need.residual) == (Amounts(committed=200_000), 300_000)


def test_a_refused_offer_is_shown_and_covers_nothing() -> None:
    """Ruling 3: the need accepted nothing of the offer; people see it and why."""
    story = four_layers().tell(
        CoverageRefused(
            need_id=BILLS,
            household_id=HOUSEHOLD,
            line_id=LineId(an_id(53)),
            layer=Layer.CHARITY,
            offered=10_000,
            reason=CoverageRefusal.NOTHING_LEFT,
        ),
        on="2022-05-20",
    )
    need = need_of(chain_of(story, "2022-06-01"), BILLS)
    assert [(refused.offered, refused.refusal.reason) for refused in need.refused] == [(10_000, CoverageRefusal.NOTHING_LEFT)]
    assert len(need.slots[0].lines) == 4


def test_meals_and_goods_stand_outside_a_need_and_touch_no_residual() -> None:
    """Rulings 5 and 12: meals are L2 money, goods stand at list value beside the money."""
    aid = chain_of(meals_and_goods(four_layers()), "2022-05-31")
    assert [(line.scheme, line.delivered_fen, line.list_value_fen, line.quantity) for line in aid.outside] == [
        (Scheme.MEAL_SUBSIDY, 1_500, 0, 1),
        (Scheme.SHOP_POINTS, 0, 12_000, 3),
    ]
    assert need_of(aid, BILLS).residual == 0


def test_a_death_shows_from_its_day_however_late_it_was_told_and_a_revocation_takes_it_back() -> None:
    """SC-09, ruling 22: died 2022-06-14, told 2022-08-02, not known before; revoked 2022-08-10."""
    story = opened(Story()).tell(
        PersonDeceased(person_id=GRANDMOTHER, died_on=date(2022, 6, 14), source=DeathSource.FUNERAL_HOME, certainty=Certainty.CONFIRMED),
        on="2022-08-02",
    )

    def dead(aid: AidChain) -> list[str]:
        return [member.person_id for member in aid.members if member.death]

    assert dead(chain_of(story, "2022-06-14")) == [GRANDMOTHER]
    assert dead(chain_of(story, "2022-06-13")) == []
    assert dead(chain_of(story, "2022-07-01", known_at="2022-08-01")) == []
    story.tell(PersonDeathRevoked(person_id=GRANDMOTHER, reason=RevocationReason.WRONG_PERSON), on="2022-08-10")
    assert dead(chain_of(story, "2022-08-10")) == []


def test_a_status_replaces_the_one_before_and_ends_at_a_month_boundary() -> None:
    """R-LAY-03, E02: edge from April, dibao from June replaces it, expired with August."""
    story = opened(Story())
    story.tell(StatusRecognised(household_id=HOUSEHOLD, status=Status.EDGE, from_month=Month("2022-04")), on="2022-03-15")
    story.tell(StatusRecognised(household_id=HOUSEHOLD, status=Status.DIBAO, from_month=Month("2022-06")), on="2022-05-20")
    story.tell(StatusExpired(household_id=HOUSEHOLD, status=Status.DIBAO, last_month=Month("2022-08")), on="2022-08-20")
    days = ["2022-03-31", "2022-04-01", "2022-05-31", "2022-06-01", "2022-08-31", "2022-09-01"]
    assert [chain_of(story, day).status for day in days] == [None, Status.EDGE, Status.EDGE, Status.DIBAO, Status.DIBAO, None]
    assert [(span.status, span.last_month) for span in chain_of(story, "2022-09-01").statuses] == [
        (Status.EDGE, "2022-05"),
        (Status.DIBAO, "2022-08"),
    ]


def test_a_granted_entitlement_has_a_review_at_its_month() -> None:
    """3.9 AidChain: reviews due."""
    aid = chain_of(regular(opened(Story())), "2022-06-01")
    assert [(review.scheme, review.due_month, review.reason) for review in aid.reviews] == [(Scheme.DIBAO, "2023-04", None)]


@settings(max_examples=60)
@given(seed=st.integers(min_value=0))
def test_any_interleaving_of_the_topics_gives_the_same_rows(seed: int) -> None:
    """Ruling 3 of the design, property 5: only the order within a source and key is fixed."""
    story = meals_and_goods(regular(four_layers()))
    story.tell(
        PersonDeceased(person_id=CHILD, died_on=date(2022, 6, 14), source=DeathSource.HOSPITAL, certainty=Certainty.REPORTED),
        on="2022-06-15",
    )
    merged, queues, pick = [], by_key(story.told), random.Random(seed)
    while queues:
        queue = pick.choice(queues)
        merged.append(queue.pop(0))
        queues = [rest for rest in queues if rest]
    told, other = Fold(), Fold()
    told.add(story.told)
    other.add(merged)
    assert other.tables == told.tables


def test_each_row_is_fed_by_one_topic_and_one_key() -> None:
    """Ruling 3 of the design: the runner refuses a second; the views never ask for one."""
    story = meals_and_goods(regular(four_layers()))
    feeders: dict[tuple[str, str], set[tuple[str, str]]] = {}
    fold = Fold()
    for event, meta in story.told:
        before = {name: dict(table) for name, table in fold.tables.items()}
        fold.add([(event, meta)])
        for name, table in fold.tables.items():
            for key in (key for key, row in table.items() if before[name].get(key) is not row):
                feeders.setdefault((name, key), set()).add((meta.source, meta.key))
    assert feeders
    assert all(len(feeds) == 1 for feeds in feeders.values())


def test_a_request_told_before_its_need_waits_for_nobody() -> None:
    """Rows stand alone: a case whose need was never heard of leaves the chain readable."""
    story = opened(Story()).tell(requested(TEMP_AID, 200_000), on="2022-03-05")
    assert chain_of(story, "2022-03-05").needs == []


def test_slots_of_an_event_need_are_one() -> None:
    """Ruling 2: an `event` need has one residual over its whole life."""
    need = need_of(chain_of(four_layers(), "2022-06-01"), BILLS)
    assert [slot.slot for slot in need.slots] == [EVENT_SLOT]
    assert SECOND_LINE in [line.line_id for line in need.slots[0].lines]
