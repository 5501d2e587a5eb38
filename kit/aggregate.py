"""The declaration of an aggregate: its state, fold and commands. Everything else is derived from it.

temp_aid = Aggregate("temp-aid", id="case_id", state=TempAid, evolve=evolve, key="household_id", commands=[
    command(request, stream="new", roles={Role.CASEWORKER}, example=RequestTempAid(...)),
    command(grant, also=[need.by("need_id"), temp_aid_year.by("household_id", missing_ok=True)], …),
])
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from contracts.envelope import Event
from kit.command import Command, Context
from kit.errors import NotFound, Refused
from kit.identity import Role
from kit.store.model import IndexChange, SideRow

S = TypeVar("S")
Decision = Sequence[Event | SideRow]
StreamRule = Literal["new", "existing", "any"]
MAX_ALSO = 8


def no_index(_event: Event) -> Iterable[IndexChange]:
    """An aggregate without claims, subjects and timers."""
    return ()


@dataclass(frozen=True)
class Also:
    """Another stream that a decision reads: `need.by("need_id")`. The id comes from the command, else from the state.

    many: the field holds several ids; the decision gets a mapping id -> state.
    missing_ok: the stream need not exist; the decision then gets the initial state.
    """

    other: Aggregate[Any] | None
    field: str
    missing_ok: bool = False
    many: bool = False

    @property
    def aggregate(self) -> Aggregate[Any]:
        """The aggregate of the stream; `same(...)` has it once its own aggregate is declared."""
        if self.other is None:
            raise TypeError(f"{self.field}: belongs to no aggregate yet")
        return self.other

    def ids(self, command: Command, state: Any) -> list[str]:
        """The ids named by the command, else by the state; none when neither names one."""
        value = getattr(command, self.field, None)
        if value is None:
            value = getattr(state, self.field, None)
        if value is None:
            return []
        return list(dict.fromkeys(value)) if self.many else [value]

    def streams(self, command: Command, state: Any) -> list[str]:
        return [self.aggregate.stream(one) for one in self.ids(command, state)]


@dataclass(frozen=True)
class CommandSpec:
    """One command: the decision, what it reads besides its own stream, and who may give it."""

    decide: Callable[..., Decision]
    model: type[Command]
    name: str
    also: tuple[Also, ...]
    stream: StreamRule
    roles: frozenset[Role]
    anywhere: bool
    approval: bool
    prepare: Callable[..., Awaitable[Any]] | None
    example: Command
    area: Also | None = None

    @property
    def is_public(self) -> bool:
        """People may give it; others are given by reactions and timers only and have no route."""
        return bool(self.roles - {Role.SYSTEM})


def command(
    decide: Callable[..., Decision],
    *,
    example: Command,
    roles: Iterable[Role],
    also: Sequence[Also] = (),
    stream: StreamRule = "existing",
    anywhere: bool = False,
    approval: bool = False,
    prepare: Callable[..., Awaitable[Any]] | None = None,
    area: Also | None = None,
) -> CommandSpec:
    """Declare a command. The route is the decision's name: `grant` -> `POST /temp-aid/{case_id}/grant`.

    stream: must the stream be new, exist already, or either.  anywhere: the area of the household does not bind the actor (R-TMP-04).
    area: where the command happens, if that is not where the stream lies (a meal is served at its meal point).
    approval: the caller must name the version he saw (`If-Match`).  prepare: async step before the decision (looks into the vault).
    Raises TypeError when the decision's signature does not fit what it will be called with.
    """
    hints = list(_parameters(decide).values())
    _check_states(decide, hints, also)
    return CommandSpec(
        decide=decide,
        model=hints[0],
        name=decide.__name__.replace("_", "-"),
        also=tuple(also),
        stream=stream,
        roles=frozenset(roles),
        anywhere=anywhere,
        approval=approval,
        prepare=prepare,
        example=example,
        area=area,
    )


def _parameters(decide: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(decide)
    return {name: hints[name] for name in inspect.signature(decide).parameters}


def _check_states(decide: Callable[..., Any], hints: list[Any], also: Sequence[Also]) -> None:
    """A decision is (command, state, context, *states of also): checked once, at import."""
    if len(also) > MAX_ALSO:
        raise TypeError(f"{decide.__name__}: reads {len(also)} other streams, at most {MAX_ALSO}")
    if len(hints) != 3 + len(also) or not issubclass(hints[0], Command) or hints[2] is not Context:
        raise TypeError(f"{decide.__name__}: must take (command, state, context) and {len(also)} states")
    for hint, other in zip(hints[3:], also, strict=True):
        if other.other is not None and not other.many and hint is not other.aggregate.state:
            raise TypeError(f"{decide.__name__}: {other.field} gives {other.aggregate.state.__name__}, the parameter says {hint}")


def check_stream(spec: CommandSpec, stream: str, *, exists: bool) -> None:
    """Does the command fit a stream that exists or not? Raises NotFound, Refused("already_exists")."""
    if spec.stream == "existing" and not exists:
        raise NotFound("not_found", stream=stream)
    if spec.stream == "new" and exists:
        raise Refused("already_exists", stream=stream)


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """A kind of stream: `name/{id}`.

    id: the field of its commands and events that holds the stream's id.
    key: the field of the opening event that gives the Kafka key (`household_id`); None: the stream itself.
    area: where the stream's area stands: a field of state or opening command, or another stream (`household.by("household_id")`);
          None: the stream belongs to the whole district, so only its officers act on it, unless a command says `anywhere`.
    index: claims, subjects and timers of an event, a pure function.
    """

    name: str
    id: str
    state: type[S]
    evolve: Callable[[S, Any], S]
    commands: Sequence[CommandSpec] = ()
    key: str | None = None
    area: str | Also | None = None
    index: Callable[[Any], Iterable[IndexChange]] = no_index
    by_model: Mapping[type[Command], CommandSpec] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        commands = [self._bound(spec) for spec in self.commands]
        object.__setattr__(self, "commands", commands)
        object.__setattr__(self, "by_model", {spec.model: spec for spec in commands})
        for spec in commands:
            if self.id not in spec.model.model_fields:
                raise TypeError(f"{self.name}: {spec.model.__name__} has no field {self.id}")

    def _bound(self, spec: CommandSpec) -> CommandSpec:
        """The command with `same(...)` pointing here."""
        also = tuple(replace(other, other=self) if other.other is None else other for other in spec.also)
        _check_states(spec.decide, list(_parameters(spec.decide).values()), also)
        return replace(spec, also=also)

    def stream(self, stream_id: str) -> str:
        return f"{self.name}/{stream_id}"

    def initial(self) -> S:
        return self.state()

    def fold(self, events: Iterable[Event], state: S | None = None) -> S:
        """The state after the events, from the given state or from the beginning."""
        state = self.initial() if state is None else state
        for event in events:
            state = self.evolve(state, event)
        return state

    def by(self, field: str, *, missing_ok: bool = False) -> Also:
        """This aggregate's stream named by a field of the command or of the state."""
        return Also(self, field, missing_ok)

    def each(self, field: str, *, missing_ok: bool = False) -> Also:
        """All streams named by a field that holds several ids; the decision gets a mapping id -> state."""
        return Also(self, field, missing_ok, many=True)


def same(field: str, *, missing_ok: bool = False) -> Also:
    """Another stream of the aggregate that the command belongs to (an area's parent)."""
    return Also(None, field, missing_ok)


def require(condition: bool, code: str, **params: Any) -> None:  # noqa: FBT001 - reads as a sentence: require(x <= y, "above_cap")
    """Refuse with a code unless the condition holds.

    Raises: Refused(code, **params).
    """
    if not condition:
        raise Refused(code, **params)
