"""Joins an event with the frame in which it happened, whichever of them comes first."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from libs.common import messages
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
    """One event, as it is told, as its frame names it, or both. `until_s`: it goes on then with what there is.

    `raw`: the frame as nobody has covered it, where it came so too.
    """

    id: str
    camera: str
    until_s: float
    event: Event | None = None
    frame: Frame | None = None
    caused: FrameEvent | None = None
    raw: Frame | None = None
    is_told: bool = False
    """Somebody was told before its frame came."""

    def messages(self) -> Iterator[Message]:
        yield from (message for message in (self.event, self.frame, self.raw) if message is not None)

    def happening(self, paused: bool) -> Happening:
        """`paused`: whether the alerts of the camera are, where no frame says it."""
        if self.frame is not None and self.caused is not None:
            about = self.frame, self.caused
            found = of_frame(*about) if self.event is None else of_both(self.event, *about)
            return replace(found, raw=found.raw or self.raw is not None)
        if self.event is None:
            raise ValueError("a pair of nothing")
        return of_event(self.event, paused)


@dataclass
class Joined:
    """Holds what waits for its other half, so long and so much of it; then the oldest goes on alone, never silent.

    `wait_s`: an event for its frame. `event_s`: a frame for its event; 0: none comes, they are not read.
    """

    clock: Clock
    newest: Newest
    wait_s: float = 10.0
    event_s: float = FOR_THE_EVENT_S
    most_pairs: int = MOST_PAIRS
    most_bytes: int = MOST_BYTES
    _pairs: dict[str, Pair] = field(default_factory=dict)
    """By the event's id, in the order in which they came."""
    _alone: OrderedDict[str, Pair] = field(default_factory=OrderedDict)
    """The newest that went on by halves; without pictures."""

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
        """The pair of one event that the frame caused; of a frame that comes raw and covered the covered one counts."""
        if (pair := self._pairs.get(caused.id)) is None:
            waits_s = max(self.event_s, self.wait_s) if self.newest.will_be_covered(frame) else self.event_s
            pair = self._pairs[caused.id] = Pair(caused.id, frame.camera, self.clock.monotonic_s() + waits_s)
        if frame.redaction is None:
            pair.raw = pair.raw or frame
        if pair.frame is None or (pair.frame.redaction is None and frame.redaction is not None):
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

    def parted(self, message: Message) -> list[Pair]:
        """Those in which it is: they wait no longer, and are let go of."""
        pairs = [pair for pair in self._pairs.values() if any(each is message for each in pair.messages())]
        for pair in pairs:
            self._let_go(pair)
        return pairs

    def is_half(self, pair: Pair) -> bool:
        """Whether its event may come yet, and say more: a redactor leaves zones and parents out."""
        return pair.event is None and self.event_s > 0

    def decided(self, event: Event) -> None:
        """Before the start; its frame may come yet."""
        self._keep(Pair(event.id, event.camera, 0.0, event))

    def late_event(self, event: Event) -> Pair | None:
        """With its frame that was decided alone; None: there is none, or the event has come before."""
        pair = self._alone.get(event.id)
        if pair is None or pair.event is not None:
            return None
        pair.event = event
        return pair

    def late_frame(self, frame: Frame, caused: FrameEvent) -> Pair:
        """With its event, if that came and is still known."""
        known = self._alone.get(caused.id)
        event = known.event if known is not None else None
        return Pair(caused.id, frame.camera, 0.0, event, frame, caused)

    def held(self) -> list[Message]:
        """The very objects that came in, each once."""
        found = {id(message): message for pair in self._pairs.values() for message in pair.messages()}
        return list(found.values())

    def forget(self, camera: str) -> None:
        for pair in [pair for pair in self._pairs.values() if pair.camera == camera]:
            del self._pairs[pair.id]

    def _let_go(self, pair: Pair) -> None:
        del self._pairs[pair.id]
        if pair.frame is None or self.is_half(pair):
            self._keep(replace(pair, frame=_bare(pair.frame), raw=_bare(pair.raw)))

    def _keep(self, pair: Pair) -> None:
        self._alone[pair.id] = pair
        if len(self._alone) > MOST_ALONE:
            self._alone.popitem(last=False)

    def _is_ready(self, pair: Pair) -> bool:
        if pair.event is not None and pair.frame is not None and not self.newest.will_be_covered(pair.frame):
            return True
        if pair.event is not None and self.newest.is_behind(pair.event.frame_id):
            return True
        return self.clock.monotonic_s() >= pair.until_s

    def _bytes(self) -> int:
        held = self.held()
        return sum(len(message.image) for message in held if isinstance(message, Frame)) + BESIDE_BYTES * len(held)


def _bare(frame: Frame | None) -> Frame | None:
    """Without its picture."""
    return frame and messages.replace(frame, image=b"")
