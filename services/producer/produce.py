"""One camera as a pure source: pictures become an iterator of messages. It knows no bus, it sleeps only in `wait`."""

import logging
from collections.abc import Callable, Generator, Iterator

from libs.common.clock import Clock
from libs.common.errors import FatalError
from libs.common.messages import Message
from libs.common.registry.state import State
from services.producer.backoff import Backoff, Wait
from services.producer.boot import Boot
from services.producer.capture import Capture
from services.producer.diary import Diary
from services.producer.opening import STOPPED, Opening, Takes
from services.producer.orders.orders import Orders
from services.producer.packets_alone import BEFORE, PacketsAlone, segments_alone
from services.producer.pictures.pictures import Picture
from services.producer.plan import Plan
from services.producer.sampling import Sampler, never
from services.producer.sources.addresses import Addresses
from services.producer.sources.open_source import open_source
from services.producer.sources.plan_source import source_of
from services.producer.sources.shots import Open, SourceError, Wants

log = logging.getLogger(__name__)

Messages = Iterator[Message]

END_OF_FILE, LOST = "end of file", "connection lost"

STEADY_S = 10.0
"""Pictures for so long, and the next failure is a new one, with a short wait after it."""


def no_count(reason: str) -> None:
    """Counts nothing."""


def no_time(seconds: float) -> None:
    """Notes nothing."""


def produce(
    plan: Plan,
    clock: Clock,
    wait: Wait,
    dropped: Callable[[str], None] = no_count,
    opener: Open = open_source,
    took: Callable[[float], None] = no_time,
    trouble: Callable[[str], None] = no_count,
    orders: Orders | None = None,
) -> Messages:
    """Frames in order, an End after the last frame of every boot, and what is to be told of the camera's state.

    A file ends the iterator (or begins again with `loop`); a live source is opened again for ever. `dropped` is told
    the reason of each captured picture that cannot be sent, `took` the seconds in which one was made a JPEG, `trouble`
    what went wrong with the source; `orders` is what is asked of the camera meanwhile. A plan for packets only
    gives segments and the VideoEnd of each boot, no frame and nothing of the camera's state. Raises SettingsError for a
    URL that is none, FatalError for a file that cannot be played.
    """
    orders = orders or Orders(plan.camera, clock)
    orders.follow(plan.schedules)
    camera = _Camera(plan, clock, wait, dropped, opener, took, trouble, orders)
    messages = camera.live() if source_of(plan).live else camera.file()
    return segments_alone(messages) if plan.packets_only else messages


class _Camera:
    """Its sources, opened again and again, and what is told of it."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        wait: Wait,
        dropped: Callable[[str], None],
        opener: Open,
        took: Callable[[float], None],
        trouble: Callable[[str], None],
        orders: Orders,
    ) -> None:
        self._plan, self._clock, self._wait, self._orders = plan, clock, wait, orders
        self._addresses = Addresses(plan, opener, self._wants, clock)
        self._capture: Takes = Capture(plan, clock, dropped, took, self._pictures_come, orders)
        if plan.packets_only:
            self._capture = PacketsAlone(self._goes_on)
        self._state = State(plan.camera, self._addresses.source.scheme, clock)
        self._diary = Diary(trouble, BEFORE if plan.packets_only else "")
        self._backoff = Backoff()
        self._last_boot = ""

    def file(self) -> Messages:
        """Once, or over and over."""
        try:
            while (over := (yield from self._opening(END_OF_FILE))) != STOPPED and self._plan.loop:
                log.debug("%s: from the beginning", self._addresses.source.label)
            if over != STOPPED:
                yield from self._state.ended()
        except SourceError as error:
            yield from self._state.disconnected(self._last_boot, error.reason)
            raise FatalError(str(error)) from None

    def live(self) -> Messages:
        """Until stopped."""
        try:
            while (yield from self._opened_again()) != STOPPED:
                pass
        finally:
            self._addresses.close()

    def _opened_again(self) -> Generator[Message, None, str]:
        """One opening of a live source, and a wait where it is time for one."""
        try:
            reason = yield from self._opening(LOST)
            if reason != LOST:
                return reason
            text = f"{self._addresses.source.label}: {LOST}"
        except SourceError as error:
            reason, text = error.reason, str(error)
        self._diary.failed(reason, text)
        pause_s = 0.0
        if not self._addresses.failed():
            yield from self._state.disconnected(self._last_boot, reason)
            pause_s = self._backoff.next_s()
        return STOPPED if self._wait(pause_s) else reason

    def _opening(self, at_end: str) -> Generator[Message, None, str]:
        """Everything from one opening of the source; returns why it is over."""
        opening = Opening(self._plan, self._addresses.source, self._clock, self._wait, self._capture, self._diary)
        try:
            with self._addresses.open() as shots:
                reason = yield from opening.play(shots, at_end, self._addresses.over)
        except SourceError as error:
            yield from opening.end(error.reason)
            raise
        yield from opening.end(reason)
        return reason

    def _wants(self) -> Wants:
        """Which pictures of an opening are wanted."""
        usual = never if self._plan.on_demand else Sampler(self._plan.every, self._plan.fps).wants
        return self._orders.beside(usual)

    def _pictures_come(self, boot: Boot, picture: Picture) -> Messages:
        self._goes_on(boot, f"pictures of {picture.width}x{picture.height} come in")
        yield from self._state.connected(boot.name, picture.width, picture.height)

    def _goes_on(self, boot: Boot, what: str) -> None:
        if self._last_boot != boot.name:
            self._last_boot = boot.name
            self._diary.works(f"{self._addresses.source.label}: {what}")
        if boot.elapsed_s() >= STEADY_S:
            self._backoff.reset()
            self._addresses.steady()
            self._diary.steady()
