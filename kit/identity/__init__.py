"""Who speaks and what they may do: bearer tokens in, actors out; nothing is open by default.

A token proves an `Actor` (`Verifier.verify`), a route names roles and area (`may`). `LocalIssuer` stands in for the
district's identity provider in demonstrations and tests. Errors carry stable codes and never repeat what was sent.
"""

from kit.identity.access import AreaTree, Forbidden, may
from kit.identity.actors import Actor, Role, system_actor
from kit.identity.keys import KeySource, KeysUnavailable
from kit.identity.local_issuer import LocalIssuer
from kit.identity.tokens import Unauthenticated, Verifier, bearer

__all__ = [
    "Actor",
    "AreaTree",
    "Forbidden",
    "KeySource",
    "KeysUnavailable",
    "LocalIssuer",
    "Role",
    "Unauthenticated",
    "Verifier",
    "bearer",
    "may",
    "system_actor",
]
