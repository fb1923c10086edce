"""What a camera's thread has made and the bus has not taken yet: bounded, so that no camera crowds out another."""

from collections import deque
from threading import Condition

from libs.common.messages import End, Frame, Message, Segment
from libs.common.unbroken import Unbroken
from libs.common.video_end import VideoEnd

MOST_FRAMES = 8
MOST_MESSAGES = 1000
MOST_BYTES = 8 << 20
"""Of pictures and pieces of video; a message may hold 2 MiB."""
LOOK_S = 0.2


class Outbox:
    """One camera's. `turn` is shared by all cameras: whoever waits for a message or for room waits there."""

    def __init__(self, turn: Condition, live: bool) -> None:
        """`live`: the camera does not wait, so what finds no room is left out."""
        self._turn, self._live = turn, live
        self._waiting: deque[Message] = deque()
        self._frames = 0
        self._bytes = 0
        self._unbroken = Unbroken()
        self.closed = False

    def put(self, message: Message) -> bool:
        """False where it was left out: no room, or nobody takes anything any more. There is always room for an End."""
        with self._turn:
            if not self._unbroken.may_go(message):
                return False
            while not self.closed and not self._room(message):
                if self._live and not (isinstance(message, Frame) and message.still):
                    self._unbroken.left_out(message)
                    return False
                self._turn.wait(LOOK_S)
            if self.closed:
                return False
            self._waiting.append(message)
            self._count(message, 1)
            self._turn.notify_all()
            return True

    def take(self) -> Message | None:
        """The oldest, None where there is none. The caller holds `turn`."""
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        self._count(message, -1)
        self._turn.notify_all()
        return message

    def close(self, last: End | VideoEnd | None = None) -> None:
        """Nothing more goes in but this."""
        with self._turn:
            self.closed = True
            if last is not None:
                self._waiting.append(last)
            self._turn.notify_all()

    def empty(self) -> bool:
        return not self._waiting

    def _room(self, message: Message) -> bool:
        if isinstance(message, End | VideoEnd) or not self._waiting:
            return True
        if isinstance(message, Frame) and self._frames >= MOST_FRAMES:
            return False
        return len(self._waiting) < MOST_MESSAGES and self._bytes + _bytes_of(message) <= MOST_BYTES

    def _count(self, message: Message, sign: int) -> None:
        self._frames += sign * isinstance(message, Frame)
        self._bytes += sign * _bytes_of(message)


def _bytes_of(message: Message) -> int:
    if isinstance(message, Frame):
        return len(message.image)
    return len(message.data) if isinstance(message, Segment) else 0
