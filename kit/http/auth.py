"""Who asks: a dependency that every route has; nothing is open by default."""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from kit.identity import Actor, AreaTree, Role, Verifier, bearer, may

Authenticate = Callable[..., Awaitable[Actor]]
_scheme = HTTPBearer(auto_error=False, description="a token of the identity provider; locally: `minsheng token --role caseworker`")


def authenticator(verifier: Verifier) -> Authenticate:
    """The dependency that turns the `Authorization` header into an actor."""

    async def authenticate(request: Request) -> Actor:
        return await verifier.verify_async(bearer(request.headers.get("authorization")))  # as a parameter it would cost 60 us (measured)

    return authenticate


def allowed(authenticate: Authenticate, areas: AreaTree, roles: Collection[Role]) -> Authenticate:
    """The actor, who must hold one of the roles."""

    async def check(actor: Annotated[Actor, Depends(authenticate)]) -> Actor:
        may(actor, roles, None, areas)
        return actor

    return check


bearer_scheme = Depends(_scheme)
"""Shows the padlock on the API page; the check itself is `authenticator`."""
scheme_name = _scheme.scheme_name
"""The padlock's name in the API's description, for routes that show it without a dependency for it."""
