"""Scenes for the tests of the redactor: grey pictures with people drawn as a pattern that cannot be overlooked."""

import numpy as np
from numpy.typing import NDArray

from libs.common import images
from libs.common.messages import Box, Detection, End, Frame, Message, Verdict, replace
from libs.common.stage import Out
from libs.common.testing import FakeClock
from services.redactor.policy import Policy
from services.redactor.redact import Redact

START_NS = 1_700_000_000_000_000_000
GREY = 128
WIDTH, HEIGHT = 160, 112
SOMEBODY: Box = (0.3, 0.3, 0.4, 0.6)
END = End(camera="porch", boot="0000000a", last_seq=99)
BLACK = 24
"""Black after JPEG coding is darker than this."""


def stage(clock: FakeClock | None = None, **policy: object) -> Redact:
    """A redactor of `person` with the defaults but for `policy`."""
    return Redact(Policy(**{"labels": ("person",), **policy}), clock or FakeClock())  # type: ignore[arg-type]


def scene(people: tuple[Box, ...] = (), width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A grey (height, width, 3) image; where people are, a checker of bright magenta and green, 16 pixels a square."""
    image = np.full((height, width, 3), GREY, np.uint8)
    rows, columns = np.mgrid[0:height, 0:width] // 16
    checker = np.where(((rows + columns) % 2 == 0)[:, :, None], [255, 0, 255], [0, 255, 0]).astype(np.uint8)
    for box in people:
        image[region(box, width, height)] = checker[region(box, width, height)]
    return image


def region(box: Box, width: int, height: int) -> tuple[slice, slice]:
    """The pixels that a box touches, as rows and columns; the box may be inverted."""
    xs, ys = sorted((box[0], box[2])), sorted((box[1], box[3]))
    return (
        slice(int(ys[0] * height), max(int(ys[0] * height) + 1, int(np.ceil(ys[1] * height)))),
        slice(int(xs[0] * width), max(int(xs[0] * width) + 1, int(np.ceil(xs[1] * width)))),
    )


def unlooked(at_s: float, people: tuple[Box, ...] = (), seq: int | None = None, **fields: object) -> Frame:
    """A frame that nobody looked at, `at_s` after the beginning of its boot; ten per second where seq is not given."""
    image = scene(people)
    made = Frame(
        camera="porch",
        boot="0000000a",
        seq=round(at_s * 10) if seq is None else seq,
        captured_at=START_NS + round(at_s * 1e9),
        width=WIDTH,
        height=HEIGHT,
        image=images.encode(image),
        image_by="framebus",
    )
    return replace(made, **fields)


def looked(at_s: float, people: tuple[Box, ...] = (), how: str = "full", **fields: object) -> Frame:
    """The same after a detector of people that misses nobody."""
    return seen(unlooked(at_s, people, **fields), people if how == "full" else (), how)


def seen(
    frame: Frame, boxes: tuple[Box, ...] = (), how: str = "full", label: str = "person", crc_error: int = 0
) -> Frame:
    """Add a verdict and its detections."""
    crc = images.image_crc(frame.image) ^ crc_error
    verdicts = frame.verdicts or ()
    verdict = Verdict(model="drawn", labels=(label,), how=how, image_crc=crc)
    found = tuple(Detection(label=label, confidence=0.9, box=box, by=len(verdicts)) for box in boxes)
    return replace(frame, verdicts=(*verdicts, verdict), detections=(*frame.detections, *found))


def street(count: int, **people: tuple[tuple[float, float, float, float], ...]) -> list[Message]:
    """`count` looked frames, ten per second; f3=(SOMEBODY,) puts somebody into the fourth."""
    return [looked(seq / 10, people.get(f"f{seq}", ())) for seq in range(count)]


def play(redact: Redact, messages: list[Message]) -> list[Out]:
    """Everything that comes out of it, in order."""
    return [out for message in messages for out in redact.handle(message)]


def frames(outs: list[Out]) -> list[Frame]:
    """The frames among them."""
    return [out.message for out in outs if isinstance(out.message, Frame)]


def reasons(outs: list[Out]) -> dict[int, str | None]:
    """seq -> why it is withheld, None where it is not."""
    return {frame.seq: frame.redaction.reason if frame.redaction else "raw!" for frame in frames(outs)}


def darkness(frame: Frame, box: Box) -> int:
    """The brightest value inside a box of the published picture."""
    return int(images.decode(frame.image)[region(box, frame.width, frame.height)].max())
