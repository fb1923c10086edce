"""The scene as a file: what a decoder finds in it, and the truth beside it."""

from pathlib import Path

import av
import numpy as np
import pytest

from libs.common import images
from tests.camera import strip
from tests.camera.clip import frames, write_clip
from tests.camera.people import Person, uncovered
from tests.camera.scene import Scene
from tests.camera.strip import Stamp
from tests.camera.truth import read_truth, write_truth
from tests.detector.clip import read_truth as read_boxes

SCENE = Scene(seed=1)
COUNT = 60


@pytest.mark.parametrize("bitrate", [300_000, 1_500_000])
def test_every_strip_and_everybody_can_be_read_from_the_video(bitrate: int, tmp_path: Path) -> None:
    """H.264 of cheap and of ordinary cameras."""
    write_clip(tmp_path / "scene.mp4", SCENE, COUNT, camera=3, boot=0xCAFE, bitrate=bitrate)
    with av.open(str(tmp_path / "scene.mp4")) as video:
        pictures = [np.asarray(each.to_ndarray(format="bgr24"), np.uint8) for each in video.decode(video=0)]
    assert [strip.read(image) for image in pictures] == [Stamp(3, 0xCAFE, seq) for seq in range(COUNT)]
    for seq, image in enumerate(pictures):
        people = [person for person in SCENE.people(seq) if person.visible == 0 or person.visible >= 0.05]
        assert uncovered(image, people) == [person.id for person in people if person.visible]


def test_the_truth_lies_beside_it(tmp_path: Path) -> None:
    """Everybody in every picture, hidden ones too; another reader of the format agrees."""
    path = write_clip(tmp_path / "scene.mp4", SCENE, COUNT)
    truth = read_truth(path)
    for seq in range(COUNT):
        drawn = SCENE.people(seq)
        assert [(person.id, person.box) for person in truth[seq]] == [(person.id, person.box) for person in drawn]
        assert [person.visible for person in truth[seq]] == pytest.approx(
            [person.visible for person in drawn], abs=1e-4
        )
    assert sum(map(len, read_boxes(path).values())) == sum(map(len, truth.values()))


def test_a_line_of_truth_is_one_of_the_challenge(tmp_path: Path) -> None:
    """Frame 1 is seq 0; a frame without people has no line."""
    path = tmp_path / "truth.txt"
    people = [[Person(4, (-10, 20, 30, 120), 0.25)], [], [Person(5, (0, 0, 1, 1), 1)]]
    write_truth(path, people)
    assert path.read_text() == "1,4,-10,20,40,100,1,1,0.2500\n3,5,0,0,1,1,1,1,1.0000\n"
    assert read_truth(path) == {0: people[0], 2: people[2]}


@pytest.mark.parametrize("quality", [40, 95])
def test_a_frame_and_its_strip_have_the_same_name(quality: int) -> None:
    """In order, at the camera's pace."""
    made = list(frames(SCENE, 5, camera=9, boot=0xFFFFFFFF, quality=quality))
    for frame in made:
        stamp = strip.read(images.decode(frame.image))
        assert stamp is not None
        assert stamp.frame_id == frame.frame_id
    assert [frame.captured_at - made[0].captured_at for frame in made] == [seq * 100_000_000 for seq in range(5)]
