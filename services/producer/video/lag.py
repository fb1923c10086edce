"""How far a live stream's pictures are behind the newest that there is: what cannot be coded in time is left out."""

from collections.abc import Callable
from time import monotonic

from services.producer.sources.shots import LONGEST_GAP_S

LONGEST_S = 1.0
"""Pictures may come so much later than with the least delay, or longer while that becomes less."""
CAUGHT_UP_S = 0.25
LOOK_S = 0.5
"""Whether it helps is looked at after so long."""
IDLE = 0.5
"""A reader that spends this part of its time waiting for the camera has nothing to catch up with."""
DRIFT = 500e-6
"""Cameras' clocks go wrong by less."""


class Lag:
    """Of one stream. First the coding is left out while it is late; if that is not enough, the decoding, too."""

    def __init__(self, now_s: Callable[[], float] = monotonic) -> None:
        self.late = False
        """Pictures are not to be coded."""
        self.lost = False
        """Nor decoded: there is no catching up in any other way. From the key frame on at which it is over they are."""
        self._now_s = now_s
        self._stamp_s: float | None = None
        self._least_s = 0.0
        self._looked: tuple[float, float] = (0.0, 0.0)
        self._waited_s = 0.0

    def arrived(self, stamp_s: float | None, waited_s: float, key: bool) -> None:
        """A packet, with the stream's time of it, after waiting for it so long."""
        if stamp_s is None:
            return
        late_s = self._late_s(stamp_s)
        self._waited_s += waited_s
        if late_s < (CAUGHT_UP_S if self.late else LONGEST_S):
            self._look(late_s)
            self._caught_up(key)
        elif waited_s > LOOK_S:
            self._look(late_s)
        elif self._now_s() - self._looked[0] > LOOK_S:
            self._judge(late_s, key)

    def _late_s(self, stamp_s: float) -> float:
        delay_s, before_s = self._now_s() - stamp_s, self._stamp_s
        self._stamp_s = stamp_s
        if before_s is None or not -1 < stamp_s - before_s <= LONGEST_GAP_S:
            self._least_s = delay_s
        else:
            self._least_s = min(delay_s, self._least_s + DRIFT * abs(stamp_s - before_s))
        return delay_s - self._least_s

    def _look(self, late_s: float) -> None:
        self._looked, self._waited_s = (self._now_s(), late_s), 0.0

    def _caught_up(self, key: bool) -> None:
        if key or not self.lost:
            self.late = self.lost = False

    def _judge(self, late_s: float, key: bool) -> None:
        """What came in a burst after a gap becomes less late by itself, and nobody is late who waits for the camera."""
        (at_s, was_s), waited_s = self._looked, self._waited_s
        self._look(late_s)
        if waited_s > IDLE * (self._now_s() - at_s):
            self._least_s += late_s
            self._caught_up(key)
        elif late_s > was_s - LOOK_S / 4:
            self.late, self.lost = True, self.late
