"""Joins an event with the frame in which it happened, whichever of them comes first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from libs.common import codec
from libs.common.clock import Clock
from libs.common.messages import Event, Frame, FrameEvent, Message
from services.notifier.alone import Alone
from services.notifier.happening import Happening
from services.notifier.happenings import of_event, of_frame, whole
from services.notifier.newest import Newest

FOR_THE_EVENT_S = 2.0
"""Both are published together; the frame comes later, through the redactor. So a frame without its event is rare."""
MOST_PAIRS = 2000
MOST_BYTES = 64 << 20
BESIDE_BYTES = 2048
"""About what a held message takes beside its bytes."""


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
    was_half: bool = False
    """It was judged by what its frame says alone, and waits on."""
    is_told: bool = False
    """Somebody was told before all of it came."""
    sizes: dict[int, int] = field(default_factory=dict)
    """By message, of which several pairs may have the same: its bytes."""

    def messages(self) -> Iterator[Message]:
        yield from (message for message in (self.event, self.frame, self.raw) if message is not None)

    def weigh(self, message: Message) -> None:
        """Once: who is held is asked for often."""
        self.sizes[id(message)] = len(codec.encode(message))

    def happening(self, paused: bool) -> Happening:
        """`paused`: whether the alerts of the camera are, where no frame says it."""
        told = self.told(paused)
        if (shown := self.shown()) is not None:
            return shown if told is None else whole(told, shown)
        if told is None:
            raise ValueError("a pair of nothing")
        return told

    def told(self, paused: bool = False) -> Happening | None:
        """As the event says it."""
        return None if self.event is None else of_event(self.event, paused)

    def shown(self) -> Happening | None:
        """As the frame says it."""
        if self.frame is None or self.caused is None:
            return None
        return replace(of_frame(self.frame, self.caused), raw=self.raw is not None)


@dataclass
class Joined:
    """Holds what waits for its other half, so long and so much of it; then the oldest goes on alone, never silent.

    `wait_s`: an event for its frame. `event_s`: a frame for its event, before it is judged as the half that it is; for
    `wait_s` more it is held, then it is all that there is. 0: no event comes, they are not read.
    """

    clock: Clock
    newest: Newest
    wait_s: float = 10.0
    event_s: float = FOR_THE_EVENT_S
    most_pairs: int = MOST_PAIRS
    most_bytes: int = MOST_BYTES
    _pairs: dict[str, Pair] = field(default_factory=dict)
    """By the event's id, in the order in which they came."""
    _alone: Alone = field(default_factory=Alone)
    """The newest that went on by halves."""

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
            pair.weigh(event)
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
            pair.weigh(frame)
        return pair

    def settle(self, pair: Pair) -> bool:
        """Whether it is complete, or need not wait; then it is let go of."""
        if not self._is_ready(pair):
            return False
        self._let_go(pair)
        return True

    def due(self) -> list[Pair]:
        """Those that have waited long enough, and the oldest of what is too much; but for halves they are let go of."""
        ready = [pair for pair in self._pairs.values() if self._is_ready(pair)]
        for pair in ready:
            self._let_go(pair)
        while self._pairs and (len(self._pairs) > self.most_pairs or self._bytes() > self.most_bytes):
            ready.append(oldest := next(iter(self._pairs.values())))
            self._let_go(oldest)
        return ready + self._halves()

    def parted(self, messages: Iterable[Message]) -> list[Pair]:
        """Those in which one of them is: they wait no longer, and are let go of."""
        ids = {id(message) for message in messages}
        pairs = [pair for pair in self._pairs.values() if any(id(each) in ids for each in pair.messages())]
        for pair in pairs:
            self._let_go(pair)
        return pairs

    def is_half(self, pair: Pair) -> bool:
        """Whether it waits for its event, which says more: a redactor leaves zones and parents out."""
        return self.lacks_event(pair) and pair.id in self._pairs

    def lacks_event(self, pair: Pair) -> bool:
        """Whether there is one that is not known here."""
        return pair.event is None and self.event_s > 0

    def decided(self, event: Event) -> None:
        """Before the start; its frame may come yet."""
        self._alone.keep(event.id, of_event(event), None)

    def late_event(self, event: Event) -> Happening | None:
        """With its frame that was decided alone; None: there is none, or the event has come before."""
        half = self._alone.get(event.id)
        if half.shown is None or half.told is not None:
            return None
        self._alone.keep(event.id, told := of_event(event), half.shown)
        return whole(told, half.shown)

    def late_frame(self, frame: Frame, caused: FrameEvent) -> Happening:
        """With its event, if that came and is still known."""
        told, shown = self._alone.get(caused.id).told, of_frame(frame, caused)
        return shown if told is None else whole(told, shown)

    def forgot(self, event: str) -> bool:
        """Whether there is one that was decided and is not known here."""
        return self.event_s > 0 and self._alone.get(event).told is None

    def held(self) -> list[Message]:
        """The very objects that came in, each once."""
        found = {id(message): message for pair in self._pairs.values() for message in pair.messages()}
        return list(found.values())

    def forget(self, camera: str) -> None:
        for pair in [pair for pair in self._pairs.values() if pair.camera == camera]:
            del self._pairs[pair.id]

    def _halves(self) -> list[Pair]:
        """Those whose event has not come in time, once."""
        now_s = self.clock.monotonic_s()
        late = [pair for pair in self._pairs.values() if self.is_half(pair) and now_s >= pair.until_s]
        found = [pair for pair in late if not pair.was_half]
        for pair in found:
            pair.was_half = True
        return found

    def _let_go(self, pair: Pair) -> None:
        del self._pairs[pair.id]
        if pair.frame is None or self.lacks_event(pair):
            self._alone.keep(pair.id, pair.told(), pair.shown())

    def _is_ready(self, pair: Pair) -> bool:
        if pair.event is not None and pair.frame is not None and not self.newest.will_be_covered(pair.frame):
            return True
        if pair.event is not None and self.newest.is_behind(pair.event.frame_id):
            return True
        return self.clock.monotonic_s() >= pair.until_s + (self.wait_s if self.is_half(pair) else 0.0)

    def _bytes(self) -> int:
        sizes = {name: size for pair in self._pairs.values() for name, size in pair.sizes.items()}
        return sum(sizes.values()) + BESIDE_BYTES * len(sizes)
