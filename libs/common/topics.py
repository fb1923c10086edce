"""The topics: name, class, how long they are kept. One table for `framebus topics`, the writers and the docs."""

import re
from dataclasses import dataclass, replace

PARTITIONS = 6
MAX_MESSAGE_BYTES = 4 << 20
MINUTE_MS = 60_000
DAY_MS = 1440 * MINUTE_MS
DEAD_SUFFIX = ".dead"
REDRIVEN = re.compile(r"(.+)\.redriven(?:-([A-Za-z0-9]{1,32}))?")


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
    Topic("events", kind="safe", retention_ms=7 * DAY_MS, budget_bytes=1 << 30),
)
TOPICS = {topic.name: topic for topic in _TABLE}


def topic_named(name: str) -> Topic:
    """The declared topic, one that is kept as another is (its dead letters, redriven ones), or an undeclared: raw."""
    if name in TOPICS:
        return TOPICS[name]
    if name.endswith(DEAD_SUFFIX):
        return replace(topic_named(name.removesuffix(DEAD_SUFFIX)), name=name, compacted=False)
    redriven = REDRIVEN.fullmatch(name)
    if redriven and redriven[1] in TOPICS:
        return replace(TOPICS[redriven[1]], name=name, compacted=False)
    return Topic(name)


def dead_letter_topic(topic: str) -> str | None:
    """Where a topic's refused messages go; dead letters have none themselves."""
    return None if topic.endswith(DEAD_SUFFIX) else topic + DEAD_SUFFIX
