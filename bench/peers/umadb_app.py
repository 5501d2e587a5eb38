"""UmaDB with the server from its wheel: read the case's events by tag, append under the condition that none came after them.

It keeps its own files, not PostgreSQL. It has no versions of streams: a version is a case's n-th event, an old one an old position.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import umadb

from bench.driving import Given, GiveNow, RefusedCommand, StaleVersion, drive_threads
from bench.peers.protocol import Event, Job, job
from bench.workload import Op

TRIES = 50
STARTS_WITHIN_S = 20.0


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The server at work; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("umadb")
    process = subprocess.Popen([str(program), "--listen", f"127.0.0.1:{port}", "--db-path", str(folder / "uma.db")])
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not start")


def events_of(op: Op) -> list[umadb.Event]:
    body = {"case_id": op.case, "household_id": op.household, "amount_fen": op.amount_fen}
    return [umadb.Event(op.kind, json.dumps({**body, "details": one}).encode(), [op.case], uuid4()) for one in op.details]


def broken(error: Exception) -> bool:
    """The connection, not the request: see `appended`."""
    return any(words in str(error) for words in ("h2 protocol error", "connection closed", "operation was canceled"))


def read(client: umadb.Client, query: umadb.Query) -> list[umadb.SequencedEvent]:
    """The events of a query, asked again when the connection broke."""
    for _ in range(TRIES):
        try:
            return list(client.read(query=query))
        except Exception as error:
            if not broken(error):
                raise
            time.sleep(0.005)
    raise RuntimeError(f"the connection broke {TRIES} times")


def appended(client: umadb.Client, new: list[umadb.Event], condition: umadb.AppendCondition, query: umadb.Query) -> bool:
    """False: others came first.

    The server puts the events that came first into that error; when they are large the client's HTTP/2 refuses it and the connection with it.
    Then we look what is stored.
    """
    try:
        client.append(new, condition)
    except umadb.IntegrityError:
        return False
    except Exception as error:
        if not broken(error):
            raise
        return any(one.event.uuid == new[0].uuid for one in read(client, query))
    return True


def giver(client: umadb.Client) -> GiveNow:
    """Gives commands over a connection of its own."""

    def give(op: Op, expected: int | None) -> Given:
        query = umadb.Query([umadb.QueryItem(tags=[op.case])])
        for _ in range(TRIES):
            found = read(client, query)
            if any(one.event.event_type == "close" for one in found) and expected is None:
                raise RefusedCommand
            known = found if expected is None else found[:expected]
            new = events_of(op)
            condition = umadb.AppendCondition(query, known[-1].position if known else None)
            if not appended(client, new, condition, query):
                if expected is not None:
                    raise StaleVersion
                continue
            return Given([str(one.uuid) for one in new], len(known) + len(new))
        raise RuntimeError(f"{op.case}: others came first {TRIES} times")

    return give


def main(told: Job) -> None:
    opened, ops = told.ops(repeats=False)
    with server(told.folder) as address:
        client = umadb.Client(address)
        for first in range(0, len(opened), 500):
            client.append([one for op in opened[first : first + 500] for one in events_of(op)])
        gives = [giver(umadb.Client(address)) for _ in range(told.callers)]
        driven = drive_threads(gives, ops, seconds=told.seconds, warm_s=told.warm_s)
        told.done(driven, list(stored(client)))


def stored(client: umadb.Client) -> Iterator[Event]:
    versions: dict[str, int] = defaultdict(int)
    for one in client.read():
        case = one.event.tags[0]
        versions[case] += 1
        yield one.position, case, versions[case], str(one.event.uuid)


if __name__ == "__main__":
    main(job())
