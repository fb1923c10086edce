"""One open page: what it may and wants to see, what waits for it, and the one picture that is under way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.viewer.access import User, may
from services.viewer.picture import Picture, Tile

Send = Callable[[Mapping[str, Any], bytes, Callable[[], None]], None]
"""meta, JPEG, what to call once the browser has drawn it. Never blocks."""


@dataclass(slots=True)
class Browser:
    """The hub's record of a page; only the hub touches it, under its lock. `alive`: its login still holds."""

    sid: str
    user: User
    send: Send
    close: Callable[[], None]
    alive: Callable[[], bool]
    watching: bool = False
    camera: str | None = None
    topic: str | None = None
    waiting: dict[Tile, Picture] = field(default_factory=dict)
    sent: dict[Tile, int] = field(default_factory=dict)
    dropped: dict[Tile, int] = field(default_factory=dict)
    under_way: int | None = None
    under_way_since_s: float = 0.0

    def wants(self, tile: Tile) -> bool:
        """Asked for and allowed; asked anew for every picture."""
        chosen = self.camera in (None, tile.camera) and self.topic in (None, tile.topic)
        return self.watching and chosen and may(self.user, tile.topic, tile.camera)

    def put(self, picture: Picture) -> None:
        """Newest wins; a tile that waits already keeps its place in the line, so no tile is passed over."""
        if picture.tile in self.waiting:
            self.dropped[picture.tile] = self.dropped.get(picture.tile, 0) + 1
        self.waiting[picture.tile] = picture

    def take(self, now_s: float) -> Picture | None:
        """The picture to be sent now: the first of the line, if none is under way."""
        if self.under_way is not None or not self.waiting:
            return None
        tile = next(iter(self.waiting))
        picture = self.waiting.pop(tile)
        self.sent[tile] = self.under_way = picture.serial
        self.under_way_since_s = now_s
        return picture

    def silent_s(self, now_s: float) -> float:
        """How long it has not said that it drew what it got."""
        return 0.0 if self.under_way is None else now_s - self.under_way_since_s

    def drop_camera(self, camera: str) -> None:
        """Forget a camera that left."""
        for kept in (self.waiting, self.sent, self.dropped):
            for tile in [tile for tile in kept if tile.camera == camera]:
                kept.pop(tile)
