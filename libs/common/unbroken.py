"""Video of which a part was left out goes on where a decoder can begin."""

from libs.common.messages import Message, Segment


class Unbroken:
    """After a segment that was left out none of its camera may go until the next key one."""

    def __init__(self) -> None:
        self._broken: set[str] = set()

    def may_go(self, message: Message) -> bool:
        """True for all that is no segment."""
        if not isinstance(message, Segment) or message.camera not in self._broken:
            return True
        if message.key:
            self._broken.discard(message.camera)
        return message.key

    def left_out(self, message: Message) -> None:
        """There was no room for it."""
        if isinstance(message, Segment):
            self._broken.add(message.camera)
