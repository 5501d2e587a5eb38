"""The issuer's public keys: a JWKS from a file or an address, kept, and read again when a token names a key not seen yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

UNKNOWN_KEY_PAUSE_SECONDS = 60.0  # so a stranger with invented key ids cannot make us hammer the issuer
EMPTY_PAUSE_SECONDS = 1.0
MAX_AGE_SECONDS = 600.0  # a withdrawn key stops working after this
TIMEOUT_SECONDS = 3.0
MIN_RSA_BITS = 2048

PublicKey = ECKey | RSAKey
_log = structlog.get_logger(__name__)


class KeysUnavailable(Exception):
    """The issuer's keys could not be read and none are held: nobody can be recognised now. Not the caller's fault."""


class KeySource:
    """Keys by `kid`. `generation` grows whenever the set of keys has changed."""

    def __init__(self, location: str | Path, client: httpx.Client | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """location: a file path, or an http(s) address. clock: seconds, for the pauses between reads."""
        self._location, self._client, self._clock = location, client, clock
        self._keys: dict[str, PublicKey] = {}
        self._read_at = self._tried_at = float("-inf")
        self._lock = Lock()
        self.generation = 0

    def find(self, kid: str) -> PublicKey | None:
        """The key, or None if the issuer publishes no such key. Raises KeysUnavailable."""
        if self.wants_refresh(kid):
            self.refresh(kid)
        if not self._keys:
            raise KeysUnavailable
        return self._keys.get(kid)

    def wants_refresh(self, kid: str) -> bool:
        """Whether `find` would read the source first, or wait for a first read under way: up to 3 s when the source is an address."""
        return self._is_due(kid) or (not self._keys and self._lock.locked())

    def _is_due(self, kid: str) -> bool:
        since_try = self._clock() - self._tried_at
        if not self._keys:
            return since_try >= EMPTY_PAUSE_SECONDS
        if kid not in self._keys:
            return since_try >= UNKNOWN_KEY_PAUSE_SECONDS
        return since_try >= UNKNOWN_KEY_PAUSE_SECONDS and self._clock() - self._read_at >= MAX_AGE_SECONDS

    def refresh(self, kid: str) -> None:
        """Read the source unless another thread has just done so. A failure keeps the keys that are held."""
        with self._lock:
            if not self._is_due(kid):
                return
            self._tried_at = self._clock()
            try:
                keys = usable_keys(msgspec.json.decode(self._read()))
            except (OSError, httpx.HTTPError, msgspec.DecodeError) as error:
                _log.warning("issuer keys not read", error=type(error).__name__, held=len(self._keys))
                return
            self._read_at = self._clock()
            if {k: v.thumbprint() for k, v in keys.items()} != {k: v.thumbprint() for k, v in self._keys.items()}:
                self._keys = keys
                self.generation += 1

    def _read(self) -> bytes:
        location = str(self._location)
        if not location.startswith(("http://", "https://")):
            return Path(location).read_bytes()
        get = self._client.get if self._client else httpx.get
        return get(location, timeout=TIMEOUT_SECONDS).raise_for_status().content


def usable_keys(jwks: Any) -> dict[str, PublicKey]:
    """The signature keys of a JWKS that we would trust: P-256, or RSA of at least 2,048 bits, with a `kid`; others are passed over.

    A symmetric key in a published set is public, so it never counts.
    """
    entries = jwks.get("keys", []) if isinstance(jwks, dict) else []
    keys: dict[str, PublicKey] = {}
    for entry in entries:
        key = _import(entry)
        if key is not None and key.kid:
            keys[key.kid] = key
    return keys


def _import(entry: Any) -> PublicKey | None:
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        _log.warning("issuer publishes a key we cannot read", error=type(error).__name__)
        return None
    if entry.get("use", "sig") != "sig":
        return None
    if isinstance(key, ECKey) and key.curve_name == "P-256":
        return key
    if isinstance(key, RSAKey) and key.public_key.key_size >= MIN_RSA_BITS:
        return key
    return None
