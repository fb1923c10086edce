"""Lengths as Telegram counts them: in UTF-16 code units, most emoji are two."""

import unicodedata

JOINER = "\u200d"


def length(text: str) -> int:
    """In UTF-16 code units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def cut(text: str, most: int) -> str:
    """At most so many units, with an ellipsis where something is missing; what is shown as one sign stays whole."""
    if length(text) <= most:
        return text
    left, end = most - 1, 0
    while left >= (units := length(text[end])):
        left, end = left - units, end + 1
    while end and (_joins(text[end]) or text[end - 1] == JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


def _joins(sign: str) -> bool:
    """True of what changes the sign before it: accents, variation selectors, skin tones."""
    return bool(unicodedata.category(sign) in ("Mn", "Me") or sign == JOINER or "\U0001f3fb" <= sign <= "\U0001f3ff")
