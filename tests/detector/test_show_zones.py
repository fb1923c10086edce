"""--show-zones: the picture with what was drawn on it, and the words beside it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from libs.common import images
from libs.common.images import Image
from libs.common.messages import Detection
from libs.common.testing import picture
from services.detector import drawing
from services.detector.__main__ import main
from services.detector.drawing import Mark, Shape, draw
from tests.detector.clip import read_clip

SCENES = """
porch:
  zones: {door: {box: [0.1, 0.4, 0.5, 0.9]}}
  masks: {clock: {box: [0.7, 0, 1, 0.2]}}
  lines: {gate: [[0.2, 0.95], [0.8, 0.95]]}
  active: "00:00-24:00"
  timezone: Europe/Berlin
"""
FOUND = """
{"seq": 0, "label": "person", "confidence": 0.9, "box": [0.2, 0.3, 0.4, 0.8]}
{"seq": 0, "label": "person", "confidence": 0.3, "box": [0.6, 0.3, 0.7, 0.8]}
{"seq": 0, "label": "person", "confidence": 0.8, "box": [0.75, 0.05, 0.95, 0.15]}
{"seq": 0, "label": "car", "confidence": 0.8, "box": [0.6, 0.5, 0.9, 0.9]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scene, a picture of 640x480, and what is found in it."""
    (tmp_path / "scenes.yaml").write_text(SCENES)
    (tmp_path / "found.jsonl").write_text(FOUND)
    (tmp_path / "porch.jpg").write_bytes(images.encode(picture(640, 480)))
    return tmp_path


def show(folder: Path, image: str, *flags: str) -> int:
    """With what is found; no broker is anywhere."""
    found = ("--backend", f"replay:{folder}/found.jsonl") if "--backend" not in flags else ()
    scenes = ("--scenes", str(folder / "scenes.yaml"))
    return main([*scenes, "--show-zones", str(folder / image), "--bootstrap", "127.0.0.1:1", *found, *flags])


def test_it_says_what_would_become_of_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reported with its zones, or dropped by which filter or mask; then it ends, without Kafka."""
    assert show(folder, "porch.jpg", "--name", "porch", "--confidence", "0.4", "--labels", "person") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{folder}/porch.jpg: 640x480, camera porch",
        "zones: door",
        "masks: clock",
        "lines: gate",
        "active: now, by the clock of Europe/Berlin",
        "replay: found 4",
        "  person 90% at 0.200 0.300 0.400 0.800: in door",
        "  person 30% at 0.600 0.300 0.700 0.800: dropped by confidence",
        "  person 80% at 0.750 0.050 0.950 0.150: dropped by mask clock",
        "  car 80% at 0.600 0.500 0.900 0.900: dropped by label",
        f"drawn in {folder}/porch.zones.jpg; it shows whom the camera sees",
    ]


def colour_near(image: Image, x: float, y: float, colour: drawing.Colour) -> bool:
    """Whether something of that colour is within three pixels of a point in 0..1, as far as JPEG keeps colours."""
    row, column = round(y * (image.shape[0] - 1)), round(x * (image.shape[1] - 1))
    around = image[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4].astype(int)
    return bool((abs(around - colour).max(axis=2) < 60).any())


def test_zones_masks_lines_and_boxes_are_where_they_belong(folder: Path) -> None:
    """In the written picture, which has the size of the given one."""
    assert show(folder, "porch.jpg", "--name", "porch", "--confidence", "0.4") == 0
    drawn = images.decode((folder / "porch.zones.jpg").read_bytes())
    assert drawn.shape == (480, 640, 3)
    assert colour_near(drawn, 0.5, 0.65, drawing.GREEN)
    assert colour_near(drawn, 0.7, 0.15, drawing.WHITE)
    assert colour_near(drawn, 0.25, 0.95, drawing.YELLOW)
    assert colour_near(drawn, 0.2, 0.5, drawing.CYAN)
    assert colour_near(drawn, 0.6, 0.4, drawing.RED)
    assert not colour_near(drawn, 0.3, 0.7, drawing.CYAN)
    before = images.decode((folder / "porch.jpg").read_bytes())
    assert (drawn[80:90, 620:630].astype(int) < before[80:90, 620:630].astype(int) * 0.6 + 10).all()


def test_a_png_and_a_turned_jpeg_are_taken_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Frames are upright, so the picture is made so."""
    cv2.imwrite(str(folder / "a.png"), picture(320, 240))
    turned = bytearray(images.encode(picture(320, 240)))
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned[2:2] = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (folder / "b.jpg").write_bytes(turned)
    assert show(folder, "a.png", "--name", "porch") == show(folder, "b.jpg", "--name", "porch") == 0
    said = capsys.readouterr().out
    assert f"{folder}/a.png: 320x240" in said
    assert f"{folder}/b.jpg: 240x320" in said
    assert (folder / "a.zones.jpg").exists()


def test_a_camera_without_scene_and_a_backend_that_cannot_tell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are said; it is still drawn."""
    assert show(folder, "porch.jpg", "--name", "yard", "--backend", "motion") == 0
    assert capsys.readouterr().out.splitlines()[1:-1] == [
        "zones: none",
        "masks: none",
        "lines: none",
        "motion: cannot tell from a single picture",
    ]


