"""`minsheng run SERVICE --role …`: be one process of a service."""

from __future__ import annotations

from typing import Annotated

import structlog
import typer
import uvloop

from minsheng.programs import SERVICES


def run(
    service: Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")],
    role: Annotated[str, typer.Option(help="What this process does: api, relay, worker or all.")] = "all",
) -> None:
    """Run one service until SIGTERM. It reads its settings from the environment (MINSHENG_…)."""
    import kit.telemetry
    from kit.serving import ProcessRole, serve_commands
    from kit.settings import Settings
    from minsheng.programs import READ_SERVICES, command_service

    if service not in SERVICES:
        raise typer.BadParameter(f"{service!r} is none of {', '.join(SERVICES)}", param_hint="SERVICE")
    if role not in list(ProcessRole):
        raise typer.BadParameter(f"{role!r} is none of {', '.join(ProcessRole)}", param_hint="--role")
    settings = Settings()
    telemetry = kit.telemetry.setup(service, role, level=settings.log_level)
    try:
        if service in READ_SERVICES:
            from kit.read_serving import serve_reads
            from services.linkage.service import linkage

            uvloop.run(serve_reads(linkage, settings, ProcessRole(role)))
        else:
            uvloop.run(serve_commands(command_service(service), settings, ProcessRole(role)))
    except Exception:  # noqa: BLE001 (whatever it was, the process ends with it)
        structlog.get_logger("minsheng").exception("the process failed")  # a line like all others, masked as they are
        raise typer.Exit(1) from None
    finally:
        telemetry.shutdown()
