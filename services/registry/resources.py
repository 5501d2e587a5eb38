"""What registry has besides its log: the vault, the keys in a database of their own, and the areas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from kit.pools import LOOK_UPS, pool_of
from kit.settings import Settings
from kit.store.model import EventStore
from kit.vault import Keyring, KeyringFile, Vault, VaultKeys, keyring_from_environment, reapply_ledger
from policy import Areas
from services.registry.forgetting import forget_shredded, keep_forgetting


@dataclass(frozen=True, kw_only=True)
class RegistryResources:
    """allow_demo_numbers: whether invented document numbers pass; true in demonstrations and tests only."""

    vault: Vault
    keys: VaultKeys
    store: EventStore
    areas: Areas
    allow_demo_numbers: bool = False


@asynccontextmanager
async def opened(
    registry_dsn: str,
    keys_dsn: str,
    *,
    keyring: Callable[[], Keyring],
    store: EventStore,
    areas: Areas,
    allow_demo_numbers: bool = False,
) -> AsyncIterator[RegistryResources]:
    """The resources, ready to serve: the keyring fits, and whoever was ever forgotten is forgotten, whatever a restore brought back.

    keyring: reads it; asked again when another process has rotated the master key.
    Raises: kit.vault.WrongKeyring.  Source: ruling 10 of the design.
    """
    async with AsyncExitStack() as stack:
        registry = await stack.enter_async_context(pool_of(registry_dsn, most=6, settings=LOOK_UPS))
        keys_pool = await stack.enter_async_context(pool_of(keys_dsn, most=6, settings=LOOK_UPS))
        keys = VaultKeys(keys_pool, keyring(), keyring)
        vault = Vault(registry, keys)
        await keys.verify_keyring()
        await reapply_ledger(keys, vault)
        await forget_shredded(store, keys, vault)
        yield RegistryResources(vault=vault, keys=keys, store=store, areas=areas, allow_demo_numbers=allow_demo_numbers)


@asynccontextmanager
async def open_resources(settings: Settings, store: EventStore) -> AsyncIterator[RegistryResources]:
    """The resources of a process; whoever is shredded meanwhile, by any process, is forgotten a moment later."""
    async with opened(
        settings.dsn("registry"),
        settings.dsn("keys"),
        keyring=lambda: keyring_from_environment() or KeyringFile(settings.keys / "vault").load(),
        store=store,
        areas=Areas.load(),
        allow_demo_numbers=settings.demonstration,
    ) as resources:
        following = asyncio.create_task(keep_forgetting(store, resources.keys, resources.vault))
        try:
            yield resources
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