def test_a_still_picture_of_the_clip_shows_people_in_their_zone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real model on a real picture."""
    clip = Path(__file__).parents[2] / "deploy" / "demo" / "street.mp4"
    (folder / "street.jpg").write_bytes(read_clip(clip)[300].image)
    (folder / "scenes.yaml").write_text("street: {zones: {ground: {box: [0, 0.35, 1, 1]}}}")
    assert show(folder, "street.jpg", "--name", "street", "--backend", "hog") == 0
    assert capsys.readouterr().out.count(": in ground") >= 3


WRONG = {
    "no camera": ((), "porch.jpg", "expected --name with the name of the camera"),
    "no name of a camera": (("--name", "the porch"), "porch.jpg", "expected --name with the name of the camera"),
    "no file": (("--name", "porch"), "nothing.jpg", "expected a readable picture (No such file or directory)"),
    "no end": (("--name", "porch"), "/dev/zero", "expected a picture of at most 64 MiB"),
    "no picture": (("--name", "porch"), "scenes.yaml", "expected a JPEG or PNG picture"),
    "empty": (("--name", "porch"), "empty.jpg", "expected a JPEG or PNG picture"),
    "cut off": (("--name", "porch"), "cut.jpg", "expected a whole picture"),
    "not to be written": (("--name", "porch"), "full.jpg", "expected to write"),
    "unknown label": (("--name", "porch", "--labels", "dog"), "porch.jpg", "--labels dog: no backend finds that"),
}


@pytest.mark.parametrize(("flags", "image", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_shown_is_status_2_and_one_line(
    folder: Path, flags: tuple[str, ...], image: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is drawn."""
    (folder / "empty.jpg").touch()
    (folder / "cut.jpg").write_bytes((folder / "porch.jpg").read_bytes()[:3000] + b"\xff\xd9")
    (folder / "full.jpg").write_bytes((folder / "porch.jpg").read_bytes())
    (folder / "full.zones.jpg").mkdir()
    assert show(folder, image, *flags) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err
    assert not (folder / "porch.zones.jpg").exists()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_lines_and_letters_can_be_read_on_any_background(level: int) -> None:
    """Each colour has black beside it and differs from it strongly."""
    plain = np.full((480, 640, 3), level, np.uint8)
    for colour in (drawing.WHITE, drawing.GREEN, drawing.YELLOW, drawing.CYAN, drawing.RED):
        drawn = draw(plain, [Mark((0.3, 0.3, 0.6, 0.6), "person 93%", colour)])
        for region in (drawn[140:150, 300:310], drawn[120:143, 190:290]):
            assert (abs(region.astype(int) - colour).max(axis=2) < 30).sum() >= 10
            assert (region.max(axis=2) < 30).sum() >= 10
    assert (plain == level).all()


@pytest.mark.parametrize(("width", "height"), [(16, 16), (160, 90), (640, 480), (2560, 1440)])
def test_letters_grow_with_the_picture(width: int, height: int) -> None:
    """And a caption stays inside, also at the edge and in pictures smaller than itself."""
    plain = np.full((height, width, 3), 128, np.uint8)
    marks = [Mark((0.9, 0.0, 1.0, 0.1), "person 93%"), Mark((0.0, 0.9, 0.1, 1.0), "car"), Mark((0, 0, 1, 1), "all")]
    drawn = draw(plain, marks, [Shape(((0, 0), (1, 0), (1, 1)), "zone"), Shape(((0, 0), (1, 1)), "line", closed=False)])
    assert drawn.shape == plain.shape
    assert (drawn != plain).any()


def test_captions_of_one_place_do_not_hide_each_other() -> None:
    """Each has its own black ground: the area grows with each."""
    plain = np.full((480, 640, 3), 128, np.uint8)

    def black(*captions: str) -> int:
        """Pixels of captions, without the boxes' edges."""
        marks = [Mark((0.3, 0.5, 0.4, 0.6), caption) for caption in captions]
        return int((draw(plain, marks) == 0).all(axis=2)[:, 240:].sum())

    one = black("person 93%") - black("")
    assert black("person 93%", "person 93%") - black("") > 1.8 * one
    assert black(*["person 93%"] * 5) - black("") > 4.5 * one


def test_signs_that_the_font_lacks_are_no_error() -> None:
    """Labels may be of any language."""
    draw(np.zeros((90, 160, 3), np.uint8), [Mark(Detection(label="tür", confidence=1, box=(0, 0, 1, 1)).box, "tür 門")])
