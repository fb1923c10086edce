"""Which message a thread has in hand: its camera and frame id stand on every line that is logged meanwhile."""

import threading

from libs.common.messages import Message


class _InHand(threading.local):
    message: Message | str | None = None


_in_hand = _InHand()


class handling:  # noqa: N801 - reads as a phrase: with handling(message)
    """Log lines of this thread, inside, are about this message, or this camera; None: about none."""

    __slots__ = ("_before", "_message")

    def __init__(self, message: Message | str | None) -> None:
        self._message = message

    def __enter__(self) -> None:
        self._before = _in_hand.message
        _in_hand.message = self._message

    def __exit__(self, *_: object) -> None:
        _in_hand.message = self._before


def in_hand() -> tuple[str | None, str | None]:
    """Camera and frame id of what this thread handles, None where there is none."""
    message = _in_hand.message
    if isinstance(message, str):
        return message, None
    return getattr(message, "camera", None), getattr(message, "frame_id", None)
