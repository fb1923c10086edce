"""The reasons by which messages are counted: a list for each counter, so that every series is there from the start."""

SKIPPED = (
    "repeat",
    "old",
    "outdated",
    "other-camera",
    "behind",
    "overtaken",
    "unreadable",
    "bus-full",
    "too-large",
    "picture-too-large",
    "refused",
    "bug",
)
DEAD = (
    "bad-message",
    "unknown-version",
    "unknown-type",
    "wrong-type",
    "wrong-key",
    "bad-picture",
    "picture-too-large",
    "size-mismatch",
    "too-many-detections",
    "too-large",
    "refused",
    "gap",
    "crash-loop",
    "unreadable",
    "bug",
)
WITHHELD = (
    "not-looked",
    "label-not-looked-for",
    "mismatch",
    "gap",
    "start",
    "late",
    "error",
    "not-redacted",
    "none",
)
