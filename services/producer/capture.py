"""A picture of an open source becomes a frame."""

import logging
from collections.abc import Callable, Iterator

from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.messages import Message
from services.producer.boot import Boot
from services.producer.orders.orders import Orders
from services.producer.pictures.pictures import Picture, encoder_of
from services.producer.plan import Plan
from services.producer.sources.shots import Shot

log = logging.getLogger(__name__)

Came = Callable[[Boot, Picture], Iterator[Message]]
"""Told of each picture before its frame is sent; what it yields goes first."""


class Capture:
    """Of one camera, for all its boots."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        dropped: Callable[[str], None],
        took: Callable[[float], None],
        came: Came,
        orders: Orders,
    ) -> None:
        self._encoder = encoder_of(plan)
        self._clock, self._dropped, self._took, self._came = clock, dropped, took, came
        self._orders = orders
        self._told: set[str] = set()

    def messages(self, boot: Boot, taken_s: float, shot: Shot) -> Iterator[Message]:
        """`taken_s`: since the start of the boot. A picture that cannot be sent has a number, too."""
        if shot.behind:
            boot.capture(taken_s)
            self._dropped("behind")
        if shot.picture is None or self._orders.too_many(shot.media_s):
            return
        seq, captured_at = boot.capture(taken_s)
        began_s = self._clock.monotonic_s()
        try:
            coded = self._encoder.encode(shot.picture, captured_at)
        except PermanentError as error:
            self._refused(error)
            return
        finally:
            self._took(self._clock.monotonic_s() - began_s)
        yield from self._came(boot, coded)
        yield from self._orders.filled(boot.frame(seq, captured_at, coded, shot.still))

    def _refused(self, error: PermanentError) -> None:
        """Counted each time, told once a reason: a camera may give nothing else."""
        level = logging.DEBUG if error.reason in self._told else logging.WARNING
        self._told.add(error.reason)
        log.log(level, "left out: %s", error)
        self._dropped(error.reason)
