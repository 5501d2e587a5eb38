"""The vault: personal values, encrypted under a key of each person, so that destroying one key forgets one person.

Registering somebody: `VaultKeys.create` (keys database), then `seal` (pure), then the rows travel with the event in one
append. A registration that is refused after `create` leaves a random key that opens nothing; the same person id gets the
same key again. Reading: `Vault.read` writes who reads what and why, then opens. Forgetting: `shred`. After any restore and
at every start, before the registry serves: `VaultKeys.verify_keyring` and `reapply_ledger` (ruling 10).

Nothing here repeats a personal value in an error, a log or a `repr`. Lookups by document number come in bodies, never in addresses.
"""

from kit.vault.documents import BadDocumentNumber, check_document_number, invent_document_number, normal_document_number
from kit.vault.errors import BadKeyring, Shredded, UnknownMasterKey, UnknownPerson, Unopenable, VaultError, WrongKeyring
from kit.vault.keyring import Keyring, KeyringFile, keyring_from_environment
from kit.vault.keys import Destroyed, VaultKeys
from kit.vault.reading import Access, Vault, reapply_ledger, shred
from kit.vault.sealing import DataKey, PersonalField, PersonalValues, SealedRow, seal
from kit.vault.tables import key_tables, vault_tables

__all__ = [
    "Access",
    "BadDocumentNumber",
    "BadKeyring",
    "DataKey",
    "Destroyed",
    "Keyring",
    "KeyringFile",
    "PersonalField",
    "PersonalValues",
    "SealedRow",
    "Shredded",
    "UnknownMasterKey",
    "UnknownPerson",
    "Unopenable",
    "Vault",
    "VaultError",
    "VaultKeys",
    "WrongKeyring",
    "check_document_number",
    "invent_document_number",
    "key_tables",
    "keyring_from_environment",
    "normal_document_number",
    "reapply_ledger",
    "seal",
    "shred",
    "vault_tables",
]
