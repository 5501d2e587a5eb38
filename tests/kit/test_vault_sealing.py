"""Sealed values: what was sealed opens, what was touched or moved does not, and nothing shows what it holds."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.vault import (
    BadKeyring,
    DataKey,
    Keyring,
    KeyringFile,
    PersonalField,
    PersonalValues,
    SealedRow,
    UnknownMasterKey,
    Unopenable,
    keyring_from_environment,
    seal,
)
from kit.vault.sealing import open_value, seal_value

RING = Keyring.generate()
AT = datetime(2022, 6, 1, 8, tzinfo=UTC)
HEX = "5ec2e7" * 10 + "5ec2"
CANARY = "770308194806150125"
NAME, DOCUMENT, NOTE = PersonalField.NAME, PersonalField.DOCUMENT_NUMBER, PersonalField.NOTE
texts = st.text(st.characters(codec="utf-8"), max_size=200)


def person_key(person_id: str | None = None) -> DataKey:
    return DataKey(person_id or str(uuid4()), os.urandom(32))


def sealed(values: dict[PersonalField, str], key: DataKey) -> list[SealedRow]:
    return seal(key.person_id, key, values, keyring=RING, at=AT)


@given(st.dictionaries(st.sampled_from(PersonalField), texts))
def test_what_is_sealed_opens_again_and_rows_are_json(values: dict[PersonalField, str]) -> None:
    """A row travels to the store as JSON; any text comes back as it was."""
    key = person_key()
    rows = [row for row in sealed(values, key) if row.table == "vault_value"]
    carried = [json.loads(json.dumps(row.values)) for row in rows]
    assert {PersonalField(row["field"]): open_value(key, row) for row in carried} == values


@given(texts.filter(bool))
def test_no_ciphertext_repeats(text: str) -> None:
    """The same value of the same person looks different each time."""
    key = person_key()
    first, second = (sealed({NAME: text}, key)[0].values for _ in range(2))
    assert first["ciphertext"] != second["ciphertext"]
    assert first["ref"] < second["ref"]


@pytest.mark.parametrize(
    "change",
    [
        {"field": "address"},
        {"field": "no-field"},
        {"ref": str(uuid4())},
        {"person_id": str(uuid4())},
        {"key_version": 2},
        {"nonce": "00" * 12},
        {"nonce": ""},
        {"ciphertext": "00" * 20},
        {"ciphertext": "zz"},
    ],
)
def test_a_row_that_was_moved_or_touched_does_not_open(change: dict[str, object]) -> None:
    """The associated data binds person, field, reference and key version."""
    key = person_key()
    row = sealed({NAME: CANARY}, key)[0].values
    with pytest.raises(Unopenable) as refused:
        open_value(key, row | change)
    assert CANARY not in str(refused.value)


def test_another_persons_key_neither_seals_nor_opens() -> None:
    """Even a row whose owner was rewritten stays shut."""
    key, other = person_key(), person_key()
    with pytest.raises(Unopenable):
        seal(other.person_id, key, {NAME: "x"}, keyring=RING, at=AT)
    row = sealed({NAME: "x"}, key)[0].values
    for thief in (other, DataKey(key.person_id, other.secret), DataKey(key.person_id, key.secret, version=2)):
        with pytest.raises(Unopenable):
            open_value(thief, row | {"person_id": thief.person_id, "key_version": thief.version})


def test_a_note_is_kept_under_the_reference_that_events_carry() -> None:
    """Ruling 9 of the design: texts live in the vault, events hold a `NoteRef`."""
    key, ref = person_key(), str(uuid4())
    row = seal_value(key, NOTE, "ill since March", ref=ref, at=AT)
    assert (row.values["ref"], open_value(key, row.values)) == (ref, "ill since March")


def test_a_document_number_gives_one_hash_for_every_writing_and_another_under_another_keyring() -> None:
    """Looked up by a keyed hash that stays inside the vault."""
    key = person_key()
    rows = sealed({DOCUMENT: "11010519491231002X"}, key)
    document = next(row for row in rows if row.table == "vault_document")
    assert document.values == {"hash": RING.document_hash(" 110105 19491231 002x"), "person_id": key.person_id}
    assert document.values["hash"] != Keyring.generate().document_hash("11010519491231002X")
    assert [row.table for row in sealed({NAME: "x"}, key)] == ["vault_value"]


def test_nothing_that_holds_values_or_keys_shows_them() -> None:
    """`repr`, formatting and errors: the canary and the keys stay hidden."""
    key = person_key()
    rows = sealed({DOCUMENT: CANARY, NAME: CANARY}, key)
    shown = f"{PersonalValues({DOCUMENT: CANARY})} {PersonalValues({NAME: CANARY})!r} {key} {rows} {RING} {RING!r}"
    secrets = [CANARY, key.secret.hex(), repr(key.secret), RING.index, RING.masters[1], RING.document_hash(CANARY)]
    assert [secret for secret in secrets if secret in shown] == []
    assert "document_number" in shown


def test_a_wrapped_key_opens_for_its_person_under_its_master_only() -> None:
    """A row of the keys database cannot be given to another person."""
    person, secret = str(uuid4()), os.urandom(32)
    version, wrapped = RING.wrap(person, secret)
    assert RING.unwrap(person, version, wrapped) == secret
    with pytest.raises(Unopenable):
        RING.unwrap(str(uuid4()), version, wrapped)
    with pytest.raises(Unopenable):
        Keyring.generate().unwrap(person, version, wrapped)
    with pytest.raises(UnknownMasterKey):
        RING.unwrap(person, 2, wrapped)


def test_a_rotation_keeps_hashes_and_old_keys_until_the_old_master_retires(tmp_path: Path) -> None:
    """Master key and index key are independent."""
    file = KeyringFile(tmp_path)
    first = file.load()
    old = first.wrap("p", b"secret")
    assert file.rotate().unwrap("p", *old) == b"secret"
    assert (file.load().wrap("p", b"s")[0], file.load().document_hash(CANARY)) == (2, first.document_hash(CANARY))
    with pytest.raises(UnknownMasterKey):
        file.retire().unwrap("p", *old)
    assert (file.load().fingerprint, file.path.stat().st_mode & 0o777) == (first.fingerprint, 0o600)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json 5ec2e7",
        '{"current": 1, "masters": {"1": "5ec2e7"}, "index": "5ec2e7"}',
        '{"current": 1, "masters": {"1": "zz5ec2e7"}, "index": "5ec2e7"}',
        f'{{"current": 2, "masters": {{"1": "{HEX}"}}, "index": "{HEX}"}}',
    ],
)
def test_a_broken_keyring_is_refused_without_repeating_it(content: str) -> None:
    """Its content is secret even where it is wrong."""
    with pytest.raises(BadKeyring) as refused:
        Keyring.from_json(content.encode())
    assert "5ec2e7" not in str(refused.value)


def test_a_keyring_may_come_from_the_environment() -> None:
    """Where a secret store hands it over so; unset means the folder's file."""
    assert keyring_from_environment({"MINSHENG_KEYRING": RING.to_json().decode()}) == RING
    assert keyring_from_environment({}) is None


def test_a_data_key_is_not_shown_when_changed() -> None:
    """A copy hides as well."""
    assert "secret" not in repr(replace(person_key(), version=3))
