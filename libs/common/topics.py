"""The topics: name, class, how long they are kept. One table for `framebus topics`, the writers and the docs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

PARTITIONS = 6
MAX_MESSAGE_BYTES = 4 << 20
MINUTE_MS = 60_000
DAY_MS = 1440 * MINUTE_MS
FOR_EVER = -1
DEAD_SUFFIX = ".dead"
REDRIVEN = re.compile(r"(.+)\.redriven(?:-([A-Za-z0-9]{1,32}))?")


@dataclass(frozen=True)
class Topic:
    """`kind` is raw (a person may be seen) or safe. `budget_bytes`: disk for the whole topic, None: time alone.

    `compacted`: the newest message of each key stays, for ever if `retention_ms` is -1; older ones of it go, where
    `settles_ms` is given not before that: who begins to read meanwhile sees the same order of them as all others.
    """

    name: str
    kind: str = "raw"
    retention_ms: int = 60 * MINUTE_MS
    budget_bytes: int | None = 6 << 30
    compacted: bool = False
    settles_ms: int | None = None

    def config(self) -> dict[str, str]:
        """The broker's settings; retention.bytes is per partition there, our budget is per topic."""
        config = {
            "message.timestamp.type": "LogAppendTime",
            "compression.type": "uncompressed",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "segment.ms": str(MINUTE_MS),
            "segment.bytes": str(64 << 20),
            "cleanup.policy": self._policy(),
            "retention.ms": str(self.retention_ms),
        }
        if self.budget_bytes is not None:
            config["retention.bytes"] = str(self.budget_bytes // PARTITIONS)
        if self.settles_ms is not None:
            config["min.compaction.lag.ms"] = str(self.settles_ms)
        return config

    def _policy(self) -> str:
        if not self.compacted:
            return "delete"
        return "compact" if self.retention_ms == FOR_EVER else "compact,delete"

    def dead(self) -> "Topic":
        """Where its refused messages go."""
        kept_ms = DAY_MS if self.retention_ms == FOR_EVER else self.retention_ms
        return replace(self, name=self.name + DEAD_SUFFIX, retention_ms=kept_ms, compacted=False, settles_ms=None)


_TABLE = (
    Topic("frames.source"),
    Topic("frames.detected"),
    Topic("frames.redacted", kind="safe"),
    Topic("video.source"),
    Topic("events", kind="safe", retention_ms=7 * DAY_MS, budget_bytes=1 << 30),
    Topic("cameras", kind="safe", retention_ms=FOR_EVER, budget_bytes=None, compacted=True),
    Topic("control", kind="safe", budget_bytes=1 << 30),
    Topic(
        "notices",
        kind="safe",
        retention_ms=7 * DAY_MS,
        budget_bytes=None,
        compacted=True,
        settles_ms=10 * MINUTE_MS,
    ),
)
TOPICS = {topic.name: topic for topic in _TABLE}


def topic_named(name: str) -> Topic:
    """The declared topic, one that is kept as another is (its dead letters, redriven ones), or an undeclared: raw."""
    if name in TOPICS:
        return TOPICS[name]
    if name.endswith(DEAD_SUFFIX):
        return topic_named(name.removesuffix(DEAD_SUFFIX)).dead()
    redriven = REDRIVEN.fullmatch(name)
    if redriven and redriven[1] in TOPICS:
        return replace(TOPICS[redriven[1]].dead(), name=name)
    return Topic(name)


def topic_kept_as(name: str, kept_as: Mapping[str, str]) -> Topic:
    """As `topic_named`, but for names of an operator's own: `kept_as` says as which declared one they are made."""
    return replace(topic_named(declared_as(name, kept_as)), name=name)


def declared_as(name: str, kept_as: Mapping[str, str]) -> str:
    """The name by which the table knows it, also of its dead letters: its own, or that of the one it is kept as."""
    if name.endswith(DEAD_SUFFIX) and name not in kept_as:
        return declared_as(name.removesuffix(DEAD_SUFFIX), kept_as) + DEAD_SUFFIX
    return name if name in TOPICS else kept_as.get(name, name)


def how_to_make(name: str, kept_as: Mapping[str, str]) -> str:
    """The command, for whoever may."""
    like = declared_as(name, kept_as)
    return f"framebus topics create {name}{f' --like {like}' if like != name else ''}"


def dead_letter_topic(topic: str) -> str | None:
    """Where a topic's refused messages go; dead letters have none themselves."""
    return None if topic.endswith(DEAD_SUFFIX) else topic + DEAD_SUFFIX
