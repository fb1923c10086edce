"""A channel that takes nothing: said once, on the other channels and as an event, until it takes something again."""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.messages import Event, Notice
from services.notifier.book import Book
from services.notifier.delivery.limits import Limits
from services.notifier.ids import notice_id
from services.notifier.ledger.ledger import Ledger
from services.notifier.own_kinds import FAILING, OWN, RECOVERED

log = logging.getLogger(__name__)

ADDRESSEE = re.compile(r"[^\s<>(),;:\"]+@")
"""Whose mailbox it is stays in the log: other channels may be read by others."""
PATIENCE_S = 300.0
"""A failure that may pass is said when it has lasted for so long."""


@dataclass(slots=True)
class _Trouble:
    """`cause`: what it is called, by the last success before it; `camera`: of that success, where there is one.

    `error` is the kind, `why` what the newest failure said: for people, in one line, without secrets.
    """

    cause: str
    camera: str
    since_s: float
    error: str = ""
    why: str = ""
    at_once: bool = False
    told: bool = False


class Failing:
    """Thread-safe. All copies, before and after a restart, call the same row of failures by the same name.

    So one notice goes to each other channel however many copies meet the failure, in one partition whichever camera
    they met it with, and a rule that asks for `service.failing` does not say it again: its notice has the same id.
    """

    def __init__(self, ledger: Ledger, limits: Limits, tell: Callable[[Event], None], clock: Clock) -> None:
        self._ledger, self._limits, self._tell, self._clock = ledger, limits, tell, clock
        self._lock = threading.Lock()
        self._known: dict[str, _Trouble] = {}

    def failed(self, notice: Notice, error: str, why: str, for_good: bool) -> None:
        """The channel did not take this notice; `for_good`: nor will it later.

        `error` is the kind. `why` goes to other channels and to the topic of events: one line without secrets.
        """
        last = self._ledger.accepted(notice.channel)
        cause, camera = _cause(notice.channel, last), (last or notice).camera
        with self._lock:
            known = self._known.get(notice.channel)
            if known is None or known.cause != cause:
                known = self._known[notice.channel] = _Trouble(cause, camera, self._clock.monotonic_s())
            if for_good or not known.at_once:
                known.error, known.why, known.at_once = error, why, for_good

    def look(self, book: Book, channel: str) -> None:
        """Say what is to be said. Raises TemporaryError where the log does not take it: the next look says it.

        What the log will never take is said on the other channels.
        """
        known = self._known.get(channel)
        if known is None or known.told or not self._is_to_be_told(known):
            return
        now_ns = self._clock.now_ns()
        why = ADDRESSEE.sub("…@", known.why)
        event = _event(known.cause, FAILING, channel, known.camera, now_ns, known.error, why)
        for other in book.channels:
            if other != channel and self._ledger.find(notice_id(event.id, other)) is None:
                self._write(self._notice(book, event, other, now_ns))
        known.told = True
        log.warning("channel %s fails: %s", channel, known.why or known.error)
        self._tell(event)

    def _write(self, notice: Notice) -> None:
        try:
            self._ledger.write(notice)
        except PermanentError as error:
            log.error("channel %s is not told of another one that fails: %s", notice.channel, error)

    def cause(self, channel: str) -> str:
        """The id of the event that this channel has failed since its last success."""
        return _cause(channel, self._ledger.accepted(channel))

    def succeeded(self, book: Book, notice: Notice, cause: str) -> None:
        """The channel took this notice; `cause` is of before that."""
        channel = notice.channel
        with self._lock:
            known = self._known.pop(channel, None)
        told_here = known is not None and known.told and known.cause == cause
        if told_here or self._was_told(book, channel, cause):
            log.info("channel %s works again", channel)
            recovered = notice_id(cause, channel, "recovered")
            self._tell(_event(recovered, RECOVERED, channel, notice.camera, self._clock.now_ns()))

    def _was_told(self, book: Book, channel: str, cause: str) -> bool:
        """Also by another copy, or before a restart."""
        return any(self._ledger.find(notice_id(cause, other)) for other in book.channels if other != channel)

    def _is_to_be_told(self, known: _Trouble) -> bool:
        return known.at_once or self._clock.monotonic_s() - known.since_s >= PATIENCE_S

    def _notice(self, book: Book, event: Event, channel: str, now_ns: int) -> Notice:
        """Urgent: who hears nothing at night would not know that there was something to hear."""
        name = notice_id(event.id, channel)
        return Notice(
            id=name,
            event=event.id,
            camera=event.camera,
            channel=channel,
            rule=OWN,
            kind=event.kind,
            at=event.at,
            noticed_at=now_ns,
            state=self._limits.state(book, channel, True, event.at, now_ns, name),
            text=event.text,
            data=event.data,
        )


def _cause(channel: str, last: Notice | None) -> str:
    return notice_id(last.id if last else "", channel, "failing")


def _event(name: str, kind: str, channel: str, camera: str, at: int, error: str = "", why: str = "") -> Event:
    data = {"service": "notifier", "channel": channel, **({"error": error} if error else {})}
    return Event(id=name, camera=camera, kind=kind, at=at, text=why, data=data)
