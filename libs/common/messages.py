"""The messages on the bus, version 1, as docs/messages.md describes them.

Every class is frozen: a stage makes its output with `replace(message, ...)`. Fields that this version does not know
are kept in `unknown` and travel on, at every level. Numbers of a box and confidences are 0..1; times are nanoseconds
since 1970-01-01 UTC; pictures are JPEG bytes.
"""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, field

from libs.common.message_part import Count, Label, Labels, Part, Ratio, Side, Text, Word
from libs.common.names import NAME

VERSION = 1
MAX_JPEG_BYTES = 2 << 20
MAX_DETECTIONS = 1000
MAX_HOPS = 16

replace = msgspec.structs.replace

Camera = Annotated[str, Meta(pattern=rf"^{NAME}\Z")]
Boot = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}\Z")]
Box = tuple[Ratio, Ratio, Ratio, Ratio]


class Verdict(Part, frozen=True, kw_only=True):
    """Somebody looked: `labels` is what the model can find, not what it found; `image_crc` is crc32c of the JPEG."""

    model: Word
    labels: Labels
    how: Annotated[str, Meta(pattern=r"^(full|carried)\Z")]
    image_crc: Annotated[int, Meta(ge=0, lt=2**32)]


class Detection(Part, frozen=True, kw_only=True):
    """Something found; `box` is left, top, right, bottom in 0..1; `by` is the index of its verdict."""

    label: Label
    confidence: Ratio
    box: Box
    by: Annotated[int, Meta(ge=0, lt=256)] = 0
    track: Text | int | None = None
    zones: Annotated[tuple[Text, ...], Meta(max_length=64)] = ()
    parents: Labels = ()
    redacted: bool = False


class FrameEvent(Part, frozen=True, kw_only=True):
    """An event that this frame caused, so that alerts with pictures are made from frames."""

    id: Word
    kind: Word
    label: Text | None = None


class Redaction(Part, frozen=True, kw_only=True):
    """What was done to the picture. `withheld`: it is black, and `reason` says why."""

    policy: Text
    labels: Labels
    boxes: Annotated[tuple[Box, ...], Meta(max_length=MAX_DETECTIONS)]
    withheld: bool
    reason: (
        Annotated[str, Meta(pattern=r"^(not-looked|label-not-looked-for|mismatch|gap|start|late|error)\Z")] | None
    ) = None


class Hop(Part, frozen=True, kw_only=True):
    """When a service took the message in and gave it out (UTC ns)."""

    service: Word
    instance: Text
    in_ns: Count
    out_ns: Count


class Message(Part, frozen=True, kw_only=True):
    """A whole message; `type` on the wire is its class's TYPE."""

    TYPE: ClassVar[str]


class CameraMessage(Message, frozen=True, kw_only=True):
    """A message of one camera, whose name is the Kafka key too."""

    camera: Camera


class Frame(CameraMessage, frozen=True, kw_only=True):
    """One picture. `boot` is new at each opening of the source, `seq` counts the captured frames in it from 0."""

    TYPE: ClassVar[str] = "frame"

    boot: Boot
    seq: Count
    captured_at: Count
    width: Side
    height: Side
    image: Annotated[bytes, Meta(min_length=1, max_length=MAX_JPEG_BYTES)]
    image_by: Annotated[str, Meta(pattern=r"^(framebus|foreign)\Z")] = "foreign"
    still: bool = False
    verdicts: Annotated[tuple[Verdict, ...], Meta(max_length=64)] | None = None
    detections: Annotated[tuple[Detection, ...], Meta(max_length=MAX_DETECTIONS)] = ()
    events: Annotated[tuple[FrameEvent, ...], Meta(max_length=64)] = ()
    redaction: Redaction | None = None
    hops: Annotated[tuple[Hop, ...], Meta(max_length=MAX_HOPS)] = ()
    tags: Annotated[dict[Word, Text], Meta(max_length=16)] = field(default_factory=dict)

    @property
    def frame_id(self) -> str:
        """camera/boot/seq: the frame's identity in logs, events and file names."""
        return f"{self.camera}/{self.boot}/{self.seq}"


