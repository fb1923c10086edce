"""What hangs before the lens, stops or takes the light is told once; weather, night and traffic are not."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from libs.common import images
from libs.common.events import caused_by
from libs.common.messages import Event, Frame, replace
from libs.common.testing import frame
from services.detector.camera_health import CameraHealth
from services.detector.picture import Picture
from services.detector.step import Sighting
from tests.detector import lens
from tests.detector.clip import START_NS, frame_of, room

FPS = 2
LEARNING, LONG = 40, 40
"""Frames: 20 seconds each."""


@pytest.fixture(scope="module")
def pictures(street: list[Frame]) -> list[lens.Image]:
    """Two a second of the demo clip, at half its size."""
    return [images.decode(each.image, 2) for each in street[::5]]


def shown(images_of: Iterable[lens.Image], start: int = 0) -> Iterator[Frame]:
    """Two a second, whatever the pictures are."""
    for seq, image in enumerate(images_of, start):
        yield replace(frame_of(image, seq), captured_at=START_NS + seq * 10**9 // FPS)


def told(health: CameraHealth, frames: Iterable[Frame]) -> list[tuple[str, float]]:
    """Kind and second of every event."""
    events: list[Event] = []
    for each in frames:
        sighting = Sighting(Picture(each))
        health.take(sighting)
        events += sighting.events
    return [(event.kind, (event.at - START_NS) / 1e9) for event in events]


def story(pictures: list[lens.Image], *changes: tuple[lens.Change, int]) -> list[tuple[str, float]]:
    """What is told of so many frames behind each change, one after the other."""
    seen: list[lens.Image] = []
    for change, count in changes:
        seen += [change(pictures[len(seen) % len(pictures)], len(seen)) for _ in range(count)]
    return told(CameraHealth(), shown(seen))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lens.lens_cap, "camera.dark"),
        (lens.tape, "camera.dark"),
        (lens.cloth, "camera.covered"),
        (lens.hand, "camera.covered"),
    ],
)
def test_what_takes_the_view_is_told_once_and_its_end_once(
    pictures: list[lens.Image], change: lens.Change, kind: str
) -> None:
    """Within five seconds each."""
    events = story(pictures, (lens.as_it_is, LEARNING), (change, LONG), (lens.as_it_is, LONG))
    assert [event for event, _ in events] == [kind, "camera.recovered"]
    assert 20 < events[0][1] <= 25
    assert 40 < events[1][1] <= 45


def test_paint_that_leaves_a_good_part_is_told_within_half_a_minute(pictures: list[lens.Image]) -> None:
    """It might be a lorry that stops and goes on."""
    events = story(pictures, (lens.as_it_is, LEARNING), (lens.spray, 60), (lens.as_it_is, 20))
    assert [event for event, _ in events] == ["camera.covered", "camera.recovered"]
    assert 40 <= events[0][1] <= 43


@pytest.mark.parametrize("change", [lens.fog, lens.night, lens.lamp_off])
def test_weather_and_light_are_no_fault(pictures: list[lens.Image], change: lens.Change) -> None:
    """Also when they come at once."""
    assert story(pictures, (lens.as_it_is, LEARNING), (change, LONG), (lens.as_it_is, LONG)) == []


def test_something_large_that_passes_is_no_fault(pictures: list[lens.Image]) -> None:
    """Half of the picture for ten seconds, all of it for two."""
    passing = (lens.truck, 20), (lens.as_it_is, 4), (lens.cloth, 4)
    assert story(pictures, (lens.as_it_is, LEARNING), *passing, (lens.as_it_is, 20)) == []


def test_an_empty_wall_is_no_fault() -> None:
    """Nothing to be seen but noise, for two minutes."""
    wall = np.full((288, 384, 3), 190, np.uint8)
    assert told(CameraHealth(), shown(lens.noisy(wall, seq) for seq in range(240))) == []


def test_a_still_room_with_the_noise_of_a_camera_is_not_frozen() -> None:
    """Nothing moves for two minutes."""
    assert told(CameraHealth(), shown(lens.noisy(room(), seq, 1.0) for seq in range(240))) == []


def test_the_same_picture_for_half_a_minute_is_frozen_until_another_comes(pictures: list[lens.Image]) -> None:
    """Not at 29 seconds; new boots and sequence numbers do not hide it."""
    frozen = [pictures[40]] * 64
    assert told(CameraHealth(), shown([*pictures[:40], *frozen, *pictures[41:60]])) == [
        ("camera.frozen", 50.0),
        ("camera.recovered", 55.0),
    ]


def test_from_tape_to_cloth_is_one_change(pictures: list[lens.Image]) -> None:
    """Dark, then covered, then recovered."""
    events = story(pictures, (lens.as_it_is, 40), (lens.tape, 20), (lens.cloth, 20), (lens.as_it_is, 20))
    assert [kind for kind, _ in events] == ["camera.dark", "camera.covered", "camera.recovered"]


def test_a_camera_that_was_turned_is_well_again_after_ten_minutes(pictures: list[lens.Image]) -> None:
    """The new view becomes the usual one."""
    turned = [np.ascontiguousarray(image[::-1, ::-1]) for image in pictures]
    events = told(CameraHealth(), shown([*pictures[:40], *(turned[seq % len(turned)] for seq in range(1300))]))
    assert [kind for kind, _ in events] == ["camera.covered", "camera.recovered"]
    assert 600 < events[1][1] - events[0][1] < 620


def test_after_a_restart_the_dark_is_not_told_again(pictures: list[lens.Image]) -> None:
    """Its end is."""
    health = CameraHealth()
    health.recall("street", [caused_by(frame("street"), "camera.dark")])
    dark = [lens.tape(pictures[0], seq) for seq in range(20)]
    assert told(health, shown([*dark, *pictures[20:40]])) == [("camera.recovered", 13.0)]


def test_a_still_says_nothing_of_the_camera(pictures: list[lens.Image]) -> None:
    """An upload may show anything."""
    health = CameraHealth()
    told(health, shown(pictures[:40]))
    stills = (replace(each, still=True) for each in shown([lens.cloth(pictures[0], 1)] * 20, 40))
    assert told(health, stills) == []
