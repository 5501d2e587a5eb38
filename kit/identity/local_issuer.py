"""An issuer with a generated key, for demonstrations and tests: the only one that needs no identity provider."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from kit.identity.actors import Role
from kit.identity.keys import KeySource
from kit.identity.tokens import Verifier
from kit.secret_file import create_once, replace

ISSUER = "urn:minsheng:local-issuer"
AUDIENCE = "minsheng"


class LocalIssuer:
    """Signs tokens with a P-256 key that the first start leaves in `folder` (mode 0600), beside the public `jwks.json`."""

    def __init__(self, folder: Path, issuer: str = ISSUER, audience: str = AUDIENCE, now: Callable[[], float] = time.time) -> None:
        """now: real time in seconds."""
        self.issuer, self.audience, self._now = issuer, audience, now
        self.jwks_path = folder / "jwks.json"
        self._key = ECKey.import_key(msgspec.json.decode(create_once(folder / "issuer-key.json", _new_key)))
        published = self._key.as_dict(private=False, use="sig", alg="ES256")
        replace(self.jwks_path, msgspec.json.encode({"keys": [published]}), mode=0o644)

    def issue(self, sub: str, roles: Iterable[Role | str], area: str, ttl: timedelta = timedelta(hours=8)) -> str:
        """A token for an actor, valid from now on for `ttl`."""
        now = int(self._now())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": sub,
            "roles": [str(role) for role in roles],
            "area": area,
            "iat": now,
            "nbf": now,
            "exp": now + int(ttl.total_seconds()),
            "jti": uuid4().hex,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)

    def verifier(self) -> Verifier:
        """A verifier that accepts this issuer's tokens."""
        return Verifier(KeySource(self.jwks_path), self.issuer, self.audience, self._now)


def _new_key() -> bytes:
    key = ECKey.generate_key("P-256", auto_kid=True)
    return msgspec.json.encode(key.as_dict(private=True))
