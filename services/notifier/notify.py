"""Frames and events in, notices out: who is to be told of what, once per event and channel."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import Protocol

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import End, Event, Frame, FrameEvent, Message, Notice
from libs.common.stage import Out, Stage
from services.notifier.clips import Clips
from services.notifier.counts import Happenings
from services.notifier.decide import Decide
from services.notifier.happening import Happening
from services.notifier.joined import Joined, Pair
from services.notifier.newest import Newest

NOT_READ = "what was told before is not read yet"
NOT_READY_S = 0.5
ABOUT_PAUSES = ("camera.paused", "camera.resumed")
"""Told also while alerts are paused: they are about that."""


class Delivering(Protocol):
    """What the stage tells those who deliver."""

    def observe(self, happening: Happening) -> None:
        """Of every happening."""

    def look(self) -> None:
        """A few times a second."""

    def wake(self) -> None:
        """There may be something to send."""


@dataclass
class Notify(Stage):
    """Held inputs are events and frames that wait for each other.

    `keep`: a frame with events, whose picture will be asked for. `is_ready`: whether it is known what was told before;
    until then what is to be decided is read again. `look`: whether the rules are others now. `events`: the topic where
    it tells of itself, None: nowhere.
    """

    newest: Newest
    joined: Joined
    decide: Decide
    clips: Clips
    couriers: Delivering
    counts: Happenings
    keep: Callable[[Frame], None]
    is_ready: Callable[[], bool]
    look: Callable[[], bool]
    events: str | None = None
    told: SimpleQueue[Event] = field(default_factory=SimpleQueue)
    history_s: float = 10.0

    def handle(self, message: Message) -> list[Out]:
        """Raises TemporaryError while it is not known what was told before."""
        if isinstance(message, Frame):
            return self._take_frame(message)
        if isinstance(message, Event):
            return self._take_event(message)
        if isinstance(message, End):
            return []
        raise PermanentError(f"neither frame nor event but {message.TYPE}", "wrong-type")

    def remember(self, message: Message) -> None:
        """What was decided before the start; the pictures of what is still to be told."""
        if isinstance(message, Frame):
            self.newest.note(message)
            if message.events:
                self.keep(message)
            for caused in message.events:
                self.decide.settle(caused.id)
        elif isinstance(message, Event):
            self.decide.settle(message.id)

    def tick(self) -> list[Out]:
        """What need not wait any longer, and what those who deliver tell of themselves."""
        if self.look():
            self.couriers.wake()
        self.couriers.look()
        outs = [Out(event, topic=self.events) for event in self._own_events() if self.events is not None]
        if self.is_ready():
            outs += [out for pair in self.joined.due() for out in self._decide(pair)]
        return outs

    def held(self) -> Collection[Message]:
        return self.joined.held()

    def forget(self, camera: str) -> None:
        self.joined.forget(camera)
        self.newest.forget(camera)
        self.decide.forget(camera)

    def _take_frame(self, frame: Frame) -> list[Out]:
        if frame.events and not self.is_ready():
            raise TemporaryError(NOT_READ, NOT_READY_S)
        self.newest.note(frame)
        if not frame.events:
            return []
        self.keep(frame)
        return [out for caused in frame.events for out in self._take_caused(frame, caused)]

    def _take_caused(self, frame: Frame, caused: FrameEvent) -> list[Out]:
        if self.decide.knows(caused.id):
            happening = _may_be_told(self.joined.late(frame, caused))
            return [] if happening.paused else self._outs(self.decide.whole(happening), frame)
        is_first = not self.joined.has(caused.id)
        return self._took(self.joined.take_frame(frame, caused), is_first)

    def _take_event(self, event: Event) -> list[Out]:
        if not self.is_ready():
            raise TemporaryError(NOT_READ, NOT_READY_S)
        if self.decide.knows(event.id):
            self.counts.became.labels("repeat").inc()
            return []
        is_first = not self.joined.has(event.id)
        outs = self._outs(self.clips.updates(event), event)
        return outs + self._took(self.joined.take_event(event), is_first)

    def _took(self, pair: Pair, is_first: bool) -> list[Out]:
        """Decide what is complete; of the rest tell early what can be completed later."""
        happening = self._happening(pair)
        if is_first:
            self.couriers.observe(happening)
        if self.joined.settle(pair):
            return self._decide(pair)
        if not is_first or pair.event is None or happening.paused:
            return []
        found = self.decide.early(happening)
        pair.is_told = bool(found)
        return self._outs(found, pair.event)

    def _decide(self, pair: Pair) -> list[Out]:
        happening = self._happening(pair)
        if happening.paused:
            self.decide.settle(pair.id)
            self.counts.became.labels("paused").inc()
            return []
        found = self.decide.whole(happening)
        self.counts.became.labels("told" if found or pair.is_told else "not-wanted").inc()
        return self._outs(found, pair.event or pair.frame)

    def _happening(self, pair: Pair) -> Happening:
        """Events without a frame are about the camera itself: that it is gone is told while its alerts are paused."""
        is_seen = pair.event is not None and pair.event.frame_id is not None
        return _may_be_told(pair.happening(is_seen and self.newest.is_paused(pair.camera)))

    def _outs(self, notices: Sequence[Notice], cause: Message | None) -> list[Out]:
        return [Out(notice, cause) for notice in notices]

    def _own_events(self) -> Iterable[Event]:
        while True:
            try:
                yield self.told.get_nowait()
            except Empty:
                return


def _may_be_told(happening: Happening) -> Happening:
    return replace(happening, paused=False) if happening.kind in ABOUT_PAUSES else happening
