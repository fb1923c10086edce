"""The configuration of a single-node Apache Kafka in KRaft mode, in a folder of its own.

All paths in it are relative: Kafka is started in that folder, so that no name needs quoting.
"""

from collections.abc import Mapping
from dataclasses import dataclass

KAFKA_LOG = "logs/kafka.log"
LOG_DIRS = "kafka"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Listeners:
    """Where Kafka listens (`host`, `port`), the name it tells clients to use, and its controller's loopback port."""

    host: str
    port: int
    advertise: str
    controller_port: int


def address(host: str, port: int) -> str:
    """host:port, with an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def server_properties(listeners: Listeners, more: Mapping[str, str]) -> str:
    """server.properties: small, loopback controller, one copy of everything; what is in `more` goes over it."""
    at = listeners
    over = "".join(f"{name}={value}\n" for name, value in more.items())
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{address(LOOPBACK, at.controller_port)}
listeners=PLAINTEXT://{address(at.host, at.port)},CONTROLLER://{address(LOOPBACK, at.controller_port)}
advertised.listeners=PLAINTEXT://{address(at.advertise, at.port)}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={LOG_DIRS}
{_BEHAVIOUR}{over}"""


_BEHAVIOUR = """\
# A misspelt topic is an error, not a new topic.
auto.create.topics.enable=false
# One node: nothing to wait for when a group forms.
group.initial.rebalance.delay.ms=0
# After a kill the controller waits until the broker's last session is over (default 9 s) before it lets it in again.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# Disk budgets of frame topics are kept within half a minute.
log.retention.check.interval.ms=30000
# Kafka's own topics: one copy, few partitions (defaults: 50), small segments.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.segment.bytes=16777216
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.state.log.segment.bytes=16777216
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
# Frame topics take records of 4 MiB. What waits in memory must fit a heap of 256 MiB.
socket.request.max.bytes=16777216
queued.max.request.bytes=67108864
replica.fetch.max.bytes=8388608
replica.fetch.response.max.bytes=16777216
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=4
"""

LOG4J_PROPERTIES = f"""\
status=error
rootLogger=INFO, file
appender.file.type=RollingFile
appender.file.name=file
appender.file.fileName={KAFKA_LOG}
appender.file.filePattern={KAFKA_LOG}.%i
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %m (%c)%n
appender.file.policies.type=SizeBasedTriggeringPolicy
appender.file.policies.size=5MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=2
"""
