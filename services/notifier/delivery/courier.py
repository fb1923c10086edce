"""A channel's courier: a thread that does its work, again and again, and is woken when there is something new."""

import logging
import threading

from libs.common.errors import FramebusError
from libs.common.messages import Notice
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.delivery.door import Door
from services.notifier.delivery.office import Office
from services.notifier.delivery.work import Work
from services.notifier.happening import Happening

log = logging.getLogger(__name__)

IDLE_S = 0.5
"""Somebody rings when there is something new; times that come are looked for so often."""

AFTER_A_BUG_S = 5.0
LAST_TRIES = 20


class Courier:
    """Only one courier of a channel may be in a process: the log could not tell two of them apart."""

    def __init__(self, tools: Tools, office: Office) -> None:
        self.name = tools.name
        self._door = Door(tools)
        self._stop, self._bell = threading.Event(), threading.Event()
        self._work = Work(self._door, office, self._stop)
        self._said = ""
        self._thread = threading.Thread(target=self._run, name=f"courier {self.name}", daemon=True)

    def open(self, settings: ChannelSettings) -> None:
        """Before the start, so that wrong settings end the service. Raises SettingsError."""
        self._door.open(settings)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be something new."""
        self._bell.set()

    def stop(self) -> None:
        """It ends, and closes its channel, when what is being sent is sent and written."""
        self._stop.set()
        self._bell.set()

    def ended(self, within_s: float = 0.0) -> bool:
        """Whether it did."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def sending(self) -> tuple[Notice | None, float]:
        """What the channel is at work with, and for how many seconds; None, 0: it is not."""
        return self._work.sending()

    def observe(self, happening: Happening) -> None:
        """Shown by channels that also show how things are."""
        self._door.observe(happening)

    def turn(self) -> bool:
        """Do the next thing; whether there was one. Raises TemporaryError: the next turn goes on there."""
        return self._work.turn()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._bell.clear()
            if not self._turned():
                self._bell.wait(IDLE_S)
        self._settle_at_the_end()
        self._door.close()

    def _settle_at_the_end(self) -> None:
        """What was accepted and is not written will be sent again after the next start."""
        for _ in range(LAST_TRIES):
            try:
                return self._work.settle()
            except Exception as error:
                log.warning("channel %s: what was sent is not written yet: %s", self.name, error)
            self._bell.clear()
            self._bell.wait(IDLE_S)
        return None

    def _turned(self) -> bool:
        try:
            did = self.turn()
        except FramebusError as error:
            self._say(error)
            return False
        except Exception:
            log.exception("a bug in the courier of channel %s: it goes on", self.name)
            self._stop.wait(AFTER_A_BUG_S)
            return False
        self._said = "" if did else self._said
        return did

    def _say(self, error: FramebusError) -> None:
        """Once, until something was done again."""
        if str(error) != self._said:
            log.warning("channel %s waits: %s", self.name, error)
        self._said = str(error)
