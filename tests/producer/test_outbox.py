"""What waits between a camera and the bus is bounded, in frames and in bytes."""

import threading

from libs.common.messages import End, Frame, Segment
from libs.common.testing import frame
from services.producer.fleet.outbox import MOST_BYTES, MOST_FRAMES, Outbox
from tests.producer.fleet_rig import until


def large(seq: int, **fields: object) -> Frame:
    return frame(seq=seq, image=bytes(2_000_000), **fields)


def piece(seq: int) -> Segment:
    """A mebibyte of video."""
    return Segment(
        camera="porch", boot="00000001", seq=seq, start_at=1, duration_ns=1, codec="h264", key=True, data=bytes(1 << 20)
    )


def test_a_live_camera_leaves_out_what_finds_no_room() -> None:
    """The oldest ones are sent, in order."""
    turn = threading.Condition()
    outbox = Outbox(turn, live=True)
    assert [outbox.put(frame(seq=seq)) for seq in range(MOST_FRAMES + 2)] == [True] * MOST_FRAMES + [False] * 2
    with turn:
        taken = [outbox.take() for _ in range(MOST_FRAMES + 1)]
    assert [getattr(message, "seq", None) for message in taken] == [*range(MOST_FRAMES), None]


def test_large_pictures_and_pieces_of_video_are_bounded_in_bytes() -> None:
    """Eight mebibytes: four of the largest pictures, or eight pieces."""
    outbox = Outbox(threading.Condition(), live=True)
    assert [outbox.put(large(seq)) for seq in range(6)] == [True] * 4 + [False] * 2
    outbox = Outbox(threading.Condition(), live=True)
    assert [outbox.put(piece(seq)) for seq in range(10)] == [True] * (MOST_BYTES >> 20) + [False] * 2


def test_an_end_always_finds_room() -> None:
    """Else a boot would never be over."""
    outbox = Outbox(threading.Condition(), live=True)
    while outbox.put(large(0)):
        pass
    assert outbox.put(End(camera="porch", boot="00000001", last_seq=9, reason="stopped"))


def test_a_file_waits_for_room() -> None:
    """Nothing of it is left out."""
    turn = threading.Condition()
    outbox = Outbox(turn, live=False)
    thread = threading.Thread(target=lambda: [outbox.put(frame(seq=seq)) for seq in range(50)])
    thread.start()
    taken: list[int] = []
    while len(taken) < 50:
        with turn:
            turn.wait_for(lambda: not outbox.empty(), 1)
            message = outbox.take()
        if isinstance(message, Frame):
            taken.append(message.seq)
    thread.join()
    assert taken == list(range(50))


def test_a_closed_box_lets_nobody_wait() -> None:
    """A thread that was given up must be able to end."""
    outbox = Outbox(threading.Condition(), live=False)
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.extend(outbox.put(frame(seq=seq)) for seq in range(20)))
    thread.start()
    until(lambda: len(results) == MOST_FRAMES)
    outbox.close(End(camera="porch", boot="00000001", last_seq=7, reason="stopped"))
    thread.join(5)
    assert results == [True] * MOST_FRAMES + [False] * 12
