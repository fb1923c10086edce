"""Between the topics and the browsers: the newest picture of every tile, and who gets which one next.

A browser has at most one picture under way; the next leaves when it says that it has drawn this one. A slow browser
thus gets fewer pictures, never older ones, and costs no memory. Any thread may call anything here.
"""

from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock

from libs.common.clock import Clock
from services.viewer.browser import Browser
from services.viewer.newest import Newest
from services.viewer.picture import Picture

MAX_BROWSERS = 32
MAX_CAMERAS = 256
MAX_BYTES = 256 << 20
SILENT_S = 60.0
"""A browser that holds a picture this long without having drawn it is sent away."""


class Hub:
    """Knows no socket: a Browser brings its own `send` and `close`, which are called without the lock."""

    def __init__(
        self,
        clock: Clock,
        max_browsers: int = MAX_BROWSERS,
        max_cameras: int = MAX_CAMERAS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._clock = clock
        self._max_browsers = max_browsers
        self._lock = Lock()
        self._newest = Newest(max_cameras, max_bytes)
        self._browsers: dict[str, Browser] = {}
        self._sent = 0
        self._dropped = 0

    def offer(self, picture: Picture) -> None:
        """A new picture for everybody who wants it."""
        with self._lock:
            for camera in self._newest.put(picture):
                self._forget(camera)
            takers = [browser for browser in self._browsers.values() if browser.wants(picture.tile)]
            for browser in takers:
                self._dropped += picture.tile in browser.waiting
                browser.put(picture)
        self._serve(takers)

    def join(self, browser: Browser) -> bool:
        """A page opened; False if there are as many already as may be."""
        with self._lock:
            if len(self._browsers) >= self._max_browsers:
                return False
            self._browsers[browser.sid] = browser
            self._refill(browser)
        self._serve([browser])
        return True

    def leave(self, sid: str) -> None:
        """A page closed."""
        with self._lock:
            self._browsers.pop(sid, None)

    def choose(self, sid: str, *, watching: bool, camera: str | None, topic: str | None) -> None:
        """What a page wants to see from now on; None means all."""
        with self._lock:
            browser = self._browsers.get(sid)
            if browser is None:
                return
            browser.watching, browser.camera, browser.topic = watching, camera, topic
            self._refill(browser)
        self._serve([browser])

    def acknowledge(self, sid: str, serial: int) -> None:
        """The page has drawn the picture of this serial."""
        with self._lock:
            browser = self._browsers.get(sid)
            if browser is None or browser.under_way != serial:
                return
            browser.under_way = None
        self._serve([browser])

    def tick(self) -> None:
        """Send away whose login has ended and who was silent too long."""
        now_s = self._clock.monotonic_s()
        self._send_away(lambda browser: not browser.alive() or browser.silent_s(now_s) > SILENT_S)

    def close(self) -> None:
        """Send everybody away."""
        self._send_away(lambda browser: True)

    def counts(self) -> dict[str, int]:
        """Numbers for metrics and status."""
        with self._lock:
            return {
                "browsers": len(self._browsers),
                "cameras": len(self._newest),
                "cameras_evicted": self._newest.evicted,
                "kept_bytes": self._newest.used_bytes,
                "pictures_sent": self._sent,
                "pictures_dropped": self._dropped,
            }

    def _refill(self, browser: Browser) -> None:
        fresh = [it for it in self._newest if browser.wants(it.tile) and browser.sent.get(it.tile) != it.serial]
        browser.waiting = {picture.tile: picture for picture in fresh}

    def _forget(self, camera: str) -> None:
        for browser in self._browsers.values():
            browser.drop_camera(camera)

    def _serve(self, browsers: Iterable[Browser]) -> None:
        for browser in browsers:
            with self._lock:
                picture = browser.take(self._clock.monotonic_s())
                dropped = browser.dropped.get(picture.tile, 0) if picture else 0
                self._sent += picture is not None
            if picture is not None:
                done = partial(self.acknowledge, browser.sid, picture.serial)
                browser.send({**picture.meta, "dropped": dropped}, picture.jpeg, done)

    def _send_away(self, which: Callable[[Browser], bool]) -> None:
        with self._lock:
            gone = [browser for browser in self._browsers.values() if which(browser)]
            for browser in gone:
                del self._browsers[browser.sid]
        for browser in gone:
            browser.close()
