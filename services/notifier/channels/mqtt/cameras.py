"""All cameras that the broker is told of: which there are, and what it has not been told yet."""

from collections.abc import Mapping

from libs.common.messages import Status
from libs.common.pauses import ALERTS
from services.notifier.channels.mqtt.client import Post
from services.notifier.channels.mqtt.discovery import Discovery
from services.notifier.channels.mqtt.scene import Scene, Sight, left_state

MOST = 1000
"""Cameras; more are not shown."""
GONE_AFTER_S = 30.0


class Cameras:
    """A camera is shown while there is a status of it. `by`: who we are. No threads, no connection."""

    def __init__(self, discovery: Discovery, by: str) -> None:
        self._discovery, self._topics, self._by = discovery, discovery.topics, by
        self._scenes: dict[str, Scene] = {}
        self._present: set[str] = set()
        self._missing: dict[str, float] = {}
        """Since when (monotonic) there has been no status of it."""
        self._gone: set[str] = set()
        self._others: set[str] = set()
        self._changed: set[str] = set()
        self._unknown: set[str] = set()
        self._maybe_picture: set[str] = set()
        """A picture of it may still be there, from when pictures were asked for."""

    def __contains__(self, camera: object) -> bool:
        return camera in self._present

    def look(self, statuses: Mapping[str, Status], now_s: float) -> None:
        """What there is now. A camera without a status for 30 s is taken back."""
        for camera, status in statuses.items():
            if (scene := self._scene(camera, known=True)) is None:
                continue
            state = (status.state == "connected", ALERTS not in status.paused)
            if camera not in self._present:
                self._present.add(camera)
                self._maybe_picture.add(camera)
                self.tell(camera)
            if state != (scene.connected, scene.armed):
                scene.connected, scene.armed = state
                self._changed.add(camera)
            if not scene.connected and scene.dark_since(status.since):
                self._changed.add(camera)
        for camera in self._present - statuses.keys():
            self._missing.setdefault(camera, now_s)
        # None at all: they have not been read yet, unless there were some before.
        if statuses or self._present:
            self._take_back(statuses, now_s)

    def saw(self, camera: str, sight: Sight) -> bool:
        """Whether that is news."""
        scene = self._scene(camera)
        if scene is None:
            return False
        shown = list(scene.labels(self._discovery.labels))
        news = scene.saw(sight)
        if news:
            self._changed.add(camera)
        if shown != list(scene.labels(self._discovery.labels)):
            self._unknown.add(camera)
        return news

    def heard(self, camera: str, payload: bytes, retained: bool, now_ns: int, now_s: float) -> None:
        """A state on the broker: ours of an earlier life, or of another process."""
        if not payload:
            self._emptied(camera)
            return
        found = left_state(payload, now_ns)
        if found is None or (found.by == self._by and not retained) or (scene := self._scene(camera)) is None:
            return
        if camera not in self._present:
            self._meet(camera, retained, now_s)
        if scene.ahead_of(found):
            self._changed.add(camera)
        for sight in found.labels.values():
            self.saw(camera, sight)

    def tell(self, camera: str) -> None:
        """It is told again, all of it."""
        self._changed.add(camera)
        self._unknown.add(camera)

    def tell_all(self) -> None:
        for camera in self._present:
            self.tell(camera)

    @property
    def waiting(self) -> bool:
        """Whether there is something to be told."""
        return bool(self._gone or (self._changed | self._unknown) & self._present)

    def take(self, most: int) -> dict[str, list[Post]]:
        """What the broker has to be told of so many cameras, by camera; they count as told then."""
        gone = sorted(self._gone)[:most]
        news = sorted((self._changed | self._unknown) & self._present)[: most - len(gone)]
        self._gone.difference_update(gone)
        return {camera: self._nothing(camera) for camera in gone} | {camera: self._news(camera) for camera in news}

    def again(self, camera: str) -> None:
        """It was not told."""
        if camera in self._present:
            self.tell(camera)
        else:
            self._gone.add(camera)

    def _scene(self, camera: str, known: bool = False) -> Scene | None:
        """None: there is no room. One that there is a status of takes the place of one that there is none of."""
        if camera not in self._scenes and len(self._scenes) >= MOST:
            stranger = next((each for each in self._scenes if each not in self._present), None) if known else None
            if stranger is None:
                return None
            self._forget(stranger)
        return self._scenes.setdefault(camera, Scene())

    def _forget(self, camera: str) -> None:
        self._present.discard(camera)
        self._others.discard(camera)
        self._missing.pop(camera, None)
        self._scenes.pop(camera, None)

    def _emptied(self, camera: str) -> None:
        """Somebody took back what is ours."""
        if camera in self._present:
            self.tell(camera)

    def _meet(self, camera: str, retained: bool, now_s: float) -> None:
        """Left behind by an earlier life, unless somebody else keeps it up to date."""
        if retained and camera not in self._others:
            self._missing.setdefault(camera, now_s)
        else:
            self._others.add(camera)
            self._missing.pop(camera, None)

    def _take_back(self, statuses: Mapping[str, Status], now_s: float) -> None:
        for camera, since_s in list(self._missing.items()):
            if camera in statuses:
                del self._missing[camera]
            elif now_s - since_s >= GONE_AFTER_S:
                self._forget(camera)
                self._gone.add(camera)

    def _nothing(self, camera: str) -> list[Post]:
        topics = [self._topics.of(camera, "state"), self._topics.of(camera, "picture")]
        configs = [self._topics.config(camera)] if self._topics.discovery else []
        return [Post(topic, b"", retain=True) for topic in (*configs, *topics)]

    def _news(self, camera: str) -> list[Post]:
        scene, posts = self._scenes[camera], []
        if camera in self._unknown and self._topics.discovery:
            config = self._discovery.payload(camera, scene.labels(self._discovery.labels))
            posts.append(Post(self._topics.config(camera), config, retain=True))
        if camera in self._maybe_picture and not self._discovery.picture:
            posts.append(Post(self._topics.of(camera, "picture"), b"", retain=True))
        posts.append(Post(self._topics.of(camera, "state"), scene.payload(self._by), retain=True))
        for names in (self._changed, self._unknown, self._maybe_picture):
            names.discard(camera)
        return posts
