"""A bearer token proves an actor, or is refused with a stable code.

The order matters: the algorithm comes from our list and must fit the key's type before any signature is looked at, so
neither `alg: none`, nor an HMAC keyed with the public key, nor an RSA key under an EC name can pass (RFC 8725, 3.1 and 3.2).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Literal

import msgspec
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import ECKey, RSAKey

from kit.identity.actors import Actor, Role
from kit.identity.keys import MAX_AGE_SECONDS, KeySource, PublicKey

Code = Literal[
    "missing",
    "malformed",
    "wrong_algorithm",
    "forged",
    "expired",
    "not_yet_valid",
    "wrong_issuer",
    "wrong_audience",
    "unknown_key",
    "missing_claim",
]
KEY_TYPES: dict[str, type[ECKey | RSAKey]] = {"ES256": ECKey, "RS256": RSAKey}
LEEWAY_SECONDS = 30
CACHE_SIZE = 4096
MAX_TOKEN_CHARS = 8192
# Actor ids are written into events for ever: the shape of a code, neither the program's own name nor a document number (ruling 9).
_SUBJECT = re.compile(r"(?!system([.]|$))(?!\d{17}[\dx]$)[a-z0-9][a-z0-9._-]{0,62}")
_AREA = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ROLES: dict[Any, Role] = {str(role): role for role in Role if role is not Role.SYSTEM}
_CLAIM_CODES: dict[str, Code] = {"iss": "wrong_issuer", "aud": "wrong_audience"}


class Unauthenticated(Exception):
    """The caller has not proved who they are. `code` is stable; `detail` says what to do and repeats nothing of the token."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: Code = code
        self.detail = detail


def bearer(authorization: str | None) -> str:
    """The token of an `Authorization` header. Raises: Unauthenticated("missing"), Unauthenticated("malformed")."""
    if not authorization:
        raise Unauthenticated("missing", "send Authorization: Bearer <token>")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("malformed", "the header must read: Bearer <token>")
    return token.strip()


class Verifier:
    """Checks tokens of one issuer for one audience. Safe for several threads; `now` is real time in seconds, never the simulated clock."""

    def __init__(self, keys: KeySource, issuer: str, audience: str, now: Callable[[], float] = time.time) -> None:
        self._keys, self._now = keys, now
        required: dict[str, Any] = {name: {"essential": True} for name in ("exp", "nbf", "sub", "roles", "area")}
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            **required,
        )
        self._proved: dict[bytes, tuple[Actor, float]] = {}  # by digest, so that no live token lies about in memory
        self._generation = -1
        self._lock = Lock()

    def verify(self, token: str | None) -> Actor:
        """The actor a token proves; an equal token is checked once (about 0.2 ms) and then known for 10 minutes or until it expires.

        May block for a moment when the issuer's keys must be read again: see `verify_async`.
        Raises: Unauthenticated with its code, KeysUnavailable.
        """
        if not token:
            raise Unauthenticated("missing", "no token was sent")
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        known = self._proved.get(digest)
        if known is not None and self._generation == self._keys.generation:
            actor, until = known
            if self._now() < until:
                return actor
        actor, until = self._check(token)
        self._remember(digest, actor, until)
        return actor

    async def verify_async(self, token: str | None) -> Actor:
        """`verify`, with a read of the issuer's keys moved off the event loop."""
        if token and self._keys.wants_refresh(str(_header(token).get("kid"))):
            return await asyncio.to_thread(self.verify, token)
        return self.verify(token)

    def _check(self, token: str) -> tuple[Actor, float]:
        header = _header(token)
        algorithm = header.get("alg")
        if algorithm not in KEY_TYPES:
            raise Unauthenticated("wrong_algorithm", "only ES256 and RS256 are accepted")
        key = self._key(header.get("kid"), algorithm)
        claims = _signed_claims(token, key, algorithm)
        self._validate(claims)
        return _actor(claims), min(claims["exp"] + LEEWAY_SECONDS, self._now() + MAX_AGE_SECONDS)

    def _key(self, kid: Any, algorithm: str) -> PublicKey:
        key = self._keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated("unknown_key", "the issuer publishes no key of this name")
        if not isinstance(key, KEY_TYPES[algorithm]) or key.get("alg", algorithm) != algorithm:
            raise Unauthenticated("wrong_algorithm", "the key is not one for this algorithm")
        return key

    def _validate(self, claims: dict[str, Any]) -> None:
        try:
            self._claims.validate(claims)
        except MissingClaimError as error:
            raise Unauthenticated("missing_claim", "a required claim is missing: iss, aud, exp, nbf, sub, roles, area") from error
        except ExpiredTokenError as error:
            raise Unauthenticated("expired", "ask the issuer for a new token") from error
        except InvalidClaimError as error:
            raise _invalid(error.claim, claims) from error

    def _remember(self, digest: bytes, actor: Actor, until: float) -> None:
        with self._lock:
            if self._generation != self._keys.generation:  # a key may have been withdrawn: nothing known counts any more
                self._proved.clear()
                self._generation = self._keys.generation
            if len(self._proved) >= CACHE_SIZE:
                del self._proved[next(iter(self._proved))]
            self._proved[digest] = (actor, until)


def _header(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > MAX_TOKEN_CHARS or len(parts) != 3:
        raise Unauthenticated("malformed", "not a signed JSON web token")
    try:
        header = msgspec.json.decode(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError) as error:
        raise Unauthenticated("malformed", "the token's header cannot be read") from error
    if not isinstance(header, dict):
        raise Unauthenticated("malformed", "the token's header is not an object")
    return header


def _signed_claims(token: str, key: PublicKey, algorithm: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, key, algorithms=[algorithm]).claims
    except BadSignatureError as error:
        raise Unauthenticated("forged", "the signature does not fit") from error
    except (JoseError, ValueError) as error:
        raise Unauthenticated("malformed", "the token cannot be read") from error


def _invalid(claim: str, claims: dict[str, Any]) -> Unauthenticated:
    if claim in ("nbf", "iat") and type(claims[claim]) in (int, float):
        return Unauthenticated("not_yet_valid", "the token is for later")
    return Unauthenticated(_CLAIM_CODES.get(claim, "malformed"), "a claim has a value that is not accepted")


def _actor(claims: dict[str, Any]) -> Actor:
    subject, area, names = claims["sub"], claims["area"], claims["roles"]
    if not _SUBJECT.fullmatch(subject):
        raise Unauthenticated("malformed", "the subject must be a code without personal meaning: a-z, 0-9, dot, dash, underscore")
    if not isinstance(area, str) or not _AREA.fullmatch(area) or not isinstance(names, list):
        raise Unauthenticated("malformed", "roles is a list, area a code")
    # Issuers serve other systems too: names that are none of our roles say nothing here, and nobody can claim to be the program.
    roles = frozenset(_ROLES[name] for name in names if isinstance(name, str) and name in _ROLES)
    if not roles:
        raise Unauthenticated("missing_claim", "the token names no role of this platform")
    return Actor(id=subject, roles=roles, area=area)
