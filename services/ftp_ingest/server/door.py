"""Who may come in: camera and password, slowly for those who guess."""

import hashlib
import hmac
import secrets
from enum import Enum
from threading import Event, Lock

from libs.common.clock import Clock
from libs.common.throttle import Throttle, neighbourhood
from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.hashing import Hashing
from services.ftp_ingest.server.users import Users


class Verdict(Enum):
    """`value`: the word it is counted under."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


class Door:
    """For several threads at once.

    Five wrong tries of an address at a camera's name, and that address waits a minute for that name: the camera itself
    still comes in from its own. Once a password was right, a keyed digest of it is remembered in memory, so that a
    camera that logs in for each picture costs no hash each time.
    """

    def __init__(self, users: Users, clock: Clock) -> None:
        self.users = users
        self._throttle = Throttle(clock)
        self._key = secrets.token_bytes(32)
        self._right: dict[str, bytes] = {}
        self._lock = Lock()
        self._hashing = Hashing(clock)

    def enter(self, user: str, password: str, address: str, gone: Event) -> Verdict:
        """Takes as long for a name that is nobody's. Raises GoneError, see Hashing."""
        who = hashlib.sha256(f"{neighbourhood(address)} {user}".encode()).hexdigest()
        if self._throttle.attempt(who):
            return Verdict.LOCKED
        if not self._knows(user, password, address, gone):
            return Verdict.WRONG
        self._throttle.right(who)
        self._hashing.right(address)
        return Verdict.RIGHT

    def _knows(self, user: str, password: str, address: str, gone: Event) -> bool:
        stored = self.users.stored(user)
        hashed = stored or passwords.NOBODYS
        digest = hmac.digest(self._key, f"{hashed} {password}".encode(), "sha256")
        with self._lock:
            seen = self._right.get(user, b"")
        if hmac.compare_digest(seen, digest):
            return stored is not None
        if not (self._hashing.is_right(hashed, password, address, gone) and stored):
            return False
        with self._lock:
            self._right[user] = digest
        return True
