"""Under which key a message lies on its topic, and how what lies there is taken back."""

from typing import ClassVar

from libs.common.messages import CameraMessage, Message, Notice, Producer, Recording


class Gone(Message, frozen=True, kw_only=True):
    """Nothing lies under this key any more. Never on the wire: it is written as a nil value, a tombstone."""

    TYPE: ClassVar[str] = "gone"

    key: str


def producer_key(host: str, instance: str) -> str:
    """No camera's name begins with an @."""
    return f"@{host}/{instance}"


def key_of(message: Message) -> str | None:
    """None: the message has no key."""
    if isinstance(message, Notice | Recording):
        return message.id
    if isinstance(message, CameraMessage):
        return message.camera
    if isinstance(message, Producer):
        return producer_key(message.host, message.instance)
    return message.key if isinstance(message, Gone) else None


def home_of(message: Message) -> str | None:
    """By which name its partition is chosen: all of a camera lies in one; None: the message has no key."""
    return message.camera if isinstance(message, CameraMessage) else key_of(message)
