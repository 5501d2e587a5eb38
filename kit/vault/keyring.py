"""The installation's own secrets: master keys that wrap the persons' keys, and the key of the blind index.

The two are independent, so a rotation of the master key changes no hash, and whoever holds one cannot use the other.
Losing the keyring loses every personal value; it is kept apart from all database backups.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.secret_file import create_once, replace
from kit.vault.documents import normal_document_number
from kit.vault.errors import BadKeyring, UnknownMasterKey, Unopenable

KEY_BYTES = 32
NONCE_BYTES = 12
ENVIRONMENT = "MINSHENG_KEYRING"


class Keyring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Key material. masters: version -> 256-bit key in hex; current: the version that wraps new keys; index: key of the blind index."""

    current: int
    masters: dict[int, str]
    index: str

    def __post_init__(self) -> None:
        try:
            sizes = {len(bytes.fromhex(key)) for key in (*self.masters.values(), self.index)}
        except ValueError:
            raise BadKeyring("keys are 64 hex digits") from None
        if sizes != {KEY_BYTES} or self.current not in self.masters:
            raise BadKeyring("keys are 64 hex digits, and the current one is among the masters")

    def __repr__(self) -> str:
        return f"Keyring(current={self.current}, masters={sorted(self.masters)}, keys hidden)"

    @staticmethod
    def generate() -> Keyring:
        """A new keyring from the system's random source."""
        return Keyring(current=1, masters={1: os.urandom(KEY_BYTES).hex()}, index=os.urandom(KEY_BYTES).hex())

    @staticmethod
    def from_json(content: bytes) -> Keyring:
        """Raises: BadKeyring, which repeats nothing of the content."""
        try:
            return msgspec.json.decode(content, type=Keyring)
        except msgspec.DecodeError:
            raise BadKeyring("not a keyring") from None

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    def with_new_master(self) -> Keyring:
        """First half of a rotation: new keys are wrapped by a new master, old ones stay readable."""
        version = max(self.masters) + 1
        return Keyring(current=version, masters={**self.masters, version: os.urandom(KEY_BYTES).hex()}, index=self.index)

    def without_old_masters(self) -> Keyring:
        """Second half, after every key was wrapped anew: what the old masters wrapped (in backups, say) is unreadable."""
        return Keyring(current=self.current, masters={self.current: self.masters[self.current]}, index=self.index)

    def wrap(self, person_id: str, secret: bytes) -> tuple[int, str]:
        """The master's version, and nonce and wrapped key in hex; bound to the person, so it opens under no other id."""
        nonce = os.urandom(NONCE_BYTES)
        return self.current, (nonce + self._master(self.current).encrypt(nonce, secret, _bound(person_id, self.current))).hex()

    def unwrap(self, person_id: str, version: int, wrapped: str) -> bytes:
        """Raises: UnknownMasterKey, Unopenable."""
        master, raw = self._master(version), bytes.fromhex(wrapped)
        try:
            return master.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(person_id, version))
        except InvalidTag:
            raise Unopenable(f"the key of person {person_id}") from None

    def document_hash(self, number: str) -> str:
        """The blind index of a document number: equal for every way of writing it, useless without the index key. 64 hex digits."""
        return self._hmac("document_number", normal_document_number(number))

    @property
    def fingerprint(self) -> str:
        """Recognises the keyring (its index key) without telling anything about it."""
        return self._hmac("fingerprint", "")[:16]

    def _hmac(self, purpose: str, text: str) -> str:
        return hmac.digest(bytes.fromhex(self.index), f"{purpose}\0{text}".encode(), sha256).hex()

    def _master(self, version: int) -> AESGCM:
        key = self.masters.get(version)
        if key is None:
            raise UnknownMasterKey(f"version {version}")
        return AESGCM(bytes.fromhex(key))


def _bound(person_id: str, version: int) -> bytes:
    return msgspec.json.encode(["person-key", person_id, version])


class KeyringFile:
    """A keyring in a folder (mode 0600), generated at the first start. A rotation: `rotate`, `VaultKeys.rewrap`, `retire`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "keyring.json"

    def load(self) -> Keyring:
        return Keyring.from_json(create_once(self.path, lambda: Keyring.generate().to_json()))

    def rotate(self) -> Keyring:
        """Add a master key; running processes find it when they meet a key that it wrapped."""
        return self._store(self.load().with_new_master())

    def retire(self) -> Keyring:
        """Drop the masters that wrap nothing any more."""
        return self._store(self.load().without_old_masters())

    def _store(self, keyring: Keyring) -> Keyring:
        replace(self.path, keyring.to_json())
        return keyring


def keyring_from_environment(environ: Mapping[str, str] = os.environ) -> Keyring | None:
    """The keyring in the variable MINSHENG_KEYRING (its JSON), where a secret store hands it over so; None when unset."""
    content = environ.get(ENVIRONMENT)
    return Keyring.from_json(content.encode()) if content else None
