"""Which frames are looked at: at most N a second, and never more than this process can keep up with."""

import logging
from collections import deque
from dataclasses import dataclass, field
from statistics import median

from libs.common.clock import Clock
from libs.common.messages import Frame

log = logging.getLogger(__name__)

ACTIVE_S = 10.0
"""A camera without a frame for so long does not share the processor; its next frame is looked at."""

HEADROOM = 1.2
"""Looking may take 1/1.2 of the time; the rest is for passing frames on."""

LOOKS_REMEMBERED = 5
"""The median of so many costs sets the pace: a slow look or two (cold caches, a busy machine) do not."""

SLOW_S = 1.0
"""The redactor's --max-gap unless told otherwise: of looks further apart nothing is shown."""

EARLY = 0.1
"""A frame this share of an interval too early counts as due, or jitter would halve the rate of a steady camera."""


@dataclass(slots=True)
class _Camera:
    arrived_s: float
    boot: str = ""
    looked_at: int = 0
    grid_at: int = 0
    costs_s: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKS_REMEMBERED))
    is_slow: bool = False


class Pace:
    """Says which frames are due. Gaps are measured in stream time (`captured_at`): a replay is looked at as densely
    as the live stream was, however fast it runs.
    """

    def __init__(self, clock: Clock, infer_fps: float = 0) -> None:
        """`infer_fps`: most looks per second and camera; 0 sets no limit."""
        self._clock = clock
        self._interval_ns = round(1e9 / infer_fps) if infer_fps else 0
        self._cameras: dict[str, _Camera] = {}

    def due(self, frame: Frame) -> bool:
        """Whether to look at this frame: stills and the first frame of a boot always."""
        camera = self._arrived(frame.camera)
        if frame.still or camera.boot != frame.boot or frame.captured_at < camera.looked_at:
            return True
        return frame.captured_at >= max(camera.looked_at + self._rest_ns(camera), self._grid_due_at(camera))

    def looked(self, frame: Frame, cost_s: float) -> None:
        """Note that a look at this frame took `cost_s`; a still leaves the stream's own schedule alone."""
        camera = self._arrived(frame.camera)
        camera.costs_s.append(cost_s)
        if frame.still:
            return
        camera.grid_at = self._next_grid_at(camera, frame)
        camera.boot, camera.looked_at = frame.boot, frame.captured_at
        self._say_slow(frame.camera, camera)

    def rest_s(self, frame: Frame) -> float:
        """How long after a look at this camera's frame none is due, so that the others have their turn."""
        return self._rest_ns(self._arrived(frame.camera)) / 1e9

    def forget(self, camera: str) -> None:
        self._cameras.pop(camera, None)

    def _say_slow(self, name: str, camera: _Camera) -> None:
        """Once, until looks are quick again."""
        apart_s = self._rest_ns(camera) / 1e9
        if apart_s > SLOW_S and not camera.is_slow:
            log.warning(
                "%s: there is time for a look every %.1f s only: a redactor with --max-gap %g shows nothing of it",
                name,
                apart_s,
                SLOW_S,
            )
        camera.is_slow = apart_s > (SLOW_S / 2 if camera.is_slow else SLOW_S)

    def _arrived(self, name: str) -> _Camera:
        now_s = self._clock.monotonic_s()
        if name not in self._cameras:
            self._cameras = {other: camera for other, camera in self._cameras.items() if self._active(camera)}
        camera = self._cameras.setdefault(name, _Camera(now_s))
        camera.arrived_s = now_s
        return camera

    def _active(self, camera: _Camera) -> bool:
        return camera.arrived_s >= self._clock.monotonic_s() - ACTIVE_S

    def _rest_ns(self, camera: _Camera) -> int:
        active = sum(map(self._active, self._cameras.values()))
        cost_s = median(camera.costs_s) if camera.costs_s else 0.0
        return round(cost_s * active * HEADROOM * 1e9)

    def _grid_due_at(self, camera: _Camera) -> int:
        return camera.grid_at - round(self._interval_ns * EARLY)

    def _next_grid_at(self, camera: _Camera, frame: Frame) -> int:
        """One interval after the last due time, not after the frame that met it: the mean rate is the one asked for."""
        if not self._interval_ns:
            return 0
        late_ns = frame.captured_at - camera.grid_at
        if camera.boot != frame.boot or not -self._interval_ns <= late_ns < self._interval_ns:
            return frame.captured_at + self._interval_ns
        return camera.grid_at + self._interval_ns
