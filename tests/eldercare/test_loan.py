"""Loans of shared wheelchairs: scanned, brought back, late, lost, fetched after a death; one open loan an asset, whatever the order."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.eldercare.loan import AssetReturned, AssetUnlocked
from contracts.eldercare.mobility_asset import AssetKind, AssetRetirement
from contracts.envelope import Event
from contracts.ids import LoanId
from contracts.terms import Certainty, CheckInMethod
from kit.clock import SystemClock
from kit.command import Command
from kit.commands import CommandPath, Keys
from kit.errors import NotFound, Refused
from kit.store.memory import MemoryStore
from kit.store.model import Link, ReleaseAll, SetTimer, Take
from kit.testing import WORKER, Given, given, policy
from services.eldercare.domain.known_person import known_person
from services.eldercare.domain.loan import (
    AskCollection,
    GiveBackAsset,
    LoanStage,
    MarkOverdue,
    ReportAssetLost,
    UnlockAsset,
    WithdrawCollection,
    index,
    loan,
)
from services.eldercare.domain.mobility_asset import AssetState, DeployAsset, RetireAsset, mobility_asset
from services.eldercare.service import eldercare
from tests.eldercare.facts import ELDER, HOME, death_known, death_withdrawn
from tests.eldercare.mobility_facts import (
    CHAIR,
    CLIMBER,
    DUE,
    HAISHAN,
    LOAN,
    PARK,
    QIAODONG,
    SECOND,
    STATION,
    TAKEN,
    came_back,
    climber,
    collection_asked,
    collection_withdrawn,
    deployed,
    faulty,
    lent,
    loan_id,
    lost,
    missing,
    overdue,
    repaired,
    retired,
    returned,
    unlocked,
)

SCAN = UnlockAsset(loan_id=LOAN, asset_id=CHAIR, person_id=ELDER, household_id=HOME)
BACK = GiveBackAsset(loan_id=LOAN, area=HAISHAN, site=PARK)
GONE, TIMER = ReportAssetLost(loan_id=LOAN), MarkOverdue(loan_id=LOAN)


def scanned(*facts: Event) -> Given:
    """Somebody scans the wheelchair after these facts about it."""
    return given(loan).also(mobility_asset, deployed(), *facts)


def out(*facts: Event) -> Given:
    """The loan is open since the first of March at ten o'clock."""
    return given(loan, unlocked(), *facts).also(mobility_asset, deployed(), lent())


# --- taking ---


def test_who_scans_a_free_unit_has_it_for_a_day() -> None:
    """E13, E19: the pack's 24 hours."""
    scanned().when(SCAN, at=TAKEN).then(unlocked(), lent())


@pytest.mark.parametrize("method", list(CheckInMethod))
def test_nobody_has_to_show_the_face_to_take_a_unit(method: CheckInMethod) -> None:
    """R-ELD-07: code and card do what the face does, and the code is what is taken when nothing is said."""
    events = scanned().when(SCAN.model_copy(update={"method": method}), at=TAKEN).events
    assert events[0].method is method
    assert SCAN.method is CheckInMethod.CODE


@pytest.mark.parametrize(("at", "state"), [(DUE, AssetState.ON_LOAN), (DUE + SECOND, AssetState.OVERDUE)])
def test_scanning_a_unit_that_is_out_is_refused_with_its_state(at: datetime, state: AssetState) -> None:
    """E19."""
    scanned(lent()).when(SCAN, at=at).refused("on_loan", state=state, due_at=DUE.isoformat())


def test_a_faulty_retired_or_missing_unit_is_not_lent() -> None:
    """E13."""
    scanned(faulty()).when(SCAN).refused("asset_faulty", state=AssetState.FAULTY)
    scanned(faulty(), repaired()).when(SCAN, at=TAKEN).then(unlocked(), lent())
    scanned(retired()).when(SCAN).refused("asset_retired")
    scanned(lent(), missing()).when(SCAN).refused("asset_missing")
    scanned(lent(), missing(), retired(AssetRetirement.LOST)).when(SCAN).refused("asset_retired")


def test_a_code_that_belongs_to_no_unit_is_not_found() -> None:
    """E19."""
    given(loan).when(SCAN).refused("not_found", stream=f"mobility-asset/{CHAIR}")


def test_a_stair_climber_is_not_taken_without_an_operator() -> None:
    """E14."""
    command = SCAN.model_copy(update={"asset_id": CLIMBER})
    given(loan).also(mobility_asset, climber()).when(command).refused("needs_operator")


def test_the_dead_borrow_nothing_and_a_report_hinders_nobody() -> None:
    """SG-04, ruling 22: who stands there and scans is not dead."""
    day = date(2022, 2, 1)
    scanned().also(known_person, death_known(day)).when(SCAN).refused("person_dead")
    scanned().also(known_person, death_known(day, Certainty.REPORTED)).when(SCAN, at=TAKEN).then(unlocked(), lent())


# --- bringing back ---


def test_a_unit_brought_back_in_time_stands_where_it_was_left() -> None:
    """E13, ruling 16: the limit itself is still in time; the place may be of another street."""
    out().when(BACK, at=DUE).then(returned(), came_back())


def test_a_late_return_tells_the_breach_once_whether_or_not_the_timer_came_first() -> None:
    """E13: one overdue fact either way."""
    late = DUE + SECOND
    out().when(BACK, at=late).then(overdue(), returned(in_time=False), came_back())
    out(overdue()).when(BACK, at=late).then(returned(in_time=False), came_back())


