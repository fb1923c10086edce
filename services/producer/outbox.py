"""What a camera's thread has made and the bus has not taken yet: bounded, so that no camera crowds out another."""

from collections import deque
from threading import Condition

from libs.common.messages import Frame, Message

MOST_FRAMES = 8
LOOK_S = 0.2


class Outbox:
    """One camera's. `turn` is shared by all cameras: whoever waits for a message or for room waits there."""

    def __init__(self, turn: Condition, live: bool) -> None:
        """`live`: the camera does not wait, so a frame that finds no room is left out."""
        self._turn, self._live = turn, live
        self._waiting: deque[Message] = deque()
        self._frames = 0
        self._closed = False

    def put(self, message: Message) -> bool:
        """False where it was left out: no room, or nobody takes anything any more."""
        with self._turn:
            if isinstance(message, Frame):
                while self._frames >= MOST_FRAMES and not self._closed:
                    if self._live and not message.still:
                        return False
                    self._turn.wait(LOOK_S)
                self._frames += 1
            if self._closed:
                return False
            self._waiting.append(message)
            self._turn.notify_all()
            return True

    def take(self) -> Message | None:
        """The oldest, None where there is none. The caller holds `turn`."""
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        if isinstance(message, Frame):
            self._frames -= 1
            self._turn.notify_all()
        return message

    def close(self) -> None:
        """Nothing more goes in."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
