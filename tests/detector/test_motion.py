"""The backend `motion` on drawn scenes and on the demo clip."""

import numpy as np
import pytest

from libs.common.errors import PermanentError
from libs.common.messages import Frame, replace
from services.detector.backends.motion import MOST_REGIONS, Motion, capped, regions
from services.detector.picture import WHOLE, Picture
from tests.detector.clip import START_NS, Truth, contains, covers, frame_of, room, with_blocks

SIZE = (384, 288)
PERSON = (100, 80, 24, 60)


def learned(camera: str = "street", count: int = 30) -> Motion:
    motion = Motion()
    for seq in range(count):
        motion.look(Picture(frame_of(room(), seq, camera)))
    return motion


def test_nothing_is_said_until_the_background_is_known() -> None:
    """Two seconds and ten frames: whoever moves through the picture meanwhile is no background."""
    motion = Motion()
    said = [motion.look(Picture(frame_of(room(), seq))) for seq in range(25)]
    assert said[:20] == [None] * 20
    assert said[21:] == [()] * 4


def test_a_slow_camera_is_learned_for_ten_frames() -> None:
    """At one frame a second, two seconds would be two pictures."""
    motion = Motion()
    frames = [replace(frame_of(room(), seq), captured_at=START_NS + seq * 10**9) for seq in range(12)]
    assert [motion.look(Picture(frame)) is None for frame in frames] == [True] * 10 + [False] * 2


def test_what_moves_is_inside_a_box() -> None:
    """One region, its box around the drawn person, sure of itself."""
    (found,) = learned().look(Picture(frame_of(with_blocks(room(), PERSON), 30))) or ()
    assert found.label == "moving"
    assert contains(found.box, PERSON, SIZE)
    assert found.confidence > 0.9


def test_a_person_hidden_in_the_middle_is_found_above_and_below() -> None:
    """A thin bar across the body does not part it."""
    scene = with_blocks(room(), PERSON)
    scene[105:110] = room()[105:110]
    (found,) = learned().look(Picture(frame_of(scene, 30))) or ()
    assert contains(found.box, PERSON, SIZE)


def test_who_stops_for_ten_seconds_stays_found_and_fades_within_a_minute() -> None:
    """The background is learned slowly, in the stream's own time."""
    motion = learned(count=400)
    scene = frame_of(with_blocks(room(), PERSON))
    paused = [
        motion.look(Picture(replace(scene, seq=seq, captured_at=START_NS + seq * 10**8))) for seq in range(400, 1000)
    ]
    assert all(contains((found or ())[0].box, PERSON, SIZE) for found in paused[:100])
    assert paused[-1] == ()


def test_a_camera_with_few_frames_forgets_no_faster() -> None:
    """One frame a second: ten seconds of pause are ten frames."""
    motion = Motion()
    for seq in range(60):
        motion.look(Picture(replace(frame_of(room(), seq), captured_at=START_NS + seq * 10**9)))
    paused = with_blocks(room(), PERSON)
    for seq in range(60, 70):
        assert motion.look(Picture(replace(frame_of(paused, seq), captured_at=START_NS + seq * 10**9)))


def test_who_leaves_after_a_pause_leaves_no_ghost() -> None:
    """The background behind them is still known."""
    motion = learned(count=100)
    for seq in range(100, 200):
        motion.look(Picture(frame_of(with_blocks(room(), PERSON), seq)))
    assert motion.look(Picture(frame_of(room(), 200))) == ()


def test_when_the_light_changes_the_whole_picture_moves() -> None:
    """Nobody can be told from the rest, so everything is to be covered; later it is seen again."""
    motion = learned(count=300)
    lit = room(brightness=200)
    (found,) = motion.look(Picture(frame_of(lit, 300))) or ()
    assert found.box == WHOLE
    later = [motion.look(Picture(frame_of(lit, seq))) for seq in range(301, 601)]
    assert later[-1] == ()


def test_when_the_camera_is_moved_the_whole_picture_moves() -> None:
    """A scene shifted by more than its grain."""
    noise = np.random.default_rng(2).integers(0, 256, (36, 48, 1))
    scene = np.kron(noise, np.ones((8, 8, 3), int)).astype(np.uint8)
    motion = Motion()
    for seq in range(30):
        motion.look(Picture(frame_of(scene, seq)))
    (found,) = motion.look(Picture(frame_of(np.roll(scene, 20, axis=1), 30))) or ()
    assert found.box == WHOLE


def test_no_region_is_lost_to_the_cap() -> None:
    """The smallest beyond the cap share one box."""
    mask = np.zeros((288, 384), np.uint8)
    spots = [(x, y) for x in range(5, 370, 36) for y in range(5, 280, 36)]
    for x, y in spots:
        mask[y : y + 8, x : x + 6] = 255
    found = capped(regions(mask))
    assert len(spots) > len(found) == MOST_REGIONS
    for x, y in spots:
        assert any(contains(each.box, (x, y, 6, 8), SIZE, slack=0) for each in found)


