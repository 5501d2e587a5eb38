"""A single Apache Kafka node (KRaft: broker and controller in one process) on loopback ports."""

import asyncio
import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from minsheng.local import jars, java
from minsheng.local.guarded import Command, run_once
from minsheng.local.home import DEPLOY, Home

LOGGING = DEPLOY / "kafka-log4j2.yaml"


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
    base = [str(engine.path), "-cp", jars.classpath(paths), f"-Dlog4j2.configurationFile={LOGGING}"]
    settings = home.kafka / "server.properties"
    settings.write_text("".join(f"{key}={value}\n" for key, value in properties(home, port, controller_port).items()))
    if not (home.kafka / "data" / "meta.properties").exists():
        await run_once(Command(argv=(*base, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "kafka.tools.StorageTool", *_format(settings))))
    # Java 24+ warns at every start that snappy and lz4 load native code.
    native = ["--enable-native-access=ALL-UNNAMED"] if engine.major >= 22 else []
    return Command(argv=(*base, *native, "-Xms128m", "-Xmx512m", "kafka.Kafka", str(settings)), stop=(("TERM", 20.0),))


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
