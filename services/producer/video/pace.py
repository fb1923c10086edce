"""Hands on at their own pace the pictures of a live source that come some seconds at once, as HLS does."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

from services.producer.sources.shots import Piece, Shot, Shots

LONGEST_S = 10.0
"""A picture that would be due later than that is due now: the stream's times are wrong."""


def paced(
    shots: Shots, now_s: Callable[[], float] = monotonic, wait: Callable[[float], object] = sleep
) -> Iterator[Shot | Piece]:
    """Each when it is due after the first; those that come too late make all that follow later."""
    ahead_s: float | None = None
    for shot in shots:
        if isinstance(shot, Piece):
            yield shot
            continue
        due_s = now_s() if ahead_s is None else shot.media_s + ahead_s
        early_s = due_s - now_s()
        if 0 < early_s <= LONGEST_S:
            wait(early_s)
        else:
            due_s = now_s()
        ahead_s = due_s - shot.media_s
        yield shot
