"""Which zones something stands in, and which mask hides it."""

import numpy as np
import pytest

from libs.common.messages import Box, Detection, Frame
from libs.common.metrics import Metrics
from libs.common.polygons import Point, Polygon
from libs.common.testing import frame
from services.detector.areas import contains, foot, share_inside
from services.detector.backends.motion import Motion, regions, without
from services.detector.counts import Counts
from services.detector.gate import Gate
from services.detector.masks import Masks
from services.detector.picture import Picture
from services.detector.scenes import Scene, Scenes
from services.detector.step import Look, Sighting
from services.detector.zones import Zones
from tests.detector.clip import frame_of, room, with_blocks
from tests.detector.fixed import Fixed
from tests.detector.stage import stage_of

SQUARE: Polygon = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
TRIANGLE: Polygon = ((0.1, 0.1), (0.9, 0.5), (0.1, 0.9))
HOLLOW: Polygon = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.6, 0.9), (0.6, 0.4), (0.4, 0.4), (0.4, 0.9), (0.1, 0.9))
"""A gate: its middle is open from below."""


@pytest.mark.parametrize("at", [(0.4, 0.4), *SQUARE, (0.4, 0.2), (0.6, 0.3), (0.2, 0.5), (0.4, 0.6)])
def test_inside_corners_and_edges_belong_to_an_area(at: Point) -> None:
    """Neighbours that share an edge leave no gap between them."""
    assert contains(SQUARE, at)


def test_a_slanted_edge_belongs_to_its_area() -> None:
    """In spite of rounding: every thousandth of it."""
    (x0, y0), (x1, y1) = TRIANGLE[0], TRIANGLE[1]
    points = [(x0 + part * (x1 - x0), y0 + part * (y1 - y0)) for part in np.linspace(0, 1, 1001).tolist()]
    assert all(contains(TRIANGLE, point) for point in points)


@pytest.mark.parametrize(
    "at", [(0.4, 0.19), (0.61, 0.4), (0.19, 0.6), (0.7, 0.6), (0.0, 0.2), (0.4, 0.6001), (0.9, 0.2), (0.1, 0.6)]
)
def test_what_is_beside_an_area_is_not_in_it(at: Point) -> None:
    """Also at the height of its corners and edges."""
    assert not contains(SQUARE, at)


@pytest.mark.parametrize("polygon", [SQUARE, TRIANGLE, HOLLOW], ids=["square", "triangle", "hollow"])
def test_containing_and_sharing_agree_with_counted_points(polygon: Polygon) -> None:
    """A box's share is that of a fine grid of points that lie in the polygon; both ways round."""
    random = np.random.default_rng(5)
    for _ in range(40):
        (x0, x1), (y0, y1) = (np.sort(random.random(2)).tolist() for _ in range(2))
        grid = [(x, y) for x in np.linspace(x0, x1, 42)[1:-1].tolist() for y in np.linspace(y0, y1, 42)[1:-1].tolist()]
        counted = sum(contains(polygon, point) for point in grid) / len(grid)
        assert share_inside(polygon, (x0, y0, x1, y1)) == pytest.approx(counted, abs=0.06)
        assert share_inside(polygon[::-1], (x0, y0, x1, y1)) == pytest.approx(share_inside(polygon, (x0, y0, x1, y1)))


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((0.2, 0.2, 0.6, 0.6), 1.0),
        ((0.3, 0.3, 0.4, 0.4), 1.0),
        ((0.0, 0.0, 1.0, 1.0), 0.16),
        ((0.5, 0.3, 0.7, 0.5), 0.5),
        ((0.7, 0.7, 0.9, 0.9), 0.0),
        ((0.3, 0.3, 0.3, 0.5), 0.0),
    ],
)
def test_the_share_of_a_box_in_a_square_is_exact(box: Box, share: float) -> None:
    """Nothing of an empty box is anywhere."""
    assert share_inside(SQUARE, box) == pytest.approx(share)


def person(box: Box) -> Detection:
    return Detection(label="person", confidence=0.9, box=box)


def seen(*boxes: Box, camera: str = "porch") -> Sighting:
    """One look that found persons there."""
    return Sighting(Picture(frame(camera)), [Look("fixed", ("person",), "full", tuple(map(person, boxes)))])


def test_the_foot_decides_and_zones_come_in_the_order_of_the_file() -> None:
    """Head in one zone, feet in two others; a third detection is nowhere."""
    scene = Scene(
        zones={
            "street": ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)),
            "head": ((0.0, 0.0), (1.0, 0.0), (1.0, 0.3), (0.0, 0.3)),
            "door": ((0.4, 0.5), (0.6, 0.5), (0.6, 1.0), (0.4, 1.0)),
        }
    )
    sighting = seen((0.45, 0.1, 0.55, 0.7), (0.0, 0.2, 0.1, 1.0), (0.2, 0.1, 0.3, 0.4))
    Zones(Scenes((("porch", scene),))).take(sighting)
    assert [each.zones for each in sighting.looks[0].found] == [("street", "door"), ("street",), ()]
    assert foot((0.45, 0.1, 0.55, 0.7)) == pytest.approx((0.5, 0.7))


