"""A stream of which only the packets are sent: no frames, and no word of the camera's state."""

from collections.abc import Callable, Iterator

from libs.common.messages import End, Message, Segment
from libs.common.video_end import VideoEnd
from services.producer.boot import Boot
from services.producer.sources.shots import Shot

BEFORE = "video of its own: "
"""Before each line about such a stream: the camera's frames have lines like it."""


class PacketsAlone:
    """In the place of a `Capture`: makes nothing of shots."""

    def __init__(self, came: Callable[[Boot, str], None]) -> None:
        """`came`: told for each, and in words what came."""
        self._came = came

    def messages(self, boot: Boot, taken_s: float, shot: Shot) -> Iterator[Message]:
        self._came(boot, "packets come in")
        return iter(())


def segments_alone(messages: Iterator[Message]) -> Iterator[Segment | VideoEnd]:
    """What goes to the topic for video; the camera's state is that of its frames."""
    for message in messages:
        if isinstance(message, Segment):
            yield message
        elif isinstance(message, End):
            yield VideoEnd(camera=message.camera, boot=message.boot, reason=message.reason)
