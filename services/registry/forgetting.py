"""From the order to forget (`PersonShredded`) to the destroyed key.

The event is the order: it is written first and stays, so the key is destroyed at once, after a crash, and again after a restore of
the keys. Doing it twice changes nothing.
"""

from __future__ import annotations

import asyncio

import structlog

from contracts.envelope import Recorded
from contracts.registry.person import PersonShredded
from kit.store.model import EventStore
from kit.vault import Destroyed, Vault, VaultKeys
from services.registry.domain.person import SHREDDED

_log = structlog.get_logger(__name__)
RESTS_S = 0.5
"""Between two looks: an import of thousands of persons is no reason to look as often."""


async def forget_shredded(store: EventStore, keys: VaultKeys, vault: Vault) -> int:
    """Nobody whose event says `shredded` has a key or a document hash any more; how many had."""
    done = {f"person/{entry.person_id}" for entry in await vault.ledger()}
    orders = [stream for stream in await store.subjects(SHREDDED) if stream not in done]
    if not orders:
        return 0
    entries = [_entry(events) for events in (await store.load(orders)).values()]
    await keys.apply_ledger(entries)
    await vault.forget(entries)  # the copy that counts as done: written last
    _log.info("persons forgotten", count=len(entries))
    return len(entries)


def _entry(events: list[Recorded]) -> Destroyed:
    """Who was forgotten, when, by whom and why, as the event says."""
    for recorded in events:
        event = recorded.event()
        if isinstance(event, PersonShredded):
            return Destroyed(event.person_id, recorded.meta.recorded_at, recorded.meta.actor, str(event.reason))
    raise LookupError(f"{events[0].meta.stream} is linked to {SHREDDED} without an event")


async def keep_forgetting(store: EventStore, keys: VaultKeys, vault: Vault) -> None:
    """Follow the log until the store closes; may run in any number of processes. Trouble is logged and tried again at the next look."""
    async for _position in store.changes():
        try:
            await forget_shredded(store, keys, vault)
        except Exception as error:  # noqa: BLE001 - whatever it is (a database restarts), the order stands and is looked at again
            _log.warning("forgetting failed and is tried again", error=type(error).__name__)
        await asyncio.sleep(RESTS_S)
