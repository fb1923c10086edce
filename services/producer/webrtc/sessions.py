"""The messages of a camera that comes by itself: one stream after the other, and what is told when one leaves."""

from collections.abc import Callable, Iterator

from libs.common.clock import Clock
from libs.common.messages import Event, Message
from libs.common.registry.state import State
from services.producer.backoff import Wait
from services.producer.plan import Plan
from services.producer.sources.plan_source import source_of
from services.producer.sources.shots import Open
from services.producer.webrtc.limits import MaxSize
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.shots import opener
from services.producer.webrtc.stream import LEFT, Stream

Played = Callable[[Plan, Wait, Open], Iterator[Message]]
"""The messages of a live source that is opened so (`produce`)."""


class UntilRead:
    """A Wait that is over, too, when all of a stream was read."""

    def __init__(self, stream: Stream, wait: Wait) -> None:
        self._stream, self._wait = stream, wait
        self.stopped = False

    def __call__(self, seconds: float) -> bool:
        self.stopped = self.stopped or self._wait(0.0 if self._stream.finished else seconds)
        return self.stopped or self._stream.finished


class Sessions:
    """Those of all such cameras of a process."""

    def __init__(self, seats: Seats, limit: MaxSize, clock: Clock) -> None:
        self._seats, self._limit, self._clock = seats, limit, clock

    def messages(self, plan: Plan, wait: Wait, played: Played) -> Iterator[Message]:
        """Until stopped."""
        stream = None
        while (stream := self._seats.after(plan.camera, stream, wait)) is not None:
            until = UntilRead(stream, wait)
            yield from played(plan, until, opener(stream, self._limit, until))
            if until.stopped:
                return
            if stream.reason == LEFT:
                yield from self._left(plan)

    def _left(self, plan: Plan) -> Iterator[Message]:
        """It is no trouble, so it is said in one event, and no state of error."""
        state = State(plan.camera, source_of(plan).scheme, self._clock)
        yield from (told for told in state.disconnected("", LEFT) if isinstance(told, Event))
        yield from state.ended()