def test_a_return_in_time_counts_so_however_late_it_is_told() -> None:
    """E13: the timer came before the message; the end is the same."""
    out(overdue()).when(BACK, at=DUE - SECOND).then(returned(), came_back())
    punctual = loan.fold([unlocked(), returned()])
    assert loan.fold([unlocked(), overdue(), returned()]) == punctual


def test_a_unit_is_brought_back_once() -> None:
    """Section 3.2."""
    out(returned()).when(BACK).refused("not_on_loan", state=LoanStage.RETURNED)
    out(returned()).when(GONE).refused("not_on_loan", state=LoanStage.RETURNED)


def test_the_timer_tells_the_breach_at_the_due_instant_and_is_moot_after_a_return() -> None:
    """E13: nothing before it is due, nothing twice, nothing for a lost unit."""
    out().when(TIMER, at=DUE).then(overdue())
    out().when(TIMER, at=DUE - SECOND).then()
    for facts in ([overdue()], [returned()], [lost()]):
        out(*facts).when(TIMER, at=DUE).then()


def test_a_lost_unit_is_missing_until_it_turns_up() -> None:
    """Section 3.2: open, returned, overdue, lost."""
    out().when(GONE, at=TAKEN).then(lost(), missing())
    out().when(GONE, at=DUE + SECOND).then(overdue(), lost(), missing())
    out(lost()).when(GONE).refused("not_on_loan", state=LoanStage.LOST)
    out(lost()).when(BACK, at=DUE + SECOND).then(returned(in_time=False), came_back())


# --- a death ---


def test_the_unit_of_a_borrower_who_died_is_fetched() -> None:
    """SG-04, ruling 22: the loan stays open until the unit is back; a false report takes it off the list."""
    dead = death_known(date(2022, 3, 1))
    ask, withdraw = AskCollection(loan_id=LOAN), WithdrawCollection(loan_id=LOAN)
    out().also(known_person, dead).when(ask).then(collection_asked())
    out(collection_asked()).also(known_person, dead).when(ask).then()
    out(returned()).also(known_person, dead).when(ask).then()
    out().also(known_person, death_known(date(2022, 3, 1), Certainty.REPORTED)).when(ask).then()
    out(collection_asked()).also(known_person, dead).when(withdraw).then()
    out(collection_asked()).also(known_person, dead, death_withdrawn()).when(withdraw).then(collection_withdrawn())
    out(collection_asked()).when(BACK, at=DUE).then(returned(), came_back())


# --- one open loan an asset ---


def test_an_open_loan_holds_the_asset_until_it_is_back() -> None:
    """E13: a claim, found by the borrower, due at an instant; a loss gives nothing free."""
    assert list(index(unlocked())) == [Take("asset-loan", CHAIR), Link(f"person/{ELDER}"), SetTimer("overdue", DUE)]
    assert list(index(lost())) == [SetTimer("overdue", None)]
    assert list(index(returned())) == [ReleaseAll()]


class Sites:
    """The service over a store in memory, with one wheelchair."""

    def __init__(self) -> None:
        packs, calendar = policy()
        self.store = MemoryStore("/minsheng/test/eldercare")
        self.path = CommandPath(
            eldercare, self.store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4
        )

    async def give(self, command: Command, at: datetime) -> None:
        """Give it; a refusal is as good as a success here."""
        try:
            await self.path.execute(command.model_copy(update={"occurred_at": at}), WORKER, str(uuid4()))
        except (Refused, NotFound):
            return

    async def play(self, rounds: list[list[Command]]) -> None:
        """Commands of a round at the same time, rounds an hour apart."""
        await self.give(DeployAsset(asset_id=CHAIR, kind=AssetKind.WHEELCHAIR_FIXED, area=QIAODONG, site=STATION), TAKEN)
        for hour, together in enumerate(rounds):
            at = TAKEN + timedelta(hours=7 * hour)
            await asyncio.gather(*(self.give(command, at) for command in together))

    def most_open(self) -> int:
        """The greatest number of loans of the wheelchair that were open at once."""
        opened: set[LoanId] = set()
        most = 0
        for event in (one.event() for one in self.store.log):
            opened |= {event.loan_id} if isinstance(event, AssetUnlocked) else set()
            opened -= {event.loan_id} if isinstance(event, AssetReturned) else set()
            most = max(most, len(opened))
        return most


def _commands(number: int) -> list[Command]:
    one = loan_id(number)
    return [
        UnlockAsset(loan_id=one, asset_id=CHAIR, person_id=ELDER),
        UnlockAsset(loan_id=one, asset_id=CHAIR, person_id=ELDER),
        GiveBackAsset(loan_id=one, area=HAISHAN, site=PARK),
        ReportAssetLost(loan_id=one),
        MarkOverdue(loan_id=one),
        RetireAsset(asset_id=CHAIR, reason=AssetRetirement.DAMAGED),
    ]


COMMANDS = st.sampled_from([command for number in range(1, 5) for command in _commands(number)])


@settings(max_examples=60, deadline=None)
@hypothesis_given(rounds=st.lists(st.lists(COMMANDS, min_size=1, max_size=4), min_size=1, max_size=8))
def test_an_asset_is_in_at_most_one_open_loan_whatever_is_asked_when(rounds: list[list[Command]]) -> None:
    """E13: any interleaving of scans, returns, losses, timers and retirements."""
    sites = Sites()
    asyncio.run(sites.play(rounds))
    assert sites.most_open() <= 1
