"""`minsheng token`: a bearer token of the installation's own issuer, for demonstrations."""

from __future__ import annotations

import json as json_module
from datetime import timedelta
from typing import Annotated

import typer

from minsheng.local.home import Home, default_home


def token(
    role: Annotated[
        list[str], typer.Option(help="What the actor may do, for example caseworker, approver, auditor; may be given several times.")
    ],
    area: Annotated[str, typer.Option(help="The actor's area: the district 440308, a street, a community.")] = "440308",
    actor: Annotated[str | None, typer.Option(help="The actor's id; default: made from the role.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24, help="How long it is valid.")] = 8,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print actor, roles, area and token as JSON.")] = False,
) -> None:
    """Print a demonstration bearer token for a role and an area."""
    from kit.identity import Role
    from minsheng.prepare import local_issuer
    from policy import Areas

    known = [str(one) for one in Role if one is not Role.SYSTEM]
    if wrong := [one for one in role if one not in known]:
        raise typer.BadParameter(f"{wrong[0]!r} is none of {', '.join(known)}", param_hint="--role")
    if area not in Areas.load().by_code:
        raise typer.BadParameter(f"no area has the code {area!r}", param_hint="--area")
    who = actor or f"{role[0].replace('_', '-')}-1"
    issued = local_issuer(Home(default_home()).keys).issue(who, role, area, timedelta(hours=hours))
    print(json_module.dumps({"actor": who, "roles": role, "area": area, "token": issued}) if json else issued)
