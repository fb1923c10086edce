"""Segments beside frames: bounded, never with a silent hole, and over when their boot is."""

import threading
from collections.abc import Callable, Iterable

from libs.common import codec
from libs.common.health import Health
from libs.common.memory_bus import MemoryBus
from libs.common.messages import End, Message, Segment
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.source_runner import SourceRunner
from libs.common.testing import FakeClock, frame
from libs.common.video_end import VideoEnd
from tests.common.source_rig import NarrowWriter, stop_aware

FULL, ROOM = True, False


def segment(seq: int, key: bool = False, camera: str = "porch", boot: str = "00000001") -> Segment:
    return Segment(
        camera=camera, boot=boot, seq=seq, start_at=1, duration_ns=1, codec="h264", key=key, data=b"G" + bytes(187)
    )


def run(
    messages: Iterable[Message | str], live: bool = True, is_full: Callable[[], bool] = lambda: False, on: bool = True
) -> tuple[list[Message], dict[str, float], MemoryBus]:
    """What is on video.source, what was counted, and the bus."""
    bus, clock, metrics, stop = MemoryBus(), FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(NarrowWriter(bus, is_full), "frames.source", "producer", "test", clock, metrics)
    health = Health("producer", {}, clock, metrics)
    sides: dict[type[Message], str | None] = {Segment: "video.source" if on else None}
    source = stop_aware(iter(messages), stop)  # type: ignore[arg-type]
    SourceRunner(source, live, publisher, clock, metrics, health, stop, sides).run()
    return [codec.decode(value) for value in bus.values("video.source")], metrics.values(), bus


def told(messages: Iterable[Message]) -> list[str]:
    """Shortly: 0k, 1, end 1."""
    return [
        f"{m.seq}{'k' * m.key}" if isinstance(m, Segment) else f"end {m.last_seq} {m.reason}"
        for m in messages
        if isinstance(m, Segment | End)
    ]


def test_segments_have_a_topic_of_their_own_and_are_counted() -> None:
    """Frames go where they go."""
    found, counted, bus = run([frame(seq=0), segment(0, key=True), frame(seq=1), segment(1)])
    assert told(found)[:2] == ["0k", "1"]
    assert counted["framebus_segments_total"] == 2
    assert len(bus.values("frames.source")) == 3


def test_without_a_topic_they_go_nowhere() -> None:
    """Nor does their End."""
    found, counted, _ = run([frame(seq=0), segment(0, key=True)], on=False)
    assert found == []
    assert counted["framebus_segments_total"] == 0


def test_the_end_of_a_boot_ends_its_segments_by_their_own_number() -> None:
    """On both topics, each with the last number there."""
    end = End(camera="porch", boot="00000001", last_seq=41, reason="stalled")
    found, _, bus = run([frame(seq=41), segment(0, key=True), segment(1), end])
    assert told(found) == ["0k", "1", "end 1 stalled"]
    assert told(codec.decode(value) for value in bus.values("frames.source")) == ["end 41 stalled"]


def test_segments_with_a_boot_of_their_own_end_alone() -> None:
    """Readers of frames hear nothing of it, and the frames' own End still comes."""
    own = "00000002"
    over = VideoEnd(camera="porch", boot=own, reason="stalled")
    found, _, bus = run([frame(seq=7), segment(0, True, boot=own), segment(1, boot=own), over, frame(seq=8), "stop"])
    assert told(found) == ["0k", "1", "end 1 stalled"]
    frames = [codec.decode(value) for value in bus.values("frames.source")]
    assert told(frames) == ["end 8 stopped"]
    assert len(frames) == 3


def test_the_frames_end_leaves_segments_with_a_boot_of_their_own() -> None:
    """They go on, and end by themselves."""
    end = End(camera="porch", boot="00000001", last_seq=7, reason="stalled")
    first, second = segment(0, True, boot="00000002"), segment(1, boot="00000002")
    found, _, _ = run([frame(seq=7), first, end, second, "stop"])
    assert told(found) == ["0k", "1", "end 1 stopped"]


def test_a_stop_ends_the_segments_of_every_camera() -> None:
    """Whose boot has not ended."""
    over = End(camera="porch", boot="00000001", last_seq=0, reason="lost")
    found, _, _ = run([segment(0, True), over, segment(4, True, "yard"), segment(7, True, boot="00000002"), "stop"])
    assert sorted(told(found)) == sorted(["0k", "end 0 lost", "4k", "7k", "end 4 stopped", "end 7 stopped"])


def test_a_boot_without_segments_has_no_end_there() -> None:
    """Nobody reads it."""
    found, _, _ = run([frame(seq=0), End(camera="porch", boot="00000001", last_seq=0, reason="lost")])
    assert found == []


def test_what_the_bus_does_not_take_is_counted_and_the_next_is_a_key_one() -> None:
    """A hole shows in the numbers and ends where a decoder can begin; another camera's segments go on."""
    answers = iter([ROOM, FULL, ROOM, ROOM, ROOM])
    film = [segment(0, True), segment(1), segment(2), segment(0, False, "yard"), segment(3, True), segment(4)]
    found, counted, _ = run(film, is_full=lambda: next(answers, ROOM))
    assert told(found) == ["0k", "0", "3k", "4", "end 4 stopped", "end 0 stopped"]
    assert counted["framebus_skipped_total{bus-full}"] == 2


def test_a_key_one_that_finds_no_room_takes_its_group_with_it() -> None:
    """Until the next."""
    answers = iter([FULL, ROOM, ROOM, ROOM])
    found, _, _ = run([segment(0, True), segment(1), segment(2, True), segment(3)], is_full=lambda: next(answers, ROOM))
    assert told(found)[:2] == ["2k", "3"]


def test_a_file_waits_for_the_bus() -> None:
    """Nothing of it is left out."""
    answers = iter([ROOM, FULL, FULL, ROOM])
    found, counted, _ = run([segment(n, n == 0) for n in range(4)], live=False, is_full=lambda: next(answers, ROOM))
    assert told(found)[:4] == ["0k", "1", "2", "3"]
    assert "framebus_skipped_total{bus-full}" not in counted
