"""Streams that do what they should not: what cannot be used is left out, the rest is a film."""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet

from libs.common.errors import FatalError
from libs.common.messages import End, Frame, Segment
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.segments.segments import Segmenter, segmenter_of
from services.producer.sources.shots import Piece
from services.producer.sources.urls import read_url
from tests.producer.films import REORDERED, Film, breaks, pictures
from tests.producer.scripted import FakeWait, Openings

Packets = list["Packet[Any]"]


@contextmanager
def opened(path: Path) -> Iterator[tuple[Segmenter, Packets]]:
    """A segmenter, and the packets that it is to be given in one way or another."""
    plan = Plan(url=str(path), camera="porch", video=True)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        segmenter = segmenter_of(read_url(plan.url), plan, container, stream)
        assert segmenter is not None
        yield segmenter, list(container.demux(stream))


def pieces(segmenter: Segmenter, packets: Iterable["Packet[Any]"]) -> list[Piece]:
    """All of them."""
    return [piece for packet in packets for piece in segmenter.take(packet)] + list(segmenter.finish())


def garbage(like: "Packet[Any]", data: bytes) -> "Packet[Any]":
    """In the place of a packet."""
    made = Packet(data)
    made.stream, made.pts, made.dts, made.time_base = like.stream, like.pts, like.dts, like.time_base
    made.is_keyframe = like.is_keyframe
    return made


def pages_used() -> int:
    """Of memory, by this process."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def test_packets_before_the_first_key_frame_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A camera is opened in the middle of a group; one that never gives a key frame is told of, once."""
    with opened(Film().write(tmp_path / "a.mp4")) as (segmenter, packets):
        others = [packet for packet in packets if packet.size and not packet.is_keyframe]
        with caplog.at_level(logging.WARNING):
            assert [piece for packet in others * 40 for piece in segmenter.take(packet)] == []
        assert [record.message for record in caplog.records] == [
            f"{tmp_path / 'a.mp4'}: no key frame in 500 packets: no segments yet"
        ]
        found = pieces(segmenter, packets)
        assert found[0].key
        assert len(pictures(b"".join(piece.data for piece in found))) == 35


@pytest.mark.parametrize("options", [{}, REORDERED], ids=["plain", "reordered"])
def test_times_that_jump_back_are_joined(tmp_path: Path, options: dict[str, str]) -> None:
    """A camera that begins to count anew without saying so: the film goes on, in order, with all its pictures."""
    film = Film(options=options) if options else Film()
    with opened(film.write(tmp_path / "a.mp4")) as (segmenter, packets):
        found = pieces(segmenter, [packet for packet in packets if packet.size] * 3)
    data = b"".join(piece.data for piece in found)
    assert len(pictures(data)) == 105
    assert breaks(data) == {}
    assert sum(piece.duration_s for piece in found) == pytest.approx(10.5, abs=0.5)


@pytest.mark.parametrize("data", [b"\0", b"\xff" * 999, b"\0\0\0\1" * 99, b"\0\0\xff\xff\x65" + bytes(50)], ids=len)
def test_a_packet_of_garbage_harms_no_other(tmp_path: Path, data: bytes) -> None:
    """Whatever is called a picture; the counters go on."""
    with opened(Film().write(tmp_path / "a.mp4")) as (segmenter, packets):
        usual = [packet for packet in packets if packet.size]
        found = pieces(segmenter, [*usual[:10], garbage(usual[15], data), garbage(usual[0], data), *usual[10:]])
    assert breaks(b"".join(piece.data for piece in found)) == {}
    assert sum(piece.key for piece in found) >= 4


def test_times_beyond_all_measure_are_not_believed(tmp_path: Path) -> None:
    """The pictures stay, one after the other."""
    with opened(Film().write(tmp_path / "a.mp4")) as (segmenter, packets):
        usual = [packet for packet in packets if packet.size]
        for packet, wild in zip(usual[5:30:5], (2**62, -(2**62), 2**45, -1, 0), strict=True):
            packet.pts = packet.dts = wild
        found = pieces(segmenter, usual)
    assert len(pictures(b"".join(piece.data for piece in found))) == 35


def test_a_header_of_garbage_costs_the_segments_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """MP4 keeps the parameter sets there: its lengths are wrong. Whatever can be told is told by the usual errors."""
    path = Film().write(tmp_path / "a.mp4")
    film = bytearray(path.read_bytes())
    at = film.index(b"avcC") + 4
    film[at + 5 : at + 8] = b"\xff\xff\xff"
    path.write_bytes(film)
    plan, wait = Plan(url=str(path), camera="porch", video=True, speed=0.0), FakeWait(FakeClock())
    with pytest.raises(FatalError, match=r"a\.mp4: "):
        list(produce(plan, wait.clock, wait))
    assert "no segments: how its video is coded" in caplog.text


def test_two_hundred_openings_leave_nothing_behind(tmp_path: Path) -> None:
    """Left in the middle, as where a camera is lost."""
    path = Film().write(tmp_path / "a.mp4")
    used = []
    for n in range(200):
        with opened(path) as (segmenter, packets):
            for packet in packets[:20]:
                list(segmenter.take(packet))
        if n in (50, 199):
            used.append((len(list(Path("/proc/self/fd").iterdir())), pages_used()))
    (fds, pages), (later_fds, later_pages) = used
    assert later_fds <= fds
    assert (later_pages - pages) * os.sysconf("SC_PAGE_SIZE") < 8 << 20


def test_after_a_step_of_the_clock_segments_count_anew() -> None:
    """In a boot of their own, by the new clock, as the frames do."""
    wait = FakeWait(FakeClock())

    def step() -> None:
        wait.clock.wall_ns += 3600 * 10**9

    def piece(media_s: float, key: bool) -> Piece:
        return Piece(media_s, 1.0, "h264", key, b"G" + bytes(187))

    script = [0.0, 1.0, piece(0.0, True), step, 2.0, piece(1.0, False), 3.0, piece(2.0, True)]
    plan = Plan(url="a.mp4", camera="porch", speed=0.0)
    messages = list(produce(plan, wait.clock, wait, opener=Openings(wait, script)))
    told = [
        type(m).__name__ + f" {m.seq}" if isinstance(m, Frame | Segment) else "End" for m in messages if _of_boot(m)
    ]
    assert told == ["Frame 0", "Frame 1", "Segment 0", "End", "Frame 0", "Segment 0", "Frame 1", "Segment 1", "End"]
    starts = {m.start_at for m in messages if isinstance(m, Segment)}
    assert starts >= {m.captured_at for m in messages if isinstance(m, Frame) and m.seq == 0}


def _of_boot(message: object) -> bool:
    return isinstance(message, Frame | Segment | End)
