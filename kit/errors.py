"""What can go wrong, in terms of what the caller may do. HTTP numbers appear only in `kit.http`."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A business rule says no. `code` is stable; the parameters say by how much (amounts in fen). Nothing was stored."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotFound(Refused):
    """The stream a command needs does not exist."""


class Retry(Exception):
    """Passing trouble: the same call may succeed later."""


class OutcomeUnknown(Retry):
    """The connection broke while the outcome was open: repeat with the same key to learn it."""


class Unreadable(Exception):
    """A message that cannot be read or applied: it is parked with this reason, later ones of its key wait behind it."""


class KeyMisused(Exception):
    """The idempotency key was already used with another body."""


class VersionMismatch(Exception):
    """`If-Match` named another version than the stream has now."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream}: expected version {expected}, is {actual}")
        self.stream, self.expected, self.actual = stream, expected, actual


class Contended(Retry):
    """Other writers won every try: the caller may repeat."""
