"""Frames and events in, notices out: who is to be told of what, once per event and channel."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import End, Event, Frame, FrameEvent, Message, Notice
from libs.common.stage import Out, Stage
from services.notifier.clips import Clips
from services.notifier.counts import HappeningCounts
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
    counts: HappeningCounts
    keep: Callable[[Frame], None]
    is_ready: Callable[[], bool]
    look: Callable[[], bool]
    events: str | None = None
    told: SimpleQueue[Event] = field(default_factory=SimpleQueue)
    history_s: float = 10.0
    _broken: list[tuple[Message, Exception]] = field(default_factory=list)
    """What met a bug beside others that did not: refused in the next tick, by itself."""
    _refused: bool = False
    """Whether the last tick did that: this one does what it has left undone."""

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
            self.joined.decided(message)

    def tick(self) -> list[Out]:
        """What need not wait any longer, and what those who deliver tell of themselves."""
        if self.look():
            self.couriers.wake()
        self.couriers.look()
        self._refused = bool(self._broken) and not self._refused
        if self._refused:
            raise self._bugs()
        outs = [Out(event, topic=self.events) for event in self._own_events() if self.events is not None]
        if self.is_ready():
            for pair in self.joined.due():
                outs += self._apart(pair.messages(), partial(self._decide, pair))
        return outs

    def held(self) -> Collection[Message]:
        held = [*self.joined.held(), *(message for message, _ in self._broken)]
        return list({id(message): message for message in held}.values())

    def alone(self, messages: Collection[Message]) -> list[Out]:
        """Never silent: who waits for what is lost goes on with what there is. Raises TemporaryError as `handle`.

        Then they become dead letters: nobody can wait here.
        """
        if not self.is_ready():
            raise TemporaryError(NOT_READ)
        pairs = self.joined.parted(messages)
        return [out for pair in pairs for out in self._apart(pair.messages(), partial(self._decide, pair))]

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
        takes = (partial(self._take_caused, frame, caused) for caused in frame.events)
        return [out for take in takes for out in self._apart([frame], take)]

    def _take_caused(self, frame: Frame, caused: FrameEvent) -> list[Out]:
        if self.decide.knows(caused.id):
            return self._late(self.joined.late_frame(frame, caused), frame, self.joined.forgot(caused.id))
        is_first = not self.joined.has(caused.id)
        return self._took(self.joined.take_frame(frame, caused), is_first)

    def _take_event(self, event: Event) -> list[Out]:
        if not self.is_ready():
            raise TemporaryError(NOT_READ, NOT_READY_S)
        if self.decide.knows(event.id):
            return self._again(event)
        is_first = not self.joined.has(event.id)
        outs = self._outs(self.clips.updates(event), event)
        return outs + self._took(self.joined.take_event(event), is_first)

    def _again(self, event: Event) -> list[Out]:
        if (happening := self.joined.late_event(event)) is not None:
            return self._late(happening, event)
        self.counts.became.labels("repeat").inc()
        return []

    def _late(self, happening: Happening, half: Message, is_half: bool = False) -> list[Out]:
        """This half of it came when the other one was decided."""
        happening = _may_be_told(happening)
        return [] if happening.paused else self._outs(self.decide.whole(happening, is_half), half)

    def _apart(self, messages: Iterable[Message], call: Callable[[], list[Out]]) -> list[Out]:
        """Of one of several happenings: a bug in it costs no other."""
        try:
            return call()
        except Exception as error:
            self._broken += [(message, error) for message in messages]
            return []

    def _bugs(self) -> Exception:
        """Whoever runs the stage makes dead letters of inputs that are let go of while it fails."""
        errors = list({id(error): error for _, error in self._broken}.values())
        self._broken.clear()
        return errors[0] if len(errors) == 1 else ExceptionGroup("bugs in several happenings", errors)

    def _took(self, pair: Pair, is_first: bool) -> list[Out]:
        """Decide what is complete; of the rest tell early what can be completed later."""
        happening = self._happening(pair)
        if is_first:
            self.couriers.observe(happening)
        if self.joined.settle(pair):
            return self._apart(pair.messages(), partial(self._decide, pair))
        if not is_first or pair.event is None or happening.paused:
            return []
        found = self.decide.early(happening)
        pair.is_told = bool(found)
        return self._outs(found, pair.event)

    def _decide(self, pair: Pair) -> list[Out]:
        happening = self._happening(pair)
        if self.joined.is_half(pair):
            return self._decide_half(pair, happening)
        if happening.paused:
            self.decide.settle(pair.id)
            self.counts.became.labels("paused").inc()
            return []
        found = self.decide.whole(happening)
        self.counts.became.labels("told" if found or pair.is_told else "not-wanted").inc()
        return self._outs(found, pair.event or pair.frame)

    def _decide_half(self, pair: Pair, happening: Happening) -> list[Out]:
        found = [] if happening.paused else self.decide.half(happening)
        pair.is_told = bool(found)
        return self._outs(found, pair.frame)

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
