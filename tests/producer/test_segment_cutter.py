"""Where one segment ends and the next begins."""

from services.producer.segments.media_ticks import TICKS
from services.producer.segments.segment_cutter import MOST_BYTES, Cutter
from services.producer.segments.transport_stream import Mark
from services.producer.sources.shots import Piece

PACKET = b"G" + bytes(187)


class Cut:
    """Pictures go in by their time in seconds, pieces come out."""

    def __init__(self, seen: dict[int, float] | None = None) -> None:
        self.pieces: list[Piece] = []
        known = seen or {}
        self._cutter = Cutter("h264", lambda: b"T" + bytes(187), lambda mark: known.get(mark.stamp or 0))

    def add(self, at_s: float | None, key: bool = False, packets: int = 1) -> None:
        at = None if at_s is None else round(at_s * TICKS)
        mark = None if at is None else Mark(key, at, at)
        self.pieces += self._cutter.add((mark, PACKET * packets))

    def finish(self) -> list[Piece]:
        self.pieces += self._cutter.finish(9000)
        return self.pieces


def test_a_key_picture_begins_a_piece_with_tables() -> None:
    """However short the last one is."""
    cut = Cut()
    for n in range(4):
        cut.add(n / 10, key=n % 2 == 0)
    assert [(piece.key, len(piece.data)) for piece in cut.finish()] == [(True, 3 * 188)] * 2
    assert {piece.data[:1] for piece in cut.pieces} == {b"T"}


def test_without_key_pictures_a_piece_lasts_half_a_second() -> None:
    """And holds no more than a message may, so nothing grows without bound."""
    cut = Cut()
    for n in range(600):
        cut.add(n / 60, key=n == 0, packets=200)
    assert [piece.key for piece in cut.finish()] == [True] + [False] * (len(cut.pieces) - 1)
    assert max(piece.duration_s for piece in cut.pieces) <= 0.5
    assert max(len(piece.data) for piece in cut.pieces) <= MOST_BYTES
    assert sum(len(piece.data) for piece in cut.pieces) == 188 * (600 * 200 + 1)


def test_sound_and_the_rest_of_a_picture_stay_where_they_come() -> None:
    """What has no mark goes on with the piece."""
    cut = Cut()
    cut.add(0.0, key=True)
    cut.add(None)
    cut.add(0.4, key=True)
    assert [len(piece.data) for piece in cut.finish()] == [3 * 188, 2 * 188]


def test_pieces_follow_each_other_and_key_ones_begin_where_their_picture_was_seen() -> None:
    """The media time that the picture's frame has; else where the last piece ended."""
    cut = Cut(seen={0: 7.0, 3 * TICKS: 10.5})
    for n, key in enumerate([True, False, False, True, False, True]):
        cut.add(float(n), key)
    assert [piece.media_s for piece in cut.finish()] == [7.0, 8.0, 9.0, 10.5, 11.5, 12.5]
    assert [piece.duration_s for piece in cut.pieces] == [1.0, 1.0, 1.0, 1.0, 1.0, 0.1]
