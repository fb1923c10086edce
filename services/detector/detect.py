"""The detector: a frame goes in, the same frame comes out with verdicts, what was found, and what it caused."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.events import in_frame
from libs.common.images import JpegInfo
from libs.common.messages import MAX_DETECTIONS, Event, Frame, Message, Verdict, replace
from libs.common.stage import Out, Stage
from services.detector.looks import Looks
from services.detector.picture import Picture
from services.detector.step import Look, Sighting, Step

MAX_VERDICTS = 64
MAX_EVENTS = 64


def always(frame: Frame) -> bool:
    """Every camera at any time."""
    return True


def never(frame: Frame) -> bool:
    """No camera at any time."""
    return False


class Detect(Stage):
    """Adds to what earlier detectors said, never replaces it. The picture's bytes pass through unchanged."""

    history_s = 10.0

    def __init__(
        self,
        looks: Looks,
        steps: Sequence[Step] = (),
        is_active: Callable[[Frame], bool] = always,
        events_topic: str | None = None,
        recall: Callable[[Frame], Sequence[Message]] = lambda frame: (),
        is_paused: Callable[[Frame], bool] = never,
    ) -> None:
        """`steps`: what is done with each frame, in order, once it was looked at.

        `is_active`: frames for which it says no pass unlooked. `events_topic`: where events go, None: only into the
        frames. `recall`: what was published of a frame's camera before it, oldest first; asked once for each camera.
        `is_paused`: frames for which it says so pass unlooked too, and what was in sight is neither started nor ended.
        """
        self._looks = looks
        self._steps = tuple(steps)
        self._is_active = is_active
        self._events_topic = events_topic
        self._recall = recall
        self._is_paused = is_paused
        self._recalled: set[str] = set()

    def handle(self, message: Message) -> Iterable[Out]:
        """Every frame comes out: looked at, carried, or as it was where no backend could tell.

        Raises PermanentError for a picture that cannot be decoded or is not of the size that the frame says.
        """
        if not isinstance(message, Frame):
            return (Out(message),)
        info = _header_of(message)
        if self._is_paused(message):
            for step in self._steps:
                step.pass_over(message)
            return (Out(message),)
        if not self._is_active(message):
            return (Out(message),)
        self._know(message)
        sighting = self._see(message, info)
        return (Out(_said(sighting)), *self._told(sighting.events, message), *sighting.outs)

    def remember(self, message: Message) -> None:
        # A picture that cannot be decoded went to the dead letters when it was first read.
        with suppress(PermanentError):
            if isinstance(message, Frame):
                self._looks.learn(Picture(message, _header_of(message)))

    def tick(self) -> Iterable[Out]:
        return [out for step in self._steps for out in self._told(step.tick())]

    def forget(self, camera: str) -> None:
        self._recalled.discard(camera)
        self._looks.forget(camera)
        for step in self._steps:
            step.forget(camera)

    def _know(self, frame: Frame) -> None:
        """Before the first frame of a camera: what this detector, or another copy of it, said about it last."""
        if frame.camera in self._recalled:
            return
        past = self._recall(frame)
        self._recalled.add(frame.camera)
        for step in self._steps:
            step.recall(frame.camera, past)

    def _see(self, frame: Frame, info: JpegInfo) -> Sighting:
        sighting = Sighting(Picture(frame, info))
        self._looks.look(sighting)
        for step in self._steps:
            step.take(sighting)
        return sighting

    def _told(self, events: Iterable[Event], cause: Frame | None = None) -> list[Out]:
        topic = self._events_topic
        return [Out(event, cause, topic) for event in events] if topic is not None else []


def _said(sighting: Sighting) -> Frame:
    """The frame with what was said about it."""
    frame = sighting.frame
    events = (*frame.events, *map(in_frame, sighting.events))[-MAX_EVENTS:]
    if not sighting.looks:
        return replace(frame, events=events) if sighting.events else frame
    earlier = frame.verdicts or ()
    crc = images.image_crc(frame.image)
    verdicts = (*earlier, *(_verdict(look, crc) for look in sighting.looks))
    found = [replace(each, by=by) for by, look in enumerate(sighting.looks, len(earlier)) for each in look.found]
    # Leaving any out would uncover somebody, so the frame goes to the dead letters as it is.
    if len(verdicts) > MAX_VERDICTS or len(frame.detections) + len(found) > MAX_DETECTIONS:
        raise PermanentError(f"{frame.frame_id} has no room for another verdict", reason="too-many-detections")
    return replace(frame, verdicts=verdicts, detections=(*frame.detections, *found), events=events)


def _verdict(look: Look, crc: int) -> Verdict:
    return Verdict(model=look.model, labels=look.labels, how=look.how, image_crc=crc)


def _header_of(frame: Frame) -> JpegInfo:
    info = images.read_header(frame.image)
    if (info.width, info.height) != (frame.width, frame.height):
        raise PermanentError(
            f"{frame.frame_id} says {frame.width}x{frame.height}, its picture is {info.width}x{info.height}",
            reason="size-mismatch",
        )
    return info
