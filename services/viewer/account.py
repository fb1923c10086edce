"""The viewer's one name and password."""

import hmac
import secrets
from threading import Lock

from werkzeug.security import check_password_hash, generate_password_hash

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that looks like something else when it is read aloud or typed."""


def generated_password() -> str:
    """Twelve characters in three groups: 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


class Account:
    """Keeps a hash; a wrong name costs exactly as much as a wrong password."""

    def __init__(self, name: str, password: str) -> None:
        self.name = name
        self._hash = generate_password_hash(password)
        self._lock = Lock()

    def matches(self, name: str, password: str) -> bool:
        """One at a time: a hash takes 32 MiB and a tenth of a second, and anybody may ask."""
        with self._lock:
            right_password = check_password_hash(self._hash, password)
        return hmac.compare_digest(name.encode(), self.name.encode()) & right_password
