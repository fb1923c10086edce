"""What one who joined sends, from its first picture to its last: written by the loop's thread, read by the camera's."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

MOST_BYTES = 4 << 20
MOST_WAITING = 60
"""Coded pictures, two seconds of them: a camera's thread that is slower than its pictures leaves some out."""
ASK_S = 0.5
"""Between two requests for a key picture."""

LEFT, REPLACED = "left", "replaced"
"""Why a stream is over with which nothing is wrong."""
JPEG = "JPEG"


@dataclass(frozen=True, slots=True)
class Coded:
    """A picture of a stream, as it was coded: `codec` is H264, VP8 or JPEG; `stamp_s`: by the sender's clock."""

    codec: str
    data: bytes
    stamp_s: float
    key: bool


class Stream:
    """Bounded: what finds no room takes all that waits with it, for nothing of it can be decoded without a gap."""

    def __init__(self, label: str, ask_key: Callable[[], None], began: Callable[["Stream"], None]) -> None:
        """`label`: for people; `ask_key`: called, by any thread, where only a key picture helps; `began`: of its first
        picture, by the thread that puts it.
        """
        self.label, self._ask_key, self._began = label, ask_key, began
        self.reason = self.text = ""
        """Why it is over, in a few fixed words and for people; empty while it is not."""
        self.finished = False
        """All of it was read."""
        self.pictures, self.width, self.height = 0, 0, 0
        """Those that were decoded; the size of the newest."""
        self.last_s = time.monotonic()
        """When the newest one came."""
        self._turn = Condition()
        self._waiting: deque[Coded] = deque()
        self._bytes = 0
        self._missed = 0
        self._came = False
        self._needs_key = True
        self._asked_s = 0.0

    def put(self, picture: Coded) -> None:
        """Never waits."""
        with self._turn:
            if self.reason:
                return
            self.last_s = time.monotonic()
            began, self._came = not self._came, self._came or picture.key
            self._take_in(picture)
        if began and self._came:
            self._began(self)

    def take(self, within_s: float) -> Coded | None:
        """The oldest; None where none came in time, or it is over."""
        with self._turn:
            if not self._waiting and not self.reason:
                self._need_key()
                self._turn.wait(within_s)
            if not self._waiting:
                return None
            picture = self._waiting.popleft()
            self._bytes -= len(picture.data)
            return picture

    def waiting(self) -> int:
        """How many are newer than the one that was taken last."""
        return len(self._waiting)

    def missed(self) -> int:
        """How many were left out since this was asked last."""
        with self._turn:
            missed, self._missed = self._missed, 0
        return missed

    def broken(self) -> None:
        """The one that was taken last could not be decoded: on with a key picture."""
        with self._turn:
            self._leave_out()
            self._missed += 1
            self._needs_key = True

    def taken(self, width: int, height: int) -> None:
        """One was decoded."""
        self.width, self.height = width, height
        self.pictures += 1

    def end(self, reason: str, text: str = "") -> None:
        """No more come; the first reason counts."""
        with self._turn:
            if not self.reason:
                self.reason, self.text = reason, text or reason
            self._turn.notify_all()

    def _take_in(self, picture: Coded) -> None:
        full = len(self._waiting) >= MOST_WAITING or self._bytes + len(picture.data) > MOST_BYTES
        if full or picture.codec == JPEG:
            self._leave_out()
            self._needs_key = True
        if self._needs_key and not picture.key:
            self._missed += 1
            return
        self._needs_key = False
        self._waiting.append(picture)
        self._bytes += len(picture.data)
        self._turn.notify_all()

    def _leave_out(self) -> None:
        self._missed += len(self._waiting)
        self._waiting.clear()
        self._bytes = 0

    def _need_key(self) -> None:
        now_s = time.monotonic()
        if self._needs_key and now_s - self._asked_s >= ASK_S:
            self._asked_s = now_s
            self._ask_key()
