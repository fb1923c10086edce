"""All couriers of this process: one for each channel of the book, also when the book changes."""

import logging
import time
from collections.abc import Callable

from libs.common.clock import Clock
from libs.common.errors import SettingsError, TemporaryError
from libs.common.messages import Event, Notice
from libs.common.metrics import Metrics
from services.notifier.book import Book
from services.notifier.channels.channel import LONGEST_S
from services.notifier.channels.settings import Tools
from services.notifier.delivery.courier import Courier
from services.notifier.delivery.failing import Failing
from services.notifier.delivery.limits import Limits
from services.notifier.delivery.notice_counts import NoticeCounts
from services.notifier.delivery.office import Office, Pictures, Text
from services.notifier.happening import Happening
from services.notifier.ledger.ledger import Ledger

log = logging.getLogger(__name__)

CLOSE_S = 7.0
"""With what is closed before and after it: whoever stops us gives us ten seconds."""
STUCK_S = 2 * LONGEST_S
"""Nothing that a channel does should take half as long: then the other channels are told."""


class Couriers:
    """`start`, `look` and `close` are called by one thread; `wake` and `observe` by any."""

    def __init__(
        self,
        ledger: Ledger,
        book: Callable[[], Book],
        text: Text,
        pictures: Pictures,
        tools_for: Callable[[str], Tools],
        tell: Callable[[Event], None],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self.limits = Limits(ledger, clock)
        """What admits new notices, too."""
        self._book, self._tools_for = book, tools_for
        failing, counts = Failing(ledger, self.limits, tell, clock), NoticeCounts(metrics, ledger, clock)
        self._office = Office(ledger, book, text, pictures, self.limits, failing, counts, clock)
        self._at_work: dict[str, Courier] = {}
        self._leaving: dict[str, Courier] = {}
        self._stuck: set[str] = set()

    def start(self) -> None:
        """Open all channels, then begin. Raises SettingsError."""
        book = self._book()
        made = [Courier(self._tools_for(name), self._office) for name in book.channels]
        for courier in made:
            try:
                courier.open(book.channels[courier.name])
            except SettingsError as error:
                raise SettingsError(f"channel {courier.name}, {error}") from None
        for courier in made:
            self._begin(courier)

    def look(self) -> None:
        """A few times a second: follow the book, and see whether anybody is stuck."""
        names = self._book().channels.keys()
        self._leaving = {name: courier for name, courier in self._leaving.items() if not courier.ended()}
        for name in self._at_work.keys() - names:
            self._leave(name)
        for name in names - self._at_work.keys() - self._leaving.keys():
            self._begin(Courier(self._tools_for(name), self._office))
        for courier in self._at_work.values():
            self._see(courier)

    def wake(self) -> None:
        """The log has something new, or the book has."""
        for courier in self._at_work.values():
            courier.wake()

    def observe(self, happening: Happening) -> None:
        """For the channels that also show how things are."""
        for courier in self._at_work.values():
            courier.observe(happening)

    def close(self) -> None:
        """Wait for what is being sent, 7 s at most."""
        couriers = [*self._at_work.values(), *self._leaving.values()]
        for courier in couriers:
            courier.stop()
        until_s = time.monotonic() + CLOSE_S
        late = [each.name for each in couriers if not each.ended(max(0.0, until_s - time.monotonic()))]
        if late:
            log.warning("not waited for any longer: %s; what they send may be sent again", ", ".join(late))

    def _begin(self, courier: Courier) -> None:
        self._office.counts.opened(courier.name, lambda: courier.sending()[1])
        self._at_work = {**self._at_work, courier.name: courier}
        courier.start()

    def _leave(self, name: str) -> None:
        """It is not waited for: it may be sending."""
        courier = self._at_work[name]
        self._at_work = {other: each for other, each in self._at_work.items() if other != name}
        self._leaving[name] = courier
        self._office.counts.closed(name)
        courier.stop()

    def _see(self, courier: Courier) -> None:
        """Said once for each time; after a while on the other channels, too."""
        notice, for_s = courier.sending()
        if notice is None or for_s <= LONGEST_S:
            self._stuck.discard(courier.name)
            return
        if courier.name not in self._stuck:
            self._stuck.add(courier.name)
            log.warning("channel %s has not come back for %.0f s", courier.name, for_s)
        if for_s > STUCK_S:
            self._tell_others(notice, for_s)

    def _tell_others(self, notice: Notice, for_s: float) -> None:
        failing = self._office.failing
        failing.failed(notice, "Stuck", f"no answer for {for_s:.0f} s", for_good=True)
        try:
            failing.look(self._book(), notice.channel)
        except TemporaryError as error:
            log.warning("channel %s is stuck, which cannot be told yet: %s", notice.channel, error)
