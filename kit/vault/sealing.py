"""Values in, rows out, and back: pure apart from nonces and references drawn at random."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import uuid_utils
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.vault.errors import Unopenable
from kit.vault.keyring import NONCE_BYTES, Keyring
from kit.vault.tables import DOCUMENT_TABLE, VALUE_TABLE


class PersonalField(StrEnum):
    """The kinds of personal values the vault keeps."""

    NAME = "name"
    DOCUMENT_NUMBER = "document_number"
    ADDRESS = "address"
    PHONE = "phone"
    NOTE = "note"


class PersonalValues(dict[PersonalField, str]):
    """Personal values by field. Shows which fields it holds, never what they say."""

    def __repr__(self) -> str:
        return f"PersonalValues({', '.join(sorted(self))}: hidden)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's key: 256 bits, never shown."""

    person_id: str
    secret: bytes = field(repr=False)
    version: int = 1


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row for the registry's database, inserted in the transaction of the person's event. `values` are JSON: column -> text or number."""

    table: str
    values: dict[str, Any] = field(repr=False)  # holds the hash of a document number, which stays inside the vault


def seal(person_id: str, key: DataKey, values: Mapping[PersonalField, str], *, keyring: Keyring, at: datetime) -> list[SealedRow]:
    """The rows that keep these values: one per value, and for a document number the hash that finds and forbids a second person.

    A changed value is another row: the newest counts, the old one stays until the person is forgotten. at: when it was written (UTC).
    Raises: Unopenable when the key is another person's.
    """
    if key.person_id != person_id:
        raise Unopenable(f"the key of another person for {person_id}")
    rows = [seal_value(key, name, text, ref=str(uuid_utils.uuid7()), at=at) for name, text in values.items()]
    if PersonalField.DOCUMENT_NUMBER in values:
        hashed = keyring.document_hash(values[PersonalField.DOCUMENT_NUMBER])
        rows.append(SealedRow(DOCUMENT_TABLE, {"hash": hashed, "person_id": person_id}))
    return rows


def seal_value(key: DataKey, name: PersonalField, text: str, *, ref: str, at: datetime) -> SealedRow:
    """One value under a reference of the caller's (a case note's `NoteRef`, which events may carry)."""
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(key.secret).encrypt(nonce, text.encode(), _bound(key, name, ref))
    return SealedRow(
        VALUE_TABLE,
        {
            "ref": ref,
            "person_id": key.person_id,
            "field": str(name),
            "key_version": key.version,
            "nonce": nonce.hex(),
            "ciphertext": ciphertext.hex(),
            "written_at": at.isoformat(),
        },
    )


def open_value(key: DataKey, row: Mapping[str, Any]) -> str:
    """The text of a row of `vault_value`. Raises: Unopenable when anything of the row is not as it was sealed."""
    try:
        name, ref = PersonalField(row["field"]), str(row["ref"])
        nonce, ciphertext = bytes.fromhex(row["nonce"]), bytes.fromhex(row["ciphertext"])
        if row["person_id"] != key.person_id or row["key_version"] != key.version:
            raise Unopenable(f"a value of person {key.person_id}")
        return AESGCM(key.secret).decrypt(nonce, ciphertext, _bound(key, name, ref)).decode()
    except (InvalidTag, ValueError):
        raise Unopenable(f"a value of person {key.person_id}") from None


def _bound(key: DataKey, name: PersonalField, ref: str) -> bytes:
    """What a ciphertext is tied to: moved to another person, field or reference it does not open."""
    return msgspec.json.encode(["vault-value", key.person_id, str(name), key.version, ref])
