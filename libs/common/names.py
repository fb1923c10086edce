"""What may be a name: of a camera, of a zone, of a command. It is a Kafka key, and part of file names and of events."""

import re

NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
"""Letters, digits, _ . - and no other sign, the first a letter or digit, 64 at most."""


def is_name(text: str) -> bool:
    """Whether all of it is one."""
    return re.fullmatch(NAME, text) is not None
