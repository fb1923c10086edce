"""Keeps a connection to the broker, in a thread of its own: through its outages, and its refusals."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from libs.common.errors import FramebusError, PermanentError, SettingsError, TemporaryError
from services.notifier.channels.mqtt.answers import RefusedLoginError
from services.notifier.channels.mqtt.client import Broker, Line, Post

log = logging.getLogger(__name__)

SHORTEST_S, LONGEST_S = 0.5, 8.0
"""Between two attempts: so it works again less than ten seconds after the broker does."""
REFUSED_S = 30.0
"""After a refused login, which may be counted by somebody."""
STEADY_S = 10.0
"""A connection that lasted less is not one that works: somebody else may have taken our client id."""
PATIENCE_S = 600.0
"""A login that was refused for so long will not be taken any more."""
JOIN_S = 3.0


class Link:
    """`heard` as in `Line`; `up` is called for every new connection, `broker` before every attempt: a password or a
    certificate may be another one by then. It raises SettingsError.
    """

    def __init__(
        self,
        broker: Callable[[], Broker],
        topics: Sequence[str],
        up: Callable[[], None],
        heard: Callable[[str, bytes, bool], None],
    ) -> None:
        self._broker, self._topics, self._up, self._heard = broker, topics, up, heard
        self._changed = threading.Condition()
        self._newest: Line | None = None
        self._line: Line | None = None
        """The newest, once the broker has let us in."""
        self._trouble: FramebusError = TemporaryError("no connection yet")
        self._told = ""
        self._steady = False
        self._refused_since_s: float | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_up(self) -> bool:
        return self._line is not None

    def publish(self, posts: Sequence[Post], wait_s: float, within_s: float) -> None:
        """Returns when the broker has all of them.

        Waits up to `wait_s` for a connection, and `within_s` in all. Raises TemporaryError or PermanentError.
        """
        started_s = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._hopeless(), wait_s)
            line = self._line
        if line is None:
            raise self._refusal()
        line.publish(posts, started_s + within_s)

    def close(self) -> None:
        """Never raises."""
        with self._changed:
            self._closing, newest = True, self._newest
            self._changed.notify_all()
        if newest is not None:
            newest.close()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        pause_s = SHORTEST_S
        while not self._closing:
            self._one_line()
            pause_s = SHORTEST_S if self._steady else min(2 * pause_s, LONGEST_S)
            refused = isinstance(self._trouble, RefusedLoginError | PermanentError)
            with self._changed:
                self._changed.wait_for(lambda: self._closing, REFUSED_S if refused else pause_s)

    def _one_line(self) -> None:
        started_s = time.monotonic()
        try:
            trouble = self._served()
        except SettingsError as error:
            trouble = TemporaryError(str(error), REFUSED_S)
        except Exception:
            log.exception("a bug: the connection begins anew")
            trouble = TemporaryError("a bug ended the connection")
        with self._changed:
            self._steady = self._line is not None and time.monotonic() - started_s >= STEADY_S
            self._newest = self._line = None
            self._trouble = self._judged(trouble)
            self._changed.notify_all()
        self._tell()

    def _served(self) -> FramebusError:
        """Why the connection is over. Raises SettingsError."""
        line = Line(self._broker(), self._topics, self._is_up, self._heard)
        with self._changed:
            self._newest = None if self._closing else line
        return line.run() if self._newest else TemporaryError("closed")

    def _is_up(self, line: Line) -> None:
        log.info("connected to %s", line)
        self._refused_since_s = None
        self._up()
        with self._changed:
            self._line = line
            self._changed.notify_all()

    def _judged(self, trouble: FramebusError) -> FramebusError:
        """A refused login is for good once it has lasted long enough."""
        if not isinstance(trouble, RefusedLoginError):
            self._refused_since_s = None
            return trouble
        now_s = time.monotonic()
        self._refused_since_s = now_s if self._refused_since_s is None else self._refused_since_s
        return PermanentError(str(trouble), "login") if now_s - self._refused_since_s >= PATIENCE_S else trouble

    def _hopeless(self) -> bool:
        return self._closing or isinstance(self._trouble, RefusedLoginError | PermanentError)

    def _refusal(self) -> FramebusError:
        """Of its own for each who asks: an error remembers where it was raised."""
        if isinstance(self._trouble, PermanentError):
            return PermanentError(str(self._trouble), self._trouble.reason)
        return TemporaryError(str(self._trouble), getattr(self._trouble, "delay_s", 1.0))

    def _tell(self) -> None:
        """Once for each outage and reason."""
        if self._closing:
            return
        again = self._told == str(self._trouble) and not self._steady
        log.log(logging.DEBUG if again else logging.WARNING, "%s; trying again", self._trouble)
        self._told = str(self._trouble)
