"""Shows frames: decides by one function whether a picture may be seen and hands it to the browsers."""

from collections.abc import Callable, Collection, Iterable

from libs.common.jpeg_header import read_header
from libs.common.messages import Frame, Message
from libs.common.stage import Out, Stage
from services.viewer.hub import Hub
from services.viewer.picture import picture_of


def no_count(reason: str) -> None:
    """Counts nothing."""


def shown(frame: Frame, raw: bool) -> bool:
    """The one decision: somebody covered this picture, or the operator asked for raw ones in words."""
    return frame.redaction is not None or raw


class Show(Stage):
    """The stage of one input topic; it publishes nothing. `count` is told why a frame is withheld."""

    history_s = 0.0

    def __init__(self, topic: str, hub: Hub, raw: bool, count: Callable[[str], None] = no_count) -> None:
        self._topic, self._hub, self._raw, self._count = topic, hub, raw, count

    def handle(self, message: Message) -> Iterable[Out]:
        if isinstance(message, Frame):
            self._show(message)
        return ()

    def _show(self, frame: Frame) -> None:
        """Raises PermanentError for a picture that no browser should be asked to decode."""
        seen = shown(frame, self._raw)
        if seen:
            read_header(frame.image)
        else:
            self._count("not-redacted")
        self._hub.offer(picture_of(self._topic, frame, shown=seen))

    def tick(self) -> Iterable[Out]:
        self._hub.tick()
        return ()

    def remember(self, message: Message) -> None:
        """Nothing: an old picture is not shown as if it were the newest."""

    def held(self) -> Collection[Message]:
        return ()

    def forget(self, camera: str) -> None:
        """Nothing: the page itself says how old a picture is."""
