"""Names of processes: one that is started again under the name of its instance is another life of it."""

import secrets

AT_DIGITS = 12


def new_life(now_ns: int) -> str:
    """Of a process that begins now (UTC): when, in ms since 1970, hexadecimal, and eight digits that no other has."""
    return f"{now_ns // 1_000_000:0{AT_DIGITS}x}{secrets.token_hex(4)}"


def began_ms(life: str | None) -> int:
    """When this one began, UTC; 0: its name does not say it."""
    try:
        return int((life or "")[:AT_DIGITS], 16)
    except ValueError:
        return 0
