"""Who is logged in: random tokens that only this process knows, so a restart or a logout ends them for good."""

import secrets
from collections import OrderedDict
from threading import Lock

from libs.common.clock import Clock
from services.viewer.access import User

MAX_SESSIONS = 64
LIFETIME_S = 7 * 86_400.0
"""A wall screen logs in once a week."""


class Sessions:
    """At most `limit` logins at once; one more ends the oldest."""

    def __init__(self, clock: Clock, limit: int = MAX_SESSIONS, lifetime_s: float = LIFETIME_S) -> None:
        self._clock, self._limit, self._lifetime_s = clock, limit, lifetime_s
        self._open: OrderedDict[str, tuple[User, float]] = OrderedDict()
        self._lock = Lock()

    def open(self, user: User) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._open[token] = (user, self._clock.monotonic_s() + self._lifetime_s)
            if len(self._open) > self._limit:
                self._open.popitem(last=False)
        return token

    def user(self, token: str) -> User | None:
        """Whose session it is; None if it ended or never was."""
        with self._lock:
            user, until_s = self._open.get(token, (None, 0.0))
        return user if self._clock.monotonic_s() < until_s else None

    def alive(self, token: str) -> bool:
        return self.user(token) is not None

    def close(self, token: str) -> None:
        with self._lock:
            self._open.pop(token, None)
