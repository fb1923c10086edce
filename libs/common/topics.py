"""The topics: name, class, how long they are kept. One table for `framebus topics`, the writers and the docs."""

from dataclasses import dataclass

PARTITIONS = 6
MAX_MESSAGE_BYTES = 4 << 20
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
DEAD_SUFFIX = ".dead"


@dataclass(frozen=True)
class Topic:
    """`kind` is raw (a person may be seen) or safe. `budget_bytes`: disk for the whole topic, None: time alone."""

    name: str
    kind: str = "raw"
    retention_ms: int = 60 * MINUTE_MS
    budget_bytes: int | None = 6 << 30
    compacted: bool = False

    def config(self) -> dict[str, str]:
        """The broker's settings; retention.bytes is per partition there, our budget is per topic."""
        config = {
            "message.timestamp.type": "LogAppendTime",
            "compression.type": "uncompressed",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "segment.ms": str(MINUTE_MS),
            "segment.bytes": str(64 << 20),
            "cleanup.policy": "compact,delete" if self.compacted else "delete",
            "retention.ms": str(self.retention_ms),
        }
        if self.budget_bytes is not None:
            config["retention.bytes"] = str(self.budget_bytes // PARTITIONS)
        return config


_TABLE = (
    Topic("frames.source"),
    Topic("frames.detected"),
    Topic("frames.redacted", kind="safe"),
)
TOPICS = {topic.name: topic for topic in _TABLE}


def topic_named(name: str) -> Topic:
    """The declared topic, a declared one's dead letters, or an undeclared one: raw."""
    if name in TOPICS:
        return TOPICS[name]
    if name.endswith(DEAD_SUFFIX) and name.removesuffix(DEAD_SUFFIX) in TOPICS:
        source = TOPICS[name.removesuffix(DEAD_SUFFIX)]
        return Topic(name, source.kind, source.retention_ms, source.budget_bytes)
    return Topic(name)


def dead_letter_topic(topic: str) -> str | None:
    """Where a topic's refused messages go; dead letters have none themselves."""
    return None if topic.endswith(DEAD_SUFFIX) else topic + DEAD_SUFFIX
