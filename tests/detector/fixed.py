"""A backend for the tests of what is done with its findings."""

from libs.common.messages import Detection
from services.detector.picture import Picture


class Fixed:
    """A backend that always says the same."""

    model = "fixed"
    labels: tuple[str, ...] = ("person", "car", "man")

    def __init__(self, *found: Detection) -> None:
        self._found = found
        self.looks = 0

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        self.looks += 1
        return self._found

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""
