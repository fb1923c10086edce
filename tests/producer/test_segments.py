"""The camera's own packets: whoever joins the segments of a boot has the film, picture by picture."""

import logging
from itertools import pairwise
from pathlib import Path

import pytest

from libs.common.messages import End, Frame
from tests.producer.films import (
    PLAIN,
    REORDERED,
    X265,
    Film,
    breaks,
    first_picture,
    joined,
    messages_of,
    packets,
    pictures,
    pid,
    segments_of,
)

CLIP = Path("deploy/demo/street.mp4")
FILMS = {
    "h264.mp4": Film(),
    "h264-b.mp4": Film(options=REORDERED),
    "h264-b.mkv": Film(options=REORDERED),
    "h264-b.flv": Film(options=REORDERED),
    "h264-b.ts": Film(options=REORDERED),
    "h264.h264": Film(),
    "hevc.mp4": Film("libx265", X265),
    "hevc.mkv": Film("libx265", X265),
    "hevc.ts": Film("libx265", X265),
    "mpeg4.mp4": Film("mpeg4", {}),
    "mpeg4.avi": Film("mpeg4", {}),
    "mpeg2.mpg": Film("mpeg2video", {"bf": "2"}, rate=25),
}
SETS = {"h264": (lambda byte: byte & 31, {7, 8}), "hevc": (lambda byte: byte >> 1 & 63, {32, 33, 34})}
SLICES = {"h264": range(1, 6), "hevc": range(32)}
"""Kinds of NAL units: of parameter sets; of slices."""


@pytest.fixture(params=sorted(FILMS))
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """One of each kind."""
    return FILMS[request.param].write(tmp_path / request.param)


def test_from_any_key_segment_on_the_film_is_there_picture_by_picture(film: Path) -> None:
    """Decoded bit for bit the same, in order, without a word of complaint from the decoder."""
    whole, segments = pictures(film), segments_of(film)
    assert segments[0].key
    keys = [n for n, segment in enumerate(segments) if segment.key]
    assert len(keys) >= 2
    for n in keys:
        found = pictures(joined(segments[n:]))
        assert found == whole[-len(found) :]
        assert n or len(found) == len(whole)


def test_segments_are_one_stream_whose_counters_go_on(film: Path) -> None:
    """Whole packets, none missing for a reader, in pieces that are never too large, numbered from 0."""
    segments = segments_of(film)
    assert breaks(joined(segments)) == {}
    assert [segment.seq for segment in segments] == list(range(len(segments)))
    assert max(len(segment.data) for segment in segments) <= 1 << 20


def test_a_key_segment_begins_with_tables_and_parameter_sets(film: Path) -> None:
    """SDT, PAT, PMT, then the picture; the others hold no tables."""
    for segment in segments_of(film):
        tables = [pid(packet) for packet in packets(segment.data) if pid(packet) in (0, 0x11, 0x1000)]
        assert tables == ([0x11, 0, 0x1000] if segment.key else [])
        assert [pid(packet) for packet in packets(segment.data)[: len(tables)]] == tables
        if segment.key and segment.codec in SETS:
            kind, wanted = SETS[segment.codec]
            units = [kind(unit[0]) for unit in first_picture(segment.data).split(b"\0\0\1")[1:]]
            slices = [n for n, unit in enumerate(units) if unit in SLICES[segment.codec]]
            assert wanted <= set(units[: slices[0]])


def test_segments_and_frames_share_one_clock(film: Path) -> None:
    """A key segment begins when the frame of its first picture was captured; each begins where the last ended."""
    messages = messages_of(film)
    frames = {message.captured_at for message in messages if isinstance(message, Frame)}
    segments = segments_of(film)
    first = min(frames) - segments[0].start_at
    if film.suffix == ".mp4" or film.suffix == ".mkv":
        assert first == 0
        assert {segment.start_at for segment in segments if segment.key} <= frames
    for one, other in pairwise(segments):
        assert one.start_at + one.duration_ns == pytest.approx(other.start_at, abs=2000)


@pytest.mark.parametrize("speed", [0.5, 4.0])
def test_at_another_speed_segments_last_as_frames_do(tmp_path: Path, speed: float) -> None:
    """By the clock of the boot; the video itself keeps its pace."""
    segments = segments_of(Film().write(tmp_path / "a.mp4"), speed=speed)
    assert [segment.duration_ns for segment in segments] == pytest.approx([5e8 / speed] * 7)
    assert segments[6].start_at - segments[0].start_at == pytest.approx(3e9 / speed)


