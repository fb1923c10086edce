"""Records that came in: decoded, and sorted into those to handle and those left out, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from libs.common import codec
from libs.common.bus import Record
from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.messages import CameraMessage, Frame, Message
from libs.common.repeats import Repeats


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

    def outdated(self, arrivals: list[Arrival]) -> set[int]:
        """In latest mode the indices of the frames that have a newer one of their camera behind them; never a still."""
        if not self.latest:
            return set()
        newest: dict[tuple[str, str], int] = {}
        outdated = set()
        for index, arrival in enumerate(arrivals):
            if isinstance(frame := arrival.message, Frame) and not frame.still:
                key = (arrival.record.place.topic, frame.camera)
                if key in newest:
                    outdated.add(newest[key])
                newest[key] = index
        return outdated

    def unwanted(self, record: Record, message: Message) -> str | None:
        """Why this message is left out; None if it is not."""
        if isinstance(message, CameraMessage) and not self._is_ours(message.camera):
            return "other-camera"
        if self._repeats.is_repeat(record.place.topic, message):
            return "repeat"
        if isinstance(message, Frame) and not message.still and self._is_old(record):
            return "old"
        return None

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
    if record.key is not None and isinstance(message, CameraMessage) and record.key != message.camera.encode():
        raise PermanentError("expected the camera's name as the key", "wrong-key")