def test_regions_beyond_the_cap_are_counted() -> None:
    """How many share a box; none where there are few."""
    told: list[int] = []
    motion = Motion(capped=told.append)
    for seq in range(30):
        motion.look(Picture(frame_of(room(), seq)))
    spots = [(x, y, 8, 8) for x in range(5, 370, 36) for y in range(5, 280, 36)]
    motion.look(Picture(frame_of(with_blocks(room(), *spots), 30)))
    assert told[-1] == len(spots) - MOST_REGIONS
    assert sum(told[:-1]) == 0


def test_a_speck_is_noise() -> None:
    """Fewer pixels than the smallest person of the clip has by far."""
    mask = np.zeros((288, 384), np.uint8)
    mask[10:13, 10:13] = 255
    assert regions(mask) == []


def test_a_new_boot_of_the_same_size_goes_on() -> None:
    """A fixed camera that came back looks at the same scene."""
    assert learned().look(Picture(frame_of(room(), 40, boot="00000002"))) == ()


def test_another_size_begins_anew() -> None:
    """The old background says nothing about it."""
    assert learned().look(Picture(frame_of(room(400, 300), 30))) is None


def test_history_teaches_the_background() -> None:
    """After a restart the first live frame is looked at."""
    motion = Motion()
    for seq in range(100):
        motion.learn(Picture(frame_of(room(), seq)))
    assert motion.look(Picture(frame_of(room(), 100))) == ()


def test_a_forgotten_camera_begins_anew_and_the_other_does_not() -> None:
    """Each camera has its own background."""
    motion = learned("porch")
    for seq in range(30):
        motion.look(Picture(frame_of(room(), seq, "yard")))
    motion.forget("porch")
    assert motion.look(Picture(frame_of(room(), 30, "porch"))) is None
    assert motion.look(Picture(frame_of(room(), 30, "yard"))) == ()


def test_backgrounds_take_a_bounded_part_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one not seen for longest is dropped and learned again, however many cameras that leaves."""
    monkeypatch.setattr("services.detector.backends.motion.MOST_BYTES", 40 << 20)
    motion = learned("first")
    for number in range(2):
        motion.look(Picture(frame_of(room(), 0, f"camera{number}")))
    assert motion.look(Picture(frame_of(room(), 30, "first"))) == ()
    for number in range(2, 5):
        motion.look(Picture(frame_of(room(), 0, f"camera{number}")))
    assert motion.look(Picture(frame_of(room(), 31, "first"))) is None


def test_one_camera_is_kept_however_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would learn for ever."""
    monkeypatch.setattr("services.detector.backends.motion.MOST_BYTES", 1)
    assert learned().look(Picture(frame_of(room(), 30))) == ()


def test_a_still_has_no_background() -> None:
    """And it teaches none."""
    motion = learned()
    still = replace(frame_of(with_blocks(room(), PERSON), 30), still=True)
    motion.learn(Picture(still))
    assert motion.look(Picture(still)) is None


def test_a_picture_cut_short_is_refused_and_spoils_nothing() -> None:
    """The next good frame is looked at as before."""
    motion = learned()
    good = frame_of(room(), 30)
    with pytest.raises(PermanentError):
        motion.look(Picture(replace(good, image=good.image[: len(good.image) // 2])))
    assert motion.look(Picture(good)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (17, 9)])
def test_the_smallest_pictures_are_looked_at(size: tuple[int, int]) -> None:
    """No size that the messages allow breaks it."""
    motion = Motion()
    picture = np.full((size[1], size[0], 3), 90, np.uint8)
    assert [motion.look(Picture(frame_of(picture, seq))) for seq in range(22)][-1] == ()


def test_the_people_of_the_demo_clip_are_covered(street: list[Frame], street_truth: Truth) -> None:
    """With 15 % margin and half a second to both sides: at least 97 % of the marked people, on 16 % of the area."""
    motion, size = Motion(), (street[0].width, street[0].height)
    looked = [motion.look(Picture(frame)) for frame in street]
    found = [None if seen is None else [each.box for each in seen] for seen in looked]
    assert sum(seen is None for seen in found) <= 21
    hidden, areas = [], []
    for seq, cover in enumerate(covers(found, size)):
        if found[seq] is None:
            continue
        areas.append(cover.mean())
        for left, top, width, height in street_truth.get(seq, ()):
            hidden.append(cover[top : top + height, left : left + width].mean())
    assert len(hidden) >= 170
    assert np.mean(np.array(hidden) >= 0.97) >= 0.97
    assert np.mean(hidden) >= 0.99
    assert np.mean(areas) <= 0.16
