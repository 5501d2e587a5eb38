"""The issuer's keys: read once, read again for a key not seen yet, never hammered, never lost by a failure."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, JWKRegistry, OctKey, RSAKey

from kit.identity import KeySource, KeysUnavailable, LocalIssuer, Unauthenticated, Verifier
from kit.identity.keys import MAX_AGE_SECONDS, UNKNOWN_KEY_PAUSE_SECONDS, usable_keys
from kit.secret_file import create_once

ADDRESS = "https://issuer.test/jwks"


@dataclass
class Issuer:
    """A provider of keys that counts how often it is asked; `now` is the clock of the source."""

    keys: list[ECKey]
    down: bool = False
    asked: int = 0
    now: float = 1000.0
    answers: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == ADDRESS
        self.asked += 1
        return httpx.Response(503) if self.down else httpx.Response(200, json={"keys": [k.as_dict(private=False) for k in self.keys]})

    def source(self) -> KeySource:
        return KeySource(ADDRESS, httpx.Client(transport=httpx.MockTransport(self.answer)), clock=lambda: self.now)


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def test_keys_are_fetched_once_and_again_for_an_unknown_one_at_most_once_a_minute() -> None:
    """A new key works within a minute; invented key ids do not make us hammer the issuer."""
    first, second = new_key(), new_key()
    issuer = Issuer([first])
    source = issuer.source()
    assert [source.find(str(first.kid)) is None for _ in range(3)] == [False] * 3
    issuer.keys.append(second)
    assert source.find(str(second.kid)) is None
    assert issuer.asked == 1
    issuer.now += UNKNOWN_KEY_PAUSE_SECONDS
    assert source.find(str(second.kid)) is not None
    assert [source.find(f"invented-{n}") for n in range(50)] == [None] * 50
    assert issuer.asked == 2


def test_a_withdrawn_key_stops_working_and_a_failing_issuer_does_not() -> None:
    """Keys are read again after ten minutes; a failure keeps those that are held."""
    key = new_key()
    issuer = Issuer([key])
    source = issuer.source()
    assert source.find(str(key.kid)) is not None
    issuer.down, issuer.now = True, issuer.now + MAX_AGE_SECONDS
    assert source.find(str(key.kid)) is not None
    issuer.down, issuer.keys, issuer.now = False, [new_key()], issuer.now + UNKNOWN_KEY_PAUSE_SECONDS
    assert source.find(str(key.kid)) is None
    assert issuer.asked == 3


def test_a_token_checked_before_is_refused_after_its_key_was_withdrawn(tmp_path: Path) -> None:
    """A remembered token lives no longer than the issuer's word for its key."""
    at = [1_660_000_000.0]
    tokens = LocalIssuer(tmp_path, now=lambda: at[0])
    issuer = Issuer([ECKey.import_key(json.loads(tokens.jwks_path.read_bytes())["keys"][0])])
    verifier = Verifier(issuer.source(), tokens.issuer, tokens.audience, lambda: at[0])
    token = tokens.issue("u-1", ["reader"], "440308")
    assert verifier.verify(token).id == "u-1"
    issuer.keys = [new_key()]
    issuer.now, at[0] = issuer.now + MAX_AGE_SECONDS, at[0] + MAX_AGE_SECONDS
    with pytest.raises(Unauthenticated, match="unknown_key"):
        verifier.verify(token)


def test_remembered_tokens_are_checked_again_as_soon_as_the_keys_are_known_to_have_changed(tmp_path: Path) -> None:
    """A stranger's token with an unknown key makes us read the set; the withdrawn key's tokens end with it."""
    old, stranger = LocalIssuer(tmp_path / "old"), LocalIssuer(tmp_path / "stranger")
    issuer = Issuer([ECKey.import_key(json.loads(old.jwks_path.read_bytes())["keys"][0])])
    verifier = Verifier(issuer.source(), old.issuer, old.audience)
    token = old.issue("u-1", ["reader"], "440308")
    assert verifier.verify(token).id == "u-1"
    issuer.keys, issuer.now = [new_key()], issuer.now + UNKNOWN_KEY_PAUSE_SECONDS
    for refused in (stranger.issue("u-2", ["reader"], "440308"), token):
        with pytest.raises(Unauthenticated, match="unknown_key"):
            verifier.verify(refused)


def test_without_any_keys_nobody_is_recognised_and_it_is_not_the_callers_fault(tmp_path: Path) -> None:
    """An issuer that is down at the first start is our trouble (503), not a forged token (401)."""
    issuer = Issuer([new_key()], down=True)
    source = issuer.source()
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            source.find("any")
    assert issuer.asked == 1
    with pytest.raises(KeysUnavailable):
        KeySource(tmp_path / "none.json").find("any")


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_only_signature_keys_of_sufficient_strength_count() -> None:
    """Secrets in public, weak RSA, other curves, encryption keys and rubbish are passed over; the good one stays."""
    good = new_key()
    weak = JWKRegistry.generate_key("RSA", 1024, auto_kid=True)
    assert isinstance(weak, RSAKey)
    entries: list[Any] = [
        good.as_dict(private=False),
        OctKey.generate_key(256, auto_kid=True).as_dict(private=True),
        weak.as_dict(private=False),
        ECKey.generate_key("P-384", auto_kid=True).as_dict(private=False),
        new_key().as_dict(private=False, use="enc"),
        {"kty": "EC", "crv": "P-256", "kid": "broken", "x": "!", "y": "!"},
        {"kty": "unheard-of"},
        "no object",
    ]
    assert list(usable_keys({"keys": entries})) == [good.kid]
    assert usable_keys(["no set"]) == {}


def test_a_secret_file_is_written_by_one_and_read_by_all(tmp_path: Path) -> None:
    """Whoever comes second takes what is there; only the owner may read; no draft stays behind."""
    path = tmp_path / "deep" / "secret"

    def make_while_another_is_first() -> bytes:
        create_once(path, lambda: b"first")
        return b"second"

    assert create_once(path, make_while_another_is_first) == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_who_comes_while_the_keys_are_read_for_the_first_time_waits_for_them() -> None:
    """The first requests after a start come together: none is told that the issuer is away."""
    key = new_key()
    issuer = Issuer([key])
    asked, go_on = Event(), Event()

    def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go_on.wait(5)
        return issuer.answer(request)

    source = KeySource(ADDRESS, httpx.Client(transport=httpx.MockTransport(slow)), clock=lambda: issuer.now)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(source.find, str(key.kid))
        assert asked.wait(5)
        assert source.wants_refresh(str(key.kid)), "the second may block too, so it is moved off the event loop"
        second = threads.submit(source.find, str(key.kid))
        go_on.set()
        assert first.result() is not None
        assert second.result() is not None
    assert issuer.asked == 1
