"""How many pictures come per second."""

WINDOW_S = 10.0
LEAST = 2
"""Intervals that make a measurement, however long they are: a camera may give one picture in an hour."""


class Rate:
    """Measured over ten seconds at a time, more where pictures are rare."""

    def __init__(self) -> None:
        self.fps: float | None = None
        """Of the newest measurement, three digits of it; None: there was none yet."""
        self._began_s: float | None = None
        self._intervals = 0

    def picture(self, now_s: float) -> None:
        """One came, at this time of a clock that never goes back."""
        if self._began_s is None:
            self._began_s = now_s
            return
        self._intervals += 1
        taken_s = now_s - self._began_s
        if taken_s >= WINDOW_S and self._intervals >= LEAST:
            self.fps = float(f"{self._intervals / taken_s:.3g}")
            self._began_s, self._intervals = now_s, 0

    def restart(self) -> None:
        """None come any more: what was measured is over."""
        self.fps, self._began_s, self._intervals = None, None, 0
