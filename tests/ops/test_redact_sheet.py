"""The picture sheet of the worst frames."""

import stat
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from libs.common.errors import FatalError
from libs.common.messages import Frame, replace
from libs.ops.redact_judge import judge
from libs.ops.redact_sheet import GAP, GREEN, RED, TILES, Tile, Worst, save, sheet
from tests.ops.redact_rig import BRIGHT, HEIGHT, WIDTH, labelled, redacted

COVER = (64, 64, 128, 160)


def offered(*frames: tuple[Frame, tuple[int, int, int, int] | None]) -> list[Tile]:
    """What is kept of these frames and the label in each."""
    worst = Worst()
    for frame, box in frames:
        worst.offer(frame, judge(frame, labelled(box) if box else None))
    return worst.tiles()


def beside(seq: int, pixels: int) -> tuple[Frame, tuple[int, int, int, int]]:
    """A label of which so many of 64 columns are beside the cover; ten frames a second."""
    return redacted(seq, said=[COVER]), (64 + pixels, 64, 128 + pixels, 160)


def colours(image: NDArray[np.uint8]) -> set[tuple[int, ...]]:
    return {tuple(pixel) for pixel in image.reshape(-1, 3).tolist()}


def test_the_worst_come_first() -> None:
    """By the one of whom most can be seen."""
    assert [tile.seq for tile in offered(beside(0, 10), beside(10, 30), beside(20, 20))] == [10, 20, 0]


def test_of_each_second_the_worst_frame_is_kept() -> None:
    """A long leak does not fill the sheet with one picture."""
    assert [tile.seq for tile in offered(*(beside(seq, seq) for seq in range(30)))] == [29, 19, 9]


def test_only_so_many_are_kept() -> None:
    """The worst ones, and of equals the earliest."""
    assert [tile.seq for tile in offered(*(beside(10 * n, n) for n in range(30)))] == [
        10 * n for n in range(29, 29 - TILES, -1)
    ]
    assert [tile.seq for tile in offered(*(beside(10 * n, 5) for n in range(30)))] == [10 * n for n in range(TILES)]


def test_what_shows_nobody_is_not_kept() -> None:
    """Unlabelled and withheld frames."""
    black = redacted(0, black=[(0, 0, WIDTH, HEIGHT)], reason="start")
    assert offered((redacted(10), None), (black, COVER)) == []


def test_visible_people_are_framed_red_and_covered_ones_green() -> None:
    """In the picture as it came out, clear of all other colours."""
    (tile,) = offered(beside(6, 32))
    image = sheet([tile])[GAP : GAP + HEIGHT, GAP : GAP + WIDTH]
    assert colours(image[64:160, 96:98]) == {RED}
    assert image[100, 140].tolist() == pytest.approx([BRIGHT] * 3, abs=2)
    assert (image[100, 110] == 0).all()
    assert RED not in colours(sheet(offered(beside(6, 6))))
    assert GREEN in colours(sheet(offered(beside(6, 6))))


def test_each_tile_bears_the_number_of_its_frame() -> None:
    """As the truth counts, from 1: seq 16 is frame 17."""
    (tile,) = offered(beside(16, 0))
    corner = sheet([tile])[GAP : GAP + 21, GAP : GAP + 27, 0][1::3, 1::3] == 255
    drawn = ["".join("#" if dot else "." for dot in row) for row in corner.tolist()]
    assert drawn == [
        ".........",
        "..#..###.",
        ".##....#.",
        "..#....#.",
        "..#....#.",
        ".###...#.",
        ".........",
    ]


def test_a_sheet_has_rows_of_three_and_large_pictures_are_halved() -> None:
    """A label at the lower right edge stays inside."""
    wide = replace(redacted(), image=images.encode(np.full((600, 1000, 3), BRIGHT, np.uint8)))
    (tile,) = offered((wide, (990, 590, 1000, 600)))
    assert sheet([tile]).shape == (300 + 2 * GAP, 500 + 2 * GAP, 3)
    assert sheet([tile] * 4).shape == (2 * 300 + 3 * GAP, 3 * 500 + 4 * GAP, 3)
    assert sheet([]).shape[2] == 3


def test_a_sheet_is_for_its_owner_only(tmp_path: Path) -> None:
    """It shows people, also where a file lay before that others could read."""
    path = tmp_path / "sheet.jpg"
    path.write_text("old")
    save(path, offered(beside(0, 5)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert images.decode(path.read_bytes()).shape[2] == 3


def test_a_sheet_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Nor is it written through a link."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("", "link", "none/sheet.jpg"):
        with pytest.raises(FatalError, match="--sheet"):
            save(tmp_path / name, [])
    assert not (tmp_path / "elsewhere").exists()
