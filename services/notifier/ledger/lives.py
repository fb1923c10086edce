"""Names of processes: one that is started again under the name of its instance is another life of it."""

import secrets

DIGITS = 8
TIME_DIGITS = 12


def new_life() -> str:
    """Of a process that begins now: hexadecimal digits that no other has."""
    return secrets.token_hex(DIGITS // 2)


def heir(life: str, until_ms: int) -> str:
    """This life, which takes over what those before it have claimed up to then: ms since 1970, by the log's time."""
    return f"{until_ms:0{TIME_DIGITS}x}{life}"


def heir_until_ms(life: str | None) -> int:
    """Up to when, by the log's time; 0: it takes over nothing, or its name does not say it."""
    try:
        return int((life or "")[:-DIGITS], 16)
    except ValueError:
        return 0
