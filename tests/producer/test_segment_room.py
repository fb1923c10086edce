"""A flood of encoded video waits in bounded memory, and is cut where a decoder can begin again."""

import threading

from libs.common.messages import Segment
from services.producer.fleet.outbox import MOST_BYTES, Outbox


def segment(seq: int, key: bool) -> Segment:
    """Half a mebibyte."""
    return Segment(
        camera="porch", boot="00000001", seq=seq, start_at=1, duration_ns=1, codec="h264", key=key, data=bytes(1 << 19)
    )


def test_after_a_segment_that_found_no_room_only_a_key_one_goes() -> None:
    """Though there is room again."""
    turn = threading.Condition()
    outbox = Outbox(turn, live=True)
    flood = [outbox.put(segment(seq, key=seq % 4 == 0)) for seq in range(40)]
    assert flood == [True] * (MOST_BYTES >> 19) + [False] * (40 - (MOST_BYTES >> 19))
    with turn:
        while outbox.take():
            pass
    assert [outbox.put(segment(seq, key=seq % 4 == 0)) for seq in range(41, 47)] == [False] * 3 + [True] * 3
