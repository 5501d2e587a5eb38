"""`minsheng parked`: messages that could not be read or applied, in every service; look, try again, step over."""

from __future__ import annotations

import json
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from minsheng.local.errors import CannotStart, NotRunning

app = typer.Typer(no_args_is_help=True, help="Messages that could not be read or applied: list, show, retry, skip.")
console = Console(highlight=False)
AsJson = Annotated[bool, typer.Option("--json", help="For programs: a list.")]
Service = Annotated[str, typer.Argument(help="The service that parked it.")]
Id = Annotated[int, typer.Argument(help="The id that `parked list` shows.")]


def _ask(service: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    from minsheng.connect import connect

    connection = connect()
    if service not in connection.settings.services:
        raise typer.BadParameter(f"{service!r} is none of {', '.join(connection.settings.services)}", param_hint="SERVICE")
    headers = {"Authorization": f"Bearer {connection.token}"}
    try:
        with httpx.Client(trust_env=False, timeout=60) as client:
            answer = client.request(method, connection.settings.services[service] + path, json=body, headers=headers)
    except httpx.TransportError:
        raise NotRunning(f"{service} does not answer; `minsheng status` shows what runs.") from None
    if answer.status_code == httpx.codes.NOT_FOUND and path.split("?", maxsplit=1)[0] == "/parked":
        return []  # a service that reads no topics parks nothing
    if answer.is_error:
        raise CannotStart(f"{service}: {answer.json().get('title', answer.text)} ({answer.json().get('code')})")
    return answer.json()


@app.command("list")
def list_parked(
    *,
    settled: Annotated[bool, typer.Option("--settled", help="Show what was skipped or applied instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is parked, oldest first; `waiting` ones stand behind a parked one of their key."""
    from minsheng.connect import connect

    query = "/parked?settled=true" if settled else "/parked"
    rows = [{"service": name, **row} for name in connect().settings.services for row in _ask(name, "GET", query)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("service", "id", "state", "consumer", "topic/partition", "position", "key", "since", "reason")
    for row in rows:
        place = f"{row['topic']}/{row['partition']}"
        table.add_row(
            row["service"],
            str(row["id"]),
            row["state"],
            row["consumer"],
            place,
            str(row["position"]),
            row["key"],
            row["parked_at"][:19],
            row["reason"],
        )
    console.print(table if rows else "nothing is parked")


@app.command()
def show(service: Service, parked_id: Id) -> None:
    """Show one parked message as it came."""
    print(json.dumps(_ask(service, "GET", f"/parked/{parked_id}"), ensure_ascii=False, indent=2))


@app.command()
def retry(service: Service, parked_id: Id) -> None:
    """Try it again, then what waits behind it, in order."""
    console.print(f"{_ask(service, 'POST', f'/parked/{parked_id}/retry')['applied']} applied")


@app.command()
def skip(
    service: Service,
    parked_id: Id,
    reason: Annotated[str, typer.Option(help="Why, for the record: 3 to 200 of a-z, 0-9, space and ._/-; no personal values.")],
) -> None:
    """Step over it for good, also in every rebuild; what waits behind it follows."""
    told = _ask(service, "POST", f"/parked/{parked_id}/skip", {"reason": reason})
    console.print(f"skipped; {told['applied']} behind it applied")
