"""The step `--draw`: copies of the looked-at frames with boxes and captions on them, for people who may see people."""

from collections.abc import Iterator

from libs.common import images
from libs.common.messages import Detection, replace
from libs.common.stage import Out
from services.detector import drawing
from services.detector.drawing import Mark
from services.detector.step import Sighting, Step


class Annotate(Step):
    """Draws what this detector and those before it found; frames that were carried have no copy.

    The copy is raw and keeps the frame's identity. Its verdicts are about other bytes: a redactor withholds it.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def take(self, sighting: Sighting) -> None:
        if not any(look.how == "full" for look in sighting.looks):
            return
        drawn = drawing.draw(sighting.picture.image(), [_mark(each) for each in _found(sighting)])
        copy = replace(sighting.frame, image=images.encode(drawn), image_by="framebus")
        sighting.outs.append(Out(copy, topic=self._topic))


def _found(sighting: Sighting) -> Iterator[Detection]:
    yield from sighting.frame.detections
    for look in sighting.looks:
        yield from look.found


def _mark(found: Detection) -> Mark:
    return Mark(found.box, f"{found.label} {found.confidence:.0%}")