def test_another_camera_has_other_zones() -> None:
    """Or none: nothing is touched then."""
    sighting = seen((0.4, 0.4, 0.5, 0.5), camera="yard")
    before = sighting.looks[0].found
    Zones(Scenes((("porch", Scene(zones={"all": SQUARE})),))).take(sighting)
    assert sighting.looks[0].found is before


def test_only_what_lies_in_a_mask_is_dropped() -> None:
    """80 % of the box count: who stands before a masked area and reaches into it stays."""
    metrics = Metrics()
    masks = Masks(Scenes((("porch", Scene(masks={"clock": SQUARE})),)), Counts(metrics))
    sighting = seen((0.3, 0.3, 0.4, 0.4), (0.5, 0.3, 0.62, 0.5), (0.5, 0.3, 0.64, 0.5), (0.7, 0.7, 0.8, 0.8))
    masks.take(sighting)
    assert [each.box for each in sighting.looks[0].found] == [(0.5, 0.3, 0.64, 0.5), (0.7, 0.7, 0.8, 0.8)]
    assert metrics.registry.get_sample_value("framebus_filtered_total", {"reason": "mask"}) == 2


MOST: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.9), (0.0, 0.9))


def test_what_is_said_of_the_whole_picture_is_under_no_mask() -> None:
    """That the light changed, or that a sensor without places found something, is true beside the mask too."""
    sighting = seen((0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.99))
    Masks(Scenes((("porch", Scene(masks={"most": MOST})),)), Counts(Metrics())).take(sighting)
    assert [each.box for each in sighting.looks[0].found] == [(0.0, 0.0, 1.0, 1.0)]


def test_a_moving_region_around_a_mask_is_not_dropped() -> None:
    """Several people left and right of a large mask may share one box, and not one of them is in the mask."""
    around = (0.0, 0.0, 1.0, 0.95)
    found = Detection(label="moving", confidence=1, box=around)
    sighting = Sighting(Picture(frame()), [Look("motion", ("moving",), "full", (found,))])
    Masks(Scenes((("porch", Scene(masks={"most": MOST})),)), Counts(Metrics())).take(sighting)
    assert len(sighting.looks[0].found) == 1


CLOCK: Polygon = ((0.7, 0.0), (1.0, 0.0), (1.0, 0.1), (0.7, 0.1))
DIGITS = (300, 8, 60, 12)
"""Left, top, width, height in pixels of a picture of 384x288."""
WALKER = (310, 24, 24, 60)
"""Touches the clock's digits from below."""


def moving(with_mask: bool, *blocks: tuple[int, int, int, int]) -> tuple[Box, ...]:
    """What a learned background says of a scene with these."""
    motion = Motion(masks_of=lambda camera: (CLOCK,) if with_mask and camera == "street" else ())
    for seq in range(30):
        motion.look(Picture(frame_of(room(), seq)))
    found = motion.look(Picture(frame_of(with_blocks(room(), *blocks), 30)))
    assert found is not None
    return tuple(each.box for each in found)


def test_the_cameras_own_clock_moves_nothing() -> None:
    """Its digits change every second; without a mask they would open the gate as often."""
    assert len(moving(False, DIGITS)) == 1
    assert moving(True, DIGITS) == ()


def test_who_walks_below_the_clock_is_found_without_it() -> None:
    """One region of clock and person would be dropped with the clock, or cover too much."""
    ((_, top, _, bottom),) = moving(True, DIGITS, WALKER)
    assert top == pytest.approx(0.1, abs=0.02)
    assert bottom >= (WALKER[1] + WALKER[3]) / 288


def looks_behind_the_gate(with_mask: bool) -> int:
    """How often a second backend looks at ten frames in which the clock alone changes, after the background is known.

    Whole looks are far apart.
    """
    behind = Fixed()
    motion = Motion(masks_of=lambda camera: (CLOCK,) if with_mask else ())
    stage = stage_of(motion, behind, gate=Gate(every_s=3600))
    for seq in range(40):
        digits = [DIGITS] if seq >= 30 and seq % 2 else []
        behind.looks = behind.looks if seq >= 30 else 0
        list(stage.handle(frame_of(with_blocks(room(), *digits), seq)))
    return behind.looks


def test_a_masked_clock_does_not_open_the_gate() -> None:
    """Each opening would cost an inference, every second, for ever."""
    assert looks_behind_the_gate(with_mask=False) == 5
    assert looks_behind_the_gate(with_mask=True) == 0


def test_a_mask_takes_its_pixels_and_no_others() -> None:
    """A quarter of the picture; the border row of pixels goes with it."""
    mask = without(np.full((100, 200), 255, np.uint8), [((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))])
    assert not mask[:50, :100].any()
    assert mask[51:].all()
    assert mask[:, 101:].all()
    assert regions(without(np.full((100, 200), 255, np.uint8), [((0, 0), (1, 0), (1, 1), (0, 1))])) == []


def test_zones_are_written_into_the_message() -> None:
    """Through the whole stage."""

    zones = Zones(Scenes((("p*", Scene(zones={"door": SQUARE})),)))
    (out,) = stage_of(Fixed(person((0.3, 0.3, 0.4, 0.5))), steps=(zones,)).handle(frame())
    assert isinstance(out.message, Frame)
    assert out.message.detections[0].zones == ("door",)
