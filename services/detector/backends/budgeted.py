"""A backend that costs money, and who looks in its place when the money of the day is spent."""

from libs.common.messages import Detection
from services.detector.backend import Backend
from services.detector.cloud import Cloud
from services.detector.picture import Picture


class Budgeted:
    """`model` and `labels` are those of whoever looked last: a verdict promises what that one can find."""

    def __init__(self, backend: Backend, fallback: Backend | None, cloud: Cloud) -> None:
        self._backend, self._fallback, self._cloud = backend, fallback, cloud
        self.model, self.labels = backend.model, backend.labels

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        """None without a fallback: nobody looked. A still does not wait for the next day."""
        looks = self._fallback if self._cloud.spent() else self._backend
        if looks is None:
            return None
        self.model, self.labels = looks.model, looks.labels
        return looks.look(picture)

    def learn(self, picture: Picture) -> None:
        for backend in filter(None, (self._backend, self._fallback)):
            backend.learn(picture)

    def forget(self, camera: str) -> None:
        for backend in filter(None, (self._backend, self._fallback)):
            backend.forget(camera)
