"""Parts of a camera's work that may be paused: who is told of it stands in a tag of each of its frames."""

from collections.abc import Collection

from libs.common.messages import Frame

ALERTS, DETECTION = "alerts", "detection"
PARTS = (ALERTS, DETECTION)
"""Nobody is told of what happens; nobody looks at the pictures."""

TAG = "paused"
TEXTS = (ALERTS, DETECTION, f"{ALERTS},{DETECTION}")
"""All that the tag can say."""


def tag_of(paused: Collection[str]) -> dict[str, str]:
    """The tag of a frame whose camera has these parts paused; none where it has none."""
    parts = [part for part in PARTS if part in paused]
    return {TAG: ",".join(parts)} if parts else {}


def is_paused(frame: Frame, part: str) -> bool:
    """Whether the frame says so; a tag that is none of ours says nothing."""
    text = frame.tags.get(TAG)
    return text in TEXTS and part in text.split(",")
