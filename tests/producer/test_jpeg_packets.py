"""Streams that are made of JPEGs are passed on as they are."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common import images
from libs.common.jpeg_header import read_header
from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import Shot
from services.producer.sources.urls import read_url
from services.producer.video.jpeg_packets import head_of


def film(path: Path, rotation: int = 0, count: int = 4) -> list[bytes]:
    """Writes it; returns its packets."""
    packets = []
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", 10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(count):
            grey = np.full((72, 64), 40 + 40 * number, np.uint8)
            for packet in stream.encode(VideoFrame.from_ndarray(grey, "yuvj420p")):
                packets.append(bytes(packet))
                container.mux(packet)
        container.mux(stream.encode(None))
    return packets


def pictures(path: Path, every: int = 1) -> list[VideoFrame | bytes | None]:
    """Of all shots."""
    asked = iter(range(1000))
    plan = Plan(url=str(path), camera="c", every=every)
    with open_source(read_url(str(path)), plan, lambda media_s: next(asked) % every == 0) as shots:
        return [shot.picture for shot in shots if isinstance(shot, Shot)]


@pytest.mark.parametrize("name", ["a.avi", "a.mjpeg", "a.mkv", "a.mov", "a.mp4"])
def test_packets_are_pictures(tmp_path: Path, name: str) -> None:
    """Byte for byte."""
    packets = film(tmp_path / name)
    assert pictures(tmp_path / name) == packets


def test_those_that_are_not_wanted_are_told_of(tmp_path: Path) -> None:
    """One of two."""
    packets = film(tmp_path / "a.avi")
    assert pictures(tmp_path / "a.avi", every=2) == [packets[0], None, packets[2], None]


def test_a_film_that_is_turned_is_decoded(tmp_path: Path) -> None:
    """Its container says so, not its pictures."""
    film(tmp_path / "a.mov", rotation=90)
    got = pictures(tmp_path / "a.mov")
    assert [picture.rotation for picture in got if isinstance(picture, VideoFrame)] == [90] * 4


def without_tables(jpeg: bytes) -> bytes:
    """As webcams send it."""
    at, kept = 2, jpeg[:2]
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        kept += b"" if jpeg[at + 1] == 0xC4 else jpeg[at:end]
        at = end
    return kept + jpeg[at:]


def standard(number: int) -> bytes:
    """A JPEG with the usual Huffman tables, which are the ones that may be left out."""
    return images.encode(np.full((48, 64, 3), 40 + 40 * number, np.uint8))


def test_missing_huffman_tables_are_added(tmp_path: Path) -> None:
    """Webcams and AVI files leave the usual ones out; no browser could show that."""
    bare = [without_tables(standard(number)) for number in range(3)]
    (tmp_path / "a.mjpeg").write_bytes(b"".join(bare))
    got = pictures(tmp_path / "a.mjpeg")
    assert len(got) == 3
    for number, picture in enumerate(got):
        assert isinstance(picture, bytes)
        assert read_header(picture).width == 64
        np.testing.assert_allclose(images.decode(picture), images.decode(standard(number)))


def test_half_pictures_of_interlaced_video_are_decoded(tmp_path: Path) -> None:
    """A packet whose JPEG has another height than the film is no picture."""
    film(tmp_path / "a.avi")
    data = (tmp_path / "a.avi").read_bytes()
    second = data.index(b"\xff\xc0", data.index(b"\xff\xc0") + 2)
    (tmp_path / "a.avi").write_bytes(data[: second + 5] + (24).to_bytes(2, "big") + data[second + 7 :])
    first, other, *_ = pictures(tmp_path / "a.avi")
    assert isinstance(first, bytes)
    assert isinstance(other, VideoFrame)


@pytest.mark.parametrize("jpeg", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xda\x00\x02", b"\xff\xd8" * 99])
def test_what_is_no_picture_has_no_head(jpeg: bytes) -> None:
    """Nor does reading it take long."""
    assert head_of(memoryview(jpeg)) is None
    assert head_of(memoryview(b"\xff\xd8" + b"\xff" * 1_000_000)) is None


def test_the_filter_that_adds_tables_is_there() -> None:
    """It is a part of FFmpeg that can be left out of it."""
    assert BitStreamFilterContext("mjpeg2jpeg", "mjpeg")
