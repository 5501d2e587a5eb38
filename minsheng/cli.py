"""The command `minsheng`: a table of contents; each group of commands has its module in `minsheng.commands`."""

import sys

import typer

from minsheng.commands import clock, contracts, demo, local, parked, positions, rebuild, refill, restore, run, token, year
from minsheng.local.errors import CannotStart, NotRunning

FAILED, NOT_RUNNING = 1, 3  # 2 is a wrong use of the command, typer's own

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Minsheng 民生: start, look after and try one installation. MINSHENG_HOME says where it is (default: .minsheng).",
)
app.command()(local.setup)
app.command()(local.up)
app.command()(local.down)
app.command()(positions.status)
app.command()(run.run)
app.command()(demo.demo)
app.command()(year.year)
app.command()(token.token)
app.command()(rebuild.rebuild)
app.command()(refill.refill)
app.command()(restore.restore)
app.command()(contracts.contracts)
app.add_typer(clock.app, name="clock")
app.add_typer(parked.app, name="parked")


def main() -> None:
    """Runs the command line; what cannot be done is told in a sentence and an exit code."""
    try:
        app()
    except CannotStart as error:
        print(error, file=sys.stderr)
        sys.exit(FAILED)
    except NotRunning as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_RUNNING)
