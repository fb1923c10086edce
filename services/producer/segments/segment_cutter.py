"""Where one segment ends and the next begins."""

from collections.abc import Callable, Iterator

from services.producer.segments.media_ticks import TICKS
from services.producer.segments.transport_stream import PACKET_BYTES, Mark, Marked
from services.producer.sources.shots import Piece

MOST_BYTES = (1 << 20) // PACKET_BYTES * PACKET_BYTES
LONGEST = TICKS // 2
"""Half a second, though a group of pictures may last for minutes: what is not yet sent is lost where the process ends,
and readers wait for it."""


class Cutter:
    """Before each key picture; before a picture that would make it too long or too large; in a picture too large."""

    def __init__(self, codec: str, tables: Callable[[], bytes], media_s: Callable[[Mark], float | None]) -> None:
        """`tables`: what stands in front of a key picture; `media_s`: media time of a picture where it is known."""
        self._codec, self._tables, self._media_s = codec, tables, media_s
        self._parts: list[bytes] = []
        self._size = 0
        self._first: Mark | None = None
        self._began = self._now = 0
        self._until_s = 0.0

    def add(self, marked: Marked) -> Iterator[Piece]:
        """The pieces that are complete now."""
        mark, packets = marked
        if mark is not None:
            if self._parts and self._is_next(mark, len(packets)):
                yield self._piece(mark.at)
            self._now = max(self._now, mark.at)
            if not self._parts:
                self._begin(mark)
        while self._size + len(packets) > MOST_BYTES:
            room = MOST_BYTES - self._size
            self._put(packets[:room])
            packets = packets[room:]
            yield self._piece(self._now)
            self._began = self._now
        self._put(packets)

    def finish(self, step: int) -> Iterator[Piece]:
        """What is left; its last picture lasts for `step` ticks."""
        if self._parts:
            yield self._piece(self._now + step)

    def _put(self, packets: bytes) -> None:
        if packets:
            self._parts.append(packets)
            self._size += len(packets)

    def _is_next(self, mark: Mark, size: int) -> bool:
        return mark.key or mark.at - self._began >= LONGEST or self._size + size > MOST_BYTES

    def _begin(self, mark: Mark) -> None:
        self._first, self._began = mark, mark.at
        if mark.key:
            self._put(self._tables())

    def _piece(self, until: int) -> Piece:
        first, self._first = self._first, None
        known_s = self._media_s(first) if first and first.key else None
        media_s = self._until_s if known_s is None else known_s
        duration_s = max(0, until - self._began) / TICKS
        self._until_s = media_s + duration_s
        data = b"".join(self._parts)
        self._parts, self._size = [], 0
        return Piece(media_s, duration_s, self._codec, first is not None and first.key, data)
