"""Areas that are always covered."""

import random
from math import cos, pi, sin
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from libs.common.errors import SettingsError
from libs.common.polygons import Polygon, polygon
from services.redactor.masks import MOST_MASKS, Masks, mask_blocks, read_masks
from tests.redactor.scenes import (
    BLACK,
    END,
    SOMEBODY,
    darkness,
    frames,
    looked,
    play,
    reasons,
    scene,
    seen,
    stage,
    unlooked,
)

LEFT: Polygon = ((0, 0), (0.25, 0), (0.25, 1), (0, 1))
FILE = """
porch: [[[0.0, 0.6], [0.3, 0.6], [0.3, 1.0], [0.0, 1.0]], {box: [0.7, 0.0, 1.0, 0.2]}]
"cam*":
  - box: [0, 0, 1, 0.1]
"*":
  - [[0, 0], [0.1, 0], [0, 0.1]]
"""


def masks(*areas: Polygon, camera: str = "porch") -> Masks:
    return Masks(((camera, areas),))


def drawn(found: NDArray[np.int16], columns: int, rows: int) -> NDArray[np.bool_]:
    """(rows, columns), True where a block is covered."""
    grid = np.zeros((rows, columns), np.bool_)
    for left, top, right, bottom in found.tolist():
        assert 0 <= left < right <= columns
        assert 0 <= top < bottom <= rows
        grid[top:bottom, left:right] = True
    return grid


