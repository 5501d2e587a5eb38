"""A single Apache Kafka node (KRaft: broker and controller in one process) on loopback ports."""

import asyncio
import base64
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from minsheng.local import jars, java
from minsheng.local.guarded import Command, Guarded, run_once
from minsheng.local.home import DEPLOY, Home, cache_folder

LOGGING = DEPLOY / "kafka-log4j2.yaml"
MEMORY = ("-Xms128m", "-Xmx512m")


def properties(home: Home, port: int, controller_port: int) -> Mapping[str, object]:
    """The node's settings. Topics are made by us with their own retention, never by accident."""
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": home.kafka / "data",
        # A killed broker may register again only when its old session is over; the usual 9 s would be most of a restart.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "auto.create.topics.enable": "false",
        "group.min.session.timeout.ms": 1000,
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 4,
    }


async def prepare(home: Home, port: int, controller_port: int, told: Callable[[str, str], None]) -> Command:
    """The jars are there, the node's storage is formatted (once) and its settings are written. Returns the command that runs it."""
    engine = java.find()
    paths = await asyncio.to_thread(jars.ensure, told=lambda done, of: told("jars", f"{done} of {of} Kafka jars"))
    base = [str(engine.path), "-cp", jars.classpath(paths), f"-Dlog4j2.configurationFile={LOGGING}", *_own_files(home)]
    settings = home.kafka / "server.properties"
    settings.write_text("".join(f"{key}={value}\n" for key, value in properties(home, port, controller_port).items()))
    if not (home.kafka / "data" / "meta.properties").exists():
        await run_once(Command(argv=(*base, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "kafka.tools.StorageTool", *_format(settings))))
    archive = archive_path(engine, paths)
    options = [*MEMORY, *([f"-XX:SharedArchiveFile={archive}"] if archive.exists() else [])]
    # Java 24+ warns at every start that snappy and lz4 load native code.
    options += ["--enable-native-access=ALL-UNNAMED"] if engine.major >= 22 else []
    return Command(argv=(*base, *options, "kafka.Kafka", str(settings)), stop=(("TERM", 20.0),))


def _own_files(home: Home) -> list[str]:
    """Java unpacks libraries into a folder of the home, emptied at each start: a killed broker leaves nothing in the machine's."""
    folder = home.kafka / "tmp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return [f"-Djava.io.tmpdir={folder}", "-XX:-UsePerfData"]


def archive_path(engine: java.Java, paths: list[Path]) -> Path:
    """Where Java keeps Kafka's classes parsed: it belongs to exactly this Java and these jars."""
    identity = hashlib.sha256(f"{engine.path} {jars.classpath(paths)} {jars.LOCK.read_text()}".encode()).hexdigest()[:12]
    return cache_folder() / f"kafka-classes-{identity}.jsa"


async def archive_classes(home: Home, port: int, controller_port: int) -> None:
    """Every later start is twice as quick (2.4 s becomes 1.2 s, half the work): Java has written Kafka's parsed classes to the cache.

    Runs a node once in a home that is thrown away. A Java that has no archive of its own classes leaves things as they are.
    """
    engine = java.find()
    archive = archive_path(engine, jars.ensure())
    own_archive = engine.path.parent.parent / "lib" / "server" / "classes.jsa"  # ours builds on it; the wheel's Java comes without
    if archive.exists() or not own_archive.exists():
        return
    command = await prepare(home, port, controller_port, lambda _phase, _text: None)
    making = archive.with_suffix(f".{os.getpid()}")
    java_program, *rest = command.argv
    run = await Guarded.start(
        replace(command, argv=(java_program, "-Xlog:disable", f"-XX:ArchiveClassesAtExit={making}", *rest)), lambda _line: None
    )
    ended = asyncio.create_task(run.wait())
    while not ended.done() and not await asyncio.to_thread(answers, f"127.0.0.1:{port}"):  # noqa: ASYNC110  it asks another process
        await asyncio.sleep(0.05)
    run.ask_to_stop()
    await ended
    if making.exists():
        making.replace(archive)


def _format(settings: Path) -> list[str]:
    # 16 bytes as Kafka writes its ids; the first is fixed because an id that begins with a dash reads as an option.
    cluster_id = base64.urlsafe_b64encode(b"M" + secrets.token_bytes(15)).decode().rstrip("=")
    return ["format", "--ignore-formatted", "--cluster-id", cluster_id, "--config", str(settings)]


def answers(bootstrap: str) -> bool:
    """Whether the broker is registered and tells its metadata; waits half a second at most."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    client = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "socket.timeout.ms": 1000})
    try:
        return bool(client.list_topics(timeout=0.5).brokers)
    except KafkaException:
        return False
