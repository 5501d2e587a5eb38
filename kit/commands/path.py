"""The command path of one service: the only way events come into its store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Recorded
from kit.aggregate import Also, check_stream
from kit.clock import Clock
from kit.command import Command, Context
from kit.commands.answer import Answer, Cause
from kit.commands.place import Places
from kit.commands.recording import Recording
from kit.commands.request import Keys, Request
from kit.commands.states import Loaded, States
from kit.commands.writer import GroupWriter
from kit.errors import Contended, KeyMisused, NotFound, Refused, Retry, VersionMismatch
from kit.identity import Actor, may
from kit.service import Service
from kit.store.envelope import recorded
from kit.store.model import Append, EventStore, GroupResult, Read, SetTimer, Verdict, VerdictKind
from kit.telemetry import span
from policy import BeyondCalendar, Calendar, NoPolicy, Packs

TRIES = 12
CAREFUL_FROM = 3
"""After so many tries in vain a command also holds the streams that it only reads."""
CATCH_UP = 2_000


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
        self._written: set[tuple[type[Command], str]] = set()
        self._position: int | None = None
        self._writer = GroupWriter(store, self._caught_up)
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
        for number in range(TRIES):
            answer = await self._attempt(request, careful=number >= CAREFUL_FROM)
            if answer is not None:
                return answer
        raise Contended("other commands changed the same streams each time")

    async def _attempt(self, request: Request, *, careful: bool) -> Answer | None:
        """One try; None: something moved meanwhile, decide again. careful: streams that are only read are held too."""
        streams = await self._streams(request)
        held = streams if careful else [stream for stream in streams if self._writes(request, stream)]
        async with self._states.held(held):
            loaded = await self._states.load(streams)
            if sorted(set(await self._streams(request))) != sorted(set(streams)):
                return None
            try:
                append = await self._decided(request, loaded)
            except (Refused, VersionMismatch) as no:
                return await self._confirmed(request, loaded, no)
            except NoPolicy as no:
                return await self._confirmed(request, loaded, Refused("no_policy", detail=str(no)))
            except BeyondCalendar as no:
                return await self._confirmed(request, loaded, Refused("beyond_calendar", detail=str(no)))
            if self._learns(request, append, held):
                return None
            return await self._settle(request, loaded, append)

    def _writes(self, request: Request, stream: str) -> bool:
        """Whether decisions on this command are known to write to such streams: its own, and others where one did before.

        Holding what is only read would make commands queue that do not disturb each other (all visits of one campaign). It is a matter
        of speed alone: the append checks every version that was read.
        """
        return stream == request.stream or (request.spec.model, stream.split("/", 1)[0]) in self._written

    def _learns(self, request: Request, append: Append, held: Sequence[str]) -> bool:
        """A decision wrote to a stream that was not held: from now on such streams are, beginning with this command's next try."""
        kinds = {event.stream.split("/", 1)[0] for event in append.events if event.stream not in held}
        news = {(request.spec.model, kind) for kind in kinds} - self._written
        self._written |= news
        return bool(news)

    async def _streams(self, request: Request) -> list[str]:
        """The command's own stream and those it also reads; named by the command, else by the state."""
        own = (await self._states.load([request.stream]))[request.stream]
        return list(dict.fromkeys([request.stream, *(s for other in request.spec.also for s in other.streams(request.command, own.state))]))

    async def _decided(self, request: Request, loaded: dict[str, Loaded]) -> Append:
        own = loaded[request.stream]
        if request.if_match is not None and request.if_match != own.version:
            raise VersionMismatch(request.stream, request.if_match, own.version)
        check_stream(request.spec, request.stream, exists=own.exists)
        area = await self._places.of(request, own)
        context = self._context(request, area)
        if area is not None:
            self._places.check(request, area)
        if request.spec.prepare is not None:
            prepared = await request.spec.prepare(request.command, context, self.resources)
            context = Context(**{**_shallow(context), "prepared": prepared})
        others = [_others(other, request.command, own.state, loaded) for other in request.spec.also]
        decision = request.spec.decide(request.command, own.state, context, *others)
        if area is None:  # the decision may refuse with a better word; nothing is written where nobody knows whose it is
            self._places.check(request, area)
        return self._recording.append(request, context, loaded, decision)

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

    async def _confirmed(self, request: Request, loaded: dict[str, Loaded], no: Exception) -> Answer | None:
        """A refusal counts only after the heads it was read from are confirmed (ruling 6 of the design)."""
        reads = [Read(stream, one.version) for stream, one in loaded.items()]
        verdict = await self._writer.submit(Append(reads=reads, key=request.key, body=request.body))
        if verdict.kind is VerdictKind.OK:
            raise no
        return await self._judged(request, loaded, verdict)

    async def _settle(self, request: Request, loaded: dict[str, Loaded], append: Append) -> Answer | None:
        with span("append", "client"):
            verdict = await self._writer.submit(append)
        if verdict.kind is not VerdictKind.OK:
            return await self._judged(request, loaded, verdict)
        at = verdict.recorded_at or self.clock.now()
        events = [recorded(e, self.store.source, verdict.position + n, at) for n, e in enumerate(append.events)]
        self._states.apply(events)
        return Answer.from_events(request.stream, loaded[request.stream].version, events, self._partitions, repeated=False)

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
                self._states.forget(loaded)
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
        return Answer.from_events(request.stream, 0, events, self._partitions, repeated=True)

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


def _shallow(context: Context) -> dict[str, Any]:
    return {name: getattr(context, name) for name in Context.__dataclass_fields__}
