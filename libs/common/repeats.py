"""Which messages were here before: after a restart upstream the same frames may come again."""

from collections import OrderedDict

from libs.common.messages import End, Frame, Message

BOOTS_PER_CAMERA = 8
MAX_CAMERAS = 10_000
AFTER_THE_LAST = 2**63


class Repeats:
    """The highest `seq` of the last boots of each camera of a topic; an End counts as higher than all frames."""

    def __init__(self) -> None:
        self._highest: OrderedDict[tuple[str, str], OrderedDict[str, int]] = OrderedDict()

    def is_repeat(self, topic: str, message: Message) -> bool:
        """True if this message, or a later one of its boot, was noted already."""
        if not isinstance(message, (Frame, End)):
            return False
        boots = self._highest.get((topic, message.camera))
        return boots is not None and _number(message) <= boots.get(message.boot, -1)

    def note(self, topic: str, message: Message) -> None:
        """Remember that this message was handled."""
        if not isinstance(message, (Frame, End)):
            return
        boots = self._highest.setdefault((topic, message.camera), OrderedDict())
        boots[message.boot] = max(boots.get(message.boot, -1), _number(message))
        boots.move_to_end(message.boot)
        if len(boots) > BOOTS_PER_CAMERA:
            boots.popitem(last=False)
        self._highest.move_to_end((topic, message.camera))
        if len(self._highest) > MAX_CAMERAS:
            self._highest.popitem(last=False)

    def forget(self, topic: str, camera: str) -> None:
        """The camera's partition is read from an earlier place again, or by somebody else."""
        self._highest.pop((topic, camera), None)


def _number(message: Frame | End) -> int:
    return message.seq if isinstance(message, Frame) else AFTER_THE_LAST
