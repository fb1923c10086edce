"""The step `--crops LABEL TOPIC`: what was found, cut out of the picture, each a still of its own."""

from collections.abc import Mapping
from zlib import crc32

from libs.common import images
from libs.common.images import Image
from libs.common.messages import Detection, Frame
from libs.common.stage import Out
from services.detector.counts import Counts
from services.detector.step import Sighting, Step

MARGIN = 0.1
"""Of its size, on each side of a box."""

MOST = 16
"""Cut-outs of one frame and label, the surest ones."""

SMALLEST_PIXELS = 8


class Crops(Step):
    """The still's tags say which frame it is cut out of (`crop_of`) and what it shows (`label`); nobody has looked."""

    def __init__(self, topics: Mapping[str, str], counts: Counts) -> None:
        """`topics`: by label."""
        self._topics = topics
        self._counts = counts

    def take(self, sighting: Sighting) -> None:
        for label, topic in self._topics.items():
            found = [each for look in sighting.looks for each in look.found if label in (each.label, *each.parents)]
            found.sort(key=lambda each: -each.confidence)
            self._counts.capped.labels("crops").inc(max(0, len(found) - MOST))
            for number, each in enumerate(found[:MOST]):
                image = _cut(sighting.picture.image(), each)
                if min(image.shape[:2]) >= SMALLEST_PIXELS:
                    sighting.outs.append(Out(_still(sighting.frame, label, number, image), topic=topic))


def _cut(image: Image, found: Detection) -> Image:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = found.box
    across, down = MARGIN * (x1 - x0), MARGIN * (y1 - y0)
    left, right = max(0, int((x0 - across) * width)), min(width, int((x1 + across) * width) + 1)
    top, bottom = max(0, int((y0 - down) * height)), min(height, int((y1 + down) * height) + 1)
    return image[top:bottom, left:right]


def _still(frame: Frame, label: str, number: int, image: Image) -> Frame:
    """The same cause has the same identity: a boot and a seq derived from those of the frame."""
    boot = crc32(f"{frame.boot} {label}".encode())
    return Frame(
        camera=frame.camera,
        boot=f"{boot:08x}",
        seq=frame.seq * MOST + number,
        captured_at=frame.captured_at,
        width=image.shape[1],
        height=image.shape[0],
        image=images.encode(image),
        image_by="framebus",
        still=True,
        tags={"crop_of": frame.frame_id, "label": label},
    )