def inside(area: Polygon, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Even-odd, for every point."""
    odd = np.zeros(np.broadcast(x, y).shape, np.bool_)
    for (x0, y0), (x1, y1) in zip(area, [*area[1:], area[0]], strict=True):
        if y0 != y1:
            odd ^= ((y0 <= y) != (y1 <= y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return odd


def star(dice: random.Random) -> Polygon:
    """Corners around a middle, near and far."""
    count = dice.randint(3, 20)
    angles = sorted(dice.uniform(0, 2 * pi) for _ in range(count))
    far = [dice.uniform(0.05, 0.5) for _ in angles]
    return tuple((0.5 + r * cos(a), 0.5 + r * sin(a)) for a, r in zip(angles, far, strict=True))


@pytest.mark.parametrize("size", [(640, 480), (769, 577), (33, 17), (16, 16), (5, 5)])
def test_every_block_with_a_part_of_the_polygon_is_covered_and_no_far_one(size: tuple[int, int]) -> None:
    """Against looking at 64 points of each block, for random polygons; what only these points miss touches one."""
    dice = random.Random(7)
    columns, rows = -(-size[0] // 16), -(-size[1] // 16)
    x, y = ((np.arange(count * 8) + 0.5) / 8 * 16 / side for count, side in zip((columns, rows), size, strict=True))
    for _ in range(40):
        area = star(dice)
        points = inside(area, x[None, :], y[:, None]).reshape(rows, 8, columns, 8).any(axis=(1, 3))
        covered = drawn(mask_blocks(masks(area), "porch", *size), columns, rows)
        assert covered[points].all()
        around = np.pad(points, 1)
        near = np.any([around[r : r + rows, c : c + columns] for r in range(3) for c in range(3)], axis=0)
        assert not covered[~near].any() or points.sum() < 9


def test_a_mask_on_the_block_grid_covers_no_block_more() -> None:
    """A quarter of ten columns reaches into the third; half of them ends at the fifth."""
    assert drawn(mask_blocks(masks(LEFT), "porch", 160, 160), 10, 10).sum() == 30
    half = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
    assert drawn(mask_blocks(masks(half), "porch", 160, 160), 10, 10).sum() == 50


def test_a_sliver_between_two_lines_covers_the_blocks_it_crosses() -> None:
    """Thinner than a pixel, from corner to corner."""
    area = ((0, 0), (0.001, 0), (1, 1), (0.999, 1))
    assert drawn(mask_blocks(masks(area), "porch", 160, 160), 10, 10).diagonal().all()


def test_every_matching_entry_counts(tmp_path: Path) -> None:
    """The camera's own, its glob's, everybody's."""
    (tmp_path / "m.yaml").write_text(FILE)
    found = read_masks(tmp_path / "m.yaml")
    assert str(found) == "masks: porch 2, cam* 1, * 1"
    covered = {name: drawn(mask_blocks(found, name, 160, 160), 10, 10).sum() for name in ("porch", "cam1", "other")}
    assert covered == {"porch": 1 + 3 * 4 + 3 * 2, "cam1": 10, "other": 1}


WRONG = {
    "empty": ("", "expected a map"),
    "a list": ("- [[0, 0], [1, 0], [1, 1]]", "expected a map"),
    "text": ("porch", "expected a map"),
    "a number": ("5: [{box: [0, 0, 1, 1]}]", "5: expected a camera or glob, in quotes"),
    "no name": ("'a b': [{box: [0, 0, 1, 1]}]", "expected names of cameras"),
    "no masks": ("porch: []", "porch: expected a list of 1 to 100 masks"),
    "nothing": ("porch:", "porch: expected a list"),
    "a single polygon": ("porch: [[0, 0], [1, 0], [1, 1]]", "porch, mask 1, corner 1: expected [x, y]"),
    "outside": ("porch: [{box: [0, 0, 1, 1]}, [[0, 0], [2, 0], [1, 1]]]", "porch, mask 2, corner 2: expected numbers"),
    "crossing": ("'*': [[[0, 0], [1, 1], [1, 0], [0, 1]]]", "*, mask 1: its edges cross"),
    "twice": ("porch: [{box: [0, 0, 1, 1]}]\nporch: [{box: [0, 0, 1, 1]}]", "'porch' is there twice"),
    "too many": (f"porch: [{', '.join(['{box: [0, 0, 1, 1]}'] * (MOST_MASKS + 1))}]", "1 to 100 masks"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_refused_in_one_line_that_says_where(text: str, said: str, tmp_path: Path) -> None:
    """Flag, file, camera, mask, corner, what was expected."""
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_masks(tmp_path / "m.yaml")
    assert str(refused.value).startswith(f"--masks {tmp_path}/m.yaml: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("still", [False, True])
def test_a_mask_is_covered_whether_or_not_somebody_was_found(still: bool) -> None:
    """And `redaction.boxes` says where; the bytes are never copied, though framebus wrote them."""
    behind = (0.05, 0.3, 0.15, 0.6)
    for people in ((), (SOMEBODY,)):
        frame = seen(unlooked(0, image=images.encode(scene((behind, SOMEBODY))), still=still), people)
        [out, *_] = frames(play(stage(masks=masks(LEFT)), [frame, END]))
        assert darkness(out, behind) < BLACK
        assert (darkness(out, SOMEBODY) < BLACK) is bool(people)
        assert out.redaction.boxes[0][:2] == (0, 0)
        assert len(out.detections) == len(people)


def test_another_cameras_frames_are_copied_as_ever() -> None:
    """Nothing to cover, framebus's own bytes."""
    frame = looked(0)
    [out, _end] = play(stage(masks=masks(LEFT, camera="garden")), [frame, END])
    assert out.message.image == frame.image
    assert out.message.redaction.boxes == ()


def test_a_mask_vouches_for_nothing() -> None:
    """Not even one over the whole picture: what nobody looked at is withheld as before."""
    whole = ((0, 0), (1, 0), (1, 1), (0, 1))
    assert reasons(play(stage(masks=masks(whole)), [unlooked(0), END])) == {0: "not-looked"}


def test_no_mask_shows_through_in_any_style() -> None:
    """Two pictures that differ only behind a solid mask are the same bytes; coarse ones lose what is fine."""
    behind = (0.05, 0.3, 0.15, 0.6)
    for style in ("solid", "pixelate", "blur"):
        outs = [
            play(stage(masks=masks(LEFT), cover=style), [looked(0, image=images.encode(scene(people))), END])[0]
            for people in ((), (behind,))
        ]
        assert (outs[0].message.image == outs[1].message.image) is (style == "solid")


def test_polygons_are_checked_where_they_are_read() -> None:
    """What reaches the masks is what `polygon` let through."""
    assert polygon([list(corner) for corner in LEFT], "here") == LEFT
