"""Asks a camera for one picture after the other, and only for those that are wanted."""

from collections.abc import Callable, Iterator
from math import ceil

from av.video.frame import VideoFrame

from libs.common.clock import Clock
from services.producer.plan import Plan
from services.producer.sources.shots import Shot, SourceError, Wants

LOOK_S = 1.0
"""So often somebody is asked whether a picture is wanted: a stop, or an order, waits no longer."""
STILL_S = 1.0
"""Pictures that far apart stand alone: the redactor looks for neighbours within a second, and no poll is exact."""
TRIES = 3
FINAL = frozenset({"refused", "not found", "certificate refused"})
"""Asking once more would not help, and wrong passwords lock accounts."""

Fetch = Callable[[], VideoFrame | bytes | None]
"""The camera's picture now; None: there is no single one, so polling ends. Raises SourceError."""


def period_s(plan: Plan) -> float:
    """Seconds between two pictures of a source that has no pace of its own."""
    return 1 / plan.fps if plan.fps else 1.0


def polled(fetch: Fetch, wants: Wants, every_s: float, clock: Clock, sleep: Callable[[float], None]) -> Iterator[Shot]:
    """A shot for every look, at times that do not add up delays: what a slow answer makes late is left out.

    `every_s`: between two pictures; `wants` is asked at even parts of it. Of three tries in a row, at one look each,
    one must work.
    """
    look_s = every_s / max(1, ceil(every_s / LOOK_S))
    began_s, look, failed = clock.monotonic_s(), 0, 0
    while True:
        picture = None
        if failed or wants(look * look_s):
            try:
                picture = fetch()
            except SourceError as error:
                failed += 1
                if failed == TRIES or error.reason in FINAL:
                    raise
            else:
                failed = 0
                if picture is None:
                    return
        passed_s = clock.monotonic_s() - began_s
        yield Shot(passed_s, picture, still=every_s >= STILL_S)
        look = max(look + 1, ceil((clock.monotonic_s() - began_s) / look_s - 1e-6))
        sleep(max(0.0, began_s + look * look_s - clock.monotonic_s()))
