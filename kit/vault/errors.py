"""What can go wrong with the vault. No error repeats a value it was given; person ids are no personal values."""

from __future__ import annotations


class VaultError(Exception):
    """Any trouble with the vault; `code` is stable."""

    code = "vault"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class UnknownPerson(VaultError):
    """The vault holds nothing under this id."""

    code = "unknown_person"


class Shredded(VaultError):
    """The person's key was destroyed: what was written can never be read again, and nothing more may be written."""

    code = "shredded"


class Unopenable(VaultError):
    """A value does not fit its person, field, reference or key: it was changed, moved, or its key is another one."""

    code = "unopenable"


class BadKeyring(VaultError):
    """The key material cannot be read."""

    code = "bad_keyring"


class WrongKeyring(VaultError):
    """The keys database was filled under another keyring: serving would create keys and hashes that match nothing."""

    code = "wrong_keyring"


class UnknownMasterKey(VaultError):
    """A key is wrapped by a master key that this keyring does not hold (any more, or not yet)."""

    code = "unknown_master_key"
