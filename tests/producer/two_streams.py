"""A camera whose segments come from another address than its frames, in threads as in a service."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from libs.common.clock import SystemClock
from libs.common.errors import FatalError
from libs.common.keyed import Gone
from libs.common.messages import End, Frame, Message, Segment
from libs.common.video_end import VideoEnd
from services.producer.backoff import Wait
from services.producer.fleet.cameras import Cameras
from services.producer.plan import Plan
from services.producer.produce import produce


class Followed:
    """All that a process of one camera sends, and what went wrong with it."""

    def __init__(self, plan: Plan, fleet: bool) -> None:
        self.stop, self.counted, self.sent = threading.Event(), Counter[str](), list[Message]()
        self.failure: FatalError | None = None
        self.cameras = Cameras(self._make, lambda: None, self.stop, self._count, fleet, lambda name: [Gone(key=name)])
        self.cameras.follow({plan.camera: plan})
        self.thread = threading.Thread(target=self._collect)

    def frames(self) -> list[Frame]:
        return [message for message in list(self.sent) if isinstance(message, Frame)]

    def segments(self) -> list[Segment]:
        return [message for message in list(self.sent) if isinstance(message, Segment)]

    def boots(self, kind: type[Frame | Segment | End | VideoEnd]) -> list[str]:
        """Of the messages of this kind, in order, each once."""
        return list(dict.fromkeys(message.boot for message in list(self.sent) if isinstance(message, kind)))

    def _make(self, plan: Plan, wait: Wait) -> Iterator[Message]:
        return produce(plan, SystemClock(), wait, self._count, trouble=self._count)

    def _count(self, reason: str) -> None:
        self.counted.update([reason])

    def _collect(self) -> None:
        try:
            for message in self.cameras.messages():
                self.sent.append(message)
        except FatalError as error:
            self.failure = error


@contextmanager
def following(plan: Plan, fleet: bool = True) -> Iterator[Followed]:
    """From its start; stopped at the end, without a thread left."""
    followed = Followed(plan, fleet)
    followed.thread.start()
    try:
        yield followed
    finally:
        followed.stop.set()
        followed.thread.join(15)
        assert not followed.thread.is_alive()


def to_the_end(plan: Plan) -> Followed:
    """Of films."""
    with following(plan, fleet=False) as followed:
        followed.thread.join(60)
        assert not followed.thread.is_alive()
        return followed
