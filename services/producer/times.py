"""When the pictures of a source were taken, in seconds from the start of their boot."""

from collections.abc import Callable
from typing import Protocol

from services.producer.sources.shots import Shot


class Times(Protocol):
    """Those of one boot."""

    def early_s(self, media_s: float) -> float:
        """How long to wait until this picture is due."""

    def taken_s(self, shot: Shot) -> float:
        """When it was taken; asked once for each picture of the source, sent or not, in order."""

    def at_s(self, media_s: float) -> float:
        """When the picture of this media time was taken, as far as is known by now."""


class FileTimes:
    """A picture of a file is taken when it is due: by the media's own time, at its speed."""

    def __init__(self, first_media_s: float, speed: float, elapsed_s: Callable[[], float]) -> None:
        """`elapsed_s`: seconds since the start of the boot; `speed` 0: as fast as it can, with the times of speed 1."""
        self._first_media_s, self._speed, self._elapsed_s = first_media_s, speed, elapsed_s

    def early_s(self, media_s: float) -> float:
        return max(0.0, self.at_s(media_s) - self._elapsed_s()) if self._speed else 0.0

    def taken_s(self, shot: Shot) -> float:
        return self.at_s(shot.media_s)

    def at_s(self, media_s: float) -> float:
        return (media_s - self._first_media_s) / (self._speed or 1.0)
