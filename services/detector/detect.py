"""The detector: a frame goes in, the same frame comes out with a verdict and what was found."""

from collections.abc import Iterable
from contextlib import suppress

from libs.common import images
from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.messages import MAX_DETECTIONS, Detection, Frame, Message, Verdict, replace
from libs.common.stage import Out, Stage
from services.detector.backend import Backend
from services.detector.pace import Pace

MAX_VERDICTS = 64


class Detect(Stage):
    """Adds to what earlier detectors said, never replaces it. The picture's bytes pass through unchanged."""

    history_s = 10.0

    def __init__(self, backend: Backend, clock: Clock, infer_fps: float = 0) -> None:
        """`infer_fps`: most looks per second of stream time and camera; 0 sets no limit."""
        self._backend = backend
        self._clock = clock
        self._pace = Pace(clock, infer_fps)

    def handle(self, message: Message) -> Iterable[Out]:
        """Every frame comes out: looked at, carried, or as it was where the backend could not tell.

        Raises PermanentError for a picture that cannot be decoded or is not of the size that the frame says.
        """
        return (Out(self._judge(message) if isinstance(message, Frame) else message),)

    def remember(self, message: Message) -> None:
        # A picture that cannot be decoded went to the dead letters when it was first read.
        with suppress(PermanentError):
            if isinstance(message, Frame):
                _check_size(message)
                self._backend.learn(message)

    def forget(self, camera: str) -> None:
        self._backend.forget(camera)
        self._pace.forget(camera)

    def _judge(self, frame: Frame) -> Frame:
        _check_size(frame)
        if not self._pace.due(frame):
            return self._add(frame, "carried", ())
        found = self._look(frame)
        return frame if found is None else self._add(frame, "full", found)

    def _look(self, frame: Frame) -> tuple[Detection, ...] | None:
        started_s = self._clock.monotonic_s()
        found = self._backend.look(frame)
        self._pace.looked(frame, self._clock.monotonic_s() - started_s)
        return found

    def _add(self, frame: Frame, how: str, found: tuple[Detection, ...]) -> Frame:
        earlier = frame.verdicts or ()
        verdict = Verdict(
            model=self._backend.model,
            labels=self._backend.labels,
            how=how,
            image_crc=images.image_crc(frame.image),
        )
        detections = frame.detections + tuple(replace(each, by=len(earlier)) for each in found)
        # Leaving any out would uncover somebody, so the frame goes to the dead letters as it is.
        if len(earlier) == MAX_VERDICTS or len(detections) > MAX_DETECTIONS:
            raise PermanentError(f"{frame.frame_id} has no room for another verdict", reason="too-many-detections")
        return replace(frame, verdicts=(*earlier, verdict), detections=detections)


def _check_size(frame: Frame) -> None:
    info = images.read_header(frame.image)
    if (info.width, info.height) != (frame.width, frame.height):
        raise PermanentError(
            f"{frame.frame_id} says {frame.width}x{frame.height}, its picture is {info.width}x{info.height}",
            reason="size-mismatch",
        )
