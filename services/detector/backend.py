"""What a way of looking at pictures must offer: one small interface, one module for each backend."""

from typing import Protocol

from libs.common.messages import Detection, Frame


class Backend(Protocol):
    """Finds things in frames. It decodes as much of the JPEG as it needs, by itself; its frames come in order."""

    model: str
    """Its name in verdicts."""

    labels: tuple[str, ...]
    """Everything it can find, found or not: a verdict promises that these were looked for."""

    def look(self, frame: Frame) -> tuple[Detection, ...] | None:
        """What is in the picture; `by` is set by the caller. None: it could not tell, the frame stays unlooked.

        Raises PermanentError where the picture cannot be decoded.
        """

    def learn(self, frame: Frame) -> None:
        """Take in an earlier frame after a start; nothing is published for it. Raises like `look`."""

    def forget(self, camera: str) -> None:
        """Drop what is known of a camera."""
