"""Free ports, chosen once and remembered: a second installation beside a running one gets its own."""

import random
import socket
from collections.abc import Collection

import psutil

from minsheng.local.errors import CannotStart

# Below the range from which Linux (32768+) and macOS (49152+) draw the ports of outgoing connections: such a
# connection could otherwise hold a server's port just when the server restarts.
CANDIDATES = range(15_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(taken: Collection[int]) -> int:
    """A free port that is not among those taken.

    Raises: CannotStart after 200 tries (something holds nearly all ports).
    """
    for port in random.sample(CANDIDATES, 200):
        if port not in taken and is_free(port):
            return port
    raise CannotStart(f"No free port was found between {CANDIDATES.start} and {CANDIDATES.stop} on 127.0.0.1.")


def require_free(port: int, name: str) -> None:
    """Raises: CannotStart that names the program which holds the port, where the system tells."""
    if not is_free(port):
        raise CannotStart(
            f"Port {port}, which {name} of this installation uses, is taken{_holder(port)}. "
            "Stop that program, or give this installation other ports: minsheng up --new-ports"
        )


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN and connection.pid:
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return " by another program"  # other people's processes are not shown to everyone
    return " by another program"
