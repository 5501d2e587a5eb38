"""A death becomes known, in any order with grants and payments, and may be taken back (SG-04, rulings 6 and 22, ruling 2 of the design)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.envelope import Event, Meta, stream_of
from contracts.ids import EntitlementId, Month, PersonId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased, RevocationReason
from contracts.relief.entitlement import (
    EntitlementGranted,
    EntitlementResumed,
    EntitlementReviewDue,
    OverpaymentCleared,
    OverpaymentNoted,
    StopReason,
)
from contracts.relief.known_person import DeathWithdrawn
from contracts.relief.need import CoverageCommitted, CoverageReleased
from contracts.terms import Certainty, DeathSource, Scheme
from kit.command import Command
from kit.store.model import Link
from kit.testing import SECOND, Given, given
from services.relief.domain.death_case import OpenDeathCase, RevokeDeathCase
from services.relief.domain.entitlement import (
    EndForDeath,
    GrantEntitlement,
    RecordFailure,
    RecordPayment,
    ResumeAfterRevocation,
    entitlement,
    index,
)
from services.relief.domain.household import RemoveForDeath, ReturnAfterRevocation
from services.relief.domain.known_person import NoteDeath, WithdrawDeath, known_person
from services.relief.reactions.death import on_death, on_death_revoked
from tests.relief.h1 import (
    CHILD,
    DECIDED,
    ENTITLEMENT,
    GRANDMOTHER,
    H1,
    HOME,
    MAY,
    MOTHER,
    REVIEW,
    TEKUN,
    committed,
    dead,
    delivered,
    entitled,
    living_need,
    on_aid,
    opened,
    paid,
    proposed,
    released,
    stopped,
    uid,
    unit,
    version,
)

JUNE_14, NOTICE = date(2022, 6, 14), date(2022, 8, 2)
ALONE = (GRANDMOTHER,)
OCCURRED = datetime(2022, 8, 2, 1, 30, tzinfo=UTC)


def meta() -> Meta:
    return Meta(
        id=uid(90),
        source="/minsheng/test/registry",
        position=1,
        stream=f"person/{GRANDMOTHER}",
        version=2,
        type="registry.person.deceased",
        schema_version=1,
        key=f"person/{GRANDMOTHER}",
        recorded_at=OCCURRED,
        occurred_at=OCCURRED,
        actor="registrar-1",
        authority="registrar",
        correlation_id=uid(91),
    )


def deceased(certainty: Certainty = Certainty.CONFIRMED, person: PersonId = GRANDMOTHER) -> PersonDeceased:
    return PersonDeceased(person_id=person, died_on=JUNE_14, source=DeathSource.FUNERAL_HOME, certainty=certainty)


REVOKED = PersonDeathRevoked(person_id=GRANDMOTHER, reason=RevocationReason.WRONG_PERSON)


def on_tekun() -> list[Event]:
    """SC-09: a tekun person living alone, 2,184.00 a month since May 2022."""
    return [
        *opened(ALONE),
        unit(ALONE, Scheme.TEKUN),
        living_need(TEKUN),
        covered(MAY),
        proposed(0, ALONE, Scheme.TEKUN),
        entitled(ALONE),
        version(TEKUN, members=1, income=0, scheme=Scheme.TEKUN),
    ]


def until_july() -> list[Event]:
    """SC-09: June was paid on 06-10, July on 07-08."""
    return [*on_tekun(), *(event for month in (MAY, "2022-06", "2022-07") for event in (paid(month, TEKUN), delivered(month, TEKUN)))]


def covered(first: str, last: str = REVIEW) -> CoverageCommitted:
    return committed(TEKUN, first, last, Scheme.TEKUN)


def uncovered(first: str, last: str = REVIEW) -> list[CoverageReleased]:
    return released(first, last, TEKUN)


def overpaid(month: str) -> OverpaymentNoted:
    return OverpaymentNoted(entitlement_id=ENTITLEMENT, household_id=HOME, month=Month(month), amount_fen=TEKUN)


def owed_again(month: str) -> OverpaymentCleared:
    return OverpaymentCleared(entitlement_id=ENTITLEMENT, household_id=HOME, month=Month(month))


def end(person: PersonId = GRANDMOTHER) -> EndForDeath:
    return EndForDeath(entitlement_id=ENTITLEMENT, person_id=person)


def resume(person: PersonId = GRANDMOTHER) -> ResumeAfterRevocation:
    return ResumeAfterRevocation(entitlement_id=ENTITLEMENT, person_id=person)


def pay(month: str) -> RecordPayment:
    return RecordPayment(entitlement_id=ENTITLEMENT, month=Month(month))


def case(*facts: Event) -> Given:
    return given(entitlement, *facts)


# --- the reaction ---


def test_a_death_is_written_down_before_anything_else() -> None:
    """Ruling 2 of the design: foreign facts get a home before they have an effect, in the business time of the cause."""
    assert list(on_death.record(deceased(), meta())) == [
        NoteDeath(person_id=GRANDMOTHER, died_on=JUNE_14, certainty=Certainty.CONFIRMED, occurred_at=OCCURRED)
    ]
    assert list(on_death_revoked.record(REVOKED, meta())) == [WithdrawDeath(person_id=GRANDMOTHER, occurred_at=OCCURRED)]


def test_a_confirmed_death_sweeps_the_entitlements_of_the_person() -> None:
    """SG-04: those that the subjects index names, once their case is on record, and then the stay at home; its revocation the same."""
    streams = [f"household/{HOME}", f"entitlement/{ENTITLEMENT}", f"special-aid/{uid(7)}", f"entitlement/{uid(9)}"]
    assert on_death.subject is not None
    assert on_death.subject(deceased()) == f"person/{GRANDMOTHER}"
    second = EntitlementId(uid(9))
    both = (ENTITLEMENT, second)
    assert list(on_death.then(deceased(), streams)) == [
        OpenDeathCase(person_id=GRANDMOTHER, household_id=HOME, entitlement_ids=both),
        end(),
        EndForDeath(entitlement_id=second, person_id=GRANDMOTHER),
        RemoveForDeath(household_id=HOME, person_id=GRANDMOTHER),
    ]
    assert list(on_death_revoked.then(REVOKED, [*streams, f"death-case/{GRANDMOTHER}"])) == [
        RevokeDeathCase(person_id=GRANDMOTHER, entitlement_ids=both),
        ReturnAfterRevocation(household_id=HOME, person_id=GRANDMOTHER),
        resume(),
        ResumeAfterRevocation(entitlement_id=second, person_id=GRANDMOTHER),
    ]


def test_a_reported_death_opens_a_case_and_sweeps_nothing() -> None:
    """Ruling 22: `reported` only holds lines, and payments look at the person themselves."""
    opened_case = OpenDeathCase(person_id=GRANDMOTHER, household_id=HOME, entitlement_ids=(ENTITLEMENT,))
    reported = deceased(Certainty.REPORTED)
    assert list(on_death.then(reported, [f"household/{HOME}", f"entitlement/{ENTITLEMENT}"])) == [opened_case]
    assert list(on_death.then(reported, [f"entitlement/{ENTITLEMENT}"])) == []


def test_the_death_of_somebody_unknown_here_asks_for_nothing() -> None:
    """SG-04: everybody dies, few of them on aid."""
    assert list(on_death.then(deceased(), [])) == []
    assert list(on_death_revoked.then(REVOKED, [])) == []


# --- ending ---


def test_the_aid_ends_with_the_month_of_death_whatever_the_day_of_notice() -> None:
    """SC-09: died 2022-06-14, notice 2022-08-02: ends with June; June and July stay delivered, July's 2,184.00 are noted as overpaid, August
    and later are open."""
    case(*until_july(), dead(GRANDMOTHER, JUNE_14)).when(end(), on=NOTICE).then(
        stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-08"), overpaid("2022-07")
    )


def test_what_the_bank_sends_back_is_overpaid_no_more() -> None:
    """SC-09, ruling 20: recalled from the bank; nothing else is taken, and no later month is touched."""
    ended = [*until_july(), dead(GRANDMOTHER, JUNE_14), stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-08")]
    back = RecordFailure(entitlement_id=ENTITLEMENT, month=Month("2022-07"))
    events = case(*ended, overpaid("2022-07")).when(back, on=date(2022, 8, 20)).events
    cleared = OverpaymentCleared(entitlement_id=ENTITLEMENT, household_id=HOME, month=Month("2022-07"))
    assert [type(event).__name__ for event in events] == ["PaymentLineFailed", "CoverageReversed", "OverpaymentCleared"]
    assert events[-1] == cleared


def test_no_month_after_the_death_is_paid() -> None:
    """SC-09, DET-17: August's line is held on 08-02, also in the moment before the entitlement has ended."""
    after = [*until_july(), dead(GRANDMOTHER, JUNE_14)]
    case(*after).when(pay("2022-08"), on=date(2022, 8, 10)).refused("recipient_dead", month="2022-08")
    ended = [*after, stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-08")]
    case(*ended).when(pay("2022-08"), on=date(2022, 8, 10)).refused("month_after_stop", stop="2022-06")


def test_the_month_of_death_is_still_owed() -> None:
    """SC-09: June stays; a death before pay day does not take the month away (ruling 6: the month after the death)."""
    facts = [*on_tekun(), dead(GRANDMOTHER, date(2022, 6, 5))]
    case(*facts).when(pay("2022-06"), on=date(2022, 6, 10)).then(paid("2022-06", TEKUN), delivered("2022-06", TEKUN))


def test_a_reported_death_holds_the_months_after_it_and_ends_nothing() -> None:
    """Ruling 22: a hold is no stop; after the revocation the same month is paid."""
    reported = [*until_july(), dead(GRANDMOTHER, JUNE_14, Certainty.REPORTED)]
    case(*reported).when(pay("2022-08"), on=date(2022, 8, 10)).refused("payment_held", month="2022-08")
    case(*reported).when(end(), on=NOTICE).then()
    case(*reported, DeathWithdrawn(person_id=GRANDMOTHER)).when(pay("2022-08"), on=date(2022, 8, 10)).then(
        paid("2022-08", TEKUN), delivered("2022-08", TEKUN)
    )


def test_while_members_live_a_person_must_look_at_it_once() -> None:
    """R-DIB-16, ruling 21: nothing stops by itself; the line is paid until somebody signs a change; a new version answers."""
    due = EntitlementReviewDue(entitlement_id=ENTITLEMENT, household_id=HOME, reason=StopReason.DEATH, person_id=GRANDMOTHER)
    facts = [*on_aid(), dead(GRANDMOTHER, JUNE_14)]
    case(*facts).when(end(), on=NOTICE).then(due)
    case(*facts, due).when(end(), on=NOTICE).then()
    case(*facts, due).when(pay("2022-07"), on=date(2022, 7, 8)).then(paid("2022-07"), delivered("2022-07"))
    assert entitlement.fold([proposed(), entitled(), version(), due]).deaths_told == {GRANDMOTHER}
    assert entitlement.fold([proposed(), entitled(), version(), due, version(number=2)]).deaths_told == frozenset()


def test_the_last_of_several_deaths_ends_the_aid_with_its_month() -> None:
    """Ruling 6: with the month in which the last recipient died, whichever notice comes last."""
    deaths = [dead(MOTHER, date(2022, 7, 2)), dead(CHILD, date(2022, 6, 30)), dead(GRANDMOTHER, JUNE_14)]
    case(*on_aid(), *deaths).when(end(GRANDMOTHER), on=NOTICE).then(stopped("2022-07", StopReason.DEATH), *released("2022-08"))


def test_a_member_whose_death_is_only_reported_still_keeps_the_aid() -> None:
    """Ruling 22: only confirmed deaths end it; payments of the months after both are held."""
    facts = [*opened((MOTHER, CHILD)), unit((MOTHER, CHILD)), living_need(), committed(), proposed(persons=(MOTHER, CHILD))]
    facts += [entitled((MOTHER, CHILD)), version(), dead(MOTHER, JUNE_14), dead(CHILD, JUNE_14, Certainty.REPORTED)]
    due = EntitlementReviewDue(entitlement_id=ENTITLEMENT, household_id=HOME, reason=StopReason.DEATH, person_id=MOTHER)
    case(*facts).when(end(MOTHER), on=NOTICE).then(due)
    case(*facts).when(pay("2022-07"), on=date(2022, 7, 8)).refused("payment_held")


def test_a_death_learned_twice_ends_it_once_and_a_corrected_day_moves_the_end() -> None:
    """Rulings 6 and 22: the confirmed day counts; the claims are released once."""
    ended = [*until_july(), dead(GRANDMOTHER, JUNE_14), stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-08")]
    ended.append(overpaid("2022-07"))
    case(*ended).when(end(), on=NOTICE).then()
    case(*ended, dead(GRANDMOTHER, date(2022, 9, 1))).when(end(), on=date(2022, 10, 8)).then(
        stopped("2022-09", StopReason.DEATH, ()), covered("2022-08", "2022-09"), owed_again("2022-07")
    )
    case(*ended, dead(GRANDMOTHER, date(2022, 5, 30))).when(end(), on=NOTICE).then(
        stopped("2022-05", StopReason.DEATH, ()), overpaid("2022-06")
    )


def test_a_signed_stop_stays_unless_the_death_lies_before_it() -> None:
    """Ruling 6: no month after the death is owed, although a person stopped the aid later."""
    signed = [*on_tekun(), stopped("2022-08", StopReason.MOVED, ALONE), *uncovered("2022-09")]
    case(*signed, dead(GRANDMOTHER, date(2022, 9, 5))).when(end(), on=date(2022, 10, 8)).then()
    case(*signed, dead(GRANDMOTHER, JUNE_14)).when(end(), on=date(2022, 10, 8)).then(
        stopped("2022-06", StopReason.DEATH, ()), *uncovered("2022-07", "2022-08")
    )


# --- taking a death back ---


def test_a_revoked_death_gives_the_missed_months_back() -> None:
    """Ruling 22: the aid goes on with the month after its end; missed months are owed and may be paid."""
    ended = [*on_tekun(), dead(GRANDMOTHER, JUNE_14), stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-07")]
    back = [*ended, DeathWithdrawn(person_id=GRANDMOTHER)]
    resumed = EntitlementResumed(entitlement_id=ENTITLEMENT, household_id=HOME, from_month=Month("2022-07"), person_ids=ALONE)
    case(*back).when(resume(), on=date(2022, 9, 1)).then(resumed, covered("2022-07"))
    case(*back, resumed, covered("2022-07")).when(pay("2022-07"), on=date(2022, 9, 2)).then(
        paid("2022-07", TEKUN), delivered("2022-07", TEKUN)
    )


def test_a_payment_made_in_good_faith_stays_delivered_when_the_death_is_revoked() -> None:
    """Ruling 22, SC-09 reversed: July was paid, so only August and later are committed again."""
    ended = [*until_july(), dead(GRANDMOTHER, JUNE_14), stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-08")]
    ended.append(overpaid("2022-07"))
    resumed = EntitlementResumed(entitlement_id=ENTITLEMENT, household_id=HOME, from_month=Month("2022-07"), person_ids=ALONE)
    case(*ended, DeathWithdrawn(person_id=GRANDMOTHER)).when(resume(), on=date(2022, 9, 1)).then(
        resumed, covered("2022-08"), owed_again("2022-07")
    )


def test_a_revocation_resumes_nothing_that_a_death_did_not_end() -> None:
    """Rulings 21 and 22: a signed stop stays, running aid runs on, and a death that still counts keeps its end."""
    signed = [*on_tekun(), stopped("2022-08", StopReason.OWN_WISH, ALONE), *uncovered("2022-09")]
    for facts in (signed, on_aid(), on_tekun()):
        case(*facts).when(resume(), on=date(2022, 10, 8)).then()
    ended = [*on_tekun(), dead(GRANDMOTHER, JUNE_14), stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-07")]
    case(*ended).when(resume(), on=date(2022, 9, 1)).then()


def test_a_signed_stop_holds_again_when_the_earlier_death_is_revoked() -> None:
    """Rulings 21 and 22: up to the month that a person had signed, and no claim is taken or released."""
    facts = [*on_tekun(), stopped("2022-08", StopReason.MOVED, ALONE), *uncovered("2022-09")]
    facts += [stopped("2022-06", StopReason.DEATH, ()), *uncovered("2022-07", "2022-08")]
    case(*facts).when(resume(), on=date(2022, 11, 1)).then(stopped("2022-08", StopReason.MOVED, ()), covered("2022-07", "2022-08"))


# --- in either order ---

BEFORE = [*opened(ALONE), unit(ALONE, Scheme.TEKUN), living_need(TEKUN), proposed(0, ALONE, Scheme.TEKUN)]


def swept(facts: list[Event], event: PersonDeceased) -> list[Command]:
    """What the reaction asks for after its record is committed: it looks the person's streams up in the index of all facts so far."""
    subject = f"person/{event.person_id}"
    links = [fact for fact in facts if isinstance(fact, EntitlementGranted) and Link(subject) in index(fact)]
    return list(on_death.then(event, [stream_of(fact) for fact in links]))


def test_a_grant_decided_after_the_death_is_known_is_refused() -> None:
    """Ruling 2 of the design, barrier: death recorded, then the grant; the sweep finds nothing and nothing is left to find."""
    facts = [*BEFORE, *given(known_person).when(next(iter(on_death.record(deceased(), meta())))).events]
    assert swept(facts, deceased()) == []
    case(*facts).when(GrantEntitlement(entitlement_id=ENTITLEMENT), on=DECIDED, actor=SECOND).refused("member_dead", person_id=GRANDMOTHER)


def test_a_grant_committed_before_the_death_is_known_is_swept() -> None:
    """Ruling 2 of the design, barrier: the grant slipped in before the record, so the sweep, which comes after the record, sees its link."""
    granted = case(*BEFORE).when(GrantEntitlement(entitlement_id=ENTITLEMENT), on=DECIDED, actor=SECOND).events
    facts = [*BEFORE, *granted, *given(known_person).when(next(iter(on_death.record(deceased(), meta())))).events]
    commands = swept(facts, deceased())
    assert commands == [end()]
    case(*facts).when(commands[0], on=NOTICE).then(stopped("2022-06", StopReason.DEATH, ALONE), *uncovered("2022-07"))


def test_a_death_before_the_first_month_ends_the_aid_before_it_began() -> None:
    """Ruling 6: died in April, first month May: nothing is owed."""
    facts = [*on_tekun(), dead(GRANDMOTHER, date(2022, 4, 20))]
    case(*facts).when(end(), on=NOTICE).then(stopped("2022-04", StopReason.DEATH, ALONE), *uncovered(MAY))
    case(*facts, stopped("2022-04", StopReason.DEATH, ALONE)).when(pay(MAY), on=date(2022, 5, 10)).refused("month_after_stop")


def test_a_proposal_is_not_ended_by_a_death() -> None:
    """SG-04: it was never granted, and the grant looks at the person."""
    case(*BEFORE, dead(GRANDMOTHER, JUNE_14)).when(end(), on=NOTICE).then()


def test_everybody_of_a_unit_is_found_by_its_grant() -> None:
    """SG-04: each member's death finds the entitlement."""
    assert {change.subject for change in index(entitled()) if isinstance(change, Link)} >= {f"person/{one}" for one in H1}
