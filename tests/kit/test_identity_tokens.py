"""Tokens: what proves an actor, and every way a token can fail to."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from kit.identity import KeySource, LocalIssuer, Role, Unauthenticated, Verifier, bearer
from kit.identity.tokens import CACHE_SIZE, LEEWAY_SECONDS
from kit.secret_file import replace

NOW = 1_660_000_000
AREA = "440308003"
EC, RSA = ECKey.generate_key("P-256", auto_kid=True), RSAKey.generate_key(2048, auto_kid=True)


@dataclass
class Instant:
    seconds: float = NOW

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Instant:
    return Instant()


@pytest.fixture
def issuer(tmp_path: Path, now: Instant) -> LocalIssuer:
    return LocalIssuer(tmp_path, now=now)


@pytest.fixture
def verifier(tmp_path: Path, now: Instant) -> Verifier:
    """Accepts tokens of EC and RSA, whose public halves are published."""
    return Verifier(KeySource(publish(tmp_path / "both.json", EC, RSA)), "iss", "aud", now)


def publish(path: Path, *keys: ECKey | RSAKey) -> Path:
    replace(path, json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode())
    return path


def claims(**changes: Any) -> dict[str, Any]:
    base = {"iss": "iss", "aud": "aud", "sub": "u-17", "roles": ["caseworker"], "area": AREA, "nbf": NOW, "exp": NOW + 600}
    return {name: value for name, value in (base | changes).items() if value is not None}


def signed(key: ECKey | RSAKey = EC, header: dict[str, Any] | None = None, **changes: Any) -> str:
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    return jwt.encode({"alg": algorithm, "kid": key.kid} | (header or {}), claims(**changes), key)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def refusal(verifier: Verifier, token: str | None) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(token)
    if token:
        assert token not in str(refused.value)
    return refused.value.code


def test_a_token_of_the_local_issuer_proves_id_roles_and_area(issuer: LocalIssuer) -> None:
    """Design, identity: OIDC bearer tokens with roles and an area."""
    actor = issuer.verifier().verify(issuer.issue("u-17", [Role.CASEWORKER, Role.APPROVER], AREA))
    assert (actor.id, actor.roles, actor.area) == ("u-17", frozenset({Role.CASEWORKER, Role.APPROVER}), AREA)


@pytest.mark.parametrize("key", [EC, RSA], ids=["ES256", "RS256"])
def test_both_signature_algorithms_are_accepted(verifier: Verifier, key: ECKey | RSAKey) -> None:
    """Design, identity: ES256 and RS256 through JWKS."""
    assert verifier.verify(signed(key)).id == "u-17"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": NOW - LEEWAY_SECONDS - 1}, "expired"),
        ({"nbf": NOW + LEEWAY_SECONDS + 1}, "not_yet_valid"),
        ({"iat": NOW + LEEWAY_SECONDS + 1}, "not_yet_valid"),
        ({"iss": "other"}, "wrong_issuer"),
        ({"aud": "other"}, "wrong_audience"),
        ({"aud": ["other", "third"]}, "wrong_audience"),
        ({"exp": "soon"}, "malformed"),
        ({"nbf": True}, "malformed"),
        ({"roles": ["astronaut"]}, "missing_claim"),
        ({"roles": ["system"]}, "missing_claim"),
        ({"roles": [["caseworker"]]}, "missing_claim"),
        ({"roles": "caseworker"}, "malformed"),
        ({"area": 440308003}, "malformed"),
        ({"sub": "system.on-death"}, "malformed"),
        ({"sub": "system"}, "malformed"),
        ({"sub": "wang@example.test"}, "malformed"),
        ({"sub": "770308194806150125"}, "malformed"),
        ({"sub": "王 小明"}, "malformed"),
    ],
)
def test_a_signed_token_with_claims_we_do_not_accept_is_refused(verifier: Verifier, changes: dict[str, Any], code: str) -> None:
    """Each claim has its own stable code; nobody becomes the program itself, and actor ids carry no personal data (ruling 9 of the design)."""
    assert refusal(verifier, signed(**changes)) == code


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "nbf", "sub", "roles", "area"])
def test_every_claim_is_required(verifier: Verifier, claim: str) -> None:
    """A token without an expiry, an audience … is no token."""
    without: dict[str, Any] = {claim: None}
    assert refusal(verifier, signed(**without)) == "missing_claim"


@pytest.mark.parametrize("changes", [{"exp": NOW - LEEWAY_SECONDS + 1}, {"nbf": NOW + LEEWAY_SECONDS}, {"aud": ["x", "aud"]}])
def test_clocks_may_differ_by_the_leeway_and_audiences_may_be_several(verifier: Verifier, changes: dict[str, Any]) -> None:
    """RFC 7519, 4.1.3 to 4.1.5."""
    assert verifier.verify(signed(**changes)).area == AREA


@pytest.mark.parametrize("token", ["", None])
def test_no_token_is_missing(verifier: Verifier, token: str | None) -> None:
    """Nothing is open by default."""
    assert refusal(verifier, token) == "missing"


@pytest.mark.parametrize(
    "token", ["abc", "a.b.c", "....", "é.é.é", "\ud800.b.c", part([]) + ".e.s", part({"alg": "ES256"}) + "." * 4, "x" * 9000]
)
def test_what_is_no_token_is_malformed(verifier: Verifier, token: str) -> None:
    """Five parts (encrypted), broken text, lone surrogates and oversize included."""
    assert refusal(verifier, token) == "malformed"


def test_a_deeply_nested_header_is_malformed_and_does_no_harm(verifier: Verifier) -> None:
    """The header is read before anything is proved."""
    header = base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=")
    assert refusal(verifier, f"{header}.e30.c2ln") == "malformed"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "PS256", "EdDSA", None, 5])
def test_an_algorithm_off_our_list_is_refused_whatever_the_signature(verifier: Verifier, algorithm: Any) -> None:
    """RFC 8725, 3.1: the caller chooses from our list, never we from the caller's."""
    assert refusal(verifier, f"{part({'alg': algorithm, 'kid': EC.kid})}.{part(claims())}.") == "wrong_algorithm"


