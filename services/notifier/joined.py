"""Joins an event with the frame in which it happened, whichever of them comes first."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from libs.common.clock import Clock
from libs.common.messages import Event, Frame, FrameEvent, Message
from services.notifier.happening import Happening
from services.notifier.happenings import of_both, of_event, of_frame
from services.notifier.newest import Newest

FOR_THE_EVENT_S = 2.0
"""Both are published together; the frame comes later, through the redactor. So a frame without its event is rare."""
MOST_PAIRS = 2000
MOST_ALONE = 2000
MOST_BYTES = 64 << 20
BESIDE_BYTES = 2048
"""About what a held message takes beside its picture."""


@dataclass(slots=True)
class Pair:
    """One event, as it is told, as its frame names it, or both. `until_s`: it goes on then with what there is."""

    id: str
    camera: str
    until_s: float
    event: Event | None = None
    frame: Frame | None = None
    caused: FrameEvent | None = None
    is_told: bool = False
    """Somebody was told before its frame came."""

    def messages(self) -> Iterator[Message]:
        yield from (message for message in (self.event, self.frame) if message is not None)

    def happening(self, paused: bool) -> Happening:
        """`paused`: whether the alerts of the camera are, where no frame says it."""
        if self.event is not None and self.frame is not None and self.caused is not None:
            return of_both(self.event, self.frame, self.caused)
        if self.frame is not None and self.caused is not None:
            return of_frame(self.frame, self.caused)
        if self.event is None:
            raise ValueError("a pair of nothing")
        return of_event(self.event, paused)


@dataclass
class Joined:
    """Holds what waits for its other half, so long and so much of it; then the oldest goes on alone, never silent."""

    clock: Clock
    newest: Newest
    wait_s: float = 10.0
    most_pairs: int = MOST_PAIRS
    most_bytes: int = MOST_BYTES
    _pairs: dict[str, Pair] = field(default_factory=dict)
    """By the event's id, in the order in which they came."""
    _alone: OrderedDict[str, Event] = field(default_factory=OrderedDict)
    """The newest that went on without a frame."""

    def has(self, event: str) -> bool:
        """Whether a half of it is here."""
        return event in self._pairs

    def take_event(self, event: Event) -> Pair:
        """Its pair: with the frame, or waiting for it, or to go on at once (`until_s` is over)."""
        if (pair := self._pairs.get(event.id)) is None:
            waits_s = 0.0 if self.newest.is_behind(event.frame_id) else self.wait_s
            pair = self._pairs[event.id] = Pair(event.id, event.camera, self.clock.monotonic_s() + waits_s)
        if pair.event is None:
            pair.event = event
        return pair

    def take_frame(self, frame: Frame, caused: FrameEvent) -> Pair:
        """The pair of one event that the frame caused."""
        if (pair := self._pairs.get(caused.id)) is None:
            until_s = self.clock.monotonic_s() + FOR_THE_EVENT_S
            pair = self._pairs[caused.id] = Pair(caused.id, frame.camera, until_s)
        if pair.frame is None:
            pair.frame, pair.caused = frame, caused
        return pair

    def settle(self, pair: Pair) -> bool:
        """Whether it is complete, or need not wait; then it is let go of."""
        if not self._is_ready(pair):
            return False
        self._let_go(pair)
        return True

    def due(self) -> list[Pair]:
        """Those that have waited long enough, and the oldest of what is too much; they are let go of."""
        ready = [pair for pair in self._pairs.values() if self._is_ready(pair)]
        for pair in ready:
            self._let_go(pair)
        while self._pairs and (len(self._pairs) > self.most_pairs or self._bytes() > self.most_bytes):
            ready.append(oldest := next(iter(self._pairs.values())))
            self._let_go(oldest)
        return ready

    def late(self, frame: Frame, caused: FrameEvent) -> Happening:
        """Of a frame that came when its event was decided."""
        event = self._alone.get(caused.id)
        return of_both(event, frame, caused) if event is not None else of_frame(frame, caused)

    def held(self) -> list[Message]:
        """The very objects that came in, each once."""
        found = {id(message): message for pair in self._pairs.values() for message in pair.messages()}
        return list(found.values())

    def forget(self, camera: str) -> None:
        for pair in [pair for pair in self._pairs.values() if pair.camera == camera]:
            del self._pairs[pair.id]

    def _let_go(self, pair: Pair) -> None:
        del self._pairs[pair.id]
        if pair.event is not None and pair.frame is None:
            self._alone[pair.id] = pair.event
            if len(self._alone) > MOST_ALONE:
                self._alone.popitem(last=False)

    def _is_ready(self, pair: Pair) -> bool:
        if pair.event is not None and pair.frame is not None:
            return True
        if pair.event is not None and self.newest.is_behind(pair.event.frame_id):
            return True
        return self.clock.monotonic_s() >= pair.until_s

    def _bytes(self) -> int:
        held = self.held()
        return sum(len(message.image) for message in held if isinstance(message, Frame)) + BESIDE_BYTES * len(held)
