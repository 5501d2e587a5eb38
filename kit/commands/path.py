"""The command path of one service: the only way events come into its store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from contracts.envelope import Recorded
from kit.aggregate import Also, check_stream
from kit.clock import Clock
from kit.command import Command, Context
from kit.commands.answer import Answer, Cause
from kit.commands.pending import Loaded, Pending
from kit.commands.place import Places
from kit.commands.recording import Recording
from kit.commands.request import Keys, Request
from kit.commands.states import States, Unseen
from kit.commands.writer import GroupWriter
from kit.errors import Contended, KeyMisused, NotFound, Refused, Retry, VersionMismatch
from kit.identity import Actor, may
from kit.service import Service
from kit.store.model import Append, EventStore, GroupResult, Read, SetTimer, Verdict, VerdictKind
from kit.telemetry import span
from policy import BeyondCalendar, Calendar, NoPolicy, Packs

TRIES = 12
CAREFUL_FROM = 3
"""After so many tries in vain a command has all its streams to itself until it is stored."""
CATCH_UP = 2_000
REFUSALS = (Refused, VersionMismatch, NoPolicy, BeyondCalendar)
Decided = tuple[Append, Exception | None]
"""What is to be stored; or what is to be confirmed, and the refusal that then counts."""
Sent = tuple[dict[str, Loaded], Decided, Pending]
"""The states that were decided on, the decision, and its append in the queue."""


class CommandPath:
    """Loads, checks, decides, appends. One a process; everything that changes the service's store goes through `execute`."""

    def __init__(
        self,
        service: Service,
        store: EventStore,
        *,
        keys: Keys,
        packs: Packs,
        calendar: Calendar,
        clock: Clock,
        partitions: int,
        resources: Any = None,
    ) -> None:
        self.service = service
        self.store = store
        self._keys = keys
        self._packs = packs
        self._calendar = calendar
        self.clock = clock
        self._partitions = partitions
        self.resources = resources
        self._states = States(service, store)
        self._recording = Recording(service)
        self._name = store.source.rsplit("/", 1)[1]
        self._position: int | None = None
        self._writer = GroupWriter(store, self._caught_up, self._states.settled)
        self._places = Places(self._states, packs.areas)

    async def execute(self, command: Command, actor: Actor, key: str, *, if_match: int | None = None, cause: Cause | None = None) -> Answer:
        """Apply a command once.

        key: the caller's idempotency key; the same key and body get the first answer again. With a `cause` (a reaction's command)
        the body is not compared: the first answer wins.
        Raises: Refused, NotFound, KeyMisused, VersionMismatch, Contended, OutcomeUnknown, kit.identity.Forbidden.
        """
        aggregate, spec = self.service.by_model[type(command)]
        request = Request(
            command,
            actor,
            aggregate,
            spec,
            self._keys.of_key(actor.id, key),
            None if cause else self._keys.of_body(command),
            if_match,
            cause,
        )
        may(actor, spec.roles, None, self._packs.areas)
        while request.tries < TRIES:
            answer = await self._attempt(request)
            if answer is not None:
                return answer
            request.tries += 1
        raise Contended("other commands changed the same streams each time")

    async def _attempt(self, request: Request) -> Answer | None:
        """One try; None: something moved meanwhile, decide again.

        From the look at the states to the place in the writer's queue nothing waits, so nobody comes in between: the next command is
        decided on what this one leaves. Only a command that must wait for something else in between has its streams to itself meanwhile.
        """
        if request.spec.prepare is not None or request.hold or request.tries >= CAREFUL_FROM:
            return await self._in_turn(request)
        found: dict[str, Loaded] = {}
        while True:
            try:
                loaded = self._looked(request, found)
                try:
                    decided = self._decided(request, loaded, *self._checked(request, loaded, found))
                except REFUSALS as no:
                    decided = _refusal(request, loaded, no)
                break
            except Unseen as unseen:
                found |= await self._read(unseen.streams)
        sent = self._sent(request, loaded, decided)
        return await self._told(request, *sent) if sent is not None else None

    async def _in_turn(self, request: Request) -> Answer | None:
        """One try that holds the streams it writes to until it stands in the queue.

        A careful one holds also what it reads, and until it knows its verdict: what its second round is decided on is stored, and no
        other command of this process changes it.
        """
        careful = request.tries >= CAREFUL_FROM
        held = {request.stream, *request.hold, *(await self._looked_up(request, {}) if careful else ())}
        async with self._states.held(held):
            sent = await self._sent_in_turn(request, held)
            if careful and sent is not None and (answer := await self._told(request, *sent)) is not None:
                return answer
            if careful:
                sent = await self._sent_in_turn(request, held)
                return await self._told(request, *sent) if sent is not None else None
        return await self._told(request, *sent) if sent is not None else None

    async def _sent_in_turn(self, request: Request, held: Collection[str]) -> Sent | None:
        found: dict[str, Loaded] = {}
        loaded = await self._looked_up(request, found)
        return self._sent(request, loaded, await self._prepared(request, loaded, found), held)

    async def _looked_up(self, request: Request, found: dict[str, Loaded]) -> dict[str, Loaded]:
        while True:
            try:
                return self._looked(request, found)
            except Unseen as unseen:
                found |= await self._read(unseen.streams)

    async def _prepared(self, request: Request, loaded: dict[str, Loaded], found: dict[str, Loaded]) -> Decided:
        """The decision, after the command's look-ups elsewhere."""
        while True:
            try:
                context, area = self._checked(request, loaded, found)
                if request.spec.prepare is not None:
                    prepared = await request.spec.prepare(request.command, context, self.resources)
                    context = Context(**{**_shallow(context), "prepared": prepared})
                return self._decided(request, loaded, context, area)
            except Unseen as unseen:
                found |= await self._read(unseen.streams)
            except REFUSALS as no:
                return _refusal(request, loaded, no)

    async def _read(self, streams: Sequence[str]) -> dict[str, Loaded]:
        """The streams read from the log, whatever is known of them."""
        self._states.forget(streams)
        return await self._states.load(streams)

    def _looked(self, request: Request, found: Mapping[str, Loaded]) -> dict[str, Loaded]:
        """The command's own stream and those it also reads, named by the command, else by the state. Raises Unseen."""
        own = self._states.tip(request.stream, found)
        if own is None:
            if request.spec.stream != "new" or request.tries:
                raise Unseen([request.stream])
            own = self._states.new(request.stream)  # most likely; the append tells if it is not so
        loaded = {request.stream: own}
        if request.spec.also:
            others = [stream for other in request.spec.also for stream in other.streams(request.command, own.state)]
            loaded = self._states.tips(others, found) | loaded
        return loaded

    def _checked(self, request: Request, loaded: dict[str, Loaded], found: Mapping[str, Loaded]) -> tuple[Context, str | None]:
        """What comes before the decision: version, stream, time, place. Returns the context and the area, if anybody has told it."""
        own = loaded[request.stream]
        if request.if_match is not None and request.if_match != own.version:
            raise VersionMismatch(request.stream, request.if_match, own.version)
        check_stream(request.spec, request.stream, exists=own.exists)
        area = self._places.of(request, own, found)
        context = self._context(request, area)
        if area is not None:
            self._places.check(request, area)
        return context, area

    def _decided(self, request: Request, loaded: dict[str, Loaded], context: Context, area: str | None) -> Decided:
        own = loaded[request.stream]
        others = [_others(other, request.command, own.state, loaded) for other in request.spec.also]
        decision = request.spec.decide(request.command, own.state, context, *others)
        if area is None:  # the decision may refuse with a better word; nothing is written where nobody knows whose it is
            self._places.check(request, area)
        return self._recording.append(request, context, loaded, decision), None

    def _context(self, request: Request, area: str | None) -> Context:
        now = self.clock.now()
        occurred_at = request.command.occurred_at or now
        if occurred_at > now and request.cause is None:
            raise Refused("in_the_future", occurred_at=occurred_at.isoformat(), now=now.isoformat())
        return Context(
            actor=request.actor,
            now=now,
            occurred_at=occurred_at,
            seed=request.key,
            packs=self._packs,
            calendar=self._calendar,
            area=area or request.actor.area or self._places.district,
        )

    def _sent(self, request: Request, loaded: dict[str, Loaded], decided: Decided, held: Collection[str] = ()) -> Sent | None:
        """The append stands in the queue. None: it writes to a stream that another command has to itself; the next try waits for that."""
        append, _ = decided
        request.hold |= frozenset(self._states.others_hold([event.stream for event in append.events], held))
        if not request.hold <= set(held):
            return None
        after = {id(one.by): one.by for one in loaded.values() if one.by is not None}
        pending = self._writer.send(append, tuple(after.values()), self._states.left_by(append.events, loaded) if append.events else None)
        self._states.submitted(pending)
        return loaded, decided, pending

    async def _told(self, request: Request, loaded: dict[str, Loaded], decided: Decided, pending: Pending) -> Answer | None:
        """What became of it. A refusal counts only once the versions that it was read from are confirmed (ruling 6 of the design)."""
        append, no = decided
        with span("append", "client"):
            verdict = await pending.verdict
        if verdict.kind is not VerdictKind.OK:
            return await self._judged(request, loaded, verdict)
        if no is not None:
            raise no
        before = loaded[request.stream].version
        return Answer.first(request.stream, before, append.events, verdict.position, self._name, self._partitions)

    async def drop_timer(self, stream: str, name: str, version: int) -> bool:
        """The stream's timer led to nothing and is gone. False: the stream has moved on from that version, and the timer may mean more."""
        verdict = await self._writer.submit(Append(reads=[Read(stream, version)], index=[(stream, SetTimer(name, None))]))
        return verdict.kind is VerdictKind.OK

    async def _judged(self, request: Request, loaded: dict[str, Loaded], verdict: Verdict) -> Answer | None:
        match verdict.kind:
            case VerdictKind.REPEAT:
                return await self._first_answer(request)
            case VerdictKind.MISUSED:
                raise KeyMisused
            case VerdictKind.STALE:
                self._states.moved_on(loaded)
                return None
            case VerdictKind.CLAIMED:
                kind, _, key = verdict.detail.partition(":")
                raise Refused("claimed", kind=kind, key=key, holder=await self.store.holder(kind, key))
            case VerdictKind.CONFLICT:
                return None  # a row of the service's own came first: look again, then decide
            case _:
                raise Refused("not_storable", detail=verdict.detail)

    async def _first_answer(self, request: Request) -> Answer:
        known = await self.store.answer(request.key)
        events: Sequence[Recorded] = known[1] if known else []
        return Answer.again(request.stream, events, self._name, self._partitions)

    async def _caught_up(self, result: GroupResult) -> None:
        """Apply what other processes wrote since this one's last group."""
        behind = result.base - self._position if self._position is not None else 0
        if behind > CATCH_UP:
            self._states.forget_all()
        elif behind > 0 and self._position is not None:
            try:
                self._states.apply(await self.store.read(self._position, behind))
            except Retry:  # the group is stored, whatever becomes of this
                self._states.forget_all()
        self._position = result.head


def _others(other: Also, command: Command, state: Any, loaded: dict[str, Loaded]) -> Any:
    """The state (or mapping of states) that a decision gets for one `also`."""
    ids = other.ids(command, state)
    found = {one: loaded[other.aggregate.stream(one)] for one in ids}
    for one in found.values():
        if not other.missing_ok and not one.exists:
            raise NotFound("not_found", stream=one.stream)
    if other.many:
        return {one: stream.state for one, stream in found.items()}
    return found[ids[0]].state if ids else other.aggregate.initial()


def _refusal(request: Request, loaded: dict[str, Loaded], no: Exception) -> Decided:
    """The refusal, and the append without events that asks whether what it was read from is still so."""
    match no:
        case NoPolicy():
            no = Refused("no_policy", detail=str(no))
        case BeyondCalendar():
            no = Refused("beyond_calendar", detail=str(no))
    return Append(reads=[Read(one.stream, one.version) for one in loaded.values()], key=request.key, body=request.body), no


def _shallow(context: Context) -> dict[str, Any]:
    return {name: getattr(context, name) for name in Context.__dataclass_fields__}
