"""When the pictures of a live source were taken, in seconds from the start of their boot.

They come in fits and starts; how far they lie apart is known better by the stream's own times. So the picture that came
with the least delay says how those times lie to ours, as in moonfire-nvr (its design/time.md). Where the camera also
tells by its own clock when a picture was taken (RTCP), and is believed, the delay of the network is known, too.
"""

from collections.abc import Callable

from libs.common.clock import Clock
from services.producer.sources.reasons import JUMP, WRONG_CLOCK, WRONG_PACE
from services.producer.sources.shots import Shot

DRIFT = 500e-6
"""Cameras' clocks go wrong by less (43 s a day): so fast the least delay may grow, for it may be drift."""
TURN = 0.1
"""So much faster or slower than the stream pictures may follow each other while a known delay is taken into account."""
BELIEVED_S = 5.0
"""A clock, or a stream's pace, that says that a picture comes later than this is wrong."""

Odd = Callable[[str], None]
"""Told one of `reasons.ODD`."""


class StreamClock:
    """Never later than a picture's arrival, so that times rise as arrivals do."""

    def __init__(self, first_media_s: float, elapsed_s: Callable[[], float], clock: Clock, odd: Odd) -> None:
        """`elapsed_s`: seconds since the start of the boot, which began with the picture at `first_media_s`."""
        self._elapsed_s, self._clock, self._odd = elapsed_s, clock, odd
        self._media_s = first_media_s
        self._least_s: float | None = None
        self._ahead_s = -first_media_s
        self._told_s: float | None = None
        self._paced = self._right = True

    def early_s(self, media_s: float) -> float:
        return 0.0

    def taken_s(self, shot: Shot) -> float:
        arrived_s = self._elapsed_s()
        came_s = arrived_s - shot.media_s
        step_s, self._media_s = max(0.0, shot.media_s - self._media_s), shot.media_s
        self._hear(shot, arrived_s)
        if self._least_s is None or shot.jumped or not self._keeps_pace(came_s - self._least_s):
            self._least_s = came_s
            self._ahead_s = self._goal_s(came_s)
        else:
            self._least_s = min(came_s, self._least_s + DRIFT * step_s)
            turn_s = TURN * step_s
            goal_s = self._goal_s(self._least_s)
            self._ahead_s = min(came_s, max(self._ahead_s - turn_s, min(self._ahead_s + turn_s, goal_s)))
        return shot.media_s + self._ahead_s

    def at_s(self, media_s: float) -> float:
        return media_s + self._ahead_s

    def _goal_s(self, least_s: float) -> float:
        """How far the times since the boot began should be ahead of the stream's."""
        return least_s if self._told_s is None else min(least_s, self._told_s)

    def _hear(self, shot: Shot, arrived_s: float) -> None:
        """What the camera's own clock says of this picture."""
        if shot.jumped:
            self._odd(JUMP)
            self._told_s = None
        if shot.wall_ns is None:
            return
        late_s = (self._clock.now_ns() - shot.wall_ns) / 1e9
        if abs(late_s) > BELIEVED_S:
            self._told_s = None
            if self._right:
                self._odd(WRONG_CLOCK)
            self._right = False
        else:
            self._told_s = arrived_s - late_s - shot.media_s

    def _keeps_pace(self, late_s: float) -> bool:
        """Once a stream's own times are worth nothing, pictures were taken when they came, until the boot is over."""
        if self._paced and late_s > BELIEVED_S:
            self._odd(WRONG_PACE)
            self._paced = False
        return self._paced
