"""What registry has besides its log: the vault, the keys in a database of their own, and the areas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from kit.store.model import EventStore
from kit.vault import Keyring, Vault, VaultKeys, reapply_ledger
from policy import Areas
from services.registry.forgetting import forget_shredded


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
    registry_dsn: str, keys_dsn: str, *, keyring: Keyring, store: EventStore, areas: Areas, allow_demo_numbers: bool = False
) -> AsyncIterator[RegistryResources]:
    """The resources, ready to serve: the keyring fits, and whoever was ever forgotten is forgotten, whatever a restore brought back.

    Raises: kit.vault.WrongKeyring.  Source: ruling 10 of the design.
    """
    async with AsyncExitStack() as stack:
        registry = await stack.enter_async_context(asyncpg.create_pool(registry_dsn, min_size=1, max_size=6))
        keys_pool = await stack.enter_async_context(asyncpg.create_pool(keys_dsn, min_size=1, max_size=6))
        keys = VaultKeys(keys_pool, keyring)
        vault = Vault(registry, keys)
        await keys.verify_keyring()
        await reapply_ledger(keys, vault)
        await forget_shredded(store, keys, vault)
        yield RegistryResources(vault=vault, keys=keys, store=store, areas=areas, allow_demo_numbers=allow_demo_numbers)
