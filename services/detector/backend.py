"""What a way of looking at pictures must offer: one small interface, one module for each in `backends`."""

from typing import Protocol

from libs.common.messages import Detection
from services.detector.picture import Picture


class Backend(Protocol):
    """Finds things in pictures. It asks for as few pixels as it needs; a camera's pictures come in order."""

    model: str
    """Its name in verdicts."""

    labels: tuple[str, ...]
    """Everything it can find, found or not: a verdict promises that these were looked for."""

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        """What is in the picture, boxes in 0..1 of it; `by` is set by the caller. None: it could not tell.

        Raises PermanentError where the picture cannot be decoded, TemporaryError where it can be looked at later
        (a service that is away), anything else for a failure: it costs this one look.
        """

    def learn(self, picture: Picture) -> None:
        """Take in an earlier picture after a start; nothing is published for it. Raises like `look`."""

    def forget(self, camera: str) -> None:
        """Drop what is known of a camera."""
