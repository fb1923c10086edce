"""Boxes around what was found, drawn into a picture that may be shown."""

import io

import pytest
from PIL import Image

from libs.common.messages import Box, Detection
from services.notifier.text.boxes import BRIGHT, drawn
from tests.notifier.text.notices import HOSTILE

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def jpeg(width: int = 640, height: int = 360, mode: str = "RGB") -> bytes:
    """A dark one."""
    coded = io.BytesIO()
    Image.new(mode, (width, height)).save(coded, "JPEG", quality=90)
    return coded.getvalue()


def found(box: Box = (0.25, 0.25, 0.5, 0.75), label: str = "person", confidence: float = 0.87) -> Detection:
    return Detection(label=label, confidence=confidence, box=box)


def shown(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def bright(image: Image.Image, x: float, y: float) -> bool:
    """Whether a box goes through that point (0..1)."""
    pixel = image.getpixel((round(x * (image.width - 1)), round(y * (image.height - 1))))
    assert isinstance(pixel, tuple)
    return all(abs(came - drawn) < 60 for came, drawn in zip(pixel, BRIGHT, strict=True))


def test_a_box_is_where_the_thing_is() -> None:
    """Its four edges, and nothing in the middle."""
    image = shown(drawn(jpeg(), [found()]))
    assert image.size == (640, 360)
    assert all(bright(image, x, y) for x, y in [(0.25, 0.5), (0.5, 0.5), (0.375, 0.25), (0.375, 0.75)])
    assert not bright(image, 0.375, 0.5)


def test_a_box_has_a_caption_above_it() -> None:
    """White on nothing: the strip above the box is dark but for letters, which are of the box's colour."""
    image = shown(drawn(jpeg(), [found()]))
    strip = image.crop((160, 70, 320, 89))
    colours = strip.getcolors(10_000)
    assert colours is not None
    assert sum(count for count, colour in colours if isinstance(colour, tuple) and colour[1] > 150) > 50


def test_without_anything_found_the_picture_is_the_same() -> None:
    """To the byte."""
    assert drawn(jpeg(), []) == jpeg()


@pytest.mark.parametrize(
    "broken", [b"", b"\xff\xd8\xff", b"GIF89a", jpeg()[:200], jpeg().replace(b"\xff\xc0", b"\xff\xc3")]
)
def test_a_picture_that_cannot_be_drawn_on_comes_back(broken: bytes) -> None:
    """Nobody is left without a message for it."""
    assert drawn(broken, [found()]) == broken


@pytest.mark.parametrize("box", [WHOLE, (0.0, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0), (0.9, 0.9, 0.1, 0.1)])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (31, 2000), (640, 360)])
def test_any_box_in_any_picture_is_drawn(box: Box, size: tuple[int, int]) -> None:
    """At the edges, of no size, the wrong way round."""
    assert shown(drawn(jpeg(*size), [found(box)])).size == size


@pytest.mark.parametrize("label", [text for text in HOSTILE if text])
def test_any_label_can_be_drawn(label: str) -> None:
    """What the font has no sign for is a question mark."""
    assert shown(drawn(jpeg(), [found(label=label)])).size == (640, 360)


def test_a_grey_picture_gets_boxes_too() -> None:
    """Cameras at night send those."""
    assert bright(shown(drawn(jpeg(mode="L"), [found()])), 0.25, 0.5)


def test_a_crowd_is_drawn_in_time_and_the_surest_on_top() -> None:
    """A thousand boxes; the last one drawn is the surest."""
    crowd = [found((0.1, 0.1, 0.2, 0.2), confidence=0.1)] * 999
    assert bright(shown(drawn(jpeg(), [found(confidence=0.9), *crowd])), 0.25, 0.5)


def test_nothing_of_the_files_beside_the_picture_is_kept() -> None:
    """A comment, say."""
    comment = b"\xff\xfe\x00\x08secret"
    assert b"secret" not in drawn(jpeg()[:2] + comment + jpeg()[2:], [found()])
