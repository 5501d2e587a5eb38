"""Whether a person lives, as registry says it; by the Kafka key of the person's own stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import PersonId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.terms import Certainty
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of


class Death(Value):
    """A death as it was told; `revoked` when it was an error."""

    died_on: date
    certainty: Certainty
    fact: Fact
    revoked: Fact | None = None


class VitalRow(Row, frozen=True):
    """What was told about one person's life; the last word counts."""

    person_id: PersonId
    deaths: tuple[Death, ...]

    def death(self, as_of: date) -> Death | None:
        """The death that holds at the end of a day, whenever it became known; None for a living person (ruling 22)."""
        last = self.deaths[-1]
        return last if last.revoked is None and last.died_on <= as_of else None


def person_of(event: Event) -> Iterable[str]:
    return (event.person_id,) if isinstance(event, PersonDeceased | PersonDeathRevoked) else ()


def evolve(row: VitalRow | None, event: Event, meta: Meta) -> VitalRow | None:
    match event:
        case PersonDeceased(died_on=day, certainty=certainty):
            death = Death(died_on=day, certainty=certainty, fact=fact_of(meta))
            return VitalRow(person_id=event.person_id, deaths=(*(row.deaths if row else ()), death))
        case PersonDeathRevoked():
            return row and replace(row, deaths=(*row.deaths[:-1], replace(row.deaths[-1], revoked=fact_of(meta))))
        case _:
            return row


vital = View("vital", row=VitalRow, key=person_of, evolve=evolve, index=("person_id",))


def person_key(person_id: str) -> str:
    """The Kafka key of what registry says about a person: the person's stream."""
    return f"person/{person_id}"
