"""What is known of one camera, as its state on the broker says it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from services.notifier.channels.mqtt.names import slug

MOST_LABELS = 64
"""More are not kept: those that came first stay."""
MOST_BYTES = 1 << 16
AHEAD_NS = 300 * 10**9
"""What somebody says of a later time than this from now is not believed: it would be the newest for ever."""

OnOff = Literal["ON", "OFF"]


def on_off(value: bool) -> OnOff:
    return "ON" if value else "OFF"


def moment(at_ns: int) -> str:
    """UTC, RFC 3339 with milliseconds: the later one is the greater text, too."""
    seconds, rest = divmod(at_ns, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 10**6:03d}Z"


class Sight(BaseModel, frozen=True):
    """Whether something with this label is in sight, and since when it is or is not."""

    label: Annotated[str, Field(pattern=r"^[^A-Z\x00-\x1f]{1,64}$")]
    state: OnOff
    since: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]

    def newer(self, other: "Sight") -> bool:
        """Of two at the same moment `OFF` counts: it ended after it began."""
        return (self.since, self.state == "OFF") > (other.since, other.state == "OFF")


class LeftState(BaseModel):
    """A state as another process, or we in an earlier life, have left it on the broker."""

    by: Annotated[str, Field(max_length=256)] = ""
    labels: Annotated[dict[str, Sight], Field(max_length=MOST_LABELS)] = Field(default_factory=dict)


def left_state(payload: bytes, now_ns: int) -> LeftState | None:
    """None: it is none of ours. What claims to come from the future is left out."""
    if len(payload) > MOST_BYTES:
        return None
    try:
        found = LeftState.model_validate_json(payload)
    except ValidationError:
        return None
    latest = moment(now_ns + AHEAD_NS)
    return LeftState(by=found.by, labels={key: each for key, each in found.labels.items() if each.since <= latest})


@dataclass
class Scene:
    """`connected` and `armed` are what the camera's status says, `sights` are by label."""

    connected: bool = False
    armed: bool = True
    sights: dict[str, Sight] = field(default_factory=dict)

    def saw(self, sight: Sight) -> bool:
        """Whether that is news: it is newer than what was known, and there is room."""
        known = self.sights.get(sight.label)
        if known is None and len(self.sights) >= MOST_LABELS:
            return False
        if known is not None and not sight.newer(known):
            return False
        self.sights[sight.label] = sight
        return True

    def dark_since(self, at_ns: int) -> bool:
        """The camera has been gone since then: what was in sight is not any more. Whether that is news."""
        since = moment(at_ns)
        lost = [sight for sight in self.sights.values() if sight.state == "ON" and sight.since <= since]
        self.sights |= {sight.label: Sight(label=sight.label, state="OFF", since=since) for sight in lost}
        return bool(lost)

    def ahead_of(self, other: LeftState) -> bool:
        """Whether we know something newer, or something that it does not have at all."""
        theirs = {each.label: each for each in other.labels.values()}
        return any(label not in theirs or mine.newer(theirs[label]) for label, mine in self.sights.items())

    def labels(self, most: int) -> Iterator[str]:
        """Those that have a sensor."""
        yield from list(self.sights)[:most]

    def payload(self, by: str) -> bytes:
        """JSON."""
        state = {
            "connectivity": on_off(self.connected),
            "motion": on_off(any(sight.state == "ON" for sight in self.sights.values())),
            "alerts": on_off(self.armed),
            "labels": {slug(label): sight.model_dump() for label, sight in self.sights.items()},
            "by": by,
        }
        return json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()