class End(CameraMessage, frozen=True, kw_only=True):
    """A source closed: no frame of `boot` follows. It releases what stages hold."""

    TYPE: ClassVar[str] = "end"

    boot: Boot
    last_seq: Annotated[int, Meta(ge=-1, le=2**63 - 1)]
    reason: Text = ""


class Event(CameraMessage, frozen=True, kw_only=True):
    """Something happened; no picture. `id` is a hash of the cause: same cause, same id."""

    TYPE: ClassVar[str] = "event"

    id: Word
    kind: Word
    at: Count
    frame_id: Text | None = None
    labels: Labels = ()
    counts: Annotated[dict[Label, Count], Meta(max_length=1000)] = field(default_factory=dict)
    text: Text = ""
    data: dict[str, Any] = field(default_factory=dict)


class Status(CameraMessage, frozen=True, kw_only=True):
    """The latest state of a camera (`since` in UTC ns)."""

    TYPE: ClassVar[str] = "status"

    state: Word
    since: Count
    error: Text | None = None
    source: Text | None = None
    fps: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    width: Side | None = None
    height: Side | None = None
    host: Text | None = None
    paused: Annotated[tuple[Annotated[str, Meta(pattern=r"^(alerts|detection)\Z")], ...], Meta(max_length=2)] = ()


class Producer(Message, frozen=True, kw_only=True):
    """The inventory of one producer process."""

    TYPE: ClassVar[str] = "producer"

    host: Text
    instance: Text
    version: Text
    cameras: Annotated[tuple[Camera, ...], Meta(max_length=1000)]
    seen_at: Count


class Trigger(CameraMessage, frozen=True, kw_only=True):
    """A command to a camera's producer or archiver."""

    TYPE: ClassVar[str] = "trigger"

    id: Word
    action: Annotated[str, Meta(pattern=r"^(snapshot|burst|mark|pause|resume)\Z")]
    at: Count
    params: dict[str, Any] = field(default_factory=dict)


class Segment(CameraMessage, frozen=True, kw_only=True):
    """Encoded video packets of at most one group of pictures; `key`: begins with PAT/PMT and parameter sets."""

    TYPE: ClassVar[str] = "segment"

    boot: Boot
    seq: Count
    start_at: Count
    duration_ns: Count
    codec: Word
    key: bool
    data: Annotated[bytes, Meta(min_length=1, max_length=1 << 20)]
    container: Annotated[str, Meta(pattern=r"^mpegts\Z")] = "mpegts"


class Recording(CameraMessage, frozen=True, kw_only=True):
    """A finished recording and where it lies."""

    TYPE: ClassVar[str] = "recording"

    id: Word
    kind: Word
    path: Text
    url: Text | None
    start_at: Count
    end_at: Count
    frames: Count
    bytes: Count
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    reason: Text = ""


class Notice(CameraMessage, frozen=True, kw_only=True):
    """What somebody is to be told, or was, through one channel: the newest of an `id` counts.

    Its key is `id`, a hash of `event` and `channel`; its partition is that of its camera.
    """

    TYPE: ClassVar[str] = "notice"

    id: Word
    event: Word
    channel: Word
    rule: Word
    kind: Word
    at: Count
    noticed_at: Count
    state: Annotated[str, Meta(pattern=r"^(waiting|claimed|gathered|sent|refused|expired)\Z")]
    label: Text | None = None
    frame_id: Text | None = None
    labels: Annotated[dict[Label, Ratio | None], Meta(max_length=64)] = field(default_factory=dict)
    counts: Annotated[dict[Label, Count], Meta(max_length=64)] = field(default_factory=dict)
    zones: Annotated[tuple[Text, ...], Meta(max_length=64)] = ()
    text: Text = ""
    data: dict[str, Any] = field(default_factory=dict)
    meanwhile: Count = 0
    attempts: Count = 0
    due_at: Count = 0
    by: Text | None = None
    life: Text | None = None
    sent_at: Count | None = None
    error: Text | None = None
    handle: Text | None = None
    updates: Word | None = None
    members: Annotated[tuple[Word, ...], Meta(max_length=1000)] = ()


MESSAGE_TYPES: dict[str, type[Message]] = {
    kind.TYPE: kind for kind in (Frame, End, Event, Status, Producer, Trigger, Segment, Recording, Notice)
}
