"""A backend that fails for a camera is told once, and once more when it works again."""

import logging

from libs.common.errors import FramebusError
from libs.common.events import caused_by
from libs.common.messages import Event, Frame

log = logging.getLogger(__name__)


class Failures:
    """Per backend and camera. Events name the class of the error: its text may tell what the camera sees."""

    def __init__(self) -> None:
        self._failing: dict[tuple[str, str], int] = {}

    def failed(self, model: str, frame: Frame, error: Exception) -> list[Event]:
        """One event at the first failure in a row."""
        key = model, frame.camera
        self._failing[key] = self._failing.get(key, 0) + 1
        if self._failing[key] > 1:
            return []
        log.error("backend %s fails for camera %s: %s", model, frame.camera, error, exc_info=_if_bug(error))
        return [self._event(frame, "service.failing", model, {"error": type(error).__name__})]

    def worked(self, model: str, frame: Frame) -> list[Event]:
        """One event at the first success after failures."""
        failures = self._failing.pop((model, frame.camera), 0)
        if not failures:
            return []
        log.warning("backend %s works again for camera %s after %d failures", model, frame.camera, failures)
        return [self._event(frame, "service.recovered", model, {"failures": failures})]

    def forget(self, camera: str) -> None:
        for key in [key for key in self._failing if key[1] == camera]:
            del self._failing[key]

    def _event(self, frame: Frame, kind: str, model: str, data: dict[str, object]) -> Event:
        return caused_by(frame, kind, model.lower()[:64], data={"service": "detector", "backend": model, **data})


def _if_bug(error: Exception) -> Exception | None:
    """A traceback for what nobody expected; ours say enough."""
    return None if isinstance(error, FramebusError) else error
