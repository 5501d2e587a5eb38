"""What the supervisor is told about a service process."""

import msgspec


class Program(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One process of ours, started when the servers are ready and `prepare` is done.

    name: unique in the installation, also the name of its log file.
    argv, env, health: `{port}` and `{ops_port}` in them become the program's own ports, which are chosen once and remembered.
    health: answers 200 when the program is ready; None: it is ready as soon as it runs.
    stop_seconds: how long it may take after SIGTERM before it is killed.
    """

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = {}
    health: str | None = "http://127.0.0.1:{port}/ready"
    stop_seconds: float = 15.0

    @property
    def port_names(self) -> dict[str, str]:
        """The placeholders that anything of it mentions, and the names under which their ports are remembered."""
        texts = (*self.argv, *self.env.values(), self.health or "")
        names = {"{port}": self.name, "{ops_port}": f"{self.name}-ops"}
        return {placeholder: name for placeholder, name in names.items() if any(placeholder in text for text in texts)}


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one start of an installation consists of; handed to the supervisor as a file.

    prepare: "module:function", called with the `Installation` before the programs start; what it returns is added to their environment.
    throwaway: the whole home is removed at the end, and its making skips the flush to disk.
    tied: the supervisor stops when its standard input is closed, that is when whoever started it ends.
    """

    programs: tuple[Program, ...] = ()
    prepare: str | None = None
    throwaway: bool = False
    tied: bool = False
    new_ports: bool = False