@pytest.mark.parametrize("encoding", ["PEM", "DER", "JSON"])
def test_an_hmac_keyed_with_the_public_key_is_refused(verifier: Verifier, encoding: str) -> None:
    """The classic confusion: the public key is no secret."""
    public = json.dumps(RSA.as_dict(private=False)).encode() if encoding == "JSON" else RSA.as_bytes(encoding, private=False)  # type: ignore[arg-type]
    text = f"{part({'alg': 'HS256', 'kid': RSA.kid})}.{part(claims())}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, text.encode(), hashlib.sha256)).decode().rstrip("=")
    assert refusal(verifier, f"{text}.{mac}") == "wrong_algorithm"


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", EC), ("ES256", RSA)])
def test_a_key_of_the_other_family_is_refused(verifier: Verifier, algorithm: str, key: ECKey | RSAKey) -> None:
    """RFC 8725, 3.2: algorithm and key type fit, or nothing is verified."""
    _, payload, signature = signed(key).split(".")
    assert refusal(verifier, f"{part({'alg': algorithm, 'kid': key.kid})}.{payload}.{signature}") == "wrong_algorithm"


def test_a_key_published_for_another_algorithm_is_refused(tmp_path: Path, now: Instant) -> None:
    """RFC 7517, 4.4: a key that names its algorithm serves no other."""
    path = tmp_path / "rs512.json"
    replace(path, json.dumps({"keys": [RSA.as_dict(private=False, alg="RS512")]}).encode())
    assert refusal(Verifier(KeySource(path), "iss", "aud", now), signed(RSA)) == "wrong_algorithm"


def test_a_changed_payload_or_signature_is_forged(verifier: Verifier) -> None:
    """One more role, or somebody else's signature."""
    header, _, signature = signed().split(".")
    assert refusal(verifier, f"{header}.{part(claims(roles=['caseworker', 'approver']))}.{signature}") == "forged"
    stranger = ECKey.generate_key("P-256")
    assert refusal(verifier, jwt.encode({"alg": "ES256", "kid": EC.kid}, claims(), stranger)) == "forged"


@pytest.mark.parametrize("header", [{"kid": "nobody"}, {"kid": None}, {"kid": 7}])
def test_a_key_nobody_published_is_unknown(verifier: Verifier, header: dict[str, Any]) -> None:
    """A token names its key, and the issuer publishes it."""
    text = f"{part({'alg': 'ES256'} | header)}.{part(claims())}.c2ln"
    assert refusal(verifier, text) == "unknown_key"


def test_a_token_that_was_accepted_is_refused_once_it_has_expired(verifier: Verifier, now: Instant) -> None:
    """The memory of checked tokens ends with the token."""
    token = signed()
    assert verifier.verify(token) is verifier.verify(token)
    now.seconds = NOW + 600 + LEEWAY_SECONDS
    assert refusal(verifier, token) == "expired"


def test_the_memory_of_checked_tokens_is_bounded_and_holds_no_token(verifier: Verifier) -> None:
    """Only digests are kept, the oldest go first."""
    verifier._proved = {bytes([n % 256, n // 256]): (verifier.verify(signed()), NOW + 1.0) for n in range(CACHE_SIZE)}
    token = signed(sub="u-18")
    verifier.verify(token)
    assert len(verifier._proved) == CACHE_SIZE
    assert token.encode() not in verifier._proved


async def test_verifying_without_blocking_the_loop_gives_the_same_answer(verifier: Verifier) -> None:
    """The first call reads the keys in a thread, the second finds them."""
    assert await verifier.verify_async(signed()) == await verifier.verify_async(signed(RSA))
    with pytest.raises(Unauthenticated, match="missing"):
        await verifier.verify_async(None)


def test_the_local_issuer_keeps_its_key_over_restarts_and_from_others(tmp_path: Path) -> None:
    """Generated at first start, readable by its owner alone; the published set has no private part."""
    first = LocalIssuer(tmp_path)
    token = first.issue("u-1", ["reader"], AREA, ttl=timedelta(minutes=1))
    assert LocalIssuer(tmp_path).verifier().verify(token).roles == {Role.READER}
    assert (tmp_path / "issuer-key.json").stat().st_mode & 0o777 == 0o600
    assert all("d" not in key for key in json.loads(first.jwks_path.read_bytes())["keys"])


@pytest.mark.parametrize(
    ("header", "check"),
    [(None, "missing"), ("", "missing"), ("Basic abc", "malformed"), ("Bearer ", "malformed"), ("abc", "malformed")],
)
def test_an_authorization_header_must_be_a_bearer_token(header: str | None, check: str) -> None:
    """RFC 6750, 2.1."""
    with pytest.raises(Unauthenticated) as refused:
        bearer(header)
    assert refused.value.code == check


def test_the_token_of_a_bearer_header_is_taken_as_it_is() -> None:
    """The scheme's case does not matter (RFC 9110, 11.1)."""
    read: Callable[[str], str] = bearer
    assert [read("Bearer a.b.c"), read("bearer  a.b.c ")] == ["a.b.c", "a.b.c"]
