"""The newest picture of every tile, bounded in cameras and bytes."""

from collections import OrderedDict
from collections.abc import Iterator

from services.viewer.picture import Picture


class Newest:
    """Whoever was silent longest leaves first, the whole camera; `evicted` counts them."""

    def __init__(self, max_cameras: int, max_bytes: int) -> None:
        self._max_cameras, self._max_bytes = max_cameras, max_bytes
        self._cameras: OrderedDict[str, dict[str, Picture]] = OrderedDict()
        self.used_bytes = 0
        self.evicted = 0

    def __iter__(self) -> Iterator[Picture]:
        for tiles in self._cameras.values():
            yield from tiles.values()

    def __len__(self) -> int:
        return len(self._cameras)

    def put(self, picture: Picture) -> list[str]:
        """Keep the picture in place of the one before; returns the cameras that had to leave for it."""
        tiles = self._cameras.setdefault(picture.tile.camera, {})
        before = tiles.get(picture.tile.topic)
        self.used_bytes += len(picture.jpeg) - (len(before.jpeg) if before else 0)
        tiles[picture.tile.topic] = picture
        self._cameras.move_to_end(picture.tile.camera)
        return list(self._make_room())

    def _make_room(self) -> Iterator[str]:
        while len(self._cameras) > 1 and self._too_much():
            camera, tiles = self._cameras.popitem(last=False)
            self.used_bytes -= sum(len(picture.jpeg) for picture in tiles.values())
            self.evicted += 1
            yield camera

    def _too_much(self) -> bool:
        return len(self._cameras) > self._max_cameras or self.used_bytes > self._max_bytes
