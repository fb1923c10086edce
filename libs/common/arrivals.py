"""Records that came in: decoded, and sorted into those to handle and those left out, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from libs.common import codec
from libs.common.bus import Record
from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.keyed import key_of
from libs.common.messages import CameraMessage, Frame, Message
from libs.common.repeats import Repeats

GATHER_BYTES = 32 << 20
RECORD_BYTES = 1024
"""About what a record takes beside its value."""


@dataclass(slots=True)
class Arrival:
    """A record and what it says, or why it cannot be read. `in_ns`: when it came (UTC)."""

    record: Record
    in_ns: int
    message: Message | None = None
    error: PermanentError | None = None


@dataclass
class Arrivals:
    """What the operator wants to be left out: `cameras` are globs, `max_age_s` counts from the time on the bus."""

    clock: Clock
    latest: bool = False
    cameras: tuple[str, ...] = ()
    max_age_s: float | None = None
    _repeats: Repeats = field(default_factory=Repeats)

    def read(self, records: Iterable[Record]) -> list[Arrival]:
        """Decode them all."""
        return [self._read(record) for record in records]

    def _read(self, record: Record) -> Arrival:
        arrival = Arrival(record, self.clock.now_ns())
        try:
            if record.value is None:
                raise PermanentError("expected a message, got an empty value", "bad-message")
            arrival.message = codec.decode(record.value)
            _check_key(record, arrival.message)
        except PermanentError as error:
            arrival.error = error
        return arrival

    def gathers(self, records: list[Record]) -> bool:
        """In latest mode, and while it fits into memory, what lies ready behind these is wanted first."""
        return self.latest and sum(len(record.value or b"") + RECORD_BYTES for record in records) < GATHER_BYTES

    def outdated(self, arrivals: list[Arrival]) -> set[int]:
        """In latest mode the indices of the frames that have a newer one of their camera behind them; never a still."""
        if not self.latest:
            return set()
        newest: dict[tuple[str, str], int] = {}
        outdated = set()
        for index, arrival in enumerate(arrivals):
            frame, topic = arrival.message, arrival.record.place.topic
            if not isinstance(frame, Frame) or frame.still or arrival.error or self._repeats.is_repeat(topic, frame):
                continue
            before = newest.get((topic, frame.camera))
            if before is not None and _is_behind(frame, arrivals[before].message):
                outdated.add(index)
                continue
            if before is not None:
                outdated.add(before)
            newest[topic, frame.camera] = index
        return outdated

    def unwanted(self, record: Record, message: Message) -> str | None:
        """Why this message is left out; None if it is not."""
        if reason := self.never_wanted(record, message):
            return reason
        if isinstance(message, Frame) and not message.still and self._is_old(record):
            return "old"
        return None

    def never_wanted(self, record: Record, message: Message) -> str | None:
        """Why this message was left out whenever it came; None if it may have been handled."""
        if isinstance(message, CameraMessage) and not self._is_ours(message.camera):
            return "other-camera"
        return "repeat" if self._repeats.is_repeat(record.place.topic, message) else None

    def _is_ours(self, camera: str) -> bool:
        return not self.cameras or any(fnmatchcase(camera, glob) for glob in self.cameras)

    def _is_old(self, record: Record) -> bool:
        return self.max_age_s is not None and self.clock.now_ns() / 1e6 - record.timestamp_ms > self.max_age_s * 1000

    def note(self, record: Record, message: Message) -> None:
        """The message was handled: what comes again is a repeat."""
        self._repeats.note(record.place.topic, message)

    def forget(self, topic: str, camera: str) -> None:
        """See Repeats.forget."""
        self._repeats.forget(topic, camera)


def _check_key(record: Record, message: Message) -> None:
    """A camera under another's key would live in the wrong partition and lose its order."""
    if record.key is None or not isinstance(message, CameraMessage) or record.key == (key_of(message) or "").encode():
        return
    what = "the camera's name" if key_of(message) == message.camera else "its id"
    raise PermanentError(f"expected {what} as the key", "wrong-key")


def _is_behind(frame: Frame, other: Message | None) -> bool:
    """True for a repeat of the other, or of one before it."""
    return isinstance(other, Frame) and frame.boot == other.boot and frame.seq <= other.seq
