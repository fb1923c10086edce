"""Shows cameras on the broker as they are now, and takes orders for them: what Home Assistant needs.

The state of each camera is kept here and, retained, on the broker. A new connection brings back what other processes,
or an earlier life of this one, have left there; of each label the newest counts, whoever saw it.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from libs.common.errors import FramebusError, PermanentError
from services.notifier.channels.mqtt.cameras import Cameras
from services.notifier.channels.mqtt.client import Post
from services.notifier.channels.mqtt.link import Link
from services.notifier.channels.mqtt.names import Topics
from services.notifier.channels.mqtt.scene import Sight, moment, on_off
from services.notifier.channels.settings import Tools
from services.notifier.happening import Happening

log = logging.getLogger(__name__)

STARTED, ENDED = "detection.started", "detection.ended"
TICK_S, PACE_S = 1.0, 0.1
"""How often statuses are looked at, and how long a change waits for others at least."""
QUIET_S, LONGEST_QUIET_S = 0.5, 5.0
"""Nothing retained came for so long after a connection: all was read."""
AT_ONCE = 32
"""Cameras."""
WITHIN_S = 10.0
JOIN_S = 3.0


class Home:
    """`up`, `heard` and `observe` are called from other threads, and only take notes."""

    def __init__(self, cameras: Cameras, topics: Topics, tools: Tools) -> None:
        self._cameras, self._topics, self._tools = cameras, topics, tools
        self._changed = threading.Condition()
        self._orders: dict[str, bool] = {}
        self._offline = self._closing = False
        self._quiet_s = self._read_s = 0.0
        self._refused = ""
        self._link: Link | None = None
        self._thread = threading.Thread(target=self._run, name="mqtt home", daemon=True)

    def start(self, link: Link) -> None:
        self._link = link
        self._thread.start()

    def close(self) -> None:
        """Never raises."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def observe(self, happening: Happening) -> None:
        """Of every happening; only what comes into sight and leaves it counts here."""
        if happening.kind not in (STARTED, ENDED) or happening.label is None:
            return
        try:
            state = on_off(happening.kind == STARTED)
            sight = Sight(label=happening.label, state=state, since=moment(happening.at))
        except ValidationError:
            return
        with self._changed:
            if self._cameras.saw(happening.camera, sight):
                self._changed.notify_all()

    def up(self) -> None:
        """A new connection: what it brings back is read before anything is told."""
        with self._changed:
            now_s = time.monotonic()
            self._quiet_s, self._read_s = now_s + QUIET_S, now_s + LONGEST_QUIET_S
            self._cameras.tell_all()
            self._changed.notify_all()

    def heard(self, topic: str, payload: bytes, retained: bool) -> None:
        """Whatever somebody has written to one of our topics."""
        with self._changed:
            if retained:
                self._quiet_s = min(time.monotonic() + QUIET_S, self._read_s)
            if camera := self._topics.camera_of(topic, "state"):
                clock = self._tools.clock
                self._cameras.heard(camera, payload, retained, clock.now_ns(), clock.monotonic_s())
            elif not retained:
                self._heard_now(topic, payload)
            self._changed.notify_all()

    def _heard_now(self, topic: str, payload: bytes) -> None:
        """What counts only when it is said: an order that was retained is an old one."""
        if topic == self._topics.available:
            # Another process of ours has gone; we have not.
            self._offline |= payload == b"offline"
        elif topic == self._topics.birth:
            if payload == b"online":
                self._cameras.tell_all()
        elif payload in (b"ON", b"OFF"):
            self._ordered(self._topics.camera_of(topic, "alerts/set"), pause=payload == b"OFF")

    def _ordered(self, camera: str | None, pause: bool) -> None:
        if camera is not None and camera in self._cameras:
            self._orders[camera] = pause

    def _run(self) -> None:
        while not self._closing:
            with self._changed:
                self._changed.wait_for(self._has_work, self._pause_s())
            try:
                self._round()
            except FramebusError as error:
                log.debug("cameras are told later: %s", error)
            except Exception:
                log.exception("a bug: the broker is not told how cameras are")
            with self._changed:
                self._changed.wait_for(lambda: self._closing, PACE_S)

    def _has_work(self) -> bool:
        news = self._cameras.waiting or self._offline
        return bool(self._closing or self._orders or (news and self._has_read()))

    def _has_read(self) -> bool:
        """Whether there is a connection, and all that was left on the broker is known."""
        return self._link is not None and self._link.is_up and time.monotonic() >= self._quiet_s

    def _pause_s(self) -> float:
        left_s = self._quiet_s - time.monotonic()
        return min(TICK_S, left_s) if left_s > 0 else TICK_S

    def _round(self) -> None:
        self._obey()
        statuses = self._tools.statuses()
        with self._changed:
            self._cameras.look(statuses, self._tools.clock.monotonic_s())
        if self._has_read():
            self._tell()

    def _obey(self) -> None:
        """No order is tried again: the switch goes back. One that is taken late is seen in the camera's status."""
        with self._changed:
            orders, self._orders = self._orders, {}
        for camera, pause in orders.items():
            try:
                self._tools.order(camera, pause)
                log.info("%s: alerts are to be %s, says MQTT", camera, "paused" if pause else "resumed")
            except FramebusError as error:
                log.warning("%s: the order of MQTT is not known to be taken: %s", camera, error)
                with self._changed:
                    self._cameras.tell(camera)

    def _tell(self) -> None:
        with self._changed:
            news, offline = self._cameras.take(AT_ONCE), self._offline
            self._offline = False
        posts = [Post(self._topics.available, b"online", retain=True)] if offline else []
        try:
            self._publish([*posts, *(post for each in news.values() for post in each)])
        except PermanentError:
            self._tell_each(news)
        except FramebusError:
            # With a new connection we are online by itself.
            self._again(news)
            raise

    def _tell_each(self, news: Mapping[str, list[Post]]) -> None:
        """Something was refused: the others are told."""
        for camera, posts in news.items():
            try:
                self._publish(posts)
            except PermanentError as error:
                log.log(logging.DEBUG if str(error) in self._refused else logging.WARNING, "%s: %s", camera, error)
                self._refused = str(error)
            except FramebusError:
                self._again(news)
                raise

    def _publish(self, posts: Sequence[Post]) -> None:
        if self._link is not None and posts:
            self._link.publish(posts, 0.0, WITHIN_S)

    def _again(self, news: Mapping[str, list[Post]]) -> None:
        with self._changed:
            for camera in news:
                self._cameras.again(camera)
