"""The event store: one append-only log per service, in memory for tests and on PostgreSQL for real. Both pass one suite."""

from kit.store.model import (
    Append,
    EventStore,
    Head,
    Link,
    NewEvent,
    Read,
    Release,
    ReleaseAll,
    SetTimer,
    SideRow,
    Take,
    Unlink,
    Verdict,
    VerdictKind,
)

__all__ = [
    "Append",
    "EventStore",
    "Head",
    "Link",
    "NewEvent",
    "Read",
    "Release",
    "ReleaseAll",
    "SetTimer",
    "SideRow",
    "Take",
    "Unlink",
    "Verdict",
    "VerdictKind",
]