@pytest.mark.parametrize(
    "sampling", [{"every": 7}, {"fps": 1.0}, {"fps": 0.01}, {"key_frames": "only"}, {"key_frames": "at-rest"}], ids=str
)
def test_sampling_leaves_the_segments_alone(tmp_path: Path, sampling: dict[str, object]) -> None:
    """Every packet, however few pictures are sent."""
    path = Film(options=REORDERED).write(tmp_path / "a.mp4")
    assert joined(segments_of(path, **sampling)) == joined(segments_of(path))


def test_segments_leave_the_frames_alone(tmp_path: Path) -> None:
    """Byte for byte, at the same times."""
    path = Film(options=REORDERED, sound="aac").write(tmp_path / "a.mp4")
    usual, beside = (messages_of(path, **fields) for fields in ({"video": False}, {"audio": True}))
    frames = [[(m.image, m.captured_at, m.seq) for m in found if isinstance(m, Frame)] for found in (usual, beside)]
    assert frames[0] == frames[1]


def test_without_being_asked_for_there_are_none(tmp_path: Path) -> None:
    """Frames as ever."""
    assert segments_of(Film().write(tmp_path / "a.mp4"), video=False) == []


def test_a_long_group_of_pictures_is_split(tmp_path: Path) -> None:
    """Into half seconds, of which only the first is key."""
    segments = segments_of(Film(group=1000).write(tmp_path / "a.mp4"))
    assert [segment.key for segment in segments] == [True] + [False] * 6
    assert [segment.duration_ns / 1e9 for segment in segments] == pytest.approx([0.5] * 7)


def test_the_clips_own_groups_are_found() -> None:
    """Two seconds each, 795 pictures."""
    segments = segments_of(CLIP, every=795)
    assert [segment.key for segment in segments][:16] == [True, False, False, False] * 4
    assert len(pictures(joined(segments))) == 795


def test_a_picture_larger_than_a_message_is_split_and_stays_whole(tmp_path: Path) -> None:
    """Its parts are no key ones; the decoder does not notice."""
    path = Film(options={**PLAIN, "qp": "1"}, count=3, group=1, size=(1920, 1088), noise=True).write(tmp_path / "a.mp4")
    segments = segments_of(path, every=99)
    assert {len(segment.data) for segment in segments} <= set(range((1 << 20) + 1))
    assert [segment.key for segment in segments].count(True) == 3 < len(segments)
    assert pictures(joined(segments)) == pictures(path)


@pytest.mark.parametrize(
    ("name", "film", "word"),
    [
        ("a.avi", Film("mjpeg", {"strict": "unofficial"}), "mjpeg"),
        ("a.mkv", Film("ffv1", {}), "ffv1"),
        ("a.h264", Film(options=REORDERED), "form h264"),
        ("b.avi", Film(options=REORDERED), "form avi"),
    ],
)
def test_what_a_transport_stream_cannot_carry_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, film: Film, word: str
) -> None:
    """The frames go on."""
    path = film.write(tmp_path / name)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            messages = messages_of(path, resize=None)
            assert sum(isinstance(message, Frame) for message in messages) == film.count
            assert segments_of(path) == []
    (line,) = [record.message for record in caplog.records if "no segments" in record.message]
    assert word in line


def test_another_size_begins_a_key_segment_with_its_own_parameter_sets(tmp_path: Path) -> None:
    """As where an operator turns a camera's resolution up."""
    small, large = Film(count=15), Film(count=15, size=(256, 192))
    films = [film.write(tmp_path / f"{film.size[0]}.h264") for film in (small, large)]
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(film.read_bytes() for film in films))
    segments = segments_of(path)
    sizes = [len(picture) for picture in pictures(joined(segments))]
    assert sizes == [128 * 96 * 3 // 2] * 15 + [256 * 192 * 3 // 2] * 15
    later = next(n for n, segment in enumerate(segments) if n and segment.key and len(_from(segments, n)) == 15)
    assert _from(segments, later) == pictures(films[1])


def _from(segments: list[object], n: int) -> list[bytes]:
    return pictures(joined(segments[n:]))  # type: ignore[arg-type]


def test_the_segments_come_before_the_end_of_their_boot(tmp_path: Path) -> None:
    """The last one too."""
    messages = messages_of(Film().write(tmp_path / "a.mp4"))
    (end,) = [n for n, message in enumerate(messages) if isinstance(message, End)]
    assert all(n < end for n, message in enumerate(messages) if message in segments_of(tmp_path / "a.mp4"))
