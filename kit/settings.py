"""What a process is told from outside: environment variables `MINSHENG_…`, nothing else."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.clock import Clock, SystemClock
from kit.simulation import SimulatedClock


class Settings(BaseSettings):
    """Where an installation's parts are.

    installation: the district's plain lower-case name; it stands in every event's source and topic.
    database: libpq URL of the application's role with `{database}` for the name; migrations use another role.
    kafka_bootstrap: host:port.  keys: folder with the secret of command keys, the vault's keyring and, locally, the issuer.
    jwks: file or URL with the identity provider's public keys.  services: base URL of each service's API.
    feed_token: bearer token with which a reader asks an owner's feed.  demonstration: invented document numbers are accepted.
    clock: file of a simulated clock (a simulation); otherwise the machine's.  timers: the worker lets deadlines act.
    """

    model_config = SettingsConfigDict(env_prefix="MINSHENG_", frozen=True)

    installation: str
    database: str
    kafka_bootstrap: str
    keys: Path
    jwks: str
    issuer: str = "urn:minsheng:local-issuer"
    audience: str = "minsheng"
    partitions: int = 4
    services: dict[str, str] = {}
    feed_token: str = ""
    demonstration: bool = False
    clock: Path | None = None
    timers: bool = True
    host: str = "127.0.0.1"
    port: int = 8080
    ops_port: int = 8081
    session_seconds: float = 2.0
    log_level: str = "INFO"

    def open_clock(self) -> Clock:
        """The clock of every process of the installation."""
        return SystemClock() if self.clock is None else SimulatedClock(self.clock)

    def dsn(self, service: str) -> str:
        """The database of a service."""
        return self.database.replace("{database}", database_of(service))

    def source(self, service: str) -> str:
        """How a service names itself in its events."""
        return f"/minsheng/{self.installation}/{service}"


def database_of(service: str) -> str:
    """The name of a service's database; `keys` is that of the vault's keys."""
    return f"minsheng_{service}"
