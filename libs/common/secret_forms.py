"""How a secret may look in a text: as it is, percent-encoded, escaped, and inside base64."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote, unquote_plus

LONG = 8
"""A secret this long is found inside a word, too; a shorter one only as a word of its own: it would garble others."""


def patterns(secret: str) -> list[str]:
    """Regular expressions, one for each form."""
    escaped = {repr(secret)[1:-1], json.dumps(secret)[1:-1]} - {secret}
    written = ["".join(map(_in_url, secret)), *map(re.escape, sorted(escaped))]
    return [*(_bounded(each, len(secret) >= LONG) for each in written), *dict.fromkeys(_in_base64(secret))]


def marks(secret: str) -> tuple[str, ...]:
    """Texts of which one stands in every text in which the secret stands, or in what `plain` makes of it."""
    escaped = {repr(secret)[1:-1], json.dumps(secret)[1:-1], secret, plain(secret)}
    return (*escaped, *dict.fromkeys(_base64_cores(secret)))


def plain(text: str) -> str:
    """Without percent-encoding, however often it was encoded."""
    while (decoded := unquote_plus(text)) != text:
        text = decoded
    return text


def _in_url(sign: str) -> str:
    """The sign itself or percent-encoded, once or more often."""
    encoded = "".join(f"%(?:25)*{byte:02x}" for byte in sign.encode())
    space = r"|\+" if sign == " " else ""
    return f"(?:{re.escape(sign)}|(?i:{encoded}){space})"


def _bounded(pattern: str, anywhere: bool) -> str:
    if anywhere:
        return pattern
    return rf"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{{2}})){pattern}(?![A-Za-z0-9])"


def _in_base64(secret: str) -> Iterator[str]:
    return (re.escape(core) + r"[A-Za-z0-9+/_-]*=*" for core in _base64_cores(secret))


def _base64_cores(secret: str) -> Iterator[str]:
    """As a part of any text: after 0, 1 or 2 bytes of a group, without the signs that its neighbours share."""
    data = secret.encode()
    for before in range(3):
        coded = b64encode(b"\0" * before + data).decode()
        core = coded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield from (core, core.translate(str.maketrans("+/", "-_")), quote(core, safe=""))
