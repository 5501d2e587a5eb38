"""Personal values on their way into the vault: hidden wherever a command is shown, sealed before the decision is taken.

`seal_values` is the `prepare` step of a command: the only part of the domain that is not pure. It makes the person's key and
gives the decision rows of ciphertext, so that event, values and the hash of the document number are one append.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Protocol

from pydantic import ConfigDict, Field, PlainSerializer, SecretStr

from contracts.ids import PersonId
from kit.command import Command, Context
from kit.store.model import SideRow
from kit.vault import BadDocumentNumber, PersonalField, Vault, VaultKeys, check_document_number, seal


def _reveal(value: SecretStr) -> str:
    return value.get_secret_value()


Personal = Annotated[SecretStr, PlainSerializer(_reveal, return_type=str, when_used="json")]
"""A personal value: `repr`, `str` and errors show asterisks. Its JSON is the value itself, which the kit hashes (idempotency) and forgets."""


class PersonalCommand(Command):
    """A command that brings a person's values. They reach the vault and nothing else."""

    model_config = ConfigDict(hide_input_in_errors=True)

    person_id: PersonId
    name: Annotated[Personal, Field(min_length=1, max_length=100)]
    document_number: Annotated[Personal, Field(min_length=15, max_length=40, description="citizen number (公民身份号码)")]
    phone: Annotated[Personal, Field(min_length=3, max_length=40)] | None = None
    address: Annotated[Personal, Field(min_length=1, max_length=300)] | None = None

    def values(self) -> dict[PersonalField, str]:
        """What was given, in the open: for sealing only."""
        given = {
            PersonalField.NAME: self.name,
            PersonalField.DOCUMENT_NUMBER: self.document_number,
            PersonalField.PHONE: self.phone,
            PersonalField.ADDRESS: self.address,
        }
        return {name: value.get_secret_value() for name, value in given.items() if value is not None}


class VaultResources(Protocol):
    """What sealing needs of the service's resources."""

    @property
    def vault(self) -> Vault: ...
    @property
    def keys(self) -> VaultKeys: ...
    @property
    def allow_demo_numbers(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What `seal_values` found or made. existing: who has the document number already.  bad_number: why it can be no citizen number."""

    existing: PersonId | None = None
    bad_number: str | None = None
    rows: tuple[SideRow, ...] = field(default=(), repr=False)


async def seal_values(command: PersonalCommand, context: Context, resources: VaultResources) -> Sealed:
    """The person's values as rows for the append; without a key and without rows where the decision will refuse.

    A key made for an append that then fails opens nothing; the same person gets the same key when the command is repeated.
    """
    number = command.document_number.get_secret_value()
    try:
        check_document_number(number, allow_demo=resources.allow_demo_numbers, today=context.on)
    except BadDocumentNumber as error:
        return Sealed(bad_number=error.code)
    holder = await resources.vault.find_by_document(number)
    if holder is not None:
        return Sealed(existing=PersonId(holder))
    key = await resources.keys.create(command.person_id)
    rows = seal(command.person_id, key, command.values(), keyring=resources.keys.keyring, at=context.now)
    return Sealed(rows=tuple(SideRow(row.table, row.values) for row in rows))
