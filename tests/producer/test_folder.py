"""A folder of pictures: which ones, in which order, at which pace."""

import logging
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common.messages import Frame
from libs.common.testing import FakeClock, picture
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shot, SourceError
from tests.producer.http_shots import JPEGS, opened
from tests.producer.scripted import FakeWait, pictured
from tests.producer.test_http_snapshot import coded

TEN = [
    "img2.jpg",
    "img10.JPG",
    "Img1.jpeg",
    "img02.jpg",
    "a9b3.jpg",
    "a10b1.jpg",
    "zoo.jpg",
    "9.jpg",
    "10.jpg",
    "é.jpg",
]
ORDER = [
    "9.jpg",
    "10.jpg",
    "a9b3.jpg",
    "a10b1.jpg",
    "Img1.jpeg",
    "img02.jpg",
    "img2.jpg",
    "img10.JPG",
    "zoo.jpg",
    "é.jpg",
]


def fill(folder: Path, names: list[str]) -> dict[str, bytes]:
    """A picture of its own for each name."""
    folder.mkdir(exist_ok=True)
    made = {name: JPEGS[index % 8] + bytes([index]) for index, name in enumerate(names)}
    for name, jpeg in made.items():
        (folder / name).write_bytes(jpeg)
    return made


def shots(folder: Path, **fields: object) -> list[Shot]:
    """All of them; fields are the plan's."""
    with opened(str(folder), **fields) as found:
        return [shot for shot in found if isinstance(shot, Shot)]


def test_pictures_come_as_a_person_counts(tmp_path: Path) -> None:
    """2 before 10, small and capital letters alike, each byte for byte."""
    made = fill(tmp_path / "in", TEN)
    assert [shot.picture for shot in shots(tmp_path / "in")] == [made[name] for name in ORDER]


@pytest.mark.parametrize(("fps", "every_s", "still"), [(None, 1.0, True), (0.5, 2.0, True), (4.0, 0.25, False)])
def test_one_picture_a_second_unless_told_otherwise(
    tmp_path: Path, fps: float | None, every_s: float, still: bool
) -> None:
    """Those a second apart stand alone."""
    fill(tmp_path, TEN)
    found = shots(tmp_path, fps=fps)
    assert [shot.media_s for shot in found] == [i * every_s for i in range(10)]
    assert {shot.still for shot in found} == {still}


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_it_is_played_at_its_speed_over_and_over(tmp_path: Path, speed: float) -> None:
    """As a file is."""
    fill(tmp_path, TEN[:3])
    wait = FakeWait(FakeClock())
    messages = pictured(produce(Plan(url=str(tmp_path), camera="porch", loop=True, speed=speed), wait.clock, wait))
    frames = [message for _, message in zip(range(12), messages, strict=False) if isinstance(message, Frame)]
    assert [frame.seq for frame in frames[:6]] == [0, 1, 2, 0, 1, 2]
    assert {frame.still for frame in frames} == {True}
    steps = {b.captured_at - a.captured_at for a, b in pairwise(frames[:3])}
    assert steps == {round(1e9 / speed)}


def test_what_is_no_whole_picture_is_left_out_and_counted_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Half ones, empty ones, other things under the name of a picture; names are not told."""
    made = fill(tmp_path, ["1.jpg", "2.jpg"])
    bad = {"half.jpg": JPEGS[0][:500], "empty.png": b"", "text.jpeg": b"hello", "gif.bmp": b"GIF89a" + bytes(99)}
    bad["cut.png"] = coded("png", picture(64, 48))[:-40]
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    with caplog.at_level(logging.DEBUG):
        assert [shot.picture for shot in shots(tmp_path)] == list(made.values())
    (line,) = [line for line in caplog.messages if "left out" in line]
    assert line == f"{tmp_path}: 5 of 7 pictures left out: damaged, cut off or too large"


def test_other_formats_are_decoded_and_the_name_decides_nothing(tmp_path: Path) -> None:
    """A PNG called JPEG is a PNG."""
    image = picture(64, 48)
    for name, codec in (("1.png", "png"), ("2.bmp", "bmp"), ("3.jpg", "png")):
        (tmp_path / name).write_bytes(coded(codec, image))
    for shot in shots(tmp_path):
        assert isinstance(shot.picture, VideoFrame)
        assert np.array_equal(shot.picture.to_ndarray(format="bgr24"), image)


def test_only_the_folder_itself_is_read(tmp_path: Path) -> None:
    """Not what links lead to outside of it, folders, pipes, or files of other names."""
    made = fill(tmp_path / "in", ["1.jpg"])
    fill(tmp_path / "out", ["secret.jpg"])
    inside = tmp_path / "in"
    (inside / "2.jpg").symlink_to(tmp_path / "out" / "secret.jpg")
    (inside / "3.jpg").symlink_to(inside / "1.jpg")
    (inside / "4.jpg").symlink_to(inside / "nowhere.jpg")
    (inside / "5.jpg").mkdir()
    os.mkfifo(inside / "6.jpg")
    (inside / "list.txt").write_bytes(JPEGS[0])
    (inside / "film.m3u8").write_bytes(JPEGS[0])
    (inside / "deep").mkdir()
    fill(inside / "deep", ["7.jpg"])
    assert [shot.picture for shot in shots(inside)] == [made["1.jpg"]] * 2


def test_a_folder_that_is_a_link_is_read(tmp_path: Path) -> None:
    """The operator named it."""
    made = fill(tmp_path / "in", ["1.jpg"])
    (tmp_path / "link").symlink_to(tmp_path / "in")
    assert [shot.picture for shot in shots(tmp_path / "link")] == [*made.values()]


def test_without_a_picture_it_cannot_be_played(tmp_path: Path) -> None:
    """With what was expected."""
    (tmp_path / "1.jpg").write_bytes(b"no picture")
    with pytest.raises(SourceError, match="no picture in it; expected JPEG, PNG, BMP or WebP"):
        shots(tmp_path)
