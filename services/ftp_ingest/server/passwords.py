"""Hashes of passwords."""

import secrets

from werkzeug.security import check_password_hash, generate_password_hash

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that looks like something else when it is typed; nothing that a camera's page refuses."""
SHORTEST, LONGEST = 6, 128
NOBODYS = f"scrypt:32768:8:1$nobody${'0' * 128}"
"""The hash of no password, that costs as much to check as others."""


def hashed(password: str) -> str:
    """By scrypt: 32 MiB and a tenth of a second, each time it is checked."""
    return generate_password_hash(password)


def is_right(stored: str, password: str) -> bool:
    return check_password_hash(stored, password)


def generated() -> str:
    """Sixteen characters, 79 bits: many cameras take no more."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))
